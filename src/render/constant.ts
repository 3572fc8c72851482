/** Conditions whose answer is known before they are sent. Layer 3. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { aggregates } from "../ast/shape.ts";

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
    case "exists":
      return isEmpty(node.query) ? false : null;
    case "inQuery":
      return isEmpty(node.query) ? node.negated : null;
    default:
      return null;
  }
}

/** Without groups an aggregate makes a row of none. */
function isEmpty({ where, groupBy, columns, having }: SelectNode): boolean {
  return where.some(isFalse) && (groupBy.length > 0 || ![...columns, ...having].some(({ node }) => aggregates(node)));
}

/** True where no row meets the condition: it is false, or NULL. */
export function isFalse({ node }: Clause): boolean {
  return isNever(node);
}

function isNever(node: ExprNode): boolean {
  if (node.kind === "null" || (node.kind === "value" && node.value === false)) return true;
  if (node.kind === "cast") return isNever(node.item);
  if (node.kind === "logic") return node.op === "and" ? node.items.some(isNever) : node.items.every(isNever);
  return constantOf(node) === false;
}
