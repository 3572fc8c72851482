/**
 * What an expression can do, by the family of its type: a decimal multiplies, a uuid has no `like`. Types only.
 * T is the JavaScript value (with `null` where SQL may yield NULL), F the family.
 */
import type { Family } from "../codec/codec.ts";
import type { JsonAt, JsonContained, JsonElement, JsonKey, JsonMember } from "./json.types.ts";

declare const value: unique symbol;
declare const family: unique symbol;
declare const row: unique symbol;
declare const columns: unique symbol;
declare const quantified: unique symbol;
declare const late: unique symbol;

export type Bare<T> = Exclude<T, null>;
/** What stands on the other side of a comparison: a value of the same type, or an expression of it. Never null. */
export type Operand<T> = Bare<T> | Expr<T> | Expr<Bare<T>> | Expr<Bare<T> | null>;
/** The values of a query of one column, in a comparison: `anyOf(query)`, `allOf(query)`. */
export interface Quantified<T> {
  readonly [quantified]: T;
}
export type Compared<T> = Operand<T> | Quantified<Bare<T>>;

/** A query that can stand inside another one. R is the shape of one row, Out the expressions that it is made of. */
export interface Subquery<R, Out = unknown> {
  readonly [row]: R;
  readonly [columns]: Out;
}
/** Several names are one that is not any of them: a query of two columns has no value to compare with. */
type OneName<R, K = keyof R> = K extends keyof R ? ([keyof R] extends [K] ? unknown : never) : never;
type OneColumn<T> = Subquery<Record<string, Bare<T> | null>>;

/** A typed SQL expression. Immutable; making one sends nothing. */
export interface Expr<out T, out F extends Family = Family> {
  readonly [value]: T;
  readonly [family]: F;
  /** `a = b`. @throws UsageError for null (use `isNull()`) and undefined */
  eq(other: Compared<T>): WhereClause;
  /** `a <> b`: not true where either side is NULL. */
  ne(other: Compared<T>): WhereClause;
  /** `a in (...)`. An empty list is false. @throws UsageError for null or undefined in the list */
  in<R>(list: readonly Bare<T>[] | (OneColumn<T> & Subquery<R> & OneName<R>)): WhereClause;
  /** `a not in (...)`. An empty list is true. */
  notIn<R>(list: readonly Bare<T>[] | (OneColumn<T> & Subquery<R> & OneName<R>)): WhereClause;
  isNull(): WhereClause;
  isNotNull(): WhereClause;
  /** Ascending; `nulls` says where NULLs stand (each database has its own default). */
  asc(o?: { nulls?: "first" | "last" }): Ordering;
  desc(o?: { nulls?: "first" | "last" }): Ordering;
}
export interface OrderedExpr<out T, out F extends Family = Family> extends Expr<T, F> {
  gt(other: Compared<T>): WhereClause;
  gte(other: Compared<T>): WhereClause;
  lt(other: Compared<T>): WhereClause;
  lte(other: Compared<T>): WhereClause;
  /** `low <= a and a <= high`. */
  between(low: Operand<T>, high: Operand<T>): WhereClause;
}
/** What a calculation with two kinds of numbers is: a float before a decimal before a bigint. */
type Wider<F extends Family, G extends Family> = "float" extends F | G
  ? "float"
  : "decimal" extends F | G
    ? "decimal"
    : "bigint" extends F | G
      ? "bigint"
      : "int";
/** What the numbers of a family are in JavaScript. */
export type NumberOf<F> = F extends "bigint" ? bigint : F extends "decimal" ? string : number;
type Calculated<T, F extends Family, U, G extends Family> = NumberExpr<NumberOf<Wider<F, G>> | Extract<T | U, null>, Wider<F, G>>;

type Floating<T> = NumberExpr<number | Extract<T, null>, "float">;
/** With a number written out: one with a fraction makes floats of integers. Whether a bigint meets one, `number` alone does not say. */
type WithNumber<T, F extends Family, N extends number> = F extends "int" | "bigint"
  ? number extends N
    ? Same<F extends "int" ? T : T | number, F>
    : `${N}` extends `${bigint}`
      ? Same<T, F>
      : Floating<T>
  : Same<T, F>;
type Quotient<T, F extends Family> = F extends "int" | "bigint" ? Floating<T> : Same<T, F>;
/** What F is, an operand says, not what it may be calculated to. */
type Same<T, F extends Family> = NumberExpr<NoInfer<T>, NoInfer<F>>;

