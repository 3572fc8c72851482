/** Conditions by the thousand: SQLite takes a list of 1,000 as 1,000 levels, and refuses more. Layer 3. */
import type { ExprNode, LogicNode } from "../ast/expr.ts";

/** Conditions in one list, at most. */
const longest = 200;

/** What stands between the operators: groups of them where there are many, which may hold groups again. */
export function inGroups({ items, op }: LogicNode): readonly ExprNode[] {
  if (items.length <= longest) return items;
  const size = Math.max(longest, Math.ceil(items.length / longest));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => ({
    kind: "logic",
    op,
    items: items.slice(i * size, (i + 1) * size),
  }));
}
