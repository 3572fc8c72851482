/** What a query is, and what its lambdas see. Types only. */

import type { Family } from "../../codec/codec.ts";
import type { PlanNode } from "../../dialects/plan.ts";
import type { Session } from "../../engine/session.ts";
import type { Expr, ExprFor, NumberExpr, Ordering, RowClause, Subquery, WhereClause } from "../../expr/expr.types.ts";
import type { Awaitable } from "../../util/awaitable.ts";
import type { AnyModel, HooksOption, PrimaryKeyOf } from "./model.types.ts";
import type { OnePath, Prefetch, RelationPath, RelationScopes } from "./relation.types.ts";
import type { Columns, EqualityOf, InsertOf, UpdateOf, ValueOf } from "./spec.types.ts";

declare const whole: unique symbol;
declare const rowset: unique symbol;
declare const cursor: unique symbol;

/** The rows of a query as something to join or select from. R: the expressions that it selects. */
export interface Rowset<R> {
  readonly [rowset]: R;
}
/** What a lambda sees of such rows. Null: they may be missing. */
export type RowsScope<R, Null = never> = {
  readonly [K in keyof R]: R[K] extends Expr<infer T, infer F extends Family> ? ExprFor<F, T | Null> : RowsScope<R[K], Null>;
};

/**
 * What a lambda sees of a source: its columns, its relations, and the row as a whole. Null: the source may be missing
 * (outer join).
 */
export type Scope<M extends AnyModel, Null = never> = Columns<M["$specs"], Null> &
  RelationScopes<InstanceType<M>, Null, keyof M["$specs"]> & { readonly [whole]: [M, Null] };
/** A source on the far side of an outer join. */
export interface Outer<S> {
  readonly outer: S;
}
// What is most frequent comes first.
type ScopeOf<S> = S extends AnyModel
  ? Scope<S>
  : S extends Rowset<infer R>
    ? RowsScope<R>
    : S extends Outer<infer X>
      ? OuterScopeOf<X>
      : never;
type OuterScopeOf<S> = S extends AnyModel
  ? Scope<S, null>
  : S extends Rowset<infer R>
    ? RowsScope<R, null>
    : S extends Outer<infer X>
      ? OuterScopeOf<X>
      : never;
type AllOuter<S extends readonly unknown[]> = { [I in keyof S]: Outer<S[I]> };
/**
 * The parameters of a lambda: two, since compilers look for dependent parameters in a single one of the rest at each use.
 * Nothing is ever inferred from them: a compiler that tried would walk every static of every model.
 */
type First<S extends readonly unknown[]> = NoInfer<ScopeOf<S[0]>>;
type Others<S extends readonly unknown[]> = S extends readonly [unknown]
  ? // For `any`, which takes every branch: no others are known, not that there are none.
    S extends readonly []
    ? any
    : []
  : S extends readonly [unknown, ...infer R]
    ? Scopes<R>
    : Scopes<S>;
export type Scopes<S extends readonly unknown[]> = { [I in keyof S]: NoInfer<ScopeOf<S[I]>> };
type RootOf<X> = X extends AnyModel ? X : X extends Outer<infer Y> ? RootOf<Y> : never;
type Root<S extends readonly unknown[]> = RootOf<S[0]>;
/** The root's columns as declared; nothing where the root is another query. */
type SpecsOf<S extends readonly unknown[]> = SpecsOfRoot<S[0]>;
type SpecsOfRoot<X> = X extends { readonly $specs: infer C } ? C : X extends Outer<infer Y> ? SpecsOfRoot<Y> : Record<never, never>;
/** What a set operation can be asked for: a model's rows stay such, plain rows are a source of their own. */
type United<S extends readonly unknown[], Row, Out> =
  Row extends InstanceType<Root<S>> ? QuerySet<[Root<S>], Row, Out> : QuerySet<[Rowset<Out>], Row, Out>;
/** The values of an object of expressions, nested objects included; a whole source gives its instances. */
export type Selected<R> = {
  -readonly [K in keyof R]: R[K] extends { readonly [whole]: [infer M extends AnyModel, infer Null] }
    ? InstanceType<M> | Null
    : R[K] extends Expr<infer T>
      ? T
      : R[K] extends object
        ? Selected<R[K]>
        : never;
};

