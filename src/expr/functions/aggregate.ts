/** Aggregates: one value of many rows. A function is one line here and one in the renderer. Layer 2. */
import type { AggregateName, AggregateNode } from "../../ast/expr.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { bigintCodec, decimalCodec, floatCodec, safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Bare, Expr, ExprFor, NumberExpr, OrderedExpr } from "../expr.types.ts";
import { Expression, expressionOf } from "../expression.ts";
import { overWindow, type Window, type Windowed } from "./window.ts";

function aggregate(name: AggregateName, item: unknown, codec: (of: Codec) => Codec): never {
  if (!Expression.is(item)) throw new UsageError(`${name} takes a column or an expression, got ${kindOf(item)}`);
  return windowed({ kind: "aggregate", name, item: item.node, codec: codec(item.codec) }) as never;
}

/** An aggregate is an expression, and over a window another one. */
function windowed(node: AggregateNode): unknown {
  const codec = node.codec as Codec;
  return Object.assign(expressionOf(node, codec, node.name), { over: (window?: Window) => overWindow(node, codec, window) });
}

/** The codec a sum is read with: exact for integers and decimals. */
function sumCodec(of: Codec): Codec {
  if (of.family === "int") return safeIntCodec;
  if (of.family === "bigint") return bigintCodec;
  if (of.family === "decimal") return decimalCodec(1000, of.type.scale ?? 0);
  return floatCodec;
}

/** The number of rows, or of rows where `item` is not null: `count(*)`, `count(item)`. */
export function count(item?: Expr<unknown>): NumberExpr<number, "int"> & Windowed<number, "int"> {
  if (item === undefined) return windowed({ kind: "aggregate", name: "count", item: null, codec: safeIntCodec }) as never;
  return aggregate("count", item, () => safeIntCodec);
}
/** The sum of the non-null values; null when there are none. A decimal's sum is an exact string. */
export function sum<T, F extends Family>(item: NumberExpr<T, F>): ExprFor<F, Bare<T> | null> & Windowed<Bare<T> | null, F> {
  return aggregate("sum", item, sumCodec);
}
/** The mean as a floating-point number; null when there are no values. */
export function avg(item: NumberExpr<unknown, Family>): NumberExpr<number | null, "float"> & Windowed<number | null, "float"> {
  return aggregate("avg", item, () => floatCodec);
}
/** The greatest value; null when there are none. */
export function max<T, F extends Family>(item: OrderedExpr<T, F>): ExprFor<F, Bare<T> | null> & Windowed<Bare<T> | null, F> {
  return aggregate("max", item, (of) => of);
}
/** The least value; null when there are none. */
export function min<T, F extends Family>(item: OrderedExpr<T, F>): ExprFor<F, Bare<T> | null> & Windowed<Bare<T> | null, F> {
  return aggregate("min", item, (of) => of);
}
