/** What the queries inside of expressions use. Layer 0. */
import type { ColumnNode, ExprNode } from "./expr.ts";
import { pathsOf, rootOf } from "./path.ts";
import type { Clause, CteNode, QueryNode, SourceNode, TableRef } from "./select.ts";
import { childrenOf } from "./shape.ts";

function sourcesOf(query: QueryNode): readonly SourceNode[] {
  if (query.kind === "compound") return [...sourcesOf(query.left), ...sourcesOf(query.right)];
  return [query.source, ...query.joins.map(({ source }) => source)].flatMap((source) =>
    source.kind === "derived" ? [source, ...sourcesOf(source.query)] : [source],
  );
}

/** The expressions of a query, those of queries in its FROM included. */
function expressionsOf(query: QueryNode): readonly ExprNode[] {
  if (query.kind === "compound") return [...expressionsOf(query.left), ...expressionsOf(query.right)];
  const { source, joins, columns, where, groupBy, having, orderBy } = query;
  const on = joins.flatMap((join) => (join.on === null ? [] : [join.on]));
  return [
    ...[source, ...joins.map((join) => join.source)].flatMap((each) => (each.kind === "derived" ? expressionsOf(each.query) : [])),
    ...[on, columns, where, groupBy, having].flatMap((clauses) => clauses.map(({ node }) => node)),
    ...orderBy.map(({ node }) => node.item),
  ];
}

function queriesIn(node: ExprNode): readonly QueryNode[] {
  return [...("query" in node ? [node.query] : []), ...childrenOf(node).flatMap(queriesIn)];
}

/** Every column in an expression, with those of queries in it, wherever they are from. */
export function columnsWithin(node: ExprNode): ColumnNode[] {
  if (node.kind === "column") return [node];
  const inside = "query" in node ? expressionsOf(node.query) : [];
  return [...childrenOf(node), ...inside].flatMap(columnsWithin);
}

/** True where the column is one of the sources that these tokens stand for, or behind one by a path. */
function isOf({ token }: ColumnNode, tokens: Clause["tokens"], table: TableRef | null = null): boolean {
  const root = rootOf(token);
  return root.kind === "table" ? table === null || root.table === table : tokens.includes(root);
}

/**
 * True for an expression that uses a column of its own query, in a query inside of it as well, or none at all: an aggregate of
 * it belongs to that query.
 */
export function isOwn({ tokens, node }: Clause): boolean {
  const columns = columnsWithin(node);
  return columns.length === 0 || columns.some((column) => isOf(column, tokens));
}

/** True where a path in the expression, or in a query in it, leads to the table. */
export function leadsTo(node: ExprNode, table: TableRef | null): boolean {
  return columnsWithin(node).some(({ token }) => pathsOf(token).some(({ link }) => link.source.table === table));
}

function reads(query: QueryNode, table: TableRef): boolean {
  const own = sourcesOf(query).some((source) => source.kind === "table" && source.table === table);
  return own || expressionsOf(query).some((node) => leadsTo(node, table) || queriesIn(node).some((inside) => reads(inside, table)));
}

/** True where an expression asks for rows of one of the tables: in a query, over a path, or in what is read by name. */
export function asksFor(node: ExprNode, tables: ReadonlySet<TableRef>): boolean {
  const seen = new Set<CteNode>();
  const within = (query: QueryNode): boolean =>
    sourcesOf(query).some((source) => {
      if (source.kind === "table") return tables.has(source.table);
      if (source.kind !== "cte" || seen.has(source.cte)) return false;
      seen.add(source.cte);
      return within(source.cte.query);
    }) || expressionsOf(query).some(among);
  const among = (each: ExprNode): boolean => [...tables].some((table) => leadsTo(each, table)) || queriesIn(each).some(within);
  return among(node);
}

/** True for the usual conditions, of columns and values alone: no query, no path. Whatever else there is, it is looked at closely. */
function isPlain(node: ExprNode): boolean {
  switch (node.kind) {
    case "column":
      return node.token.kind !== "path";
    case "value":
    case "null":
    case "constant":
      return true;
    case "compare":
      return isPlain(node.left) && isPlain(node.right);
    case "logic":
      return node.items.every(isPlain);
    case "not":
    case "isNull":
    case "like":
    case "inList":
      return isPlain(node.item);
    default:
      return false;
  }
}

/** True where rows of the table are read anew for each row of the table, which the clause is about. */
export function readsPerRow({ tokens, node }: Clause, table: TableRef): boolean {
  if (isPlain(node)) return false;
  const own = (column: ColumnNode): boolean => isOf(column, tokens, table);
  if (columnsWithin(node).some((column) => own(column) && pathsOf(column.token).some(({ link }) => link.source.table === table)))
    return true;
  return queriesIn(node).some((query) => reads(query, table) && expressionsOf(query).flatMap(columnsWithin).some(own));
}
