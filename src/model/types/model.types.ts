/** The mutual types of models, their instances and queries. Types only. */

import type { Family } from "../../codec/codec.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TransactionHandle } from "../../engine/session.ts";
import type { Bare, Expr, ExprFor, NumberExpr, OrderedExpr, Ordering, Subquery, WhereClause } from "../../expr/expr.types.ts";
import type { ColumnSpec, Columns, EqualityOf, InsertOf, KeyNames, OnDelete, RowOf, UpdateOf, ValueOf } from "./spec.types.ts";

/** Any model class; constraints look at nothing but the columns. */
export interface AnyModel {
  new (...args: any[]): any;
  readonly $specs: any;
}

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
/** The key's value; an object of the keys where there are several. */
export type PrimaryKeyOf<M> = M extends { readonly $specs: infer C }
  ? true extends IsUnion<KeyNames<C>>
    ? { [K in KeyNames<C>]: ValueOf<C[K]> }
    : ValueOf<C[KeyNames<C>]>
  : never;

declare const whole: unique symbol;
declare const relation: unique symbol;
declare const value: unique symbol;

/** What a getter is that the ORM takes for a relation. */
export interface Relation<Kind extends "one" | "many", M extends AnyModel, Null = never> {
  readonly [relation]: [Kind, M, Null];
}
/** What a relation's picker sees: names of columns, cheap to compare, so that circular models infer. */
export interface KeyRef<K, T> {
  readonly key: K;
  readonly [value]: T;
}
export type Keys<C> = { readonly [K in keyof C]: KeyRef<K, ValueOf<C[K]>> };
/** A standing condition and order of a relation. */
export interface RelationOptions<M extends AnyModel> {
  where?: (theirs: Columns<M["$specs"]>) => WhereClause;
  orderBy?: (theirs: Columns<M["$specs"]>) => Ordering | Ordering[];
}
/** `hasMany` on a row: a query of the related rows; awaited, an array of them. */
export interface Many<M extends AnyModel, K = never> extends QuerySet<[M], InstanceType<M>, Columns<M["$specs"]>>, Relation<"many", M> {
  /** Inserts a related row; the foreign key is filled in. @throws UsageError while the owner is not saved */
  create(values: Omit<InsertOf<M["$specs"]>, K & string>): Promise<InstanceType<M>>;
  /** The rows that prefetch has loaded. @throws NotLoadedError */
  readonly loaded: InstanceType<M>[];
}
/** `manyToMany` on a row. */
export interface ManyToMany<M extends AnyModel> extends Many<M> {
  /** Links rows; those that are linked already stay so. */
  add(...items: InstanceType<M>[]): Promise<void>;
  remove(...items: InstanceType<M>[]): Promise<void>;
  /** Links exactly these rows. */
  set(items: InstanceType<M>[]): Promise<void>;
  /** Removes every link; the rows themselves stay. */
  clear(): Promise<void>;
}
/** `hasOne` and `belongsTo` on a row: awaited, the related row (null where there may be none). */
export interface One<M extends AnyModel, Null> extends PromiseLike<InstanceType<M> | Null>, Relation<"one", M, Null> {
  /** The row that prefetch has loaded. @throws NotLoadedError */
  readonly loaded: InstanceType<M> | Null;
}
export type RelationKeys<I> = { [K in keyof I]: I[K] extends { readonly [relation]: unknown } ? K : never }[keyof I];
type RelationTarget<R> = R extends { readonly [relation]: [any, infer M extends AnyModel, any] } ? M : never;
type RelationScopes<I, Null> = {
  readonly [K in RelationKeys<I>]: I[K] extends { readonly [relation]: [infer Kind, infer M extends AnyModel, infer N] }
    ? Kind extends "many"
      ? ManyScope<M>
      : Scope<M, Null | N>
    : never;
};
type Depth = [never, 0, 1, 2, 3];
/** `"author"`, `"comments.replies"`: relations of relations. */
export type RelationPath<I, D extends number = 3> = D extends 0
  ? never
  : {
      [K in RelationKeys<I> & string]: K | `${K}.${RelationPath<InstanceType<RelationTarget<I[K]>>, Depth[D]>}`;
    }[RelationKeys<I> & string];

