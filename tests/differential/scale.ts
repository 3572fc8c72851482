/** How many digits an expression's decimals have. */
import type { Node } from "./describe.ts";
import { allOperators } from "./operators.ts";
import { decimal } from "./values.ts";

export function scaleOf(node: Node): number {
  switch (node.op) {
    case "value":
      return node.kind === "decimal" && node.value !== null ? decimal(node.value as string).digits : 0;
    case "column":
      return node.scale ?? 0;
    case "call": {
      const scales = node.args.map((arg) => (arg.kind === "decimal" ? scaleOf(arg) : 0));
      return allOperators[node.call].scale?.(scales, node.with as never) ?? 0;
    }
    case "aggregate":
    case "related":
      return node.item === null || node.item === undefined ? 0 : scaleOf(node.item);
    case "window":
      return typeof node.call === "string" ? (node.item === null ? 0 : scaleOf(node.item)) : scaleOf(node.call);
    case "subquery":
      return node.form === "scalar" ? scaleOf(Object.values(node.query.select)[0] as Node) : 0;
    default:
      return node satisfies never;
  }
}
