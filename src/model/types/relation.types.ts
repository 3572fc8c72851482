/** What relations are on rows, and inside queries. Types only. */
import type { Family } from "../../codec/codec.ts";
import type { Bare, ExprFor, NumberExpr, OrderedExpr, Ordering, RowClause, Subquery, WhereClause } from "../../expr/expr.types.ts";
import type { Awaitable } from "../../util/awaitable.ts";
import type { Deletable } from "./factory.types.ts";
import type { AnyModel, Instance, PrimaryKeyOf } from "./model.types.ts";
import type { QuerySet, Scope } from "./query.types.ts";
import type { JsonRowOf } from "./shape.types.ts";
import type { Columns, InsertOf, RowOf, ValueOf } from "./spec.types.ts";

declare const relation: unique symbol;
declare const target: unique symbol;
declare const missing: unique symbol;
declare const value: unique symbol;

/** What a getter is that the ORM takes for a relation. */
export interface Relation<Kind extends "one" | "any" | "many", M extends AnyModel, Null = never> {
  readonly [relation]: Kind;
  readonly [target]: M;
  readonly [missing]: Null;
}
/** What a relation's picker sees: names of columns, cheap to compare, so that circular models infer. */
export interface KeyRef<K, T> {
  readonly key: K;
  readonly [value]: T;
}
/** Of one or several columns: what any of them may hold. */
export type ValueOfRef<R> = R extends KeyRef<any, infer T> ? T : R extends readonly (infer E)[] ? ValueOfRef<E> : never;
export type Keys<C> = { readonly [K in keyof C]: KeyRef<K, ValueOf<C[K]>> };
/** A standing condition and order of a relation. */
export interface RelationOptions<M extends AnyModel> {
  where?: (theirs: Columns<M["$specs"]>) => WhereClause;
  orderBy?: (theirs: Columns<M["$specs"]>) => Ordering | Ordering[];
}
/** A to-many relation on a row: a query of the related rows; awaited, an array of them. */
interface ManyRows<M extends AnyModel> extends QuerySet<[M], InstanceType<M>, Columns<M["$specs"]>>, Relation<"many", M> {
  /** The rows that prefetch has loaded. @throws NotLoadedError */
  readonly loaded: InstanceType<M>[];
}
/** `hasMany` on a row. K: the columns that the relation fills in. */
export interface Many<M extends AnyModel, K = never> extends ManyRows<M> {
  /** Inserts a related row; the foreign key is filled in. @throws UsageError while the owner is not saved */
  create(values: Omit<InsertOf<M["$specs"]>, K & string>): Promise<InstanceType<M>>;
}
/** What becomes of rows that are taken out of a `hasMany` relation: they are deleted, or their key becomes null. */
export type OwnedOptions<M extends AnyModel> = RelationOptions<M> & { orphans: "delete" | "nullify" };
/** `hasMany` with `orphans`: a set of rows that is written as a whole. */
export interface Owned<M extends AnyModel, K = never> extends Many<M, K> {
  /** Inserts new rows and takes over those of other owners. */
  add(...items: InstanceType<M>[]): Promise<void>;
  /** Deletes the rows, or makes their key null. @throws UsageError for rows of another owner */
  remove(...items: InstanceType<M>[]): Promise<void>;
  /** Exactly these rows: others are deleted (or their key becomes null) first, new ones inserted, in one transaction. */
  set(items: readonly InstanceType<M>[]): Promise<void>;
  clear(): Promise<void>;
}
/** A row of the far end, or its key. */
type End<M extends AnyModel> = InstanceType<M> | PrimaryKeyOf<M>;
/** What a link holds beside the two keys. */
type LinkOf<J extends AnyModel, K> = Omit<InsertOf<J["$specs"]>, K & string>;
/** To be given where the link has a column that needs a value. */
type LinkOption<J extends AnyModel, K> = Record<never, never> extends LinkOf<J, K> ? [o?: Link<J, K>] : [o: Link<J, K>];
interface Link<J extends AnyModel, K> {
  readonly link: LinkOf<J, K>;
}
/** `manyToMany` on a row. J: the model of the links, K: the columns of it that the relation fills in. */
export interface ManyToMany<M extends AnyModel, J extends AnyModel = AnyModel, K = never> extends ManyRows<M> {
  /** Inserts a row and links it, both or none. @throws UsageError while the owner is not saved */
  create(values: InsertOf<M["$specs"]>, ...o: LinkOption<J, K>): Promise<InstanceType<M>>;
  /**
   * Links rows, given as such or by their keys; those that are linked already stay as they are. Other columns of the new
   * links come last: `post.tags.add(tag, { link: { addedBy: 3 } })`.
   * @throws UsageError while a row is not saved, and for rows of another model or database
   */
  add(
    ...items: Record<never, never> extends LinkOf<J, K> ? End<M>[] | [...End<M>[], Link<J, K>] : [...End<M>[], Link<J, K>]
  ): Promise<void>;
  /** Removes links; for rows that are not linked nothing happens. */
  remove(...items: End<M>[]): Promise<void>;
  /** Links exactly these rows: removes what is too much, adds what is missing, and does not touch the links that stay. */
  set(items: readonly End<M>[], ...o: LinkOption<J, K>): Promise<void>;
  /** Removes every link; the rows themselves stay. */
  clear(): Promise<void>;
}
/** The models of a list, or of an object. */
export type ModelsOf<M> = M extends readonly unknown[] ? Extract<M[number], AnyModel> : Extract<M[keyof M], AnyModel>;
/** `hasOne`, `belongsTo` and `belongsToAny` on a row: awaited, the related row (null where there may be none). */
export interface One<M extends AnyModel, Null, Kind extends "one" | "any" = "one">
  extends Awaitable<InstanceType<M> | Null>,
    Relation<Kind, M, Null> {
  /** The row that prefetch has loaded. @throws NotLoadedError */
  readonly loaded: InstanceType<M> | Null;
}
/** Every row has these; none of them is a relation. */
type Own = keyof Instance<never> | keyof Deletable;
/** Known: the names of columns. To look at a name is cheap, at what stands behind it is not. */
type Candidates<I, Known> = Exclude<NotOwn<keyof I & string>, Known>;
type NotOwn<K> = K extends Own ? never : K;
interface Related {
  readonly [relation]: unknown;
}
export type RelationKeys<I, Known> = RelationsAmong<I, Candidates<I, Known>>;
type RelationsAmong<I, K extends keyof I> = K extends unknown ? (I[K] extends Related ? K : never) : never;
type RelationTarget<R> = R extends { readonly [target]: infer M extends AnyModel } ? M : never;
/** The related rows as they are read: an array, or one of them. */
export type RelatedRow<R, How extends "value" | "json"> =
  R extends Relation<infer Kind, infer M, infer Null> ? (Kind extends "many" ? RowIn<M, How>[] : RowIn<M, How> | Null) : never;
