/** Aggregates: one value of many rows. A function is one line here and one in the renderer. Layer 2. */
import type { AggregateName, AggregateNode } from "../../ast/expr.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { bigintCodec, decimalCodec, floatCodec, safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Aggregate, Statistic } from "../aggregate.types.ts";
import { aggregateOf } from "../aggregate-expression.ts";
import type { Bare, Expr, NumberExpr, NumberOf, OrderedExpr } from "../expr.types.ts";
import { Expression } from "../expression.ts";

function aggregate(name: AggregateName, item: unknown, codec: (of: Codec) => Codec): never {
  if (!Expression.is(item)) throw new UsageError(`${name} takes a column or an expression, got ${kindOf(item)}`);
  return aggregateOf({ kind: "aggregate", name, item: item.node, codec: codec(item.codec) } satisfies AggregateNode) as never;
}

/** The codec a sum is read with: exact for integers and decimals. */
function sumCodec(of: Codec): Codec {
  if (of.family === "int") return safeIntCodec;
  if (of.family === "bigint") return bigintCodec;
  if (of.family === "decimal") return decimalCodec(1000, of.type.scale ?? 0);
  return floatCodec;
}

/** The number of rows, or of rows where `item` is not null: `count(*)`, `count(item)`. */
export function count(item?: Expr<unknown>): Aggregate<number, "int"> {
  if (item === undefined) return aggregateOf({ kind: "aggregate", name: "count", item: null, codec: safeIntCodec }) as never;
  return aggregate("count", item, () => safeIntCodec);
}
/** The sum of the non-null values; null when there are none. A decimal's sum is an exact string. */
export function sum<T, F extends Family>(item: NumberExpr<T, F>): Aggregate<NumberOf<F> | null, F> {
  return aggregate("sum", item, sumCodec);
}
/** The mean as a floating-point number; null when there are no values. */
export function avg(item: NumberExpr<unknown, Family>): Aggregate<number | null, "float"> {
  return aggregate("avg", item, () => floatCodec);
}
/** The greatest value; null when there are none. */
export function max<T, F extends Family>(item: OrderedExpr<T, F>): Aggregate<Bare<T> | null, F> {
  return aggregate("max", item, (of) => of);
}
/** The least value; null when there are none. */
export function min<T, F extends Family>(item: OrderedExpr<T, F>): Aggregate<Bare<T> | null, F> {
  return aggregate("min", item, (of) => of);
}
/**
 * The standard deviation of a sample, as a float; null for fewer than two values. SQLite has none: there it is calculated
 * from the sums of the values and of their squares, which loses digits where values are large and close to each other.
 */
export function stddev(item: NumberExpr<unknown, Family>): Statistic<number | null, "float"> {
  return aggregate("stddev_samp", item, () => floatCodec);
}
/** The standard deviation of all there is; null when there are no values. */
export function stddevPop(item: NumberExpr<unknown, Family>): Statistic<number | null, "float"> {
  return aggregate("stddev_pop", item, () => floatCodec);
}
/** The variance of a sample: the square of `stddev`. */
export function variance(item: NumberExpr<unknown, Family>): Statistic<number | null, "float"> {
  return aggregate("var_samp", item, () => floatCodec);
}
/** The variance of all there is: the square of `stddevPop`. */
export function variancePop(item: NumberExpr<unknown, Family>): Statistic<number | null, "float"> {
  return aggregate("var_pop", item, () => floatCodec);
}