export type Condition<S extends readonly unknown[]> =
  | RowClause
  | ((first: First<S>, ...others: Others<S>) => RowClause)
  | EqualityFor<S[0]>;
type EqualityFor<X> = X extends { readonly $specs: infer C }
  ? EqualityOf<C>
  : X extends Rowset<infer R>
    ? RowsEquality<R>
    : [RootOf<X>] extends [never]
      ? never
      : EqualityOf<SpecsOfRoot<X>>;
/** Equalities by column of another query's rows; `null` means IS NULL. */
type RowsEquality<R> = { [K in keyof R as R[K] extends Expr<any> ? K : never]?: R[K] extends Expr<infer T> ? T : never };

/** A group is no row of the model: what is selected of it must still be said. */
type Grouped<S extends readonly unknown[], Row, Out> = Row extends InstanceType<Root<S>> | null ? Groups<S> : QuerySet<S, Row, Out>;
/** Groups of which nothing is selected yet. */
export type Groups<S extends readonly unknown[]> = Pick<QuerySet<S, never, never>, "select" | "pluck"> & {
  where(condition: Condition<S>): Groups<S>;
  exclude(condition: Condition<S>): Groups<S>;
  /** A condition on groups: aggregates may stand in it. */
  having(condition: (first: First<S>, ...others: Others<S>) => WhereClause): Groups<S>;
  orderBy(order: (first: First<S>, ...others: Others<S>) => Ordering | Expr<any> | (Ordering | Expr<any>)[]): Groups<S>;
  limit(n: number | NumberExpr<number>): Groups<S>;
  offset(n: number | NumberExpr<number>): Groups<S>;
};

/** What a query must select to be inserted: the required columns, and any others. */
type Insertable<C> = { readonly [K in keyof InsertOf<C>]: InsertOf<C>[K] };

/** Nothing that can be called where the model's deleted rows are gone. */
type IfDeletable<S extends readonly unknown[], T> = S[0] extends { readonly $deletable: true } ? T : never;

/** Writes that hand back rows. */
export interface Returning<S extends readonly unknown[], Row> {
  update(values: UpdateOf<SpecsOf<S>> | ((first: First<S>, ...others: Others<S>) => UpdateOf<SpecsOf<S>>)): Promise<Row[]>;
  delete(): Promise<Row[]>;
}

/** The names of the root's columns. */
type ColumnName<S extends readonly unknown[]> = S extends readonly [Rowset<infer R>, ...unknown[]] ? keyof R : keyof SpecsOf<S>;
/** What an order from outside may name. */
export interface OrderInput<S extends readonly unknown[]> {
  allow: readonly ColumnName<S>[] | Readonly<Record<string, (first: First<S>, ...others: Others<S>) => Expr<any>>>;
  /** In the same form: `"-createdAt"`. */
  default?: string;
}

export interface Page<Row> {
  readonly items: Row[];
  /** Rows of the whole query. */
  readonly total: number;
  readonly pages: number;
  readonly hasNext: boolean;
}

export interface ExplainedQuery {
  /** The statement that was explained. */
  readonly sql: string;
  readonly plan: PlanNode;
  /** The server's own answer: parsed JSON, or text. */
  readonly raw: unknown;
}

/** What happens to rows that somebody else has locked, and which rows are locked. */
export interface LockOptions<S extends readonly unknown[]> {
  /** Leave locked rows out: several workers take different rows of a queue. */
  readonly skipLocked?: boolean;
  /** Fail at once with LockTimeout instead of waiting. */
  readonly noWait?: boolean;
  /** Lock the rows of these sources only: `of: (post, author) => [post]`. */
  readonly of?: (first: First<S>, ...others: Others<S>) => Locked | readonly Locked[];
}
type Locked = { readonly [whole]: [any, any] };

/** What `keyset` gives: opaque, URL-safe text. It is bound to the order that it was made in, and readable: no secret. */
export type Cursor = string & { readonly [cursor]: true };

/** A page that knows where it is: rows that are inserted or deleted before it do not move it. */
export interface KeysetPage<Row> {
  readonly items: Row[];
  /** For `after`: the page behind this one; null when it has no rows. */
  readonly next: Cursor | null;
  /** For `before`: the page ahead of this one; null on the first page, and on an empty one. */
  readonly previous: Cursor | null;
}