type RowIn<M extends AnyModel, How> = How extends "json" ? JsonRowOf<M["$specs"]> : RowOf<M["$specs"]>;
/** Leads to rows of several tables. */
interface OfSeveral {
  readonly [relation]: "any";
}
interface Traversed {
  readonly [relation]: "one" | "many";
}
/** What leads to several tables is not in a query. */
export type RelationScopes<I, in out Null, Known> = {
  readonly [K in Candidates<I, Known> as I[K] extends Traversed ? K : never]: I[K] extends Relation<infer Kind, infer M, infer N>
    ? Kind extends "many"
      ? ManyScope<M>
      : Scope<M, Null | N>
    : never;
};
/** `"author"`, `"comments.replies"`: relations of relations, to three levels. */
export type RelationPath<I, Known> = PathFrom<I, RelationKeys<I, Known>>;
type PathFrom<I, K extends keyof I & string> = K extends unknown ? K | `${K}.${PathBelow<RelationTarget<I[K]>>}` : never;
type PathBelow<M extends AnyModel> = LastFrom<InstanceType<M>, RelationNames<M>>;
type LastFrom<I, K extends keyof I & string> = K extends unknown ? K | `${K}.${RelationNames<RelationTarget<I[K]>>}` : never;
type RelationNames<M extends AnyModel> = RelationKeys<InstanceType<M>, keyof M["$specs"]>;
/** The same through relations that lead to one row. */
export type OnePath<I, Known> = OneFrom<I, OneKeys<I, Candidates<I, Known>>>;
type OneFrom<I, K extends keyof I & string> = K extends unknown ? K | `${K}.${OneBelow<RelationTarget<I[K]>>}` : never;
type OneBelow<M extends AnyModel> = LastOneFrom<InstanceType<M>, OneNames<M>>;
type LastOneFrom<I, K extends keyof I & string> = K extends unknown ? K | `${K}.${OneNames<RelationTarget<I[K]>>}` : never;
type OneNames<M extends AnyModel> = OneKeys<InstanceType<M>, Candidates<InstanceType<M>, keyof M["$specs"]>>;
type OneKeys<I, K extends keyof I> = K extends unknown ? (I[K] extends { readonly [relation]: "one" } ? K : never) : never;

/** Relations by name, to any depth: `true`, paths below, an object of relations below, or a lambda over the related rows. */
export type Prefetch<I, Known> = [RelationKeys<I, Known>] extends [never]
  ? never
  : {
      readonly [K in RelationKeys<I, Known> & string]?: I[K] extends OfSeveral
        ? Below<RelationTarget<I[K]>>
        : PrefetchOf<RelationTarget<I[K]>>;
    };
type Below<M extends AnyModel> = true | RelationPath<InstanceType<M>, keyof M["$specs"]> | Prefetch<InstanceType<M>, keyof M["$specs"]>;
type PrefetchOf<M extends AnyModel> =
  | Below<M>
  | ((related: QuerySet<[M], InstanceType<M>, Columns<M["$specs"]>>) => Subquery<InstanceType<M>>);

/** A to-many relation inside a query: each method is a subquery on the related rows of the row at hand. */
export interface ManyScope<M extends AnyModel> {
  /** True where a related row (that meets the condition) exists. */
  some(where?: (s: Scope<M>) => RowClause): WhereClause;
  exists(where?: (s: Scope<M>) => RowClause): WhereClause;
  none(where?: (s: Scope<M>) => RowClause): WhereClause;
  /** True where all related rows meet the condition, and where there are none. */
  every(where: (s: Scope<M>) => RowClause): WhereClause;
  count(where?: (s: Scope<M>) => RowClause): NumberExpr<number, "int">;
  sum<T, F extends Family>(pick: (s: NoInfer<Scope<M>>) => NumberExpr<T, F>): ExprFor<F, Bare<T> | null>;
  avg(pick: (s: Scope<M>) => NumberExpr<any, any>): NumberExpr<number | null, "float">;
  min<T, F extends Family>(pick: (s: NoInfer<Scope<M>>) => OrderedExpr<T, F>): ExprFor<F, Bare<T> | null>;
  max<T, F extends Family>(pick: (s: NoInfer<Scope<M>>) => OrderedExpr<T, F>): ExprFor<F, Bare<T> | null>;
}
