/** Comparisons of rows, written out value by value. Layer 3. */
import type { CompareOp, ExprNode, RowCompareNode } from "../ast/expr.ts";

const strict: Readonly<Partial<Record<CompareOp, CompareOp>>> = { "<=": "<", ">=": ">" };

/** The same with AND and OR: no value but the deciding one is compared, NULL included. */
export function writtenOut({ op, left, right }: RowCompareNode): ExprNode {
  const pair = (i: number, as: CompareOp): ExprNode => ({
    kind: "compare",
    op: as,
    left: left[i] as ExprNode,
    right: right[i] as ExprNode,
  });
  const last = left.length - 1;
  if (op === "=" || op === "<>") return { kind: "logic", op: op === "=" ? "and" : "or", items: left.map((_, i) => pair(i, op)) };
  const items = left.map((_, i): ExprNode => {
    const deciding = pair(i, i === last ? op : (strict[op] ?? op));
    return i === 0 ? deciding : { kind: "logic", op: "and", items: [...left.slice(0, i).map((_, before) => pair(before, "=")), deciding] };
  });
  return { kind: "logic", op: "or", items };
}
