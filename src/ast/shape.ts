/** What the parts of a node are: stated once, for walking and comparing. Layer 0. */
import type { ColumnNode, ExprNode, ScopeToken, TableToken } from "./expr.ts";
import { pathsOf } from "./path.ts";
import type { Clause, SelectNode } from "./select.ts";

/** The expressions directly inside a node; queries in it are closed worlds and not entered. */
export function childrenOf(node: ExprNode): readonly ExprNode[] {
  switch (node.kind) {
    case "column":
    case "value":
    case "null":
    case "constant":
    case "exists":
    case "scalar":
    case "quantified":
      return [];
    case "compare":
    case "arithmetic":
    case "dateDifference":
      return [node.left, node.right];
    case "rowCompare":
      return [...node.left, ...node.right];
    case "rowIn":
      return [...node.items, ...node.rows.flat()];
    case "logic":
      return node.items;
    case "not":
    case "isNull":
    case "inList":
    case "inQuery":
    case "like":
    case "match":
    case "cast":
    case "datePart":
    case "dateShift":
    case "jsonPath":
    case "jsonContains":
    case "jsonLength":
      return [node.item];
    case "jsonChange":
      return node.value === null ? [node.item] : [node.item, node.value];
    case "between":
      return [node.item, node.low, node.high];
    case "aggregate":
      return [
        ...(node.item === null ? [] : [node.item]),
        ...(node.filter === undefined ? [] : [node.filter]),
        ...(node.orderBy ?? []).map((term) => term.item),
      ];
    case "jsonObject":
      return node.fields.map(({ value }) => value);
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

/** What has to hold together. */
export function conjuncts(node: ExprNode): readonly ExprNode[] {
  return node.kind === "logic" && node.op === "and" ? node.items.flatMap(conjuncts) : [node];
}

/** Every column in an expression, but for those of queries in it. */
export function columnsOf(node: ExprNode): ColumnNode[] {
  return node.kind === "column" ? [node] : childrenOf(node).flatMap(columnsOf);
}

/** Over a window an aggregate leaves the rows as they are; what it is taken of is evaluated after the groups are made. */
export function partsOf(node: ExprNode): readonly ExprNode[] {
  return node.kind === "window" ? [...childrenOf(node.call), ...childrenOf(node).slice(1)] : childrenOf(node);
}

/** True for an expression that makes one row of many. */
export function aggregates(node: ExprNode): boolean {
  return node.kind === "aggregate" || partsOf(node).some(aggregates);
}

/** Which source a column is of: its position in the query, or its table. */
function sourceOf(token: ScopeToken | TableToken, tokens: Clause["tokens"]): unknown {
  if (token.kind === "table") return token.table;
  const position = tokens.indexOf(token);
  return position === -1 ? token : position;
}

function sameSource(x: ColumnNode["token"], xs: Clause["tokens"], y: ColumnNode["token"], ys: Clause["tokens"]): boolean {
  if (x.kind !== "path" && y.kind !== "path") return sourceOf(x, xs) === sourceOf(y, ys);
  return x.kind === "path" && y.kind === "path" && x.link === y.link && sameSource(x.from, xs, y.from, ys);
}

/** True when both mean the same expression of the same query, whichever lambda calls they came from. */
export function sameExpression(a: Clause, b: Clause): boolean {
  const [x, y] = [a.node, b.node];
  if (x.kind === "column" || y.kind === "column") {
    return x.kind === "column" && y.kind === "column" && x.column === y.column && sameSource(x.token, a.tokens, y.token, b.tokens);
  }
  if (x.kind !== y.kind || !sameFacts(x, y)) return false;
  if ("query" in x && "query" in y && !sameQuery(x.query, y.query, a.tokens, b.tokens)) return false;
  const [xs, ys] = [childrenOf(x), childrenOf(y)];
  return (
    xs.length === ys.length &&
    xs.every((item, i) => sameExpression({ tokens: a.tokens, node: item }, { tokens: b.tokens, node: ys[i] as ExprNode }))
  );
}

const spelled = (value: Date | Uint8Array): unknown => (value instanceof Date ? value.getTime() : value.join());

/** True for queries of one shape that use the columns around them alike; their own tokens stand for each other. */
function sameQuery(a: SelectNode, b: SelectNode, ours: Clause["tokens"], theirs: Clause["tokens"]): boolean {
  const pairs = new Map<unknown, unknown>(ours.map((token, i) => [token, theirs[i]]));
  const taken = new Set<unknown>(theirs);
  const same = (x: unknown, y: unknown): boolean => {
    if (typeof x !== "object" || typeof y !== "object" || x === null || y === null) return Object.is(x, y);
    if (isToken(x) && isToken(y)) {
      if (pairs.has(x)) return pairs.get(x) === y;
      if (taken.has(y)) return false;
      pairs.set(x, y);
      taken.add(y);
      return true;
    }
    if (x === y && !Array.isArray(x) && !holdsTokens(x)) return true;
    if ((x instanceof Date && y instanceof Date) || (x instanceof Uint8Array && y instanceof Uint8Array)) return spelled(x) === spelled(y);
    const keys = Object.keys(x);
    if (keys.length !== Object.keys(y).length) return false;
    return keys.every((key) => {
      const [one, other] = [(x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key]];
      // Types are compared by what they say, a query that is read by name is the one of that name.
      if (key === "codec" || key === "of")
        return (
          JSON.stringify((one as ColumnNode["codec"] | null)?.type) === JSON.stringify((other as ColumnNode["codec"] | undefined)?.type)
        );
      return key === "cte" || key === "table" ? one === other : same(one, other);
    });
  };
  return same(a, b);
}

function isToken(node: object): boolean {
  return "kind" in node && node.kind === "scope";
}
/** Nodes may: the same column means another source where its token does. */
function holdsTokens(node: object): boolean {
  return "kind" in node || "tokens" in node;
}

/** The members of a node that are no expressions. */
function sameFacts(a: ExprNode, b: ExprNode): boolean {
  const facts = (node: ExprNode): unknown[] =>
    Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
      if (key === "codec" && node.kind === "cast") return [[key, JSON.stringify(value)]];
      if (["codec", "left", "right", "rows", "items", "args", "branches", "partitionBy"].includes(key)) return [];
      if (key === "fields") return [[key, (value as { name: string }[]).map(({ name }) => name)]];
      if (key === "orderBy")
        return [[key, (value as { direction: string; nulls: unknown }[]).flatMap((term) => [term.direction, term.nulls])]];
      if (key === "frame") return [[key, JSON.stringify(value)]];
      if (value instanceof Date || value instanceof Uint8Array) return [[key, spelled(value)]];
      if (typeof value !== "object" || value === null || Array.isArray(value) || key === "value") return [[key, value]];
      return [];
    });
  const same = (x: unknown, y: unknown): boolean =>
    Array.isArray(x) && Array.isArray(y) ? x.length === y.length && x.every((item, i) => same(item, y[i])) : Object.is(x, y);
  return same(facts(a), facts(b));
}

/** True for a column that is written as its name. One behind a relation that is ordered has a query of its own. */
export function isPlain(node: ExprNode): boolean {
  return node.kind === "column" && pathsOf(node.token).every(({ link }) => link.first === null);
}

/** Where an expression is selected, from 0; -1 where it is not, and for columns, which their name says as well. */
export function selectedAt(clause: Clause, columns: readonly Clause[]): number {
  return isPlain(clause.node) ? -1 : columns.findIndex((column) => sameExpression(column, clause));
}
