/** Conditions whose answer is known before they are sent. Layer 3. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { aggregates, childrenOf } from "../ast/shape.ts";

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
      let known = true;
      for (const item of node.items) {
        const constant = constantOf(item);
        if (constant === deciding) return deciding;
        if (constant === null) known = false;
      }
      return known ? !deciding : null;
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
  if (node.kind === "logic") return node.op === "and" ? node.items.some(isNever) : node.items.every(isNever);
  if (node.kind === "not") return isUnknown(node.item) || truthOf(node.item) === true;
  return isUnknown(node) || truthOf(node) === false;
}

/** Of a constant that is written as a value. */
function truthOf(node: ExprNode): boolean | null {
  if (node.kind === "value" && typeof node.value === "boolean") return node.value;
  return node.kind === "cast" ? truthOf(node.item) : constantOf(node);
}

/** What is NULL where a part of it is. */
const strict: ReadonlySet<ExprNode["kind"]> = new Set([
  "arithmetic",
  "cast",
  "dateDifference",
  "datePart",
  "dateShift",
  "inList",
  "like",
  "match",
  "not",
]);
function isUnknown(node: ExprNode): boolean {
  switch (node.kind) {
    case "column":
    case "value":
      return false;
    case "null":
      return true;
    case "compare":
      // NULL is less than all of no values.
      return node.right.kind !== "quantified" && (isUnknown(node.left) || isUnknown(node.right));
    default:
      return strict.has(node.kind) && childrenOf(node).some(isUnknown);
  }
}
