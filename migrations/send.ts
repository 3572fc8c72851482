/** Statements of migrations on their way through the one door. */
import { QueryError } from "../src/errors.ts";
import type { DataHandle } from "./operations.ts";

const yieldsRows = /^\s*(?:\(\s*)*(?:select|values|show|explain|pragma|table|call)\b|\breturning\b/i;
const writesRows = /^\s*(?:insert|update|delete|replace|with)\b/i;

/** Rows are changed and nothing else: where schema changes end every transaction, such a statement still takes part in one. */
export function onlyWritesRows(sql: string): boolean {
  return writesRows.test(sql);
}

export async function runDdl(db: DataHandle, sql: string): Promise<void> {
  await db.run({ sql, params: [], operation: "ddl", rows: false, writes: true }, { model: null, prepare: false });
}

/** Hand-written: what rows it yields are not looked at. */
export async function runText(db: DataHandle, sql: string): Promise<void> {
  const rows = yieldsRows.test(sql);
  const operation = writesRows.test(sql) ? "raw" : "ddl";
  await db.run({ sql, params: [], operation, rows, writes: true }, { model: null, prepare: false, names: rows });
}

/** The rows of a text of ours, by column name. */
export async function ask<T extends object>(db: DataHandle, text: string): Promise<T[]> {
  const { rows, names } = await db.run(
    { sql: text, params: [], operation: "raw", rows: true, writes: true },
    { model: null, prepare: false, names: true },
  );
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, (row as readonly unknown[])[i]])) as T);
}

export async function countOf(db: DataHandle, text: string): Promise<number> {
  const [row] = await ask<{ n: number | bigint | string }>(db, text);
  if (row === undefined) throw new QueryError("a count has no row");
  return Number(row.n);
}
