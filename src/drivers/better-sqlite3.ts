/**
 * SQLite through better-sqlite3. Layer 4.
 */

import type { Connection, ConnectionTarget, Driver, RawRow, SessionSettings } from "./driver.ts";
import { connectTimeout, openError, serverInfo } from "./facts.ts";
import { importLibrary, LIBRARIES, member } from "./library.ts";
import { applyPragmas, filePlan, mustCreateFirst, sqliteTopology } from "./sqlite-file.ts";
import { type DefineFunction, teachFunctions } from "./sqlite-functions.ts";
import { asArray, type SyncDatabase, SyncSqliteConnection, type SyncStatement } from "./sqlite-sync.ts";

interface BetterStatement {
  readonly reader: boolean;
  raw(on: boolean): unknown;
  columns(): readonly { readonly name: string }[];
  all(...params: readonly unknown[]): readonly RawRow[];
  run(...params: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint };
  iterate(params: readonly unknown[]): IterableIterator<RawRow>;
}

interface BetterDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): BetterStatement;
  pragma(text: string, options: { simple: boolean }): unknown;
  close(): void;
  function: DefineFunction;
}

/** The library takes arguments faster than the items of an array; more of them might not fit on the stack. */
const mostArguments = 10_000;

type BetterConstructor = new (path: string, options: { readonly: boolean; fileMustExist: boolean; timeout: number }) => BetterDatabase;

/** Opens SQLite through better-sqlite3. */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const Database = member(await importLibrary(LIBRARIES["better-sqlite3"]), "default") as BetterConstructor;
  let connections = 0;

  const open = async (role: "write" | "read"): Promise<Connection> => {
    if (mustCreateFirst(target, role)) await (await open("write")).close();
    let database: BetterDatabase | undefined;
    try {
      const plan = filePlan(target, role);
      const opened = new Database(plan.path, { readonly: plan.readonly, fileMustExist: plan.mustExist, timeout: 50 });
      database = opened;
      const pragma = (text: string): unknown => opened.pragma(text, { simple: true });
      const restore = (): Promise<void> => applyPragmas(target, plan, connectTimeout(target, settings), pragma);
      await restore();
      const sync = adapt(opened);
      const [row] = sync.prepare("select sqlite_version()").all([]);
      const version = String(row === undefined ? "" : asArray(row)[0]);
      const encoding = String(pragma("encoding"));
      const server = { ...serverInfo("sqlite", version), encoding, taughtFunctions: teachFunctions(opened) };
      connections += 1;
      return new SyncSqliteConnection(connections, server, sync, settings.prepare, restore);
    } catch (error) {
      database?.close();
      throw openError(target, error);
    }
  };

  return {
    name: "better-sqlite3",
    family: "sqlite",
    topology: sqliteTopology(target),
    synchronous: true,
    aliasedRows: false,
    open,
    dispose: async () => {},
  };
}

function adapt(database: BetterDatabase): SyncDatabase {
  return {
    prepare: (sql) => adaptStatement(database.prepare(sql)),
    inTransaction: () => database.inTransaction,
    close: () => database.close(),
  };
}

function adaptStatement(statement: BetterStatement): SyncStatement {
  const { reader } = statement;
  if (reader) statement.raw(true);
  return {
    reader,
    all: (params) => (params.length <= mostArguments ? statement.all(...params) : statement.all(params)),
    run: (params) => (params.length <= mostArguments ? statement.run(...params) : statement.run(params)),
    iterate: (params) => statement.iterate(params),
    names: () => (reader ? statement.columns().map((column) => column.name) : []),
  };
}
