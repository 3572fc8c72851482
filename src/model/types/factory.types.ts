/** Factories of models: what they add to a model's own columns. Types only. */
import type { WhereClause } from "../../expr/expr.types.ts";
import type { ReservedName } from "../reserved.ts";
import type { RestoreHooks } from "./hooks.types.ts";
import type { AnyModel, Instance, ModelOptions, Statics, WithId } from "./model.types.ts";
import type { QuerySet } from "./query.types.ts";
import type { ColumnSpec, Columns, Kept, PartOf, RowOf, Specs } from "./spec.types.ts";

/** Names that a row has already cannot be columns. */
type Free = { readonly [K in ReservedName]?: never };
type Nothing = Record<never, never>;

/** A model: its statics, and rows of its columns. Extra: what rows have besides; Static: what the class has. */
export type ModelClass<C, Extra = unknown, Static = unknown> = Statics<C> &
  Static &
  (new (
    values?: PartOf<C>,
  ) => RowOf<C> & Instance<C> & Extra);

export interface FactoryOptions<X extends Specs> {
  /** Columns that every model of the factory has. */
  columns?: X;
  /**
   * Standing conditions by name, asked for at every statement: `{ tenant: (c) => c.tenantId.eq(currentTenant()) }`. Every reading
   * of such a table has them, in joins, relations and subqueries too; `unscoped(reason)` leaves them out.
   */
  scopes?: Readonly<Record<string, (columns: Columns<X>) => WhereClause>>;
}

/** Makes models with these columns and ways of deleting. */
export interface ModelFactory<X, Extra = unknown, Static = unknown> {
  <const C extends Specs & Free>(
    table: string,
    columns: C,
    options?: ModelOptions<WithId<X & C>>,
  ): ModelClass<WithId<X & C>, Extra, Static>;
  /** A factory with more columns and scopes. */
  extend<const Y extends Specs & Free = Nothing>(more: FactoryOptions<Y>): ModelFactory<X & Y, Extra, Static>;
  /** A factory that is both. */
  extend<Y, E, S>(other: ModelFactory<Y, E, S>): ModelFactory<X & Y, Extra & E, Static & S>;
}
/** The factory of plain models. */
export interface PlainFactory {
  <const C extends Specs & Free>(table: string, columns: C, options?: ModelOptions<WithId<C>>): ModelClass<WithId<C>>;
  extend<const Y extends Specs & Free = Nothing>(more: FactoryOptions<Y>): ModelFactory<Y>;
  extend<Y, E, S>(other: ModelFactory<Y, E, S>): ModelFactory<Y, E, S>;
}

/** Rows that can come back. */
export interface Deletable extends RestoreHooks {
  /** Brings the row back. @throws StaleObjectError when it is not deleted */
  restore(): Promise<void>;
  /** Removes a deleted row for good. @throws StaleObjectError when it is not deleted */
  purge(): Promise<void>;
}
export interface DeletableStatics {
  readonly $deletable: true;
  /** Live and deleted rows. */
  includeDeleted<M extends AnyModel>(this: M): QuerySet<[M], InstanceType<M>, Columns<M["$specs"]>>;
  /** Deleted rows alone. */
  onlyDeleted<M extends AnyModel>(this: M): QuerySet<[M], InstanceType<M>, Columns<M["$specs"]>>;
}

/** `deletedAt`: null for live rows. */
export type DeletedAt = { readonly deletedAt: ColumnSpec<Date, "timestamp", true, true> & Kept };
/** `version`: 1 at first, and one more with each change. */
export type Version = { readonly version: ColumnSpec<number, "int", true> & Kept };
