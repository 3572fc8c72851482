/** How the database means to run a query, or did run it. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import type { RawRow } from "../drivers/driver.ts";
import { UnsupportedError, UsageError } from "../errors.ts";
import { orderOf, type QueryState, selectTree } from "./query-state.ts";
import { assertLockHolds, compileFor, runMeta, sessionOf } from "./reading.ts";
import { rowSelection } from "./row-form.ts";
import type { ExplainedQuery } from "./types/query.types.ts";

export async function explainQuery(state: QueryState, o: unknown): Promise<ExplainedQuery> {
  const analyze = analyzeOf(o);
  const session = sessionOf(state.session);
  const { traits, server } = session;
  if (analyze && !traits.explainAnalyze) {
    throw new UnsupportedError(`${traits.label} cannot measure a statement (trait explainAnalyze)`, {
      hint: "explain it without analyze, and time it with the events of the engine",
    });
  }
  const tree = selectTree(state, rowSelection(state).columns, orderOf(state, false));
  if (analyze) assertLockHolds(tree, session, state.meta);
  const { sql, params, writes } = compileFor(session, tree);
  const { words, read } = session.dialect.explain(server);
  const statement = { sql: words(analyze) + sql, params, operation: "raw", rows: true, writes: analyze && writes } as const;
  const { rows } = await session.run(statement, { ...runMeta(state.meta, state.signal), names: true });
  return { sql, ...read(rows.map(cells)) };
}

/** Rows come as arrays where their names are asked for; on clients that cannot, as objects in the same order. */
function cells(row: RawRow): readonly unknown[] {
  return Array.isArray(row) ? row : Object.values(row);
}

function analyzeOf(o: unknown): boolean {
  if (o === undefined) return false;
  if (typeof o !== "object" || o === null || Array.isArray(o)) throw new UsageError(`explain takes { analyze }, got ${kindOf(o)}`);
  for (const name of Object.keys(o))
    if (name !== "analyze") throw new UsageError(`explain: unknown option ${name}`, { hint: "the option is analyze" });
  const { analyze = false } = o as { analyze?: unknown };
  if (typeof analyze !== "boolean") throw new UsageError(`explain: analyze is true or false, got ${kindOf(analyze)}`);
  return analyze;
}
