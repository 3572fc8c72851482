/** Functions of single values: a function is one line here and, where dialects differ, one word in their tables. Layer 2. */
import type { ExprNode, FunctionName } from "../../ast/expr.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { commonDecimal, decimalCodec, floatCodec, intCodec, safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { datetimeCodec } from "../../codec/temporal.ts";
import { textCodec } from "../../codec/text.ts";
import { UsageError } from "../../errors.ts";
import type { Bare, Expr, ExprFor, NumberExpr, OrderedExpr, TemporalExpr, TextExpr } from "../expr.types.ts";
import { Expression } from "../expression.ts";
import { expressionOf } from "../expression-of.ts";

function expression(value: unknown, name: string): Expression {
  if (Expression.is(value)) return value;
  throw new UsageError(`${name} takes a column or an expression first, got ${kindOf(value)}`);
}

function call(name: FunctionName, args: readonly ExprNode[], codec: Codec): never {
  return expressionOf({ kind: "call", name, args, codec }, codec, name) as never;
}

function value(codec: Codec, given: unknown, name: string): ExprNode {
  return { kind: "value", value: codec.accept(given, name), codec };
}

function whole(given: unknown, name: string, least: number): ExprNode {
  if (typeof given !== "number" || !Number.isSafeInteger(given) || given < least)
    throw new UsageError(`${name} takes a whole number from ${least}`);
  return value(intCodec, given, name);
}

function plainNumber(of: Expression, name: string): Expression {
  if (of.codec.family === "decimal")
    throw new UsageError(`${name} of a decimal is not portable`, { hint: "use round(), or calculate with add, sub, mul and div" });
  return of;
}

/** Text in lower case. SQLite changes ASCII letters only. */
export function lower<T>(item: TextExpr<T>): TextExpr<T> {
  return call("lower", [expression(item, "lower").node], textCodec);
}
/** Text in upper case. SQLite changes ASCII letters only. */
export function upper<T>(item: TextExpr<T>): TextExpr<T> {
  return call("upper", [expression(item, "upper").node], textCodec);
}
/** The number of characters (Unicode code points). */
export function length<T>(item: TextExpr<T>): NumberExpr<number | Extract<T, null>, "int"> {
  return call("length", [expression(item, "length").node], safeIntCodec);
}
/** The text without spaces at its ends. */
export function trim<T>(item: TextExpr<T>): TextExpr<T> {
  return call("trim", [expression(item, "trim").node], textCodec);
}
/** `count` characters from `start`, which counts from 1; to the end without `count`. */
export function substr<T>(item: TextExpr<T>, start: number, count?: number): TextExpr<T> {
  const args = [expression(item, "substr").node, whole(start, "substr", 1)];
  return call("substr", count === undefined ? args : [...args, whole(count, "substr", 0)], textCodec);
}
/** The text with every `part` replaced. */
export function replace<T>(item: TextExpr<T>, part: string, by: string): TextExpr<T> {
  return call("replace", [expression(item, "replace").node, value(textCodec, part, "replace"), value(textCodec, by, "replace")], textCodec);
}
/** The texts one after another; NULL when any of them is. */
export function concat<T>(first: TextExpr<T>, ...rest: (string | TextExpr<any>)[]): TextExpr<string | null> {
  const args = [expression(first, "concat"), ...rest].map((part) => (Expression.is(part) ? part.node : value(textCodec, part, "concat")));
  return call("concat", args, textCodec);
}
/** null where every one of these may be. */
type AllNull<R> = R extends readonly [Expr<infer T>, ...infer Rest] ? (null extends T ? AllNull<Rest> : never) : null;
type ValuesOf<R extends readonly unknown[]> = R[number] extends Expr<infer T> ? Bare<T> : never;

/** The first that is not NULL; the last may be a value. */
export function coalesce<T, F extends Family>(
  item: Expr<T, F>,
  ...others: [...between: Expr<Bare<T> | null, F>[], fallback: Bare<T>]
): ExprFor<F, Bare<T>>;
export function coalesce<T, F extends Family, const R extends readonly [Expr<unknown, F>, ...Expr<unknown, F>[]]>(
  item: Expr<T, F>,
  ...others: R
): ExprFor<F, Bare<T> | ValuesOf<R> | (null extends T ? AllNull<R> : never)>;
export function coalesce(item: unknown, ...others: unknown[]): never {
  return several("coalesce", item, others);
}