/** int, bigint, float, decimal; a decimal's values are strings and it takes numbers as operands too. */
export interface NumberExpr<out T, out F extends Family = Family> extends OrderedExpr<T, F> {
  add<U, G extends Family>(other: NumberExpr<U, G>): Calculated<T, F, U, G>;
  add<N extends number>(other: N): WithNumber<T, F, N>;
  add(other: Operand<T>): NumberExpr<T, F>;
  sub<U, G extends Family>(other: NumberExpr<U, G>): Calculated<T, F, U, G>;
  sub<N extends number>(other: N): WithNumber<T, F, N>;
  sub(other: Operand<T>): NumberExpr<T, F>;
  mul<U, G extends Family>(other: NumberExpr<U, G>): Calculated<T, F, U, G>;
  mul<N extends number>(other: N): WithNumber<T, F, N>;
  mul(other: Operand<T>): NumberExpr<T, F>;
  /** Divides without cutting the fraction: of integers, bigints too, it is a float, which a column of integers rounds when it is set. */
  div<U, G extends Family>(other: NumberExpr<U, G>): Calculated<T, F, U, "decimal" extends F | G ? G : "float">;
  div(other: Operand<T> | number): Quotient<T, F>;
}
export interface TextExpr<out T> extends OrderedExpr<T, "text"> {
  /** LIKE with `%` and `_`; case-sensitive on every dialect. No escape mark: to match those two, use `contains`. */
  like(pattern: string): WhereClause;
  /** LIKE ignoring case. */
  ilike(pattern: string): WhereClause;
  /** True where the text has this part, taken literally. */
  contains(part: string, o?: { ignoreCase?: boolean }): WhereClause;
  startsWith(part: string, o?: { ignoreCase?: boolean }): WhereClause;
  endsWith(part: string, o?: { ignoreCase?: boolean }): WhereClause;
  /**
   * True where a regular expression finds something: `~` in PostgreSQL, `regexp_like` in MySQL, `regexp` in MariaDB and SQLite.
   * Case-sensitive unless told otherwise. Each database has its own flavour (POSIX with extensions, ICU, PCRE; JavaScript's,
   * flag `u`, in SQLite): literals, `. * + ? | () [] {} ^ $` and `\d \w \s` mean the same in all.
   * @throws UnsupportedError with the package sqlite3, which cannot teach SQLite a function
   */
  matches(pattern: string, o?: { ignoreCase?: boolean }): WhereClause;
}
/** Whole numbers, negative ones too. */
export interface DateSpan {
  years?: number;
  months?: number;
  weeks?: number;
  days?: number;
}
export interface TimeSpan extends DateSpan {
  hours?: number;
  minutes?: number;
  seconds?: number;
}
export type DifferenceUnit = "days" | "hours" | "minutes" | "seconds";
export interface TemporalExpr<out T, out F extends Family = Family> extends OrderedExpr<T, F> {
  /** A part of the calendar in UTC: month and day from 1, seconds whole. */
  part(unit: "year" | "month" | "day" | "hour" | "minute" | "second"): NumberExpr<number, "int">;
  /**
   * Later by a span, in UTC: years and months first (31 January and a month is the last day of February), then days, then the time.
   * @throws UsageError for fractions, unknown units, and hours added to a date
   */
  plus(span: F extends "date" ? DateSpan : TimeSpan): TemporalExpr<T, F>;
  /** Earlier by a span. */
  minus(span: F extends "date" ? DateSpan : TimeSpan): TemporalExpr<T, F>;
  /** The time from the other one to this one, with its fraction; negative when the other one is later. */
  since<U extends T | Bare<T> | null>(
    other: Bare<T> | Expr<U, F>,
    unit: DifferenceUnit,
  ): NumberExpr<number | Extract<T | U, null>, "float">;
}
/** What can be stored at a place of a document: a value, or an expression of the same type. */
export type JsonInput<V> = V | Expr<Bare<V>> | Expr<Bare<V> | null>;

