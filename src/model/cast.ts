/** Types said in an expression, with the words that columns are declared with. Layer 6. */
import type { Family } from "../codec/codec.ts";
import { castExpression, constant } from "../expr/cast.ts";
import type { Expr, ExprFor, ExprOf } from "../expr/expr.types.ts";
import { codecOfSpec } from "./columns.ts";
import type { AnySpec, ColumnSpec } from "./types/spec.types.ts";

/** Any column of these values: only its type is looked at. */
type TypeWord<T, F extends Family> = ColumnSpec<T, F, boolean, boolean, boolean, boolean, boolean>;
type Widened<T> = T extends string ? string : T extends boolean ? boolean : T extends number ? number : T extends bigint ? bigint : T;
type Constant = string | number | bigint | boolean | Date | Uint8Array;
/** A text need not spell a number: then the number is NULL. */
type Unspelled<From extends Family, To extends Family> = "text" extends From
  ? To extends "int" | "bigint" | "float" | "decimal"
    ? null
    : never
  : never;

/**
 * A constant as an expression: a bound parameter with a type that the database knows, so that it can stand in a select list,
 * a union or a recursive query. A whole number of up to 32 bits is an `int()`, a larger one has 64 bits, another number is a `float()`.
 * Yields `$1::integer` in PostgreSQL, `cast(? as ...)` where MySQL needs it, `?` in SQLite.
 * @throws UsageError for null and for objects, unless their type is said
 */
export function value<const T extends Constant>(constant: T): ExprOf<Widened<T>>;
/**
 * A constant of the type that a column is declared with: `value("9.50", decimal({ precision: 10, scale: 2 }))`. null is NULL of that type.
 * @throws ValueError for what such a column does not take
 */
export function value<T, F extends Family>(constant: NoInfer<T>, type: TypeWord<T, F>): ExprFor<F, T>;
export function value<T, F extends Family>(constant: NoInfer<T> | null, type: TypeWord<T, F>): ExprFor<F, T | null>;
export function value(given: unknown, type?: AnySpec): never {
  return constant(given, type === undefined ? null : codecOfSpec(type)) as never;
}

/**
 * The value as one of another type: `cast(p.price, int())`. NULL stays NULL. The same on every database:
 * numbers are rounded half away from zero, to a whole number or to the decimal's scale; a text that spells no number
 * (digits with an optional sign and point, at most 18 before the point) gives NULL; numbers are true unless they are 0;
 * true is 1 as a number and `true` as text; an instant is written `2024-02-29T12:30:00.000Z`, and its day and time of day are those of UTC;
 * a text is cut to the length of `str()`. A number beyond the range of its new type is an error in PostgreSQL.
 * Of a fragment of SQL, whose type nobody knows, the database's own CAST is taken.
 * @throws UsageError for conversions that databases do not agree on, such as float to text
 */
export function cast<T, F extends Family, U, G extends Family>(
  item: Expr<T, F>,
  type: TypeWord<U, G>,
): ExprFor<G, U | Extract<T, null> | Unspelled<F, G>> {
  return castExpression(item, codecOfSpec(type)) as never;
}
