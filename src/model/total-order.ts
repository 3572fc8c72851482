/** An order in which no two rows are equal, and the rows that come after a position in it. Layer 6. */
import type { ExprNode, OrderNode, ScopeToken } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { childrenOf, sameExpression } from "../ast/shape.ts";
import type { Codec } from "../codec/codec.ts";
import { boolCodec } from "../codec/text.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import type { RowReader } from "../hydrate/row-plan.ts";
import { tableOf } from "../render/frame.ts";
import type { Traits } from "../render/traits.ts";
import { ModelMeta } from "./meta.ts";
import type { QueryState } from "./query-state.ts";
import { readerFor } from "./reading.ts";

export interface TotalTerm {
  readonly item: ExprNode;
  readonly codec: Codec;
  readonly direction: "asc" | "desc";
  /** Where NULLs stand; null: there are none. */
  readonly nulls: "first" | "last" | null;
}

/** All terms see their columns through the same tokens, so that one condition can be made of them. */
export interface TotalOrder {
  readonly tokens: readonly ScopeToken[];
  readonly terms: readonly TotalTerm[];
}

/**
 * The given order, completed by the primary keys of all sources.
 * @throws UsageError for terms that rows have no comparable value of
 */
export function totalOrder(state: QueryState, order: readonly Clause<OrderNode>[], traits: Traits): TotalOrder {
  const { meta, sources } = state;
  const given = order.find(({ tokens }) => tokens.length > 0)?.tokens ?? [];
  if (order.some(({ tokens }) => tokens.some((token, i) => token !== given[i])))
    throw new UsageError(`${meta.name}: the order comes from several calls`, { hint: "give all of it to one orderBy()" });
  const tokens = sources.map((source, i): ScopeToken => given[i] ?? { kind: "scope", label: source.meta.name });
  const terms: TotalTerm[] = order.map(({ node }) => {
    assertComparable(state, node.item);
    const ownNulls = (node.direction === "asc") === (traits.nullsSort === "first") ? "first" : "last";
    const nulls = mayBeNull(state, tokens, node.item) ? (node.nulls ?? ownNulls) : null;
    return { item: node.item, codec: comparableCodec(state, node.item), direction: node.direction, nulls };
  });
  sources.forEach((source, i) => {
    for (const column of source.meta.primaryKey) {
      const item = source.meta.node(column, tokens[i] as ScopeToken);
      if (terms.some((term) => sameExpression({ tokens, node: term.item }, { tokens, node: item }))) continue;
      terms.push({ item, codec: column.codec, direction: "asc", nulls: source.outer ? traits.nullsSort : null });
    }
    const { node } = source;
    const repeats = node.kind === "derived" && node.query.kind === "compound" && node.query.op === "union all";
    if (repeats || source.meta.primaryKey.length === 0)
      throw new UsageError(`${source.meta.name} has no primary key to tell its rows apart`, {
        hint: "use paginate(), or limit() and offset()",
      });
  });
  return { tokens, terms };
}

export function reversedTotal({ tokens, terms }: TotalOrder): TotalOrder {
  return {
    tokens,
    terms: terms.map((term) => ({
      ...term,
      direction: term.direction === "asc" ? "desc" : "asc",
      nulls: term.nulls === null ? null : term.nulls === "first" ? "last" : "first",
    })),
  };
}

export function orderClauses({ tokens, terms }: TotalOrder): Clause<OrderNode>[] {
  return terms.map(({ item, direction, nulls }) => ({ tokens, node: { item, direction, nulls } }));
}

/** The rows that come after the one with these values; null is NULL. */
export function afterPosition({ tokens, terms }: TotalOrder, values: readonly unknown[]): Clause {
  const last = terms.length - 1;
  let node = beyond(terms[last] as TotalTerm, values[last]);
  for (let i = last - 1; i >= 0; i--) node = beyondOrEqual(terms[i] as TotalTerm, values[i], node);
  return { tokens, node };
}

