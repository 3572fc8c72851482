/** Conditions whose answer is known before they are sent. Layer 3. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";

/**
 * True or false where the rest of a condition cannot change it, else null. It is written as that: a query under a condition that is
 * false anyway costs, and keeps MySQL 9 from seeing that a change reads its table from a derived one (error 1093).
 */
export function constantOf(node: ExprNode): boolean | null {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "not": {
      const item = constantOf(node.item);
      return item === null ? null : !item;
    }
    case "logic": {
      const deciding = node.op === "or";
      const items = node.items.map(constantOf);
      if (items.includes(deciding)) return deciding;
      return items.every((item) => item === !deciding) ? !deciding : null;
    }
    default:
      return null;
  }
}

export function isFalse({ node }: Clause): boolean {
  return constantOf(node) === false;
}
