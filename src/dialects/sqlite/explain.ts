/** SQLite explains in rows of `id, parent, unused, detail`, and does not measure. Layer 4. */
import { type Explainer, type PlanNode, planNode, rootOf } from "../plan.ts";

const reading = /^(?:SCAN|SEARCH) (?:TABLE )?(.+?)(?: AS (\S+))?(?: USING (.*))?$/;
const usedIndex = /^(?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX (.+?)(?: \(.*\))?$/;

function nodeOf(detail: string, children: readonly PlanNode[]): PlanNode {
  const found = reading.exec(detail);
  // A constant row or a subquery that is scanned is no table, but has a name here all the same.
  const [, table = null, alias, using = ""] = found ?? [];
  const index = using.startsWith("INTEGER PRIMARY KEY") ? "PRIMARY KEY" : (usedIndex.exec(using)?.[1] ?? null);
  return planNode({ operation: detail, table: alias ?? table, index, children });
}

export function explainer(): Explainer {
  return {
    words: () => "explain query plan ",
    read(rows) {
      const below = (parent: unknown): PlanNode[] =>
        rows.filter((row) => Number(row[1]) === Number(parent)).map((row) => nodeOf(String(row[3]), below(row[0])));
      return { plan: rootOf(below(0)), raw: rows.map((row) => String(row[3])) };
    },
  };
}
