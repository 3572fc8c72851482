/**
 * What an expression can do, by the family of its type: a decimal multiplies, a uuid has no `like`. Types only.
 * T is the JavaScript value (with `null` where SQL may yield NULL), F the family.
 */
import type { Family } from "../codec/codec.ts";

declare const value: unique symbol;
declare const family: unique symbol;
declare const row: unique symbol;

export type Bare<T> = Exclude<T, null>;
/** What stands on the other side of a comparison: a value of the same type, or an expression of it. Never null. */
export type Operand<T> = Bare<T> | Expr<T> | Expr<Bare<T>> | Expr<Bare<T> | null>;

/** A query that can stand inside an expression; R is the shape of one row. */
export interface Subquery<R> {
  readonly [row]: R;
}
type OneColumn<T> = Subquery<Record<string, Bare<T> | null>>;

/** A typed SQL expression. Immutable; making one sends nothing. */
export interface Expr<T, F extends Family = Family> {
  readonly [value]: T;
  readonly [family]: F;
  /** `a = b`. @throws UsageError for null (use `isNull()`) and undefined */
  eq(other: Operand<T>): WhereClause;
  /** `a <> b`: not true where either side is NULL. */
  ne(other: Operand<T>): WhereClause;
  /** `a in (...)`. An empty list is false. @throws UsageError for null or undefined in the list */
  in(list: readonly Bare<T>[] | OneColumn<T>): WhereClause;
  /** `a not in (...)`. An empty list is true. */
  notIn(list: readonly Bare<T>[] | OneColumn<T>): WhereClause;
  isNull(): WhereClause;
  isNotNull(): WhereClause;
  /** Ascending; `nulls` says where NULLs stand (each database has its own default). */
  asc(o?: { nulls?: "first" | "last" }): Ordering;
  desc(o?: { nulls?: "first" | "last" }): Ordering;
}
export interface OrderedExpr<T, F extends Family = Family> extends Expr<T, F> {
  gt(other: Operand<T>): WhereClause;
  gte(other: Operand<T>): WhereClause;
  lt(other: Operand<T>): WhereClause;
  lte(other: Operand<T>): WhereClause;
  /** `low <= a and a <= high`. */
  between(low: Operand<T>, high: Operand<T>): WhereClause;
}
/** int, bigint, float, decimal; a decimal's values are strings and it takes numbers as operands too. */
export interface NumberExpr<T, F extends Family = Family> extends OrderedExpr<T, F> {
  add(other: Operand<T> | number): NumberExpr<T, F>;
  sub(other: Operand<T> | number): NumberExpr<T, F>;
  mul(other: Operand<T> | number): NumberExpr<T, F>;
  /** Divides without cutting the fraction: the result of integers is rounded when it is stored or read. */
  div(other: Operand<T> | number): NumberExpr<T, F>;
}
export interface TextExpr<T> extends OrderedExpr<T, "text"> {
  /** LIKE with `%` and `_`; case-sensitive on every dialect. No escape mark: to match those two, use `contains`. */
  like(pattern: string): WhereClause;
  /** LIKE ignoring case. */
  ilike(pattern: string): WhereClause;
  /** True where the text has this part, taken literally. */
  contains(part: string, o?: { ignoreCase?: boolean }): WhereClause;
  startsWith(part: string, o?: { ignoreCase?: boolean }): WhereClause;
  endsWith(part: string, o?: { ignoreCase?: boolean }): WhereClause;
}
export interface TemporalExpr<T, F extends Family = Family> extends OrderedExpr<T, F> {
  /** A part of the calendar in UTC: month and day from 1, seconds whole. */
  part(unit: "year" | "month" | "day" | "hour" | "minute" | "second"): NumberExpr<number, "int">;
}
export interface JsonExpr<T> extends Expr<T, "json"> {
  /** A member or element; NULL where it is missing. Keys and indexes are bound, never text. */
  path<K extends keyof Bare<T>>(key: K): JsonExpr<Bare<T>[K] | null>;
  /** The string (or number, or boolean as `true` and `false`) that stands there. */
  asText(): TextExpr<string | null>;
  asNumber(): NumberExpr<number | null, "float">;
}
/** A condition. Three-valued: unknown is neither true nor false, and a row is taken only when it is true. */
export interface WhereClause extends Expr<boolean, "bool"> {
  and(...others: WhereClause[]): WhereClause;
  or(...others: WhereClause[]): WhereClause;
  not(): WhereClause;
}
interface Families<T> {
  int: NumberExpr<T, "int">;
  bigint: NumberExpr<T, "bigint">;
  float: NumberExpr<T, "float">;
  decimal: NumberExpr<T, "decimal">;
  text: TextExpr<T>;
  bool: WhereClause & Expr<T, "bool">;
  timestamp: TemporalExpr<T, "timestamp">;
  date: TemporalExpr<T, "date">;
  time: OrderedExpr<T, "time">;
  uuid: Expr<T, "uuid">;
  json: JsonExpr<T>;
  bytes: Expr<T, "bytes">;
  enum: OrderedExpr<T, "enum">;
}
export type ExprFor<F extends Family, T> = Families<T>[F];

/** For values whose column is unknown, by their JavaScript type. */
type FamilyOf<T> = [Bare<T>] extends [boolean]
  ? "bool"
  : [Bare<T>] extends [number]
    ? "float"
    : [Bare<T>] extends [bigint]
      ? "bigint"
      : [Bare<T>] extends [string]
        ? "text"
        : [Bare<T>] extends [Date]
          ? "timestamp"
          : [Bare<T>] extends [Uint8Array]
            ? "bytes"
            : "json";
export type ExprOf<T> = ExprFor<FamilyOf<T>, T>;

/** One item of ORDER BY. */
export interface Ordering {
  readonly direction: "asc" | "desc";
}
