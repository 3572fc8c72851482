/** What a model declares of a column, and what follows for rows, inserts and updates. Types only. */
import type { Codec, Family } from "../../codec/codec.ts";
import type { TypedBy } from "../../codec/source.ts";
import type { Expr, ExprFor, WhereClause } from "../../expr/expr.types.ts";
import type { SqlFragment } from "../../expr/sql-tag.ts";
import type { AnyModel } from "./model.types.ts";

export declare const spec: unique symbol;
declare const kept: unique symbol;

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
/** A column that the ORM itself keeps, such as the time of a deletion: nothing that a request may set. */
export interface Kept {
  readonly [kept]: true;
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
  /**
   * A rule with a name of its own, which errors tell: `.rule("even", (n) => n % 2 === 0, "must be even")`. Null passes.
   */
  rule(name: string, test: (value: T) => boolean, message?: string): this;
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
/** A column of text. Every rule takes a message of its own last; null passes each. */
export interface TextSpec<
  D extends boolean = false,
  N extends boolean = false,
  P extends boolean = false,
  H extends boolean = false,
  S extends boolean = false,
> extends ColumnSpec<string, "text", D, N, P, H, S> {
  nullable(): TextSpec<D, true, P, H, S>;
  default(value: string | (() => string)): TextSpec<true, N, P, H, S>;
  dbDefault(value: string | SqlFragment<any>): TextSpec<true, N, P, H, S>;
  primaryKey(): TextSpec<D, false, true, H, S>;
  hidden(): TextSpec<D, N, P, true, S>;
  serverOnly(): TextSpec<true, N, P, H, true>;
  /** At least so many characters, counted as `str({ length })` counts them: an emoji is one. */
  minLength(characters: number, message?: string): this;
  /** At most so many characters. */
  maxLength(characters: number, message?: string): this;
  /** Some part of the text matches: write `^` and `$` for the whole of it. */
  regex(pattern: RegExp, message?: string): this;
  oneOf(values: readonly string[], message?: string): this;
  /** An address of ASCII characters, such as `ada@example.com`. */
  email(message?: string): this;
  /** An absolute address with a host: http or https unless other protocols are named. */
  url(o?: string | { readonly protocols?: readonly string[]; readonly message?: string }): this;
  /** Lower-case letters and digits, in words joined by `-` or `_`. */
  slug(message?: string): this;
  /** An address of IPv4 or IPv6, or of one of them. */
  ip(o?: string | { readonly version?: 4 | 6; readonly message?: string }): this;
}
/** A column whose values have an order: numbers, dates and times. */
export interface OrderedSpec<
  T,
  F extends Family,
  D extends boolean = false,
  N extends boolean = false,
  P extends boolean = false,
  H extends boolean = false,
  S extends boolean = false,
> extends ColumnSpec<T, F, D, N, P, H, S> {
  nullable(): OrderedSpec<T, F, D, true, P, H, S>;
  default(value: T | (() => T)): OrderedSpec<T, F, true, N, P, H, S>;
  dbDefault(value: T | SqlFragment<any>): OrderedSpec<T, F, true, N, P, H, S>;
  primaryKey(): OrderedSpec<T, F, D, false, true, H, S>;
  identity(): OrderedSpec<T, F, true, N, P, H, S>;
  hidden(): OrderedSpec<T, F, D, N, P, true, S>;
  serverOnly(): OrderedSpec<T, F, true, N, P, H, true>;
  /** This value or a higher one; decimals are compared exactly. Null passes, as it does every rule. */
  minValue(value: T, message?: string): this;
  /** This value or a lower one. */
  maxValue(value: T, message?: string): this;
  oneOf(values: readonly T[], message?: string): this;
}
export interface TimestampSpec<D extends boolean = false, N extends boolean = false, S extends boolean = false>
  extends OrderedSpec<Date, "timestamp", D, N, false, false, S> {
  /** Set when the row is inserted, unless a value is given. */
  autoNowAdd(): TimestampSpec<true, N, S>;
  /** Set at every insert and update, query updates and bulk writes included. */
  autoNow(): TimestampSpec<true, N, S>;
}

type NullOf<N> = N extends true ? null : never;
export type ValueOf<S> = S extends { readonly [spec]: [infer T, any, any, infer N, any, any, any] } ? T | NullOf<N> : never;
// Columns are told apart by interfaces, which compilers compare once for each kind of column.
export interface OptionalSpec {
  readonly [spec]: [any, any, true, any, any, any, any] | [any, any, any, true, any, any, any];
}
export interface OptionalInputSpec {
  readonly [spec]: [any, any, true, any, any, any, false] | [any, any, any, true, any, any, false];
}
export interface KeySpec {
  readonly [spec]: [any, any, any, any, true, any, any];
}
export interface NoKeySpec {
  readonly [spec]: [any, any, any, any, false, any, any];
}
interface HiddenSpec {
  readonly [spec]: [any, any, any, any, any, true, any];
}
interface VisibleSpec {
  readonly [spec]: [any, any, any, any, any, false, any];
}
export interface ServerOnlySpec {
  readonly [spec]: [any, any, any, any, any, any, true];
}
interface NumberSpec {
  readonly [spec]: [any, "int" | "bigint" | "float" | "decimal", any, any, any, any, any];
}
export type Visible<C> = C[keyof C] extends VisibleSpec ? keyof C : { [K in keyof C]: C[K] extends HiddenSpec ? never : K }[keyof C];
type Required<C> = { [K in keyof C]: C[K] extends OptionalSpec | ServerOnlySpec ? never : K }[keyof C];
type Optional<C> = { [K in keyof C]: C[K] extends OptionalInputSpec ? K : never }[keyof C];
export type KeyNames<C> = { [K in keyof C]: C[K] extends KeySpec ? K : never }[keyof C];
type Changeable<C> = { [K in keyof C]: C[K] extends KeySpec | ServerOnlySpec ? never : K }[keyof C];
export type NumberNames<C> = { [K in keyof C]: C[K] extends NumberSpec ? K : never }[keyof C];
/** A row as it is read: every column that is not hidden. */
export type RowOf<C> = { -readonly [K in Visible<C>]: ValueOf<C[K]> };
/** What `create` takes: required columns, and optionally those with a default or NULL. */
export type InsertOf<C> = { [K in Required<C>]: ValueOf<C[K]> } & { [K in Optional<C>]?: ValueOf<C[K]> };
/** What a constructor takes: any of these. By the names themselves, which compilers leave alone until they are asked for. */
export type PartOf<C> = { -readonly [K in keyof C as C[K] extends ServerOnlySpec ? never : K]?: ValueOf<C[K]> };
/** What `update` takes: any columns but the key, as values or expressions. */
export type UpdateOf<C> = { [K in Changeable<C>]?: Assigned<C[K]> };
/** Of a column, so that it is worked out for each kind of column once; a condition, so that messages name what it is made of. */
type Assigned<S> =
  ValueOf<S> extends infer T
    ?
        | T
        | Expr<T>
        | (null extends T ? Expr<Exclude<T, null>> : never)
        // A condition may be unknown; the column refuses that by itself.
        | ([Exclude<T, null>] extends [boolean] ? WhereClause : never)
        // What is calculated of bigints may be a float, which the column rounds.
        | ([Exclude<T, null>] extends [bigint] ? Expr<number> | Expr<number | null> : never)
    : never;
/** Equalities by column; `null` means IS NULL. */
export type EqualityOf<C> = { [K in keyof C]?: ValueOf<C[K]> };

/** A column of a source: an expression with the operators of its family. Null: the source may be missing. */
export type Column<S, Null = never> = S extends { readonly [spec]: [infer T, infer F extends Family, any, infer N, any, any, any] }
  ? ExprFor<F, T | NullOf<N> | Null>
  : never;
export type Columns<C, in out Null = never> = { readonly [K in keyof C]: Column<C[K], Null> };

export type { Codec };
