/** SQL written by hand: bound, and through the same door as everything else. Layer 5. */
import type { RawNode } from "../ast/expr.ts";
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import { rawNode } from "../expr/sql-tag.ts";
import type { StatementMeta } from "./core.ts";
import type { Runner } from "./runner.ts";

const yieldsRows = /^\s*(?:\(\s*)*(?:select|with|values|show|explain|describe|pragma|table|call)\b|\breturning\b/i;

const onlyReads = /^\s*(?:\(\s*)*(?:select|values|table|show|explain|describe)\b/i;
const locksOrStores = /\b(?:for\s+(?:no\s+key\s+)?(?:update|share|key)|into|lock\s+in)\b/i;

/** A hand-written SELECT may run on a reading connection and in a read-only transaction; anything doubtful writes. */
function mayWrite(sql: string): boolean {
  return !onlyReads.test(sql) || locksOrStores.test(sql);
}

async function runRaw(runner: Runner, texts: TemplateStringsArray, values: readonly unknown[], rows: boolean): Promise<DriverResult> {
  return runRawNode(runner, rawNode(texts, values), rows, { model: null });
}

/** With `rows` the result has the names of its columns, and rows by position. */
export async function runRawNode(runner: Runner, node: RawNode, rows: boolean, meta: StatementMeta): Promise<DriverResult> {
  const compiled = runner.dialect.compile(node, runner.traits, runner.naming);
  // Values are no part of the text: what is found there was written by hand, here or in a fragment.
  return runner.run({ ...compiled, rows, writes: mayWrite(compiled.sql) }, { ...meta, names: rows });
}

/** Rows as plain objects keyed by column name, values as the client library delivers them. */
export async function rawRows(runner: Runner, texts: TemplateStringsArray, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const { rows, names, types } = await runRaw(runner, texts, values, true);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UsageError(`two columns of the result are called ${JSON.stringify(twice)}`, { hint: "give each its own name with AS" });
  const decoders = types?.map((type) => runner.dialect.rawDecoder(type)) ?? [];
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    names.forEach((name, i) => {
      const value = rawValue(row, i, name, decoders[i] ?? null);
      // A column may be called __proto__: it must become a key and nothing else.
      Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    });
    return object;
  });
}

/** The number of rows that an INSERT, UPDATE or DELETE matched. */
export async function rawExecute(runner: Runner, texts: TemplateStringsArray, values: readonly unknown[]): Promise<number> {
  const result = await runRaw(runner, texts, values, yieldsRows.test(texts[0] ?? ""));
  return result.affected;
}

/** The first value of the first row; null where there is no row. */
export async function rawScalar(runner: Runner, texts: TemplateStringsArray, values: readonly unknown[]): Promise<unknown> {
  const { rows, names, types } = await runRaw(runner, texts, values, true);
  const row = rows[0];
  if (row === undefined) return null;
  const [type] = types ?? [];
  return rawValue(row, 0, names[0] as string, type === undefined ? null : runner.dialect.rawDecoder(type));
}

function rawValue(row: RawRow, i: number, name: string, decode: ((raw: never) => unknown) | null): unknown {
  const value: unknown = Array.isArray(row) ? row[i] : (row as Record<string, unknown>)[name];
  if (value === null || value === undefined) return null;
  return decode === null ? value : decode(value as never);
}
