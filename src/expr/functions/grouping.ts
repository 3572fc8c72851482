/** What a row of a grouped query stands for. Layer 2. */
import { safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Expr, NumberExpr } from "../expr.types.ts";
import { Expression } from "../expression.ts";
import { expressionOf } from "../expression-of.ts";

/**
 * 1 in a subtotal over all values of this key, 0 in the row of one: tells the NULL of a subtotal from a NULL that was stored.
 * @throws UnsupportedError on MariaDB, which has no GROUPING
 */
export function grouping(key: Expr<unknown>): NumberExpr<number, "int"> {
  if (!Expression.is(key)) throw new UsageError(`grouping takes a key of groupByRollup(), got ${kindOf(key)}`);
  return expressionOf({ kind: "call", name: "grouping", args: [key.node], codec: safeIntCodec }, safeIntCodec, "grouping") as never;
}
