/** The rows of a query as something to read from: CTEs, derived tables, set operations. Layer 6. */
import type { ColumnNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, CteNode, DerivedSource, QueryNode, SelectNode, SetOperator, SourceNode } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { expressionOf } from "../expr/expression-of.ts";
import { refuseRelations } from "../relations/prefetch-tree.ts";
import { snakeCase } from "../util/names.ts";
import { suggestion } from "../util/suggest.ts";
import { refuseLock } from "./lock.ts";
import type { ModelMeta } from "./meta.ts";
import { instanceColumns, newQuery, type QueryState, queryStateOf, rowsQuery, selectionOf, subqueryTree } from "./query-state.ts";
import type { SessionRef } from "./reading.ts";
import type { Field, Selection } from "./selection.ts";
import type { SourceColumn, SourceMeta } from "./source.ts";
import type { ModelConstructor } from "./whole-row.ts";

/** A column with its place in the select list, or an object of such. */
type RowField = readonly [name: string, value: (SourceColumn & { readonly slot: number }) | readonly RowField[]];

/** The columns of a query's rows. */
export class RowsMeta implements SourceMeta {
  readonly name: string;
  readonly token: ScopeToken;
  readonly visible: readonly (SourceColumn & { readonly slot: number })[];
  readonly primaryKey = [];
  readonly defaultOrder = [];
  readonly #fields: readonly RowField[];

  constructor(name: string, state: QueryState) {
    this.name = name;
    this.token = { kind: "scope", label: name };
    const columns: (SourceColumn & { readonly slot: number })[] = [];
    const taken = new Set<string>();
    const fieldsOf = (fields: readonly Field[], path: readonly string[]): RowField[] =>
      fields.map(([field, shape]) => {
        const property = [...path, field].join(".");
        if (shape.kind === "object") return [field, fieldsOf(shape.fields, [...path, field])];
        if (shape.kind === "whole") {
          throw new UsageError(`${name}: ${property} is a whole row, and a query to read from has columns`, {
            hint: `name the columns: ${field}: { id: p.id, ... }`,
          });
        }
        const column = {
          property,
          label: `${name}.${property}`,
          ref: { property, name: freeName(snakeCase([...path, field].join("_")), taken), explicit: true },
          codec: shape.codec as Codec,
          slot: shape.slot,
        };
        columns.push(column);
        return [field, column];
      });
    this.#fields = fieldsOf(selectionOf(state).fields, []);
    this.visible = columns;
  }

  column(property: string): SourceColumn {
    const found = this.visible.find((column) => column.property === property);
    if (found !== undefined) return found;
    const known = this.visible.map((column) => column.property);
    throw new UsageError(`${this.name} has no column ${JSON.stringify(property)}`, {
      hint: suggestion(property, known) ?? `it has ${known.join(", ")}`,
    });
  }

  node(column: SourceColumn, token: ColumnNode["token"]): ColumnNode {
    return { kind: "column", token, column: column.ref, codec: column.codec };
  }

