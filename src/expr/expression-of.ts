/** From a codec to the class that has its family's operators. Layer 2. */
import type { ExprNode } from "../ast/expr.ts";
import type { Codec, Family } from "../codec/codec.ts";
import { Condition, Expression, NumberExpression, OrderedExpression, TemporalExpression, TextExpression } from "./expression.ts";
import { JsonExpression } from "./json-expression.ts";

const byFamily: Readonly<Record<Family, new (node: ExprNode, codec: Codec, label?: string) => Expression>> = {
  int: NumberExpression,
  bigint: NumberExpression,
  float: NumberExpression,
  decimal: NumberExpression,
  text: TextExpression,
  bool: Condition,
  timestamp: TemporalExpression,
  date: TemporalExpression,
  time: OrderedExpression,
  uuid: Expression,
  json: JsonExpression,
  bytes: Expression,
  enum: OrderedExpression,
};

/** An expression with the operators of its codec's family. */
export function expressionOf(node: ExprNode, codec: Codec, label?: string): Expression {
  return new byFamily[codec.family](node, codec, label);
}
