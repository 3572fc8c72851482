/** A query as data, and the trees that it turns into. Layer 6. */
import type { AggregateNode, ExprNode, OrderNode } from "../ast/expr.ts";
import { type Clause, type JoinNode, type SelectNode, type WrappedSelectNode, wrappedTable } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { safeIntCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Expression, OrderTerm } from "../expr/expression.ts";
import type { PrefetchTree } from "../relations/prefetch.ts";
import { assertGrouped } from "./groups.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import type { SessionRef } from "./reading.ts";
import { addSelection, type QuerySource, type Selection, selectColumns, wholeSelection } from "./selection.ts";
import type { ModelConstructor } from "./whole-row.ts";

export interface QueryState {
  readonly meta: ModelMeta;
  readonly model: ModelConstructor;
  readonly session: SessionRef;
  /** The model itself, then what was joined, by position. */
  readonly sources: readonly QuerySource[];
  readonly joins: readonly JoinNode[];
  readonly where: readonly Clause[];
  readonly groupBy: readonly Clause[];
  readonly having: readonly Clause[];
  /** Null: the model's own order. */
  readonly orderBy: readonly Clause<OrderNode>[] | null;
  readonly limit: number | null;
  readonly offset: number | null;
  readonly distinct: boolean;
  readonly lock: "update" | null;
  readonly allRows: boolean;
  /** Known to have no rows: reading sends nothing. */
  readonly never: boolean;
  /** Relations to load with the rows. */
  readonly prefetch: PrefetchTree;
  /** Plain rows of these expressions; null: instances. */
  readonly selection: Selection | null;
  /** Instances: hidden columns asked for, and expressions beside the columns. */
  readonly alsoColumns: readonly ColumnMeta[];
  readonly also: Selection | null;
}

type Asked = Omit<QueryState, "meta" | "model" | "session" | "sources">;

/** What a query asks for that nothing was asked of. */
const nothingAsked: Asked = {
  joins: [],
  where: [],
  groupBy: [],
  having: [],
  orderBy: null,
  limit: null,
  offset: null,
  distinct: false,
  lock: null,
  allRows: false,
  never: false,
  prefetch: new Map(),
  selection: null,
  alsoColumns: [],
  also: null,
};
const askable = Object.keys(nothingAsked) as (keyof Asked)[];

export function newQuery(meta: ModelMeta, model: ModelConstructor, session: SessionRef): QueryState {
  return { meta, model, session, sources: [{ meta, model, outer: false }], ...nothingAsked };
}

/** True for all rows of one table as they are: nothing was asked of this query yet. */
export function isWholeTable(state: QueryState): boolean {
  return state.sources.length === 1 && askable.every((key) => state[key] === nothingAsked[key]);
}

/** The columns of an instance in this query. */
export function instanceColumns(state: QueryState): readonly ColumnMeta[] {
  return state.alsoColumns.length === 0 ? state.meta.visible : [...state.meta.visible, ...state.alsoColumns];
}

export function selectionOf(state: QueryState): Selection {
  if (state.selection !== null) return state.selection;
  const whole = state.alsoColumns.length === 0 ? wholeSelection(state.meta) : selectColumns(state.meta, instanceColumns(state));
  return state.also === null ? whole : addSelection(whole, state.also);
}

export function selectTree(state: QueryState, columns: readonly Clause[], orderBy: readonly Clause<OrderNode>[] = []): SelectNode {
  if (state.groupBy.length > 0)
    assertGrouped(state.meta, state.groupBy, [...columns, ...orderBy.map(({ tokens, node }) => ({ tokens, node: node.item }))]);
  const { meta, joins, where, groupBy, having, limit, offset, distinct, lock } = state;
  return {
    kind: "select",
    source: { kind: "table", table: meta.table },
    joins,
    columns,
    where,
    groupBy,
    having,
    orderBy,
    limit,
    offset,
    distinct,
    lock,
  };
}

export function isCut(state: QueryState): boolean {
  return state.limit !== null || state.offset !== null || state.distinct || state.groupBy.length > 0;
}

