/** What the parts of a node are: stated once, for walking and comparing. Layer 0. */
import type { ColumnNode, ExprNode } from "./expr.ts";
import type { Clause } from "./select.ts";

/** The expressions directly inside a node; queries in it are closed worlds and not entered. */
export function childrenOf(node: ExprNode): readonly ExprNode[] {
  switch (node.kind) {
    case "column":
    case "value":
    case "null":
    case "constant":
    case "exists":
    case "scalar":
      return [];
    case "compare":
    case "arithmetic":
      return [node.left, node.right];
    case "logic":
      return node.items;
    case "not":
    case "isNull":
    case "inList":
    case "inQuery":
    case "like":
    case "datePart":
    case "jsonPath":
      return [node.item];
    case "between":
      return [node.item, node.low, node.high];
    case "aggregate":
      return node.item === null ? [] : [node.item];
    case "call":
      return node.args;
    case "case":
      return [...node.branches.flatMap(({ when, value }) => [when, value]), ...(node.otherwise === null ? [] : [node.otherwise])];
    case "window":
      return [node.call, ...node.partitionBy, ...node.orderBy.map((term) => term.item)];
    case "raw":
      return node.items.filter((item): item is ExprNode => item.kind !== "plain" && item.kind !== "identifier" && item.kind !== "list");
    default:
      return node satisfies never;
  }
}

/** Which source a column is of: its position in the query, or its table. */
function sourceOf(node: ColumnNode, tokens: Clause["tokens"]): unknown {
  if (node.token.kind === "table") return node.token.table;
  const position = tokens.indexOf(node.token);
  return position === -1 ? node.token : position;
}

/** True when both mean the same expression of the same query, whichever lambda calls they came from. */
export function sameExpression(a: Clause, b: Clause): boolean {
  const [x, y] = [a.node, b.node];
  if (x.kind === "column" || y.kind === "column") {
    return x.kind === "column" && y.kind === "column" && x.column === y.column && sourceOf(x, a.tokens) === sourceOf(y, b.tokens);
  }
  if (x.kind !== y.kind || !sameFacts(x, y)) return false;
  const [xs, ys] = [childrenOf(x), childrenOf(y)];
  return (
    xs.length === ys.length &&
    xs.every((item, i) => sameExpression({ tokens: a.tokens, node: item }, { tokens: b.tokens, node: ys[i] as ExprNode }))
  );
}

/** The members of a node that are no expressions. */
function sameFacts(a: ExprNode, b: ExprNode): boolean {
  const facts = (node: ExprNode): unknown[] =>
    Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
      if (["codec", "items", "args", "branches", "partitionBy"].includes(key)) return [];
      if (key === "orderBy")
        return [[key, (value as { direction: string; nulls: unknown }[]).flatMap((term) => [term.direction, term.nulls])]];
      if (key === "frame") return [[key, JSON.stringify(value)]];
      if (typeof value !== "object" || value === null || Array.isArray(value) || key === "value" || key === "query") return [[key, value]];
      return [];
    });
  const same = (x: unknown, y: unknown): boolean =>
    Array.isArray(x) && Array.isArray(y) ? x.length === y.length && x.every((item, i) => same(item, y[i])) : Object.is(x, y);
  return same(facts(a), facts(b));
}