/** A call of one kind of values. Decimals: the result has the digits of the one with most of them. */
function several(name: "coalesce" | "greatest" | "least", item: unknown, others: readonly unknown[]): never {
  const first = expression(item, name);
  if (others.length === 0) throw new UsageError(`${name} takes two values or more`);
  for (const other of others) {
    if (Expression.is(other) && other.node.kind !== "raw" && first.node.kind !== "raw" && !alike(first.codec.family, other.codec.family))
      throw new UsageError(`${name} takes values of one kind, got ${first.codec.family} and ${other.codec.family}`, {
        hint: "cast one of them",
      });
  }
  const args = [first.node, ...others.map((other) => first.operand(other, name))];
  return call(name, args, first.codec.family === "decimal" ? commonDecimal(args.map((node) => codecOf(node) ?? first.codec)) : first.codec);
}

function codecOf(node: ExprNode): Codec | null {
  return "codec" in node ? (node.codec as Codec | null) : null;
}

const textual: ReadonlySet<Family> = new Set(["text", "enum"]);

function alike(a: Family, b: Family): boolean {
  return a === b || (textual.has(a) && textual.has(b));
}
/** NULL where both are equal, else the first. */
export function nullif<T, F extends Family>(item: Expr<T, F>, other: Bare<T> | Expr<T, F>): ExprFor<F, T | null> {
  const first = expression(item, "nullif");
  return call("nullif", [first.node, first.operand(other, "nullif")], first.codec);
}
/** The greatest of all; NULL when any is. */
export function greatest<T, F extends Family>(
  item: OrderedExpr<T, F>,
  ...others: [Bare<T> | Expr<T, F>, ...(Bare<T> | Expr<T, F>)[]]
): ExprFor<F, T> {
  return several("greatest", item, others);
}
/** The least of all; NULL when any is. */
export function least<T, F extends Family>(
  item: OrderedExpr<T, F>,
  ...others: [Bare<T> | Expr<T, F>, ...(Bare<T> | Expr<T, F>)[]]
): ExprFor<F, T> {
  return several("least", item, others);
}
/** The number without its sign. */
export function abs<T, F extends Family>(item: NumberExpr<T, F>): NumberExpr<T, F> {
  const first = expression(item, "abs");
  return call("abs", [first.node], first.codec);
}
/** Rounded to `digits` after the point, half away from zero. */
export function round<T, F extends Family>(item: NumberExpr<T, F>, digits = 0): NumberExpr<T, F> {
  const first = expression(item, "round");
  const places = whole(digits, "round", 0);
  const codec = first.codec.family === "decimal" ? decimalCodec(1000, digits) : floatCodec;
  return call("round", [first.node, places], codec);
}
/** The next whole number upwards. */
export function ceil(item: NumberExpr<any, any>): NumberExpr<number, "float"> {
  return call("ceil", [plainNumber(expression(item, "ceil"), "ceil").node], floatCodec);
}
/** The next whole number downwards. */
export function floor(item: NumberExpr<any, any>): NumberExpr<number, "float"> {
  return call("floor", [plainNumber(expression(item, "floor"), "floor").node], floatCodec);
}
/** The remainder of whole numbers, with the sign of the first. */
export function mod<T>(item: NumberExpr<T, "int">, by: number | NumberExpr<any, "int">): NumberExpr<T, "int"> {
  const first = expression(item, "mod");
  return call("mod", [first.node, first.operand(by, "mod")], safeIntCodec);
}
export function power(item: NumberExpr<any, any>, exponent: number): NumberExpr<number, "float"> {
  return call("power", [plainNumber(expression(item, "power"), "power").node, value(floatCodec, exponent, "power")], floatCodec);
}
/** The database's clock, to the millisecond. */
export function now(): TemporalExpr<Date, "timestamp"> {
  return call("now", [], datetimeCodec);
}
