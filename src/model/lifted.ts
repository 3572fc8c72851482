/** Aggregates over the rows of another query: what they look at becomes a column of it. Layer 6. */
import type { AggregateNode, ExprNode } from "../ast/expr.ts";

/** The same aggregate with each expression in it replaced by what `column` makes of it. */
export function lifted(node: AggregateNode, column: (item: ExprNode) => ExprNode): AggregateNode {
  const { filter, orderBy, ...plain } = node;
  return {
    ...plain,
    item: node.item === null ? null : liftedItem(node.item, column),
    ...(filter === undefined ? {} : { filter: column(filter) }),
    ...(orderBy === undefined ? {} : { orderBy: orderBy.map((term) => ({ ...term, item: column(term.item) })) }),
  };
}

function liftedItem(item: ExprNode, column: (item: ExprNode) => ExprNode): ExprNode {
  if (item.kind !== "jsonObject") return column(item);
  return { ...item, fields: item.fields.map(({ name, value }) => ({ name, value: liftedItem(value, column) })) };
}
