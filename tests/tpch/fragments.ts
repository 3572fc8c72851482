/** How much of a query is written by hand: its tree says so, wherever in it the fragment stands. */
import { type SelectSource, selectNode } from "../../src/expr/subquery.ts";

/** The number of raw fragments in a query of the builder, its subqueries and derived tables included. */
export function rawFragments(query: { limit(n: number): unknown }): number {
  const seen = new Set<object>();
  const countIn = (value: unknown): number => {
    if (typeof value !== "object" || value === null || seen.has(value)) return 0;
    seen.add(value);
    const own = "kind" in value && value.kind === "raw" ? 1 : 0;
    return Object.values(value).reduce((sum: number, child) => sum + countIn(child), own);
  };
  // Only a limited query hands over its order.
  return countIn((query.limit(1) as SelectSource)[selectNode]());
}