/** A to-many relation inside a query: each method is a subquery on the related rows of the row at hand. */
export interface ManyScope<M extends AnyModel> {
  /** True where a related row (that meets the condition) exists. */
  some(where?: (s: Scope<M>) => WhereClause): WhereClause;
  exists(where?: (s: Scope<M>) => WhereClause): WhereClause;
  none(where?: (s: Scope<M>) => WhereClause): WhereClause;
  /** True where all related rows meet the condition, and where there are none. */
  every(where: (s: Scope<M>) => WhereClause): WhereClause;
  count(where?: (s: Scope<M>) => WhereClause): NumberExpr<number, "int">;
  sum<T, F extends Family>(pick: (s: Scope<M>) => NumberExpr<T, F>): ExprFor<F, Bare<T> | null>;
  avg(pick: (s: Scope<M>) => NumberExpr<any, any>): NumberExpr<number | null, "float">;
  min<T, F extends Family>(pick: (s: Scope<M>) => OrderedExpr<T, F>): ExprFor<F, Bare<T> | null>;
  max<T, F extends Family>(pick: (s: Scope<M>) => OrderedExpr<T, F>): ExprFor<F, Bare<T> | null>;
}

/**
 * What a lambda sees of a source: its columns, its relations, and the row as a whole. Null: the source may be missing
 * (outer join).
 */
export type Scope<M extends AnyModel, Null = never> = Columns<M["$specs"], Null> &
  RelationScopes<InstanceType<M>, Null> & { readonly [whole]: [M, Null] };
/** A source on the far side of an outer join. */
export interface Outer<S> {
  readonly outer: S;
}
type ScopeOf<S> = S extends Outer<infer X> ? (X extends AnyModel ? Scope<X, null> : ScopeOf<X>) : S extends AnyModel ? Scope<S> : never;
type AllOuter<S extends readonly unknown[]> = { [I in keyof S]: Outer<S[I]> };
export type Scopes<S extends readonly unknown[]> = { [I in keyof S]: ScopeOf<S[I]> };
type RootOf<X> = X extends Outer<infer Y> ? RootOf<Y> : X extends AnyModel ? X : never;
type Root<S extends readonly unknown[]> = RootOf<S[0]>;
type SpecsOf<S extends readonly unknown[]> = Root<S>["$specs"];
/** The values of an object of expressions, nested objects included; a whole source gives its instances. */
export type Selected<R> = {
  [K in keyof R]: R[K] extends { readonly [whole]: [infer M extends AnyModel, infer Null] }
    ? InstanceType<M> | Null
    : R[K] extends Expr<infer T>
      ? T
      : R[K] extends object
        ? Selected<R[K]>
        : never;
};

export type Condition<S extends readonly unknown[]> = WhereClause | EqualityOf<SpecsOf<S>> | ((...scopes: Scopes<S>) => WhereClause);

export interface Page<Row> {
  readonly items: Row[];
  /** Rows of the whole query. */
  readonly total: number;
  readonly pages: number;
  readonly hasNext: boolean;
}

/**
 * A query: lazy, immutable, awaitable. S: the sources in scope, Row: what one result is, Out: the expressions it is made of.
 * `await` gives an array, `for await` streams.
 */
