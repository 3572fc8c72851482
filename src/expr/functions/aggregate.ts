/** Aggregates: one value of many rows. A function is one line here and one in the renderer. Layer 2. */
import type { AggregateName } from "../../ast/expr.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { bigintCodec, decimalCodec, floatCodec, safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Bare, Expr, ExprFor, NumberExpr, OrderedExpr } from "../expr.types.ts";
import { Expression, expressionOf } from "../expression.ts";

function aggregate(name: AggregateName, item: unknown, codec: (of: Codec) => Codec): never {
  if (!Expression.is(item)) throw new UsageError(`${name} takes a column or an expression, got ${kindOf(item)}`);
  const read = codec(item.codec);
  return expressionOf({ kind: "aggregate", name, item: item.node, codec: read }, read) as never;
}

/** The codec a sum is read with: exact for integers and decimals. */
function sumCodec(of: Codec): Codec {
  if (of.family === "int") return safeIntCodec;
  if (of.family === "bigint") return bigintCodec;
  if (of.family === "decimal") return decimalCodec(1000, of.type.scale ?? 0);
  return floatCodec;
}

/** The number of rows, or of rows where `item` is not null: `count(*)`, `count(item)`. */
export function count(item?: Expr<unknown>): NumberExpr<number, "int"> {
  if (item === undefined) return expressionOf({ kind: "aggregate", name: "count", item: null, codec: safeIntCodec }, safeIntCodec) as never;
  return aggregate("count", item, () => safeIntCodec);
}
/** The sum of the non-null values; null when there are none. A decimal's sum is an exact string. */
export function sum<T, F extends Family>(item: NumberExpr<T, F>): ExprFor<F, Bare<T> | null> {
  return aggregate("sum", item, sumCodec);
}
/** The mean as a floating-point number; null when there are no values. */
export function avg(item: NumberExpr<unknown, Family>): NumberExpr<number | null, "float"> {
  return aggregate("avg", item, () => floatCodec);
}
/** The greatest value; null when there are none. */
export function max<T, F extends Family>(item: OrderedExpr<T, F>): ExprFor<F, Bare<T> | null> {
  return aggregate("max", item, (of) => of);
}
/** The least value; null when there are none. */
export function min<T, F extends Family>(item: OrderedExpr<T, F>): ExprFor<F, Bare<T> | null> {
  return aggregate("min", item, (of) => of);
}
