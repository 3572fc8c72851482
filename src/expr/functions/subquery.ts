/** Queries as conditions. Layer 2. */
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Subquery, WhereClause } from "../expr.types.ts";
import { Condition } from "../expression.ts";
import { isSelectSource, selectNode } from "../subquery.ts";

/** True where the query has a row: `exists (select 1 ...)`. It may use the columns of the query around it. */
export function exists(query: Subquery<unknown>): WhereClause {
  if (!isSelectSource(query)) throw new UsageError(`exists takes a query, got ${kindOf(query)}`);
  const { orderBy: _, ...node } = query[selectNode]();
  return new Condition({ kind: "exists", query: { ...node, columns: [], orderBy: [] } }) as never;
}
