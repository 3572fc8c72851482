/** From what `select` was given to columns and the shape of a row, in one step. Layer 6. */
import type { ScopeToken } from "../ast/expr.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import type { RowShape } from "../hydrate/row-plan.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

export type Field = readonly [name: string, shape: RowShape];

export interface Selection {
  readonly columns: readonly Clause[];
  readonly fields: readonly Field[];
}

export const nothingSelected: Selection = { columns: [], fields: [] };

/** The columns of whole rows, with the token of the model's own source. */
export function selectColumns(meta: ModelMeta, columns: readonly ColumnMeta[], firstSlot = 0): Selection {
  return {
    columns: columns.map((column) => ({ tokens: [meta.token], node: meta.node(column, meta.token) })),
    fields: columns.map((column, i) => [column.property, { kind: "value", slot: firstSlot + i, codec: column.codec }]),
  };
}

/** An object of expressions, objects nesting. @throws UsageError for anything else in it */
export function selectExpressions(picked: unknown, tokens: readonly ScopeToken[], firstSlot = 0): Selection {
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
export function selectFrom(meta: ModelMeta, columns: readonly Clause[], where: readonly Clause[]): SelectNode {
  return {
    kind: "select",
    sources: [{ kind: "table", table: meta.table }],
    columns,
    where,
    orderBy: [],
    limit: null,
    offset: null,
    distinct: false,
    lock: null,
  };
}
