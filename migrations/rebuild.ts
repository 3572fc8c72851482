/**
 * SQLite: a table made anew with its rows. Foreign keys are off meanwhile, or dropping the old table would delete what refers to
 * it; afterwards everything is checked, and the transaction is undone when anything is amiss.
 */
import type { TableRebuild } from "../src/ast/ddl.ts";
import type { Engine } from "../src/engine/engine.ts";
import { MigrationError } from "../src/errors.ts";
import type { DataHandle } from "./operations.ts";
import { ask, countOf, runDdl } from "./send.ts";

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Runs the work with foreign keys off, and on again after it. @throws MigrationError inside a transaction, where that cannot be done */
export async function withoutForeignKeys<T>(db: Engine, work: () => Promise<T>): Promise<T> {
  if (db.inTransaction)
    throw new MigrationError("tables of SQLite cannot be made anew inside a transaction", { hint: "migrate outside of it" });
  const on = await enforced(db);
  await setEnforced(db, false);
  try {
    return await work();
  } finally {
    if (on) await setEnforced(db, true);
  }
}

async function enforced(db: DataHandle): Promise<boolean> {
  const [row] = await ask<{ foreign_keys: number | bigint }>(db, "pragma foreign_keys");
  return Number(row?.foreign_keys) === 1;
}

async function setEnforced(db: DataHandle, on: boolean): Promise<void> {
  await ask(db, `pragma foreign_keys = ${on ? "on" : "off"}`);
  if ((await enforced(db)) !== on) throw new MigrationError("the foreign keys of SQLite cannot be switched here");
}

/** How many rows refer to nothing. */
export async function brokenReferences(db: DataHandle): Promise<number> {
  return (await ask(db, "pragma foreign_key_check")).length;
}

/** @throws MigrationError before anything would be lost */
export async function rebuildTable(db: DataHandle, rebuild: TableRebuild): Promise<void> {
  const { name } = rebuild.table;
  await refuseUnknown(db, rebuild);
  const kept = await db.sql<SchemaRow>`
    select type, name, sql from sqlite_schema where tbl_name = ${name} and type in ('index', 'trigger') and sql is not null order by rowid`;
  const views = await workingViews(db);
  const rows = await countOf(db, rebuild.count);
  await runDdl(db, rebuild.create);
  await runDdl(db, rebuild.copy);
  const copied = await countOf(db, rebuild.countNew);
  if (copied !== rows) throw new MigrationError(`the table ${name} has ${rows} rows, and ${copied} were copied`);
  for (const sql of rebuild.counter) await runDdl(db, sql);
  await runDdl(db, rebuild.drop);
  // With this set, views and triggers that name the table are left alone while it is away.
  await ask(db, "pragma legacy_alter_table = on");
  try {
    await runDdl(db, rebuild.rename);
  } finally {
    await ask(db, "pragma legacy_alter_table = off");
  }
  for (const sql of rebuild.after) await runDdl(db, sql);
  for (const item of kept) {
    if (item.type === "index" && rebuild.indexes.includes(item.name)) continue;
    await runDdl(db, item.sql).catch((error: unknown) => {
      throw new MigrationError(`the ${item.type} ${item.name} of ${name} does not fit the changed table`, {
        cause: error,
        hint: "drop it in a step before",
      });
    });
  }
  const working = await workingViews(db);
  const lost = views.find((view) => !working.includes(view));
  if (lost !== undefined) {
    throw new MigrationError(`the view ${lost} does not fit the changed table ${name}`, {
      hint: "drop it in a step before, and make it anew",
    });
  }
}

/** A column, a key or a generated column that no file declared has no place in the new table. */
async function refuseUnknown(db: DataHandle, rebuild: TableRebuild): Promise<void> {
  const { name } = rebuild.table;
  const columns = await db.sql<{ name: string; hidden: number | bigint }>`select name, hidden from pragma_table_xinfo(${name})`;
  const keys = await db.sql<{ n: number | bigint }>`select count(distinct id) as n from pragma_foreign_key_list(${name})`;
  const unknown = columns.find((column) => Number(column.hidden) !== 0 || !rebuild.columns.includes(column.name));
  const missing = rebuild.columns.find((column) => !columns.some((one) => one.name === column));
  const problem =
    unknown !== undefined
      ? `has a column ${unknown.name} that no migration declares`
      : missing !== undefined
        ? `has no column ${missing}, which the migrations declare`
        : Number(keys[0]?.n) !== rebuild.foreignKeys
          ? "has other foreign keys than the migrations declare"
          : null;
  if (problem === null) return;
  throw new MigrationError(`the table ${name} ${problem}, and would lose it when it is made anew`, {
    hint: "`kakaorm dbcheck` shows how database and models differ",
    outcome: "not_applied",
  });
}

async function workingViews(db: DataHandle): Promise<string[]> {
  const views = await db.sql<{ name: string; quoted: string }>`
    select name, '"' || replace(name, '"', '""') || '"' as quoted from sqlite_schema where type = 'view'`;
  const working: string[] = [];
  for (const { name, quoted } of views) {
    try {
      await ask(db, `select 1 from ${quoted} limit 0`);
      working.push(name);
    } catch {
      // It did not work before either, or it does no more: the caller compares.
    }
  }
  return working;
}