export interface JsonExpr<in out T> extends Expr<T, "json"> {
  /** A member or element, up to four levels down; NULL where it is missing. Keys and indexes are bound, never text. */
  path<K extends JsonKey<T>>(key: K): JsonExpr<JsonAt<T, K> | null>;
  path<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>>(key: K, next: L): JsonExpr<JsonAt<JsonAt<T, K>, L> | null>;
  path<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>, M extends JsonKey<JsonAt<JsonAt<T, K>, L>>>(
    key: K,
    next: L,
    third: M,
  ): JsonExpr<JsonAt<JsonAt<JsonAt<T, K>, L>, M> | null>;
  path<
    K extends JsonKey<T>,
    L extends JsonKey<JsonAt<T, K>>,
    M extends JsonKey<JsonAt<JsonAt<T, K>, L>>,
    N extends JsonKey<JsonAt<JsonAt<JsonAt<T, K>, L>, M>>,
  >(key: K, next: L, third: M, fourth: N): JsonExpr<JsonAt<JsonAt<JsonAt<JsonAt<T, K>, L>, M>, N> | null>;
  /** The string (or number, or boolean as `true` and `false`) that stands there; NULL for JSON's null. */
  asText(): TextExpr<string | null>;
  /** The number that stands there; NULL for everything else. */
  asNumber(): NumberExpr<number | null, "float">;
  /** The boolean that stands there; NULL for everything else. */
  asBoolean(): BoolExpr<boolean | null>;
  /**
   * True where the document has all of the part, as PostgreSQL's `@>` says: every given key with its value, every given
   * element somewhere in the array, whatever else there is. An array also contains one of its scalars by itself. NULL
   * where there is no document. On PostgreSQL a GIN index serves it.
   * @throws ValueError for `undefined` in the part, which would widen the condition
   */
  contains(part: JsonContained<T>): WhereClause;
  /** True where the document is an array with this element; false for other documents, NULL where there is none. */
  has(element: JsonMember<T>): WhereClause;
  /** The number of elements of an array; NULL for everything else. */
  length(): NumberExpr<number | null, "int">;
  /**
   * The document with another value at a path, for `update`. The object that holds the key must be there, and the element
   * of an index: otherwise the document stays as it is. A NULL document stays NULL; `null` and NULL become JSON's null.
   */
  set<K extends JsonKey<T>>(path: readonly [K], value: JsonInput<JsonAt<T, K>>): JsonExpr<T>;
  set<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>>(path: readonly [K, L], value: JsonInput<JsonAt<JsonAt<T, K>, L>>): JsonExpr<T>;
  set<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>, M extends JsonKey<JsonAt<JsonAt<T, K>, L>>>(
    path: readonly [K, L, M],
    value: JsonInput<JsonAt<JsonAt<JsonAt<T, K>, L>, M>>,
  ): JsonExpr<T>;
  set<
    K extends JsonKey<T>,
    L extends JsonKey<JsonAt<T, K>>,
    M extends JsonKey<JsonAt<JsonAt<T, K>, L>>,
    N extends JsonKey<JsonAt<JsonAt<JsonAt<T, K>, L>, M>>,
  >(path: readonly [K, L, M, N], value: JsonInput<JsonAt<JsonAt<JsonAt<JsonAt<T, K>, L>, M>, N>>): JsonExpr<T>;
  /** The document without the member or element at a path. */
  unset<K extends JsonKey<T>>(path: readonly [K]): JsonExpr<T>;
  unset<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>>(path: readonly [K, L]): JsonExpr<T>;
  unset<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>, M extends JsonKey<JsonAt<JsonAt<T, K>, L>>>(
    path: readonly [K, L, M],
  ): JsonExpr<T>;
  unset<
    K extends JsonKey<T>,
    L extends JsonKey<JsonAt<T, K>>,
    M extends JsonKey<JsonAt<JsonAt<T, K>, L>>,
    N extends JsonKey<JsonAt<JsonAt<JsonAt<T, K>, L>, M>>,
  >(path: readonly [K, L, M, N]): JsonExpr<T>;
  /** The document with one more element at the end of the array at a path; `[]` is the document itself. What is no array stays as it is. */
  append(path: readonly [], element: JsonInput<JsonElement<T>>): JsonExpr<T>;
  append<K extends JsonKey<T>>(path: readonly [K], element: JsonInput<JsonElement<JsonAt<T, K>>>): JsonExpr<T>;
  append<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>>(
    path: readonly [K, L],
    element: JsonInput<JsonElement<JsonAt<JsonAt<T, K>, L>>>,
  ): JsonExpr<T>;
  append<K extends JsonKey<T>, L extends JsonKey<JsonAt<T, K>>, M extends JsonKey<JsonAt<JsonAt<T, K>, L>>>(
    path: readonly [K, L, M],
    element: JsonInput<JsonElement<JsonAt<JsonAt<JsonAt<T, K>, L>, M>>>,
  ): JsonExpr<T>;
}
/** A column of type bool, or another expression with a truth value. */
export interface BoolExpr<out T> extends Expr<T, "bool"> {
  and(...others: WhereClause[]): WhereClause;
  or(...others: WhereClause[]): WhereClause;
  not(): WhereClause;
}
/** A condition. Three-valued: unknown (read as null) is neither true nor false, and a row is taken only when it is true. */
export interface WhereClause extends BoolExpr<boolean | null> {}
/** A condition on what is known only after WHERE: an aggregate, or a function over a window. */
export interface LateClause extends WhereClause {
  readonly [late]: true;
}
/** A condition on single rows, for WHERE and ON. */
export interface RowClause extends WhereClause {
  readonly [late]?: never;
}
interface LateTests<T> {
  eq(other: Compared<T>): LateClause;
  ne(other: Compared<T>): LateClause;
  in(list: readonly Bare<T>[] | OneColumn<T>): LateClause;
  notIn(list: readonly Bare<T>[] | OneColumn<T>): LateClause;
  isNull(): LateClause;
  isNotNull(): LateClause;
}
interface LateComparisons<T> extends LateTests<T> {
  gt(other: Compared<T>): LateClause;
  gte(other: Compared<T>): LateClause;
  lt(other: Compared<T>): LateClause;
  lte(other: Compared<T>): LateClause;
  between(low: Operand<T>, high: Operand<T>): LateClause;
}
/** An aggregate or a function over a window: its conditions stand in HAVING, CASE and the select list. */
export type LateExpr<F extends Family, T> = (F extends "bool" | "uuid" | "json" | "bytes" ? LateTests<T> : LateComparisons<T>) &
  ExprFor<F, T>;
interface Families<in out T> {
  int: NumberExpr<T, "int">;
  bigint: NumberExpr<T, "bigint">;
  float: NumberExpr<T, "float">;
  decimal: NumberExpr<T, "decimal">;
  text: TextExpr<T>;
  bool: BoolExpr<T>;
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
export type FamilyOf<T> = [Bare<T>] extends [boolean]
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