/**
 * A query: lazy, immutable, awaitable. S: the sources in scope, Row: what one result is, Out: the expressions it is made of.
 * `await` gives an array, `for await` streams.
 */
export interface QuerySet<S extends readonly unknown[], in out Row, out Out>
  extends Awaitable<Row[]>,
    AsyncIterable<Row>,
    Subquery<Row, Out> {
  /**
   * Narrows the query; several calls are joined by AND. An object means equality, `{ column: null }` IS NULL.
   * @throws UsageError for undefined, an empty object and unknown columns
   */
  where(condition: Condition<S>): QuerySet<S, Row, Out>;
  /** Adds `not (condition)`: rows for which the condition is unknown (NULL) are left out as well. */
  exclude(condition: Condition<S>): QuerySet<S, Row, Out>;
  /** Joins another model, or the rows of a query: only pairs of rows that meet the condition. */
  join<N extends AnyModel | Rowset<unknown>>(
    source: N,
    on: (first: First<S>, ...others: [...Others<S>, NoInfer<ScopeOf<N>>]) => RowClause,
  ): QuerySet<[...S, N], Row, Out>;
  /** Keeps rows without a match: the joined model's columns become `T | null`. */
  leftJoin<N extends AnyModel | Rowset<unknown>>(
    source: N,
    on: (first: First<S>, ...others: [...Others<S>, NoInfer<ScopeOf<N>>]) => RowClause,
  ): QuerySet<[...S, Outer<N>], Row, Out>;
  /** Keeps the joined model's rows without a match: every earlier column becomes `T | null`. */
  rightJoin<N extends AnyModel | Rowset<unknown>>(
    source: N,
    on: (first: First<S>, ...others: [...Others<S>, NoInfer<ScopeOf<N>>]) => RowClause,
  ): QuerySet<[...AllOuter<S>, N], Row | null, Out>;
  /** Keeps the rows of both sides. MySQL and MariaDB have none. @throws UnsupportedError there */
  fullJoin<N extends AnyModel | Rowset<unknown>>(
    source: N,
    on: (first: First<S>, ...others: [...Others<S>, NoInfer<ScopeOf<N>>]) => RowClause,
  ): QuerySet<[...AllOuter<S>, Outer<N>], Row | null, Out>;
  /** Every pair of rows. */
  crossJoin<N extends AnyModel | Rowset<unknown>>(source: N): QuerySet<[...S, N], Row, Out>;
  /**
   * Joins the rows of a query that is made anew for each row before it: the newest three comments of each post. PostgreSQL
   * and MySQL. @throws UnsupportedError elsewhere: number the rows with `rowNumber()` in a derived table instead
   */
  joinLateral<R>(
    name: string,
    query: (first: First<S>, ...others: Others<S>) => Subquery<unknown, R>,
    on?: (first: First<S>, ...others: [...Others<S>, NoInfer<RowsScope<R>>]) => RowClause,
  ): QuerySet<[...S, Rowset<R>], Row, Out>;
  leftJoinLateral<R>(
    name: string,
    query: (first: First<S>, ...others: Others<S>) => Subquery<unknown, R>,
    on?: (first: First<S>, ...others: [...Others<S>, NoInfer<RowsScope<R>>]) => RowClause,
  ): QuerySet<[...S, Outer<Rowset<R>>], Row, Out>;
  /**
   * The rows of both queries, each once. What is asked of the result (order, limit, condition, join) is asked of all of it.
   * Both are rows of one model, or plain rows with the same names.
   */
  union(other: Subquery<NoInfer<Row>>): United<S, Row, Out>;
  /** The rows of both, as often as they are there. */
  unionAll(other: Subquery<NoInfer<Row>>): United<S, Row, Out>;
  /** The rows that both have. */
  intersect(other: Subquery<NoInfer<Row>>): United<S, Row, Out>;
  /** The rows that the other does not have. */
  except(other: Subquery<NoInfer<Row>>): United<S, Row, Out>;
  /** The query as a derived table, to be joined or given to `from()`. */
  as(name: string): Rowset<Out>;
  /** One row per group; what is selected must be keys and aggregates. */
  groupBy(keys: (first: First<S>, ...others: Others<S>) => Expr<any> | Expr<any>[]): Grouped<S, Row, Out>;
  /**
   * Groups and their subtotals: beside the rows of `(a, b)` one for each `a`, with NULL for `b`, and one of everything with NULL for both.
   * `grouping(key)` tells such a NULL from a stored one. Yields `group by rollup(a, b)` or `group by a, b with rollup`.
   * @throws UnsupportedError on SQLite
   */
  groupByRollup(keys: (first: First<S>, ...others: Others<S>) => Expr<any> | Expr<any>[]): Grouped<AllOuter<S>, Row, Out>;
  /** A condition on groups: aggregates may stand in it. */
  having(condition: (first: First<S>, ...others: Others<S>) => WhereClause): QuerySet<S, Row, Out>;
  /** Replaces the order (the model's default order included). */
  orderBy(order: (first: First<S>, ...others: Others<S>) => Ordering | Expr<any> | (Ordering | Expr<any>)[]): QuerySet<S, Row, Out>;
  /**
   * The order that a user asked for: names separated by commas, a minus before those that descend, as in `"-views,title"`.
   * `allow` lists the columns, or the names with their lambdas. Without a text (null, undefined) the order is `default`, or
   * as it was.
   * @throws InputError (`status` 400) for a text that is empty or too long, names anything else, or a name twice
   */
  orderByInput(text: string | null | undefined, o: OrderInput<S>): QuerySet<S, Row, Out>;
  /** @throws UsageError unless n is a whole number from 0, or a parameter of a prepared query */
  limit(n: number | NumberExpr<number>): QuerySet<S, Row, Out>;
  offset(n: number | NumberExpr<number>): QuerySet<S, Row, Out>;
  distinct(): QuerySet<S, Row, Out>;
  /** Says that an update or delete without a condition means every row. */
  allRows(): QuerySet<S, Row, Out>;
  /** Plain rows of these columns instead of instances. */
  select<K extends keyof SpecsOf<S>>(
    ...columns: [K, ...K[]]
  ): QuerySet<S, { -readonly [P in K]: ValueOf<SpecsOf<S>[P]> }, Pick<Columns<SpecsOf<S>>, K>>;
  /** Plain rows of the picked expressions; objects nest. */
  select<R extends Readonly<Record<string, unknown>>>(pick: (first: First<S>, ...others: Others<S>) => R): QuerySet<S, Selected<R>, R>;
  /** More columns beside those selected: hidden ones. */
  alsoSelect<K extends keyof SpecsOf<S>>(
    ...columns: [K, ...K[]]
  ): QuerySet<S, Row & { -readonly [P in K]: ValueOf<SpecsOf<S>[P]> }, Out & Pick<Columns<SpecsOf<S>>, K>>;
  /** Computed values beside what is selected, under names that a row does not have yet. */
  annotate<R extends Readonly<Record<string, unknown>>>(
    pick: (first: First<S>, ...others: Others<S>) => R & { readonly [K in keyof R & keyof Row]: never },
  ): QuerySet<S, Row & Selected<R>, Out & R>;
  /**
   * Loads relations with the rows: one statement per relation and level, however many rows there are. A path names relations
   * of relations; an object says the same, and a lambda in it narrows, orders or limits the related rows, the limit being
   * one for each owner. The lambda's query may prefetch in turn. What was loaded is what the relation on a row gives:
   * `loaded`, and the relation awaited, send nothing.
   * @throws UsageError for a name that is no relation, a lambda that gives no rows of the target, and two lambdas for one relation
   * @example
   * await Post.all().prefetch("author.profile", { comments: (c) => c.where({ spam: false }).orderBy((x) => x.id.desc()).limit(3) });
   * // select ... from (select ..., row_number() over (partition by post_id order by id desc) as c4 from comment where post_id in (...)
   * //   and spam = ?) as q where q.c4 <= ? order by q.c4
   */
  prefetch(
    ...asked: (RelationPath<NonNullable<Row>, keyof SpecsOf<S>> | Prefetch<NonNullable<Row>, keyof SpecsOf<S>>)[]
  ): QuerySet<S, Row, Out>;
  /**
   * Loads relations that lead to one row in the same statement, by LEFT JOIN: `loaded` of a relation without a row is null.
   * Each row has a related object of its own. The target's standing conditions (not deleted, of the tenant) and the
   * relation's own stand in ON; lambdas see no more sources than before. A lock is of the query's own rows.
   * @throws UsageError for a relation that may lead to several rows
   * @example
   * await Post.all().joined("author.profile");
   * // select ... from post left join author on author.id = post.author_id left join profile on profile.author_id = author.id
   */
  joined(...paths: OnePath<NonNullable<Row>, keyof SpecsOf<S>>[]): QuerySet<S, Row, Out>;
  /**
   * Locks the rows for writing until the transaction ends; `for update`. SQLite's write transaction is the stronger lock:
   * nothing is added there. The same rows may be read by others who do not ask for a lock.
   * @throws UsageError when run outside of a transaction, and for groups, distinct rows and aggregates
   * @throws UnsupportedError for an option that the database has no word for: `skipLocked` and `noWait` on SQLite, `of`
   * on MariaDB
   */
  forUpdate(o?: LockOptions<S>): QuerySet<S, Row, Out>;
  /** The same against writing only: others may take this lock too; `for share`. */
  forShare(o?: LockOptions<S>): QuerySet<S, Row, Out>;
  /**
   * Stops the query when it takes longer, in milliseconds: waiting for a connection, every statement that it needs, and
   * reading the rows. Of a loop each batch may take this long; what the loop does with its rows does not count. The
   * server is told to stop, and the connection serves the next statement. The SQLite libraries that answer at once, and
   * PGlite, hold the thread until a statement ends: there the time is looked at between statements and batches, and
   * after the last one. A write that was made in time for the server is not reported as stopped.
   * @throws TimeoutError from whatever the query ends in, naming the limit
   * @throws UsageError unless it is whole milliseconds from 1
   */
  timeout(milliseconds: number): QuerySet<S, Row, Out>;
  /** Stops the query in the same way when the signal fires. @throws TimeoutError whose cause is the signal's reason */
  signal(signal: AbortSignal): QuerySet<S, Row, Out>;
  /** The rows, in an array. */
  all(): Promise<Row[]>;
  execute(): Promise<Row[]>;
  /** The first row by the query's order (by primary key when it has none), or null. */
  first(): Promise<Row | null>;
  /** The last row by the same order, or null. @throws UsageError on a limited query */
  last(): Promise<Row | null>;
  /** The row with this primary key, or null. */
  find(key: PrimaryKeyOf<Root<S>>): Promise<Row | null>;
  /** The only row. @throws NotFoundError @throws MultipleResultsError */
  get(condition?: Condition<S>): Promise<Row>;
  /** The only row, or null. @throws MultipleResultsError */
  getOrNull(condition?: Condition<S>): Promise<Row | null>;
  /** How many rows the query yields, its limit and distinct included. */
  count(): Promise<number>;
  exists(): Promise<boolean>;
  sum<T>(pick: (first: First<S>, ...others: Others<S>) => NumberExpr<T>): Promise<Exclude<T, null> | null>;
  avg(pick: (first: First<S>, ...others: Others<S>) => NumberExpr<any>): Promise<number | null>;
  min<T>(pick: (first: First<S>, ...others: Others<S>) => Expr<T>): Promise<Exclude<T, null> | null>;
  max<T>(pick: (first: First<S>, ...others: Others<S>) => Expr<T>): Promise<Exclude<T, null> | null>;
  /** One row of aggregates over the query. */
  aggregate<R extends Readonly<Record<string, unknown>>>(pick: (first: First<S>, ...others: Others<S>) => R): Promise<Selected<R>>;
  /** The values of one expression. */
  pluck<T>(pick: (first: First<S>, ...others: Others<S>) => Expr<T>): Promise<T[]>;
  /**
   * The rows one by one, as `for await` of the query itself gives them; `batchSize` (500 unless said, 100000 at most) is
   * how many are read ahead. Writing inside the loop is safe, leaving it early ends the statement. Where no second
   * connection is free for the loop (SQLite in memory, a transaction, a pool of one) rows come in pages by primary key;
   * a query there that has an order, a limit, joins or groups is read as a whole.
   * @throws UsageError for a size that is none
   */
  iterate(o?: { batchSize?: number }): AsyncIterable<Row>;
  /** The same in arrays of `size` rows (500 unless said); the last one may be shorter, none is empty. */
  inBatches(o?: { size?: number }): AsyncIterable<Row[]>;
  /**
   * At most `limit` rows after (or before) a position of the query's order, which the primary keys complete; without
   * either, the first ones. A cursor may come from anybody: it is checked, and its values are bound. Null and undefined
   * mean that there is none. The order may use any column and typed expression, selected or not, NULLs included.
   * @throws ValidationError for a cursor that is damaged or was made in another order
   * @throws UsageError for distinct, grouped and limited queries, and for orders by JSON, aggregates and windows
   * @example
   * const page = await Post.all().orderBy((p) => p.views.desc()).keyset({ limit: 20, after: request.query.after });
   * // ... where `views` <= ? and (`views` < ? or `id` > ?) order by `views` desc, `id` limit 21
   */
  keyset(o: { limit: number; after?: string | null; before?: string | null }): Promise<KeysetPage<Row>>;
  /**
   * One page by its number, and how many there are: two statements. The order is completed by what tells rows apart, so
   * that no row is on two pages. A limit of the query stays its limit.
   * @throws UsageError unless page and perPage are whole numbers from 1
   */
  paginate(o: { page: number; perPage?: number }): Promise<Page<Row>>;
  /**
   * How the database means to run the query; `analyze: true` runs it and measures. What the server does not say is null.
   * @throws UnsupportedError for `analyze` on SQLite, which does not measure
   */
  explain(o?: { analyze?: boolean }): Promise<ExplainedQuery>;
  /** Starts at once; resolves to the number of matched rows. @throws UsageError without a condition, unless `allRows()` was called */
  update(
    values: UpdateOf<SpecsOf<S>> | ((first: First<S>, ...others: Others<S>) => UpdateOf<SpecsOf<S>>),
    o?: HooksOption,
  ): Promise<number>;
  /**
   * An update or delete that resolves to the changed rows (deleted ones as they were): instances, or what is picked of the
   * query's own columns. RETURNING where the database has it; MySQL and MariaDB lock the rows by key, change and read them in one
   * transaction.
   */
  returning(): Returning<S, InstanceType<Root<S>>>;
  returning<K extends keyof SpecsOf<S>>(...columns: [K, ...K[]]): Returning<S, { -readonly [P in K]: ValueOf<SpecsOf<S>[P]> }>;
  returning<R extends Readonly<Record<string, unknown>>>(pick: (own: NoInfer<Scope<Root<S>>>) => R): Returning<S, Selected<R>>;
  /**
   * `insert into ... select`: the selected values become rows of the model, by name; other columns get their defaults. Starts at
   * once and resolves to the number of rows. @throws UsageError for required columns that are not selected
   */
  insertInto<M extends AnyModel>(model: Row extends Insertable<M["$specs"]> ? M : never): Promise<number>;
  /** Live and deleted rows, of a model that keeps those. */
  readonly includeDeleted: IfDeletable<S, () => QuerySet<S, Row, Out>>;
  /** Deleted rows alone. */
  readonly onlyDeleted: IfDeletable<S, () => QuerySet<S, Row, Out>>;
  /** Brings deleted rows back; resolves to their number. */
  readonly restore: IfDeletable<S, () => Promise<number>>;
  /** Removes deleted rows for good, never live ones; resolves to their number. */
  readonly purge: IfDeletable<S, () => Promise<number>>;
  /** Rows whatever the model's scopes say. @throws UsageError without a reason, which is for whoever reads the code */
  unscoped(reason: string): QuerySet<S, Row, Out>;
  /** Starts at once; resolves to the number of deleted rows. @throws UsageError without a condition, unless `allRows()` was called */
  delete(o?: HooksOption): Promise<number>;
  /**
   * Deletes, and resolves to what is gone: the query's rows and those that their foreign keys' cascades take along (of soft-deleted
   * models, those of the option `cascade`), by model. They are counted and locked in the transaction that deletes them.
   * @throws ProtectedError naming what refers to a row with `onDelete: "protect"`; nothing is changed then
   */
  deleteDetailed(): Promise<{ total: number; models: Readonly<Record<string, number>> }>;
  /** The statement for the query's engine; `params` are encoded for its client. */
  toSQL(): { sql: string; params: unknown[] };
  /** The same query on another engine or transaction handle. */
  using(engine: Session | string): QuerySet<S, Row, Out>;
}
