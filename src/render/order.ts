/** One term of ORDER BY. Layer 3. */
import type { ExprNode, OrderNode } from "../ast/expr.ts";
import type { Traits } from "./traits.ts";

interface Writer {
  readonly traits: Traits;
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
}

/** Where NULLs come when a term says nothing about them. */
export function usualNulls({ direction }: OrderNode, { nullsSort }: Traits): "first" | "last" {
  return (direction === "asc") === (nullsSort === "first") ? "first" : "last";
}

/** `operand` is how tightly IS NULL binds; `item` writes what is ordered by. */
export function writeOrder(to: Writer, node: OrderNode, operand: number, item: () => void): void {
  const { nullsOrdering } = to.traits;
  const nulls = node.nulls === usualNulls(node, to.traits) ? null : node.nulls;
  if (nulls !== null && !nullsOrdering) {
    to.expr(node.item, operand);
    to.write(nulls === "first" ? " is null desc, " : " is null, ");
  }
  item();
  if (node.direction === "desc") to.write(" desc");
  if (nulls !== null && nullsOrdering) to.write(` nulls ${nulls}`);
}
