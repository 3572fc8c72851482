/** Aggregates that look at a CASE where there is no FILTER. Layer 3. */
import type { AggregateNode, ExprNode } from "../ast/expr.ts";
import { intCodec } from "../codec/number.ts";
import { codecOf } from "./expr-renderer.ts";

const one: ExprNode = { kind: "raw", texts: ["1"], items: [], codec: intCodec };

/** The same without a filter: NULL, which no aggregate looks at, stands for the other rows. */
export function caseFiltered({ filter, ...node }: AggregateNode): AggregateNode {
  if (filter === undefined) return node;
  const value = node.item ?? one;
  return { ...node, item: { kind: "case", branches: [{ when: filter, value }], otherwise: null, codec: codecOf(value) ?? intCodec } };
}