/** The given order, else the model's; `keyed` falls back to the primary key. */
export function orderOf(state: QueryState, keyed: boolean): readonly Clause<OrderNode>[] {
  // Distinct and grouped rows can only be ordered by what they show: the model's own order may name something else.
  const shown = state.distinct || state.groupBy.length > 0;
  const order = state.orderBy ?? (shown ? [] : state.meta.defaultOrder);
  if (order.length > 0 || !keyed || shown) return order;
  return state.meta.primaryKey.map((column) => ({
    tokens: [state.meta.token],
    node: { item: state.meta.node(column, state.meta.token), direction: "asc", nulls: null },
  }));
}

export function reversed(order: readonly Clause<OrderNode>[]): Clause<OrderNode>[] {
  return order.map(({ tokens, node }) => ({
    tokens,
    node: {
      item: node.item,
      direction: node.direction === "asc" ? "desc" : "asc",
      // Said nulls turn with the order; unsaid ones turn by themselves.
      nulls: node.nulls === null ? null : node.nulls === "first" ? "last" : "first",
    },
  }));
}

export function orderTerms(given: unknown, meta: ModelMeta): OrderNode[] {
  const terms = Array.isArray(given) ? given : [given];
  if (terms.length === 0) throw new UsageError(`${meta.name}.orderBy was given an empty list`);
  return terms.map((term: unknown) => {
    if (OrderTerm.is(term)) return term.node;
    if (Expression.is(term)) return term.asc().node;
    throw new UsageError(`${meta.name}.orderBy takes columns, with asc() or desc(), got ${kindOf(term)}`);
  });
}

/** `select count(*)`, over the query as a whole where it is limited or distinct. */
export function countTree(state: QueryState): SelectNode | WrappedSelectNode {
  const node: AggregateNode = { kind: "aggregate", name: "count", item: null, codec: safeIntCodec };
  if (!isCut(state)) return selectTree({ ...state, lock: null }, [{ tokens: [], node }]);
  const columns = state.distinct || state.groupBy.length > 0 ? selectionOf(state).columns : [];
  // An order decides nothing about the number of rows.
  const inner = columns.length > 0 ? columns : [{ tokens: [], node: { kind: "constant", value: true } satisfies ExprNode }];
  return { kind: "wrapped", query: selectTree({ ...state, lock: null }, inner), columns: [node] };
}

/** Aggregates over exactly the rows of a limited query: each argument becomes a column of the inner one. */
export function aggregateTree(state: QueryState, columns: readonly Clause[]): SelectNode | WrappedSelectNode {
  if (!isCut(state)) return selectTree({ ...state, lock: null }, columns);
  if (state.distinct)
    throw new UsageError(`${state.meta.name}: an aggregate over distinct() rows is ambiguous`, { hint: "drop distinct()" });
  const inner: Clause[] = [];
  const outer = columns.map(({ tokens, node }): ExprNode => {
    if (node.kind !== "aggregate")
      throw new UsageError(`${state.meta.name}: over a limited query only plain aggregates can be taken, such as sum(p.views)`);
    if (node.item === null) return node;
    const name = `c${inner.push({ tokens, node: node.item }) - 1}`;
    const codec = "codec" in node.item ? (node.item.codec as Codec) : node.codec;
    return {
      ...node,
      item: { kind: "column", token: { kind: "table", table: wrappedTable }, column: { property: name, name, explicit: true }, codec },
    };
  });
  if (inner.length === 0) inner.push({ tokens: [], node: { kind: "constant", value: true } });
  return { kind: "wrapped", query: selectTree({ ...state, lock: null }, inner, orderOf(state, false)), columns: outer };
}

export function wholeNumber(n: unknown, what: string, least: number): number {
  if (typeof n !== "number" || !Number.isSafeInteger(n) || n < least)
    throw new UsageError(`${what} takes a whole number from ${least}, got ${typeof n === "number" ? n : kindOf(n)}`);
  return n;
}
