/** PostgreSQL explains in JSON. Layer 4. */
import { type Explainer, inAll, numberOf, type PlanNode, planNode, rowsInAll, textOf } from "../plan.ts";

type Part = Readonly<Record<string, unknown>>;

function nodeOf(part: Part): PlanNode {
  const loops = part["Actual Loops"];
  return planNode({
    operation: textOf(part["Node Type"]) ?? "step",
    table: textOf(part["Alias"]) ?? textOf(part["Relation Name"]) ?? textOf(part["CTE Name"]),
    index: textOf(part["Index Name"]),
    estimatedRows: numberOf(part["Plan Rows"]),
    actualRows: rowsInAll(part["Actual Rows"], loops),
    loops: numberOf(loops),
    milliseconds: inAll(part["Actual Total Time"], loops),
    children: ((part["Plans"] ?? []) as readonly Part[]).map(nodeOf),
  });
}

export function explainer(): Explainer {
  return {
    words: (analyze) => (analyze ? "explain (analyze, format json) " : "explain (format json) "),
    read(rows) {
      const raw = JSON.parse(String(rows[0]?.[0])) as readonly Part[];
      return { plan: nodeOf(raw[0]?.["Plan"] as Part), raw };
    },
  };
}
