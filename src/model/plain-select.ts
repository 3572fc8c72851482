/** The least that a SELECT is. Layer 6. */
import type { Clause, SelectNode, SourceNode } from "../ast/select.ts";

/** Columns of one source, under conditions, in any order. */
export function plainSelect(source: SourceNode, columns: readonly Clause[], where: readonly Clause[] = []): SelectNode {
  return {
    kind: "select",
    source,
    joins: [],
    columns,
    where,
    groupBy: [],
    having: [],
    orderBy: [],
    limit: null,
    offset: null,
    distinct: false,
    lock: null,
  };
}
