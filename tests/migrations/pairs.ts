/** One random pair of schemas: there, looked at, on to the other, looked at, and back; rows of kept columns unchanged. */

import { definitionOf } from "../../migrations/definition.ts";
import { diffStates } from "../../migrations/diff.ts";
import { historyTable } from "../../migrations/history.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import type { Operation } from "../../migrations/operations.ts";
import type { Hints } from "../../migrations/renames.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { type ColumnState, emptyState, keyOf, type SchemaState, type TableState } from "../../migrations/state.ts";
import { tableOrder } from "../../migrations/table-order.ts";
import { type Engine, sql } from "../../src/index.ts";
import { changedSchema, randomFrom, randomSchema } from "./random-schema.ts";

export interface PairOutcome {
  /** What went wrong, in words; empty when nothing did. */
  readonly problems: readonly string[];
  readonly kind: "fine" | "diff" | "down" | "rows" | "error";
  readonly operations: number;
}

const neutral: Readonly<Record<string, string>> = {
  smallint: "5",
  int: "5",
  bigint: "5",
  float: "2.5",
  decimal: "3.50",
  bool: "true",
  string: "fill",
  text: "fill",
  datetime: "2021-01-01T00:00:00.000Z",
  date: "2021-01-01",
  time: "01:02:03",
  uuid: "00000000-0000-4000-8000-00000000000f",
  json: "{}",
  bytes: "0a",
  enum: "a",
};

export function fileOf(name: string, operations: readonly Operation[], parents: readonly string[]): LoadedMigration {
  return { name, path: "", checksum: name.padEnd(64, "0"), parents, operations, replaces: [], transaction: true };
}

export function stateOf(tables: readonly TableState[]): SchemaState {
  return new Map(tableOrder(tables).map((table) => [keyOf(table.name), table]));
}

/** Nothing was renamed, and new columns get a neutral value. */
function answered(from: SchemaState, to: SchemaState): readonly Operation[] {
  let hints: Hints = {};
  for (let round = 0; round < 5; round++) {
    const { operations, questions } = diffStates(from, to, hints);
    if (questions.length === 0) return operations;
    const [tables, columns, defaults] = [{ ...hints.tables }, { ...hints.columns }, { ...hints.defaults }];
    for (const question of questions) {
      if (question.kind === "table") tables[question.from] = null;
      else if (question.kind === "column") columns[`${question.table}.${question.from}`] = null;
      else defaults[`${question.table}.${question.column}`] = neutral[question.type] ?? "";
    }
    hints = { tables, columns, defaults };
  }
  throw new Error("the questions do not end");
}

function valueFor(column: ColumnState, row: number): unknown {
  if (column.nullable === true && row % 3 === 2) return null;
  switch (column.type) {
    case "smallint":
    case "int":
    case "bigint":
      return 100 + row;
    case "float":
      return row + 0.5;
    case "decimal":
      return `${row}.25`;
    case "bool":
      return row % 2 === 0;
    case "datetime":
      return new Date(Date.UTC(2020, 0, 1 + row));
    case "date":
      return `2020-03-0${row + 1}`;
    case "time":
      return `0${row}:00:00`;
    case "uuid":
      return `00000000-0000-4000-8000-00000000010${row}`;
    case "json":
      return JSON.stringify({ row });
    case "bytes":
      return new Uint8Array([row, 255]);
    case "enum":
      return column.values?.[row % 2] ?? "a";
    default:
      return `it's ${row}`;
  }
}

/** Three rows in each table, numbered 1 to 3; references point to them. */
export async function fillTables(db: Engine, tables: readonly TableState[]): Promise<void> {
  for (const table of tableOrder(tables)) {
    const definition = definitionOf(table, db.dialect.name);
    const wire = definition.columns.map(({ codec }) => db.dialect.wire(codec).encode as ((value: unknown) => unknown) | null);
    for (let row = 0; row < 3; row++) {
      const values = table.columns.map((column, i) => {
        if (column.name === "id") return row + 1;
        const reference = table.foreignKeys.some(({ columns }) => columns.includes(column.name));
        if (reference) return row === 0 ? null : row;
        const value = valueFor(column, row);
        const encode = wire[i] ?? null;
        if (value === null || column.type === "json") return value;
        return column.type === "bool" || column.type === "datetime" || column.type === "bytes"
          ? encode === null
            ? value
            : encode(value)
          : value;
      });
      const names = sql.join(table.columns.map(({ name }) => sql.id(name)));
      await db.execute`insert into ${sql.id(table.name)} (${names}) values (${sql.list(values)})`;
    }
  }
}

