/** What a model declares of a column, and what follows for rows, inserts and updates. Types only. */
import type { Codec, Family } from "../../codec/codec.ts";
import type { TypedBy } from "../../codec/source.ts";
import type { Expr, ExprFor, WhereClause } from "../../expr/expr.types.ts";
import type { SqlFragment } from "../../expr/sql-tag.ts";
import type { AnyModel } from "./model.types.ts";

export declare const spec: unique symbol;

/** Only the brand, so that constraints never compare methods. */
export interface AnySpec {
  readonly [spec]: [
    value: any,
    family: Family,
    hasDefault: boolean,
    nullable: boolean,
    primaryKey: boolean,
    hidden: boolean,
    serverOnly: boolean,
  ];
}
export type Specs = Readonly<Record<string, AnySpec>>;
/** Says no by throwing an error whose message is fit for the caller. */
export type Validator<T> = (value: T) => void;

/** T value, F family, D has a default (optional on create), N nullable, P primary key, H hidden, S never from input. */
export interface ColumnSpec<
  T,
  F extends Family,
  D extends boolean = false,
  N extends boolean = false,
  P extends boolean = false,
  H extends boolean = false,
  S extends boolean = false,
> extends AnySpec,
    TypedBy<T | NullOf<N>, F> {
  readonly [spec]: [T, F, D, N, P, H, S];
  /** Opens the column to NULL (`null`); such a column is optional on create. */
  nullable(): ColumnSpec<T, F, D, true, P, H, S>;
  /** The value of a row that brings none; a function is called once per row. Nothing is declared in the database. */
  default(value: T | (() => T)): ColumnSpec<T, F, true, N, P, H, S>;
  /** DEFAULT in the database: a value, or a fragment such as `` sql`current_timestamp` ``. Read back after an insert. */
  dbDefault(value: T | SqlFragment<any>): ColumnSpec<T, F, true, N, P, H, S>;
  /** Part of the primary key: the whole of it when no other column is. */
  primaryKey(): ColumnSpec<T, F, D, false, true, H, S>;
  /** Numbered by the database; a value may still be given. */
  identity(): ColumnSpec<T, F, true, N, P, H, S>;
  unique(): this;
  index(): this;
  /** A CHECK constraint on this column. */
  check(rule: (column: ExprFor<F, T>) => WhereClause): this;
  /** Rules that every written value must pass before anything is sent; null passes. */
  validate(...rules: Validator<T>[]): this;
  /** Not selected unless asked for by name, never serialised. */
  hidden(): ColumnSpec<T, F, D, N, P, true, S>;
  /** Refused in `create`, `update` and the constructor: set by assignment on an instance only. */
  serverOnly(): ColumnSpec<T, F, true, N, P, H, true>;
  /** A foreign key to one column of another model (its primary key when `column` is not given). */
  references(target: () => AnyModel, o?: ReferenceOptions): this;
  /** The column's name in the database. */
  column(name: string): this;
  /** COMMENT in the database, where it has one. */
  comment(text: string): this;
}
export type OnUpdate = "cascade" | "set null" | "set default" | "restrict" | "no action";
/** `protect`: deleting is a ProtectedError that names what refers to the row; the database restricts as well. */
export type OnDelete = OnUpdate | "protect";
export interface ReferenceOptions {
  /** The property of the target that is referred to; its primary key when absent. */
  column?: string;
  onDelete?: OnDelete;
  onUpdate?: OnUpdate;
}
export interface TimestampSpec<D extends boolean = false, N extends boolean = false, S extends boolean = false>
  extends ColumnSpec<Date, "timestamp", D, N, false, false, S> {
  /** Set when the row is inserted, unless a value is given. */
  autoNowAdd(): TimestampSpec<true, N, S>;
  /** Set at every insert and update, query updates and bulk writes included. */
  autoNow(): TimestampSpec<true, N, S>;
}

type NullOf<N> = N extends true ? null : never;
type SpecOf<S> = S extends AnySpec ? S[typeof spec] : never;
export type ValueOf<S> = S extends { readonly [spec]: [infer T, any, any, infer N, any, any, any] } ? T | NullOf<N> : never;
type Optional<C> = {
  [K in keyof C]: SpecOf<C[K]> extends [any, any, infer D, infer N, any, any, any]
    ? D extends true
      ? K
      : N extends true
        ? K
        : never
    : never;
}[keyof C];
export type Visible<C> = { [K in keyof C]: SpecOf<C[K]>[5] extends true ? never : K }[keyof C];
type Writable<C> = { [K in keyof C]: SpecOf<C[K]>[6] extends true ? never : K }[keyof C];
export type KeyNames<C> = { [K in keyof C]: SpecOf<C[K]>[4] extends true ? K : never }[keyof C];
/** A row as it is read: every column that is not hidden. */
export type RowOf<C> = { -readonly [K in Visible<C>]: ValueOf<C[K]> };
type Required<C> = Exclude<Writable<C>, Optional<C>>;
/** What `create` takes: required columns, and optionally those with a default or NULL. */
export type InsertOf<C> = { [K in Required<C>]: ValueOf<C[K]> } & { [K in Extract<Writable<C>, Optional<C>>]?: ValueOf<C[K]> };
/** What `update` takes: any columns but the key, as values or expressions. */
export type UpdateOf<C> = {
  [K in Exclude<Writable<C>, KeyNames<C>>]?:
    | ValueOf<C[K]>
    | Expr<ValueOf<C[K]>>
    | Expr<Exclude<ValueOf<C[K]>, null>>
    // A condition may be unknown; the column refuses that by itself.
    | ([Exclude<ValueOf<C[K]>, null>] extends [boolean] ? WhereClause : never)
    // What is calculated of bigints may be a float, which the column rounds.
    | ([Exclude<ValueOf<C[K]>, null>] extends [bigint] ? Expr<number> | Expr<number | null> : never);
};
/** Equalities by column; `null` means IS NULL. */
export type EqualityOf<C> = { [K in keyof C]?: ValueOf<C[K]> };

/** A column of a source: an expression with the operators of its family. Null: the source may be missing. */
export type Column<S, Null = never> = S extends { readonly [spec]: [infer T, infer F extends Family, any, infer N, any, any, any] }
  ? ExprFor<F, T | NullOf<N> | Null>
  : never;
export type Columns<C, Null = never> = { readonly [K in keyof C]: Column<C[K], Null> };

export type { Codec };