export interface QuerySet<S extends readonly unknown[], Row, Out> extends PromiseLike<Row[]>, AsyncIterable<Row>, Subquery<Row> {
  /**
   * Narrows the query; several calls are joined by AND. An object means equality, `{ column: null }` IS NULL.
   * @throws UsageError for undefined, an empty object and unknown columns
   */
  where(condition: Condition<S>): QuerySet<S, Row, Out>;
  /** Adds `not (condition)`: rows for which the condition is unknown (NULL) are left out as well. */
  exclude(condition: Condition<S>): QuerySet<S, Row, Out>;
  /** Joins another model: only pairs of rows that meet the condition. */
  join<N extends AnyModel>(model: N, on: (...scopes: [...Scopes<S>, Scope<N>]) => WhereClause): QuerySet<[...S, N], Row, Out>;
  /** Keeps rows without a match: the joined model's columns become `T | null`. */
  leftJoin<N extends AnyModel>(model: N, on: (...scopes: [...Scopes<S>, Scope<N>]) => WhereClause): QuerySet<[...S, Outer<N>], Row, Out>;
  /** Keeps the joined model's rows without a match: every earlier column becomes `T | null`. */
  rightJoin<N extends AnyModel>(
    model: N,
    on: (...scopes: [...Scopes<S>, Scope<N>]) => WhereClause,
  ): QuerySet<[...AllOuter<S>, N], Row | null, Out>;
  /** Keeps the rows of both sides. MySQL and MariaDB have none. @throws UnsupportedError there */
  fullJoin<N extends AnyModel>(
    model: N,
    on: (...scopes: [...Scopes<S>, Scope<N>]) => WhereClause,
  ): QuerySet<[...AllOuter<S>, Outer<N>], Row | null, Out>;
  /** Every pair of rows. */
  crossJoin<N extends AnyModel>(model: N): QuerySet<[...S, N], Row, Out>;
  /** One row per group; what is selected must be keys and aggregates. */
  groupBy(keys: (...scopes: Scopes<S>) => Expr<any> | Expr<any>[]): QuerySet<S, Row, Out>;
  /** A condition on groups: aggregates may stand in it. */
  having(condition: (...scopes: Scopes<S>) => WhereClause): QuerySet<S, Row, Out>;
  /** Replaces the order (the model's default order included). */
  orderBy(order: (...scopes: Scopes<S>) => Ordering | Expr<any> | (Ordering | Expr<any>)[]): QuerySet<S, Row, Out>;
  /** @throws UsageError unless n is a whole number from 0 */
  limit(n: number): QuerySet<S, Row, Out>;
  offset(n: number): QuerySet<S, Row, Out>;
  distinct(): QuerySet<S, Row, Out>;
  /** Says that an update or delete without a condition means every row. */
  allRows(): QuerySet<S, Row, Out>;
  /** Plain rows of these columns instead of instances. */
  select<K extends keyof SpecsOf<S>>(
    ...columns: [K, ...K[]]
  ): QuerySet<S, { -readonly [P in K]: ValueOf<SpecsOf<S>[P]> }, Pick<Columns<SpecsOf<S>>, K>>;
  /** Plain rows of the picked expressions; objects nest. */
  select<R extends Readonly<Record<string, unknown>>>(pick: (...scopes: Scopes<S>) => R): QuerySet<S, Selected<R>, R>;
  /** More columns beside those selected: hidden ones by name, computed ones by lambda. */
  alsoSelect<K extends keyof SpecsOf<S>>(
    ...columns: [K, ...K[]]
  ): QuerySet<S, Row & { -readonly [P in K]: ValueOf<SpecsOf<S>[P]> }, Out & Pick<Columns<SpecsOf<S>>, K>>;
  alsoSelect<R extends Readonly<Record<string, unknown>>>(pick: (...scopes: Scopes<S>) => R): QuerySet<S, Row & Selected<R>, Out & R>;
  /** Loads relations with the rows: one statement per relation and level, however many rows there are. */
  prefetch(...paths: RelationPath<InstanceType<Root<S>>>[]): QuerySet<S, Row, Out>;
  /** Locks the rows until the transaction ends. SQLite's write transaction is the stronger lock: nothing is added there. */
  forUpdate(): QuerySet<S, Row, Out>;
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
  sum<T>(pick: (...scopes: Scopes<S>) => NumberExpr<T>): Promise<Exclude<T, null> | null>;
  avg(pick: (...scopes: Scopes<S>) => NumberExpr<any>): Promise<number | null>;
  min<T>(pick: (...scopes: Scopes<S>) => Expr<T>): Promise<Exclude<T, null> | null>;
  max<T>(pick: (...scopes: Scopes<S>) => Expr<T>): Promise<Exclude<T, null> | null>;
  /** One row of aggregates over the query. */
  aggregate<R extends Readonly<Record<string, unknown>>>(pick: (...scopes: Scopes<S>) => R): Promise<Selected<R>>;
  /** The values of one expression. */
  pluck<T>(pick: (...scopes: Scopes<S>) => Expr<T>): Promise<T[]>;
  paginate(o: { page: number; perPage?: number }): Promise<Page<Row>>;
  /** Starts at once; resolves to the number of matched rows. @throws UsageError without a condition, unless `allRows()` was called */
  update(values: UpdateOf<SpecsOf<S>> | ((...scopes: Scopes<S>) => UpdateOf<SpecsOf<S>>)): Promise<number>;
  /** Starts at once; resolves to the number of deleted rows. @throws UsageError without a condition, unless `allRows()` was called */
  delete(): Promise<number>;
  /** The statement for the query's engine; `params` are encoded for its client. */
  toSQL(): { sql: string; params: unknown[] };
  /** The same query on another engine or transaction handle. */
  using(engine: Engine | TransactionHandle | string): QuerySet<S, Row, Out>;
}