/** What a row has of these terms: columns of the select that are missing are added to it. */
export interface PositionPlan {
  readonly columns: readonly Clause[];
  read(session: Session, rows: number): RowReader;
}

export function positionPlan({ tokens, terms }: TotalOrder, selected: readonly Clause[]): PositionPlan {
  const columns = [...selected];
  const slots = terms.map(({ item }) => {
    const clause = { tokens, node: item };
    const found = columns.findIndex((column) => sameExpression(column, clause));
    return found === -1 ? columns.push(clause) - 1 : found;
  });
  return {
    columns,
    read(session, rows) {
      const fields = terms.map(({ codec }, i) => [String(i), { kind: "value", slot: slots[i] as number, codec }] as const);
      const read = readerFor(session, { kind: "object", fields }, rows);
      return (row) => Object.values(read(row) as object);
    },
  };
}

/** Strictly behind the value. */
function beyond({ item, codec, direction, nulls }: TotalTerm, value: unknown): ExprNode {
  const isNull = (negated: boolean): ExprNode => ({ kind: "isNull", item, negated });
  if (value === null) return nulls === "first" ? isNull(true) : { kind: "constant", value: false };
  const behind: ExprNode = { kind: "compare", op: direction === "asc" ? ">" : "<", left: item, right: { kind: "value", value, codec } };
  return nulls === "last" ? { kind: "logic", op: "or", items: [behind, isNull(false)] } : behind;
}

function beyondOrEqual(term: TotalTerm, value: unknown, rest: ExprNode): ExprNode {
  const { item, codec, direction, nulls } = term;
  const right: ExprNode = { kind: "value", value, codec };
  const either = (equal: ExprNode): ExprNode => ({
    kind: "logic",
    op: "or",
    items: [beyond(term, value), { kind: "logic", op: "and", items: [equal, rest] }],
  });
  if (value === null) return either({ kind: "isNull", item, negated: false });
  if (nulls === "last") return either({ kind: "compare", op: "=", left: item, right });
  // The first half alone is a range that an index can start from.
  const from: ExprNode = { kind: "compare", op: direction === "asc" ? ">=" : "<=", left: item, right };
  return { kind: "logic", op: "and", items: [from, { kind: "logic", op: "or", items: [beyond(term, value), rest] }] };
}

/** Nodes that say nothing of a type; all others without a codec are conditions. */
const untyped: ReadonlySet<ExprNode["kind"]> = new Set(["null", "jsonObject", "raw"]);

function comparableCodec(state: QueryState, item: ExprNode): Codec {
  // A fragment written by hand has no type: nothing says how its values are compared.
  const typed = "codec" in item ? (item.codec as Codec | null) : boolCodec;
  const codec = untyped.has(item.kind) ? null : typed;
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${state.meta.name}: the order has ${what}`, { hint });
  };
  if (codec === null) return refuse("an expression without a type", "order by a column, or by a typed expression");
  if (codec.family === "json") return refuse("a document or array", "order by a value inside of it, such as path(key).asText()");
  return codec;
}

function assertComparable(state: QueryState, item: ExprNode): void {
  if (item.kind === "window" || item.kind === "aggregate")
    throw new UsageError(`${state.meta.name}: the order has a value of many rows, which no condition can be made of`, {
      hint: "order by columns, or use limit() and offset()",
    });
  for (const child of childrenOf(item)) assertComparable(state, child);
}

function mayBeNull({ sources }: QueryState, tokens: readonly ScopeToken[], item: ExprNode): boolean {
  if (item.kind !== "column") return true;
  const { token, column } = item;
  if (token.kind === "path") return true;
  const source = token.kind === "scope" ? sources[tokens.indexOf(token)] : sources.find(({ node }) => tableOf(node) === token.table);
  const declared = source?.meta instanceof ModelMeta ? source.meta.list.find(({ ref }) => ref === column)?.declaration : undefined;
  return source === undefined || declared === undefined || source.outer || declared.nullable;
}
