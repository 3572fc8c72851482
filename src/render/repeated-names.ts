/** Columns that are selected twice, where a server would give both the last name. Layer 3. */
import type { ExprNode } from "../ast/expr.ts";
import type { SelectNode } from "../ast/select.ts";
import { sameExpression } from "../ast/shape.ts";

/** The same rows; what comes once more out of a query in FROM is an expression of its own. */
export function withOwnNames(node: SelectNode): SelectNode {
  const sources = [node.source, ...node.joins.map((join) => join.source)];
  const again = node.columns.map(({ tokens, node: item }, i) => {
    if (item.kind !== "column" || item.token.kind !== "scope" || sources[tokens.indexOf(item.token)]?.kind === "table") return false;
    return node.columns.slice(0, i).some((other) => sameExpression(other, { tokens, node: item }));
  });
  if (!again.includes(true)) return node;
  const wrapped = (item: ExprNode): ExprNode => ({
    kind: "call",
    name: "coalesce",
    args: [item, { kind: "null" }],
    codec: (item as ExprNode & { kind: "column" }).codec,
  });
  return { ...node, columns: node.columns.map((column, i) => (again[i] ? { ...column, node: wrapped(column.node) } : column)) };
}
