/** Instances from hand-written SQL: the columns of the result are found by their names. Layer 6. */
import type { RawNode } from "../ast/expr.ts";
import { runRawNode } from "../engine/raw.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { cameTogether } from "../relations/guard.ts";
import { columnName } from "../render/naming.ts";
import { toldLoaded } from "./after-load.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { readRows } from "./reading.ts";
import { statementMeta } from "./violations.ts";
import { type ModelConstructor, positionedReader } from "./whole-row.ts";

const mostNames = 20;

/** @throws UsageError for a result that is no row of the model: a column is missing, unknown or there twice */
export async function instancesFrom(model: ModelConstructor, meta: ModelMeta, session: Session, node: RawNode): Promise<unknown[]> {
  const { rows, names } = await runRawNode(session, node, true, statementMeta(meta));
  // A client that tells the names by the first row has none to tell.
  if (rows.length === 0 && names.length === 0) return [];
  const slots = slotsOf(meta, session, names);
  if (rows.length === 0) return [];
  const read = readRows(rows, positionedReader(model, meta, slots, session, rows.length));
  cameTogether(read, session);
  await toldLoaded(session);
  return read;
}

function slotsOf(meta: ModelMeta, session: Session, names: readonly string[]): ReadonlyMap<ColumnMeta, number> {
  const byName = new Map(meta.list.map((column) => [columnName(column.ref, session.naming), column]));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refusal(meta, "two columns of the result are called", [twice], "select each column once");
  const surplus = names.filter((name) => !byName.has(name));
  if (surplus.length > 0)
    throw refusal(meta, "the model has no column", surplus, "select the model's columns only, or read other rows with engine.sql`...`");
  const missing = [...byName].flatMap(([name, column]) => (column.declaration.hidden || names.includes(name) ? [] : [name]));
  if (missing.length > 0) throw refusal(meta, "the result lacks", missing, `select * from ${meta.table.name}, or name every column`);
  const slots = names.map((name, slot) => [byName.get(name) as ColumnMeta, slot] as const);
  // `select *` reads hidden columns too: they stay where they are.
  return new Map(slots.filter(([column]) => !column.declaration.hidden));
}

function refusal(meta: ModelMeta, what: string, names: readonly string[], hint: string): UsageError {
  const shown = names.slice(0, mostNames).map((name) => JSON.stringify(name.slice(0, 64)));
  return new UsageError(`${meta.name}.fromSQL: ${what} ${shown.join(", ")}${names.length > mostNames ? " ..." : ""}`, {
    hint,
    model: meta.name,
  });
}