/** What every instance has beside its columns. */
export interface Instance<C> {
  /**
   * Inserts a new instance, or updates the changed columns of a loaded one. Resolves to the instance.
   * @throws StaleObjectError when the row is gone
   */
  save(o?: { fields?: (keyof C)[] }): Promise<this>;
  /** Deletes the row. @throws StaleObjectError when it is gone already */
  delete(): Promise<void>;
  /** Reads every column again, dropping unsaved changes. @throws NotFoundError */
  refresh(): Promise<this>;
  /** Loaded, visible columns; Dates as ISO text, bigints and bytes as text. */
  toJSON(): Record<string, unknown>;
  /** Loaded, visible columns as they are. */
  toDict(): Record<string, unknown>;
  /** The rows of another model that point here: `get posts() { return this.hasMany(Post, (post) => post.authorId); }` */
  hasMany<M extends AnyModel, K>(
    model: M,
    key: (theirs: Keys<M["$specs"]>) => KeyRef<K, any> | readonly KeyRef<K, any>[],
    o?: RelationOptions<M>,
  ): Many<M, K>;
  /** The one row of another model that points here. */
  hasOne<M extends AnyModel, K>(model: M, key: (theirs: Keys<M["$specs"]>) => KeyRef<K, any> | readonly KeyRef<K, any>[]): One<M, null>;
  /** The row that this one points at. */
  belongsTo<M extends AnyModel, T>(
    model: M,
    key: (ours: Keys<C>) => KeyRef<any, T> | readonly KeyRef<any, any>[],
  ): One<M, null extends T ? null : never>;
  /** Rows linked through a table of pairs: the lambda picks our column of it, then theirs. */
  manyToMany<M extends AnyModel, J extends AnyModel>(
    model: M,
    through: J,
    keys: (link: Keys<J["$specs"]>) => [ours: KeyRef<any, any>, theirs: KeyRef<any, any>],
    o?: RelationOptions<M>,
  ): ManyToMany<M>;
  /** What differs from the database as last read or written. */
  readonly changes: Partial<Record<keyof C, [before: unknown, after: unknown]>>;
}

