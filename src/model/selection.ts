/** From what `select` was given to columns and the shape of a row, in one step. Layer 6. */
import type { ScopeToken } from "../ast/expr.ts";
import { type Clause, lastingLists, type SelectNode } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import type { RowShape } from "../hydrate/row-plan.ts";
import { rowBehind } from "../relations/link.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import type { ModelMeta } from "./meta.ts";
import { ModelScope } from "./model-scope.ts";
import { plainSelect } from "./plain-select.ts";
import type { QuerySource, SourceColumn, SourceMeta } from "./source.ts";

/** A whole row among the selected values: bound to a database when rows are read. */
export interface WholeField {
  readonly kind: "whole";
  readonly source: QuerySource;
  readonly firstSlot: number;
}
export type FieldShape = Extract<RowShape, { kind: "value" }> | { readonly kind: "object"; readonly fields: readonly Field[] } | WholeField;
export type Field = readonly [name: string, shape: FieldShape];

export interface Selection {
  readonly columns: readonly Clause[];
  readonly fields: readonly Field[];
}

export const nothingSelected: Selection = { columns: [], fields: [] };

/** The columns of whole rows, with the token of the model's own source. */
export function selectColumns(meta: SourceMeta, columns: readonly SourceColumn[], firstSlot = 0): Selection {
  return {
    columns: columns.map((column) => ({ tokens: [meta.token], node: meta.node(column, meta.token) })),
    fields: columns.map((column, i) => [column.property, { kind: "value", slot: firstSlot + i, codec: column.codec }]),
  };
}

const wholes = new WeakMap<SourceMeta, Selection>();

/** The columns that every row has: the same object each time. */
export function wholeSelection(meta: SourceMeta): Selection {
  let whole = wholes.get(meta);
  if (whole === undefined) {
    whole = selectColumns(meta, meta.visible);
    lastingLists.add(whole.columns);
    wholes.set(meta, whole);
  }
  return whole;
}

/** Selections of one model that are remembered: programs name few. */
const mostNamed = 100;
const named = new WeakMap<SourceMeta, BoundedMap<Selection>>();

/** The columns of these names: the same object each time. @throws UsageError for a name that is none */
export function namedSelection(meta: SourceMeta, names: readonly string[]): Selection {
  const known = named.get(meta) ?? new BoundedMap<Selection>(mostNamed);
  named.set(meta, known);
  const key = names.join("\0");
  let selection = known.get(key);
  if (selection === undefined) {
    selection = selectColumns(
      meta,
      names.map((name) => meta.column(name)),
    );
    lastingLists.add(selection.columns);
    known.set(key, selection);
  }
  return selection;
}

/** An object of expressions, objects nesting. @throws UsageError for anything else in it */
export function selectExpressions(
  picked: unknown,
  tokens: readonly ScopeToken[],
  sources: readonly QuerySource[],
  firstSlot = 0,
): Selection {
  const columns: Clause[] = [];
  const fieldsOf = (object: unknown, path: string): Field[] => {
    if (typeof object !== "object" || object === null || Expression.is(object)) {
      throw new UsageError(`select takes a lambda that returns an object of expressions, got ${kindOf(object)}`, {
        hint: Expression.is(object) ? "for one value per row use pluck()" : "write select((p) => ({ title: p.title }))",
      });
    }
    const entries = Object.entries(object);
    if (entries.length === 0) throw new UsageError(`select was given an empty object${path && ` at ${path}`}`);
    return entries.map(([name, value]) => {
      if (name === "__proto__") throw new UsageError("a selected value cannot be called __proto__");
      const at = path === "" ? name : `${path}.${name}`;
      if (Expression.is(value))
        return [name, { kind: "value", slot: firstSlot + columns.push({ tokens, node: value.node }) - 1, codec: value.codec }];
      const token = ModelScope.tokenOf(value);
      const source = token?.kind === "path" ? rowBehind(token) : sources[tokens.indexOf(token as ScopeToken)];
      if (token !== null && source !== undefined) {
        const slot = firstSlot + columns.length;
        for (const column of source.meta.visible) columns.push({ tokens, node: source.meta.node(column, token) });
        return [name, { kind: "whole", source, firstSlot: slot }];
      }
      const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
      if (prototype === Object.prototype || prototype === null) return [name, { kind: "object", fields: fieldsOf(value, at) }];
      throw new UsageError(`select: ${at} is ${kindOf(value)}, not an expression`);
    });
  };
  const fields = fieldsOf(picked, "");
  return { columns, fields };
}

export function addSelection(first: Selection, second: Selection): Selection {
  const names = new Set(first.fields.map(([name]) => name));
  for (const [name] of second.fields)
    if (names.has(name)) throw new UsageError(`${name} is selected already`, { hint: "give the second one another name" });
  return { columns: [...first.columns, ...second.columns], fields: [...first.fields, ...second.fields] };
}

/** A select from the model's table with no more than a condition. */
export function selectFrom(meta: ModelMeta, columns: readonly Clause[], where: readonly Clause[], source = meta.source): SelectNode {
  return plainSelect(source, columns, where);
}
