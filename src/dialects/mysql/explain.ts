/** MySQL explains as a tree in text, MariaDB in JSON. Layer 4. */
import type { ServerInfo } from "../../drivers/driver.ts";
import { type Explainer, inAll, numberOf, type PlanNode, planNode, rootOf, rowsInAll, textOf } from "../plan.ts";

export function explainer(server: ServerInfo): Explainer {
  return server.flavour === "mariadb" ? mariadb : mysql;
}

/** `-> Index lookup on a using ix (n = 3)  (cost=0.9 rows=4) (actual time=0.02..0.03 rows=4 loops=1)` */
const line =
  /^( *)-> (.*?)(?: {2}\((?:cost=\S+ )?rows=([^)\s]+)\))?(?: +\(actual time=[^.\s]+(?:\.\d+)?(?:e[+-]?\d+)?\.\.(\S+) rows=(\S+) loops=(\d+)\))?(?: +\(never executed\))?$/;
/** Only words stand before the table: a condition may quote anything. */
const reads = /^[\w -]*\b(?:scan|lookup|search) on (\S+)(?: using (\S+))?/i;

const mysql: Explainer = {
  words: (analyze) => (analyze ? "explain analyze " : "explain format=tree "),
  read(rows) {
    const raw = String(rows[0]?.[0]);
    const open: { readonly depth: number; readonly children: PlanNode[] }[] = [{ depth: -1, children: [] }];
    for (const text of raw.split("\n")) {
      const found = line.exec(text);
      if (found === null) continue;
      const [, indent = "", operation = "", estimated, time, actual, loops] = found;
      const depth = indent.length;
      while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
      const [, table = null, index = null] = reads.exec(operation) ?? [];
      const never = text.endsWith("(never executed)");
      const children: PlanNode[] = [];
      const node = planNode({
        operation,
        table,
        index,
        estimatedRows: numberOf(estimated),
        actualRows: never ? 0 : rowsInAll(actual, loops),
        loops: never ? 0 : numberOf(loops),
        milliseconds: never ? 0 : inAll(time, loops),
        children,
      });
      open.at(-1)?.children.push(node);
      open.push({ depth, children });
    }
    return { plan: rootOf(open[0]?.children ?? []), raw };
  },
};

type Part = Readonly<Record<string, unknown>>;
/** Facts about a step that are objects themselves. */
const facts: ReadonlySet<string> = new Set(["r_engine_stats", "query_optimization", "rowid_filter_stats"]);

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function childrenOf(part: Part): PlanNode[] {
  return Object.entries(part).flatMap(([name, value]): PlanNode[] => {
    if (facts.has(name)) return [];
    if (isPart(value)) return [nodeOf(name, value)];
    // A list holds steps that are named inside of it.
    return Array.isArray(value) ? value.flatMap((item: unknown) => (isPart(item) ? childrenOf(item) : [])) : [];
  });
}

function nodeOf(name: string, part: Part): PlanNode {
  const own = numberOf(part["r_table_time_ms"]);
  const access = textOf(part["access_type"]) ?? textOf(part["message"]);
  return planNode({
    operation: name.replaceAll("_", " ") + (access === null ? "" : `: ${access}`),
    table: textOf(part["table_name"]),
    index: textOf(part["key"]),
    estimatedRows: numberOf(part["rows"]),
    actualRows: rowsInAll(part["r_rows"], part["r_loops"]),
    loops: numberOf(part["r_loops"]),
    milliseconds: numberOf(part["r_total_time_ms"]) ?? (own === null ? null : own + (numberOf(part["r_other_time_ms"]) ?? 0)),
    children: childrenOf(part),
  });
}

/** Conditions stand in this JSON with the escapes of SQL, such as `\\'`, and with control characters as they are. */
function readable(json: string): string {
  return json
    .replace(/\\(?:(["\\/bfnrt]|u[0-9a-f]{4})|(.))/gis, (whole, known: string | undefined, other: string) =>
      known === undefined ? other : whole,
    )
    .replace(/\p{Cc}/gu, " ");
}

const mariadb: Explainer = {
  words: (analyze) => (analyze ? "analyze format=json " : "explain format=json "),
  read(rows) {
    const raw = JSON.parse(readable(String(rows[0]?.[0]))) as Part;
    return { plan: rootOf(childrenOf(raw)), raw };
  },
};