export interface Statics<C> {
  readonly $specs: C;
  /** The columns, for clauses that are kept and reused. */
  readonly c: Columns<C>;
  all<M extends AnyModel>(this: M): QuerySet<[M], InstanceType<M>, Columns<C>>;
  where<M extends AnyModel>(
    this: M,
    condition: WhereClause | EqualityOf<C> | ((scope: Scope<M>) => WhereClause),
  ): QuerySet<[M], InstanceType<M>, Columns<C>>;
  exclude<M extends AnyModel>(
    this: M,
    condition: WhereClause | EqualityOf<C> | ((scope: Scope<M>) => WhereClause),
  ): QuerySet<[M], InstanceType<M>, Columns<C>>;
  /** This model on another engine or transaction handle: the same class to `instanceof`. */
  using<M extends AnyModel>(this: M, engine: Engine | TransactionHandle | string): M;
  first<M extends AnyModel>(this: M): Promise<InstanceType<M> | null>;
  last<M extends AnyModel>(this: M): Promise<InstanceType<M> | null>;
  count(): Promise<number>;
  /** Inserts one row. @throws ValueError and UsageError before anything is sent */
  create<M extends AnyModel>(this: M, values: InsertOf<C>): Promise<InstanceType<M>>;
  /** Inserts all rows or none, in as few statements as the dialect's limits allow. */
  bulkCreate<M extends AnyModel>(
    this: M,
    rows: readonly (InsertOf<C> | InstanceType<M>)[],
    o?: { batchSize?: number },
  ): Promise<InstanceType<M>[]>;
  find<M extends AnyModel>(this: M, key: PrimaryKeyOf<M>): Promise<InstanceType<M> | null>;
  get<M extends AnyModel>(this: M, condition: WhereClause | EqualityOf<C> | ((scope: Scope<M>) => WhereClause)): Promise<InstanceType<M>>;
  getOrNull<M extends AnyModel>(
    this: M,
    condition: WhereClause | EqualityOf<C> | ((scope: Scope<M>) => WhereClause),
  ): Promise<InstanceType<M> | null>;
  /**
   * The row that has these values, or a new one of them and the defaults. Two callers at once get the same row when a
   * unique key covers the lookup.
   */
  getOrCreate<M extends AnyModel>(
    this: M,
    lookup: EqualityOf<C>,
    defaults?: Partial<InsertOf<C>>,
  ): Promise<[InstanceType<M>, created: boolean]>;
  /** The same, and an existing row gets the values. */
  updateOrCreate<M extends AnyModel>(
    this: M,
    lookup: EqualityOf<C>,
    values: Partial<InsertOf<C>>,
  ): Promise<[InstanceType<M>, created: boolean]>;
  /**
   * Inserts rows; where a key of the `on` columns is there already, its `update` columns take the new values (all given
   * ones unless said, `[]` leaves the row as it is). Resolves to the rows as they are then, in the order given. MySQL
   * and MariaDB look at every unique key of the table, not only at `on`.
   */
  upsert<M extends AnyModel>(
    this: M,
    rows: readonly InsertOf<C>[],
    o: { on: (keyof C)[]; update?: (keyof C)[] },
  ): Promise<InstanceType<M>[]>;
  /**
   * Writes the changed columns (or `fields`) of many instances, one statement per chunk, all or none. Resolves to their
   * number. @throws StaleObjectError when a row is gone
   */
  bulkUpdate<M extends AnyModel>(this: M, rows: readonly InstanceType<M>[], fields?: (keyof C)[]): Promise<number>;
  /** Empties the table and restarts its numbering. */
  truncate(): Promise<void>;
}

export type WithId<C> = [KeyNames<C>] extends [never] ? { id: ColumnSpec<number, "int", true, false, true> } & C : C;

export interface IndexOptions<C> {
  on: (keyof C)[];
  unique?: boolean;
  name?: string;
  /** Partial index: only rows that meet this. */
  where?: (columns: Columns<C>) => WhereClause;
}
export interface ForeignKeyOptions<C> {
  on: (keyof C)[];
  target: () => AnyModel;
  /** Properties of the target; its primary key when absent. */
  references?: string[];
  onDelete?: OnDelete;
  onUpdate?: OnDelete;
  name?: string;
}
export interface ModelOptions<C> {
  /** Each entry: columns, or an object with options. */
  indexes?: (columns: Columns<C>) => (IndexOptions<C> | Expr<any> | Ordering | (Expr<any> | Ordering)[])[];
  /** Each entry: the columns that are unique together. */
  uniques?: (columns: Columns<C>) => (Expr<any>[] | { on: Expr<any>[]; name?: string })[];
  checks?: (columns: Columns<C>) => WhereClause[] | Record<string, WhereClause>;
  foreignKeys?: ForeignKeyOptions<C>[];
  /** The order of queries that say none. */
  orderBy?: (columns: Columns<C>) => Ordering | Ordering[];
  comment?: string;
  /** The table's schema (PostgreSQL) or database (MySQL). */
  schema?: string;
  /** How column names come from properties; `snake_case` by default, `preserve` keeps them. */
  naming?: "snake_case" | "preserve" | ((property: string) => string);
}
export type ModelClass<C> = Statics<C> & (new (values?: Partial<InsertOf<C>>) => RowOf<C> & Instance<C>);
