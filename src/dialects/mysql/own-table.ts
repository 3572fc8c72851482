/** Queries of a change that read the table it changes, which MySQL refuses. Layer 4. */
import { leadsTo } from "../../ast/queries.ts";
import type { QueryNode, TableRef } from "../../ast/select.ts";

export function readsFrom(query: QueryNode, table: TableRef | null): boolean {
  if (query.kind === "compound") return readsFrom(query.left, table) || readsFrom(query.right, table);
  const sources = [query, ...query.joins].some(({ source }) => {
    if (source.kind === "derived") return readsFrom(source.query, table);
    return source.kind === "table" && source.table === table;
  });
  const { columns, where, groupBy, having, orderBy } = query;
  return (
    sources ||
    [columns, where, groupBy, having].some((clauses) => clauses.some(({ node }) => leadsTo(node, table))) ||
    orderBy.some(({ node }) => leadsTo(node.item, table))
  );
}