async function digest(db: Engine, table: TableState, columns: readonly string[]): Promise<string> {
  const names = sql.join(["id", ...columns].map((name) => sql.id(name)));
  const rows = await db.sql<Record<string, unknown>>`select ${names} from ${sql.id(table.name)} order by ${sql.id("id")}`;
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : typeof value === "number" ? String(value) : value,
  );
}

function keptColumns(a: TableState, b: TableState): string[] {
  return a.columns
    .filter(({ name, type, nullable }) => {
      const other = b.columns.find((column) => column.name === name);
      return other !== undefined && other.type === type && name !== "id" && (nullable !== true || other.nullable === true);
    })
    .map(({ name }) => name);
}

async function drift(db: Engine, wanted: SchemaState): Promise<string[]> {
  const live = await liveState(db, wanted);
  const { operations } = diffStates(onlyTables(live, wanted), wanted);
  const extra = [...live.keys()].filter((key) => !wanted.has(key));
  return [...operations.map((operation) => JSON.stringify(operation)), ...extra.map((key) => `extra table ${key}`)];
}

export async function dropEverything(db: Engine): Promise<void> {
  if (db.dialect.name === "sqlite") await db.execute`pragma foreign_keys = off`;
  for (let round = 0; round < 6; round++) {
    const names = await (await db.dialect.inspector()).tableNames(db);
    if (names.length === 0) break;
    for (const { name } of names) {
      if (db.dialect.name === "postgres") await db.execute`drop table if exists ${sql.id(name)} cascade`;
      else await db.execute`drop table ${sql.id(name)}`.catch(() => {});
    }
  }
  if (db.dialect.name === "sqlite") await db.execute`pragma foreign_keys = on`;
}

export async function runPair(db: Engine, seed: number): Promise<PairOutcome> {
  const r = randomFrom(seed);
  const family = db.dialect.name;
  const a = randomSchema(r, family);
  const b = changedSchema(r, a, family);
  const [from, to] = [stateOf(a), stateOf(b)];
  const problems: string[] = [];
  let kind: PairOutcome["kind"] = "fine";
  let count = 0;
  const fail = (what: PairOutcome["kind"], text: string): void => {
    if (kind === "fine") kind = what;
    problems.push(text);
  };
  try {
    const first = fileOf("1_first", answered(emptyState, from), []);
    const second = fileOf("2_second", answered(from, to), ["1_first"]);
    count = second.operations.length;
    await runMigrations(db, [first]);
    for (const text of await drift(db, from)) fail("diff", `after the first: ${text}`);
    await fillTables(db, a);
    const kept = a.flatMap((table) => {
      const other = b.find(({ name }) => name === table.name);
      return other === undefined ? [] : [{ table, columns: keptColumns(table, other) }];
    });
    const rows = async (): Promise<string[]> => Promise.all(kept.map(({ table, columns }) => digest(db, table, columns)));
    const before = await rows();
    await runMigrations(db, [first, second]);
    for (const text of await drift(db, to)) fail("diff", `after the second: ${text}`);
    if (JSON.stringify(await rows()) !== JSON.stringify(before)) fail("rows", "rows changed on the way up");
    await runMigrations(db, [first, second], { direction: "down" });
    for (const text of await drift(db, from)) fail("down", `after going back: ${text}`);
    if (JSON.stringify(await rows()) !== JSON.stringify(before)) fail("rows", "rows changed on the way down");
  } catch (error) {
    fail(
      "error",
      error instanceof Error
        ? `${error.message} ${(error as { nativeCode?: string }).nativeCode ?? ""} ${driverText(error)}`
        : String(error),
    );
  } finally {
    await dropEverything(db);
  }
  return { problems, kind, operations: count };
}

function driverText(error: Error): string {
  const own = (error as { driverError?: () => unknown }).driverError?.();
  const deep = error.cause instanceof Error ? driverText(error.cause) : "";
  return `${own instanceof Error ? own.message : ""}${deep}`;
}

export { historyTable };
