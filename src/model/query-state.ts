/** A query as data, and the trees that it turns into. Layer 6. */
import type { AggregateNode, ColumnNode, ColumnRef, ExprNode, OrderNode, ScopeToken, ValueNode } from "../ast/expr.ts";
import { type Clause, type DerivedSource, type JoinNode, type LockNode, lastingLists, type SelectNode } from "../ast/select.ts";
import { sameExpression } from "../ast/shape.ts";
import type { Codec } from "../codec/codec.ts";
import { safeIntCodec } from "../codec/number.ts";
import { Parameter } from "../codec/parameter.ts";
import { kindOf } from "../codec/refuse.ts";
import { boolCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { Expression, OrderTerm } from "../expr/expression.ts";
import { isSelectSource } from "../expr/subquery.ts";
import { assertGrouped } from "./groups.ts";
import { lifted } from "./lifted.ts";
import { assertLockable, refuseLock } from "./lock.ts";
import { type Kept, ModelMeta } from "./meta.ts";
import type { SessionRef } from "./reading.ts";
import { addSelection, type Selection, selectColumns, wholeSelection } from "./selection.ts";
import type { QuerySource, SourceColumn, SourceMeta } from "./source.ts";
import type { ModelConstructor } from "./whole-row.ts";

/** Relations to load with the rows of a query, by name: each with the query of its rows. */
export type PrefetchTree = ReadonlyMap<string, PrefetchBranch>;
export interface PrefetchBranch {
  readonly query: QueryState;
  /** The query is the caller's: it says more than that all related rows are wanted. */
  readonly own: boolean;
}
/** To-one relations that are read in the same statement, by name. */
export interface JoinedTree extends ReadonlyMap<string, JoinedTree> {}

export interface QueryState {
  /** Of the first source. */
  readonly meta: SourceMeta;
  /** The class of its rows; null: plain rows of another query. */
  readonly model: ModelConstructor | null;
  readonly session: SessionRef;
  /** The model itself, then what was joined, by position. */
  readonly sources: readonly QuerySource[];
  readonly joins: readonly JoinNode[];
  readonly where: readonly Clause[];
  readonly groupBy: readonly Clause[];
  readonly rollup: boolean;
  readonly having: readonly Clause[];
  /** Null: the model's own order. */
  readonly orderBy: readonly Clause<OrderNode>[] | null;
  readonly limit: SelectNode["limit"];
  readonly offset: SelectNode["offset"];
  readonly distinct: boolean;
  readonly lock: LockNode | null;
  readonly allRows: boolean;
  /** Of a model that keeps deleted rows. */
  readonly kept: Kept;
  /** The model's own standing conditions count. */
  readonly scoped: boolean;
  /** Why they do not. */
  readonly reason: string | null;
  /** Stops whatever the query does. */
  readonly signal: AbortSignal | null;
  readonly timeoutMs: number | null;
  /** Known to have no rows: reading sends nothing. */
  readonly never: boolean;
  /** Relations to load with the rows. */
  readonly prefetch: PrefetchTree;
  readonly joined: JoinedTree;
  /** Plain rows of these expressions; null: instances. */
  readonly selection: Selection | null;
  /** Instances: hidden columns asked for, and expressions beside the columns. */
  readonly alsoColumns: readonly SourceColumn[];
  readonly also: Selection | null;
}

type Asked = Omit<QueryState, "meta" | "model" | "session" | "sources">;

/** What a query asks for that nothing was asked of. */
const nothingAsked: Asked = {
  joins: [],
  where: [],
  groupBy: [],
  rollup: false,
  having: [],
  orderBy: null,
  limit: null,
  offset: null,
  distinct: false,
  lock: null,
  allRows: false,
  kept: "live",
  scoped: true,
  reason: null,
  signal: null,
  timeoutMs: null,
  never: false,
  prefetch: new Map(),
  joined: new Map(),
  selection: null,
  alsoColumns: [],
  also: null,
};
const askable = Object.keys(nothingAsked) as (keyof Asked)[];

/** A copy whose properties are written out: spreading this many of them costs ten times as much. */
function copyOf(state: QueryState): { -readonly [K in keyof QueryState]: QueryState[K] } {
  return {
    meta: state.meta,
    model: state.model,
    session: state.session,
    sources: state.sources,
    joins: state.joins,
    where: state.where,
    groupBy: state.groupBy,
    rollup: state.rollup,
    having: state.having,
    orderBy: state.orderBy,
    limit: state.limit,
    offset: state.offset,
    distinct: state.distinct,
    lock: state.lock,
    allRows: state.allRows,
    kept: state.kept,
    scoped: state.scoped,
    reason: state.reason,
    signal: state.signal,
    timeoutMs: state.timeoutMs,
    never: state.never,
    prefetch: state.prefetch,
    joined: state.joined,
    selection: state.selection,
    alsoColumns: state.alsoColumns,
    also: state.also,
  };
}

/** The state with this changed. */
export function changedState(state: QueryState, change: Partial<QueryState>): QueryState {
  const copy: Record<string, unknown> & QueryState = copyOf(state);
  for (const key in change) copy[key] = change[key as keyof QueryState];
  return copy;
}

/** A query without a source. @internal */
export const nowhere: QueryState = { ...nothingAsked, meta: null as never, model: null, session: null, sources: [] };

export function newQuery(meta: ModelMeta, model: ModelConstructor, session: SessionRef): QueryState {
  const query = copyOf(nowhere);
  query.meta = meta;
  query.model = model;
  query.session = session;
  query.sources = [{ meta, model, node: meta.source, outer: false }];
  return query;
}

/** A query of plain rows. */
export function rowsQuery(source: QuerySource, session: SessionRef, selection: Selection): QueryState {
  return { ...nothingAsked, meta: source.meta, model: null, session, sources: [source], selection };
}

/** @throws UsageError for anything but a query */
export function queryStateOf(query: unknown, what: string): QueryState {
  if (isSelectSource(query) && "state" in query) return query.state as QueryState;
  throw new UsageError(`${what} takes a query, got ${kindOf(query)}`);
}

/** The model of a query whose rows are its instances, or are those of its table. @throws UsageError */
export function modelOf(state: QueryState, what: string): { readonly meta: ModelMeta; readonly model: ModelConstructor } {
  const { meta, model } = state;
  if (meta instanceof ModelMeta && model !== null) return { meta, model };
  throw new UsageError(`${meta.name}: ${what} needs a model, and these are rows of a query`);
}

/** True for all rows of one table as they are: nothing was asked of this query yet. */
export function isWholeTable(state: QueryState): boolean {
  return (
    state.sources.length === 1 &&
    state.sources[0]?.node === state.sources[0]?.meta.source &&
    askable.every((key) => state[key] === nothingAsked[key])
  );
}

/** The columns of an instance in this query. */
export function instanceColumns(state: QueryState): readonly SourceColumn[] {
  return state.alsoColumns.length === 0 ? state.meta.visible : [...state.meta.visible, ...state.alsoColumns];
}

export function selectionOf(state: QueryState): Selection {
  if (state.selection !== null) return state.selection;
  const whole = state.alsoColumns.length === 0 ? wholeSelection(state.meta) : selectColumns(state.meta, instanceColumns(state));
  return state.also === null ? whole : addSelection(whole, state.also);
}

export function selectTree(state: QueryState, columns: readonly Clause[], orderBy: readonly Clause<OrderNode>[] = []): SelectNode {
  if (state.groupBy.length > 0 || state.selection !== null || state.also !== null)
    assertGrouped(state.meta, state.groupBy, [...columns, ...orderBy.map(({ tokens, node }) => ({ tokens, node: node.item }))]);
  const { sources, joins, where, groupBy, rollup, having, limit, offset, distinct, lock } = state;
  const tree: SelectNode = {
    kind: "select",
    source: (sources[0] as QuerySource).node,
    joins,
    columns,
    where,
    groupBy,
    rollup,
    having,
    orderBy,
    limit,
    offset,
    distinct,
    lock,
  };
  if (lock !== null) assertLockable(state, tree);
  return tree;
}

/** The query inside another one: its order counts only where it decides which rows there are. */
export function subqueryTree(state: QueryState): SelectNode {
  return selectTree(state, selectionOf(state).columns, state.limit === null && state.offset === null ? [] : orderOf(state, false));
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

/** The order, completed by what tells rows apart: keys, or what distinct and grouped rows show. */
export function decidedOrder(state: QueryState): Clause<OrderNode>[] {
  const order = orderOf(state, false);
  const keys =
    state.groupBy.length > 0
      ? state.groupBy
      : state.distinct
        ? selectionOf(state).columns
        : state.sources.flatMap(({ meta }, i) => {
            const tokens = state.sources.map((source): ScopeToken => ({ kind: "scope", label: source.meta.name }));
            return meta.primaryKey.map((column): Clause => ({ tokens, node: meta.node(column, tokens[i] as ScopeToken) }));
          });
  // An expression written out again has parameters of its own: no longer the one that is shown. Documents have no order.
  const columns = keys.filter(({ node }) => node.kind === "column" && (node.codec as Codec).family !== "json");
  const missing = columns.filter((key) => !order.some(({ tokens, node }) => sameExpression({ tokens, node: node.item }, key)));
  return [...order, ...missing.map(({ tokens, node }) => ({ tokens, node: { item: node, direction: "asc", nulls: null } as const }))];
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

export function orderTerms(given: unknown, meta: SourceMeta): OrderNode[] {
  const terms = Array.isArray(given) ? given : [given];
  if (terms.length === 0) throw new UsageError(`${meta.name}.orderBy was given an empty list`);
  return terms.map((term: unknown) => {
    if (OrderTerm.is(term)) return term.node;
    if (Expression.is(term)) return term.asc().node;
    throw new UsageError(`${meta.name}.orderBy takes columns, with asc() or desc(), got ${kindOf(term)}`);
  });
}

const countAll: AggregateNode = { kind: "aggregate", name: "count", item: null, codec: safeIntCodec };
/** The same list each time, as the texts of counts are kept by it. */
const counted: readonly Clause[] = [{ tokens: [], node: countAll }];
/** Of a query that is asked whether it has rows. */
export const noColumns: readonly Clause[] = [];
for (const list of [counted, noColumns]) lastingLists.add(list);

/** `select count(*)`, over the query as a whole where it is limited or distinct. */
export function countTree(state: QueryState): SelectNode {
  refuseLock(state, "a count");
  if (!isCut(state)) return selectTree(state, counted);
  // An order decides nothing about the number of rows.
  const columns = state.distinct || state.groupBy.length > 0 ? selectionOf(state).columns : [];
  return around(selectTree(state, columns.length > 0 ? columns : [anything]), [countAll]);
}

const anything: Clause = { tokens: [], node: { kind: "constant", value: true } };
/** Stands for the query that a select is around. */
export const wholeQuery: ScopeToken = { kind: "scope", label: "the query" };

function numbered(slot: number): ColumnRef {
  return { property: `c${slot}`, name: `c${slot}`, explicit: true };
}

/** What a select around a query calls its column at this place. */
export function shownAs(slot: number, item: ExprNode): ColumnNode {
  // Only conditions have no codec of their own.
  const codec = "codec" in item ? (item.codec as Codec) : boolCodec;
  return { kind: "column", token: wholeQuery, column: numbered(slot), codec };
}

/** `select <columns> from (<query>) as q` */
export function around(query: SelectNode, columns: readonly ExprNode[]): SelectNode {
  const source: DerivedSource = {
    kind: "derived",
    name: "q",
    query,
    columns: query.columns.map((_, slot) => numbered(slot)),
    table: null,
    lateral: null,
  };
  return {
    kind: "select",
    source,
    joins: [],
    columns: columns.map((node) => ({ tokens: [wholeQuery], node })),
    where: [],
    groupBy: [],
    having: [],
    orderBy: [],
    limit: null,
    offset: null,
    distinct: false,
    lock: null,
  };
}

/** Aggregates over exactly the rows of a limited query: each argument becomes a column of the inner one. */
export function aggregateTree(state: QueryState, columns: readonly Clause[]): SelectNode {
  refuseLock(state, "an aggregate");
  if (!isCut(state)) return selectTree(state, columns);
  if (state.distinct)
    throw new UsageError(`${state.meta.name}: an aggregate over distinct() rows is ambiguous`, { hint: "drop distinct()" });
  const inner: Clause[] = [];
  const outer = columns.map(({ tokens, node }): ExprNode => {
    if (node.kind !== "aggregate")
      throw new UsageError(`${state.meta.name}: over a limited query only plain aggregates can be taken, such as sum(p.views)`);
    return lifted(node, (item) => {
      const slot = inner.push({ tokens, node: item }) - 1;
      return shownAs(slot, item);
    });
  });
  return around(selectTree(state, inner.length > 0 ? inner : [anything], orderOf(state, false)), outer);
}

export function wholeNumber(n: unknown, what: string, least: number): number {
  if (typeof n !== "number" || !Number.isSafeInteger(n) || n < least)
    throw new UsageError(`${what} takes a whole number from ${least}, got ${typeof n === "number" ? n : kindOf(n)}`);
  return n;
}

/** What limit() and offset() take: a whole number from 0, or a parameter of a prepared query. */
export function cutAt(given: unknown, what: string): number | ValueNode {
  const node = Expression.is(given) ? given.node : null;
  if (node?.kind === "value" && node.value instanceof Parameter) return { ...node, codec: safeIntCodec };
  return wholeNumber(given, what, 0);
}

/** The limit of a query that is asked for one row. */
export function firstOnly(limit: SelectNode["limit"]): number {
  return typeof limit === "number" ? Math.min(limit, 1) : 1;
}
