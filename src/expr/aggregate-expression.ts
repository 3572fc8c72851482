/** An aggregate as an expression, and what it can be told. Layer 2. */
import type { AggregateNode, ExprNode, OrderNode } from "../ast/expr.ts";
import { childrenOf, sameExpression } from "../ast/shape.ts";
import type { Codec } from "../codec/codec.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, Expression, OrderTerm } from "./expression.ts";
import { expressionOf } from "./expression-of.ts";
import { overWindow, type Window } from "./functions/window.ts";

const statistics: ReadonlySet<string> = new Set(["stddev_samp", "stddev_pop", "var_samp", "var_pop"]);

function isList({ name }: AggregateNode): boolean {
  return name === "string_agg" || name === "json_agg";
}

/** The expression of an aggregate, with the methods that change it. */
export function aggregateOf(node: AggregateNode): Expression {
  const codec = node.codec as Codec;
  // Nothing reaches into a list that a query makes: a plain expression has no path().
  const expression = node.name === "json_agg" ? new Expression(node, codec, node.name) : expressionOf(node, codec, node.name);
  return Object.assign(expression, {
    over: (window?: Window) => {
      if (node.distinct === true || (node.orderBy ?? []).length > 0) {
        throw new UsageError(`${node.name}: ${node.distinct === true ? "distinct()" : "an order"} over a window`, {
          hint: "databases have none: group the rows in a query of their own",
        });
      }
      return overWindow(node, codec, window);
    },
    filter: (condition: unknown) => aggregateOf(filtered(node, condition)),
    ...(statistics.has(node.name) ? {} : { distinct: () => aggregateOf(distinct(node)) }),
    ...(isList(node) ? { orderBy: (order: unknown) => aggregateOf(ordered(node, order)) } : {}),
  });
}

function filtered(node: AggregateNode, condition: unknown): AggregateNode {
  if (!(condition instanceof Condition)) throw new UsageError(`${node.name}.filter takes a condition, got ${kindOf(condition)}`);
  assertOfRows(condition.node, node.name);
  return {
    ...node,
    filter: node.filter === undefined ? condition.node : { kind: "logic", op: "and", items: [node.filter, condition.node] },
  };
}

function assertOfRows(node: ExprNode, name: string): void {
  if (node.kind === "aggregate" || node.kind === "window")
    throw new UsageError(`${name}.filter looks at single rows: no aggregate and no window stands in it`);
  for (const child of childrenOf(node)) assertOfRows(child, name);
}

function distinct(node: AggregateNode): AggregateNode {
  if (node.item === null) throw new UsageError("count().distinct() counts rows, and each is one of its own", { hint: "count a column" });
  return assertOrder({ ...node, distinct: true });
}

function ordered(node: AggregateNode, order: unknown): AggregateNode {
  const terms = Array.isArray(order) ? order : [order];
  if (terms.length === 0) throw new UsageError(`${node.name}: an empty order`);
  const orderBy = terms.map((term: unknown): OrderNode => {
    if (OrderTerm.is(term)) return term.node;
    if (Expression.is(term)) return term.asc().node;
    throw new UsageError(`${node.name}: an order is made of columns, with asc() or desc(), got ${kindOf(term)}`);
  });
  return assertOrder({ ...node, orderBy });
}

/** Of equal values only one is left, and nobody knows which one's other columns would count. */
function assertOrder(node: AggregateNode): AggregateNode {
  const own = (term: OrderNode): boolean =>
    node.item !== null && sameExpression({ tokens: [], node: term.item }, { tokens: [], node: node.item });
  if (node.distinct === true && !(node.orderBy ?? []).every(own))
    throw new UsageError(`${node.name}: distinct() values are ordered by the value itself`, { hint: "leave the order or distinct() out" });
  return node;
}
