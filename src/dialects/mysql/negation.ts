/** Conditions without a bare column under NOT. Layer 4. */
import type { ExprNode } from "../../ast/expr.ts";

/**
 * What is true where the condition is false, and NULL where it is NULL; null to write NOT. MariaDB 10.11 goes down when it
 * prepares a group's key whose subquery says `not flag` of a column of the query around it; `flag = false` it knows.
 */
export function negated(item: ExprNode): ExprNode | null {
  return item.kind === "column" ? tested(item, "=") : null;
}

/** The condition as it may stand under NOT; what is `known` as something else stays as it is. */
export function underNot(item: ExprNode, known: (node: ExprNode) => boolean): ExprNode {
  if (item.kind === "column") return tested(item, "<>");
  if (item.kind !== "logic" || known(item)) return item;
  return { ...item, items: item.items.map((each) => underNot(each, known)) };
}

function tested(left: ExprNode, op: "=" | "<>"): ExprNode {
  return { kind: "compare", op, left, right: { kind: "constant", value: false } };
}