  scope(token: ScopeToken): object {
    const objectOf = (fields: readonly RowField[]): object =>
      Object.fromEntries(
        fields.map(([name, value]) => [
          name,
          "ref" in value ? expressionOf(this.node(value, token), value.codec, value.label) : objectOf(value),
        ]),
      );
    return objectOf(this.#fields);
  }

  /** Every column, as objects of the shape that the query's rows have. */
  selection(): Selection {
    const shapes = (fields: readonly RowField[]): Field[] =>
      fields.map(([name, value]) => [
        name,
        "ref" in value
          ? { kind: "value", slot: this.visible.indexOf(value), codec: value.codec }
          : { kind: "object", fields: shapes(value) },
      ]);
    return {
      columns: this.visible.map((column) => ({ tokens: [this.token], node: this.node(column, this.token) })),
      fields: shapes(this.#fields),
    };
  }

  /** The tree of a query with these columns in this order, whatever order it names them in. @throws UsageError for others */
  aligned(state: QueryState, what: string): SelectNode {
    const theirs = new RowsMeta(this.name, state);
    const tree = subqueryTree(state);
    if (theirs.visible.length !== this.visible.length) {
      const more = theirs.visible.find((column) => !this.visible.some(({ property }) => property === column.property));
      if (more !== undefined) throw new UsageError(`${what}: the first query has no column ${JSON.stringify(more.property)}`);
    }
    const columns = this.visible.map(({ property, codec }): Clause => {
      const column = theirs.visible.find((other) => other.property === property);
      if (column === undefined) {
        throw new UsageError(`${what}: the second query does not select ${JSON.stringify(property)}`, {
          hint: "both queries select the same names",
        });
      }
      if (
        column.codec.family !== codec.family &&
        !(isNumeric(column.codec) && isNumeric(codec)) &&
        !(isText(column.codec) && isText(codec))
      ) {
        throw new UsageError(`${what}: ${property} is ${codec.family} in the first query and ${column.codec.family} in the second`);
      }
      return tree.columns[column.slot] as Clause;
    });
    return { ...tree, columns };
  }
}

const isNumeric = ({ family }: Codec): boolean => family === "int" || family === "bigint" || family === "float" || family === "decimal";
const isText = ({ family }: Codec): boolean => family === "text" || family === "enum";

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}_${n}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Rows that can be joined and selected from. */
export class Rowset {
  readonly #branded = true;
  readonly meta: RowsMeta;
  readonly node: SourceNode;
  readonly session: SessionRef;
  constructor(meta: RowsMeta, node: SourceNode, session: SessionRef) {
    this.meta = meta;
    this.node = node;
    this.session = session;
  }
  static is(candidate: unknown): candidate is Rowset {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }
}

function nameOf(name: unknown, what: string): string {
  if (typeof name !== "string" || name.trim() !== name || name === "" || name.length > 60 || /\p{Cc}/u.test(name) || !name.isWellFormed())
    throw new UsageError(`${what} takes a name of 1 to 60 characters first`);
  return name;
}

/** The query in parentheses, in the place where it is used. */
export function derivedRows(name: unknown, state: QueryState, lateral: DerivedSource["lateral"] = null): Rowset {
  refuseRelations(state, "as()");
  const meta = new RowsMeta(nameOf(name, "as"), state);
  return new Rowset(meta, derived(meta, meta.aligned(state, meta.name), lateral), state.session);
}

function derived(meta: RowsMeta, query: QueryNode, lateral: DerivedSource["lateral"] = null): DerivedSource {
  return { kind: "derived", name: meta.name, query, columns: meta.visible.map((column) => column.ref), table: null, lateral };
}

export interface CteOptions {
  /** MATERIALIZED or NOT MATERIALIZED on PostgreSQL and SQLite; the others decide for themselves. */
  readonly materialized?: boolean;
}

export function cteRows(name: unknown, query: unknown, o: CteOptions = {}): Rowset {
  const state = queryStateOf(query, "cte");
  refuseRelations(state, "cte()");
  const meta = new RowsMeta(nameOf(name, "cte"), state);
  const cte: CteNode = {
    name: meta.name,
    columns: meta.visible.map((column) => column.ref),
    query: meta.aligned(state, meta.name),
    recursive: false,
    materialized: o.materialized ?? null,
  };
  return new Rowset(meta, { kind: "cte", cte }, state.session);
}

export interface RecursiveOptions {
  /** Rows that were found before are not followed again: the guard against cycles. UNION instead of UNION ALL. */
  readonly distinct?: boolean;
}

export function recursiveRows(name: unknown, seed: unknown, step: unknown, o: RecursiveOptions = {}): Rowset {
  const state = queryStateOf(seed, "recursiveCte");
  const meta = new RowsMeta(nameOf(name, "recursiveCte"), state);
  if (typeof step !== "function") throw new UsageError(`recursiveCte takes a lambda third, got ${kindOf(step)}`);
  const left = meta.aligned(state, meta.name);
  // The step reads from the very query that it is a part of.
  const cte: { -readonly [K in keyof CteNode]: CteNode[K] } = {
    name: meta.name,
    columns: meta.visible.map((column) => column.ref),
    query: left,
    recursive: true,
    materialized: null,
  };
  const node: SourceNode = { kind: "cte", cte };
  const next = queryStateOf(step(new Rowset(meta, node, state.session)), "the lambda of recursiveCte");
  if (![next.sources[0]?.node, ...next.joins.map((join) => join.source)].includes(node))
    throw new UsageError(`${meta.name}: the step of a recursive query reads from its parameter`, { hint: "join it, or start from(self)" });
  if (next.limit !== null || next.offset !== null || next.groupBy.length > 0)
    throw new UsageError(`${meta.name}: the step of a recursive query can be neither limited nor grouped`);
  cte.query = { kind: "compound", op: o.distinct === true ? "union" : "union all", left, right: meta.aligned(next, meta.name) };
  return new Rowset(meta, node, state.session);
}

/** A query of all rows of a rowset, as plain objects. */
export function queryOf(rows: unknown): QueryState {
  if (!Rowset.is(rows))
    throw new UsageError(`from takes the rows of a query, got ${kindOf(rows)}`, { hint: "make them with cte() or query.as()" });
  return rowsQuery({ meta: rows.meta, model: null, node: rows.node, outer: false }, rows.session, rows.meta.selection());
}

/** Both queries as one: rows of the same model, or plain rows with the same names. */
export function combined(op: SetOperator, left: QueryState, other: unknown): QueryState {
  const right = queryStateOf(other, op);
  for (const state of [left, right]) refuseLock(state, `a ${op}`);
  refuseRelations(right, `the second query of ${op}`, "say it of the result");
  if (left.selection !== null || left.also !== null) {
    refuseRelations(left, op);
    const meta = new RowsMeta("rows", left);
    const query: QueryNode = { kind: "compound", op, left: meta.aligned(left, op), right: meta.aligned(right, op) };
    return rowsQuery({ meta, model: null, node: derived(meta, query), outer: false }, left.session, meta.selection());
  }
  const { meta, model, session, alsoColumns, prefetch, joined } = left;
  const columns = instanceColumns(left);
  const same = right.meta === meta && right.selection === null && right.also === null;
  if (!same || instanceColumns(right).length !== columns.length || instanceColumns(right).some((column) => !columns.includes(column))) {
    throw new UsageError(`${op} of rows of ${meta.name} with something else`, {
      hint: "select the same names in both queries",
    });
  }
  const table = (meta as ModelMeta).table;
  const node: DerivedSource = {
    kind: "derived",
    name: table.name,
    query: { kind: "compound", op, left: subqueryTree(left), right: new RowsMeta(meta.name, left).aligned(right, op) },
    columns: columns.map((column) => column.ref),
    table,
    lateral: null,
  };
  return {
    ...newQuery(meta as ModelMeta, model as ModelConstructor, session),
    sources: [{ meta, model, node, outer: false }],
    alsoColumns,
    prefetch,
    joined,
  };
}
