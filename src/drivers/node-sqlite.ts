/**
 * SQLite through node:sqlite, which is part of Node 22 and newer. Layer 4.
 */

import { UsageError } from "../errors.ts";
import type { Connection, ConnectionTarget, Driver, RawRow, SessionSettings } from "./driver.ts";
import { connectTimeout, openError, serverInfo } from "./facts.ts";
import { member } from "./library.ts";
import { applyPragmas, filePlan, mustCreateFirst, sqliteTopology } from "./sqlite-file.ts";
import { type DefineFunction, teachFunctions } from "./sqlite-functions.ts";
import { asArray, type SyncDatabase, SyncSqliteConnection, type SyncStatement } from "./sqlite-sync.ts";

/** The optional members came with later releases of Node 22. */
interface NodeStatement {
  all(...params: readonly unknown[]): readonly RawRow[];
  run(...params: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate?(...params: readonly unknown[]): IterableIterator<RawRow>;
  columns?(): readonly { readonly name: string }[];
  setReturnArrays?(on: boolean): void;
}

interface NodeDatabase {
  readonly isTransaction?: boolean;
  prepare(sql: string): NodeStatement;
  exec(sql: string): void;
  close(): void;
  function?: DefineFunction;
}

type NodeConstructor = new (path: string, options: { readonly readOnly: boolean; readonly timeout: number }) => NodeDatabase;

/** Not a literal at the import: the type package of the oldest Node we support does not know the module. */
const NODE_SQLITE: string = "node:sqlite";

/** Opens SQLite through node:sqlite. */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const Database = member(await loadModule(), "DatabaseSync") as NodeConstructor;
  // Decided once: without arrays the renderer has to give each column a name of its own.
  const arrays = typeof member(member(member(await loadModule(), "StatementSync"), "prototype"), "setReturnArrays") === "function";
  let connections = 0;

  const open = async (role: "write" | "read"): Promise<Connection> => {
    if (mustCreateFirst(target, role)) await (await open("write")).close();
    let database: NodeDatabase | undefined;
    try {
      const plan = filePlan(target, role);
      const opened = new Database(plan.path, { readOnly: plan.readonly, timeout: 50 });
      database = opened;
      const sync = adapt(opened);
      const pragma = (text: string): unknown => firstValue(sync.prepare(`pragma ${text}`).all([]));
      const restore = (): Promise<void> => applyPragmas(target, plan, connectTimeout(target, settings), pragma);
      await restore();
      const version = String(firstValue(sync.prepare("select sqlite_version()").all([])));
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
    name: "node",
    family: "sqlite",
    topology: sqliteTopology(target),
    synchronous: true,
    aliasedRows: !arrays,
    open,
    dispose: async () => {},
  };
}

async function loadModule(): Promise<unknown> {
  try {
    const loaded: unknown = await import(NODE_SQLITE);
    return loaded;
  } catch {
    // The reason is always the same: this Node has no such module, or hides it behind a flag.
    throw new UsageError(`This Node (${process.versions.node}) has no node:sqlite`, {
      hint: "use Node 22.13 or newer, or run: npm install better-sqlite3@12",
    });
  }
}

function firstValue(rows: readonly RawRow[]): unknown {
  return rows[0] === undefined ? undefined : asArray(rows[0])[0];
}

function adapt(database: NodeDatabase): SyncDatabase {
  return {
    prepare: (sql) => adaptStatement(database.prepare(sql)),
    inTransaction: () => database.isTransaction ?? probeTransaction(database),
    close: () => database.close(),
  };
}

/** Early releases do not tell: a second BEGIN is refused inside a transaction, and takes no lock outside of one. */
function probeTransaction(database: NodeDatabase): boolean {
  try {
    database.exec("begin");
  } catch {
    // The refusal is the answer.
    return true;
  }
  database.exec("rollback");
  return false;
}

function adaptStatement(statement: NodeStatement): SyncStatement {
  statement.setReturnArrays?.(true);
  return {
    reader: true,
    all: (params) => statement.all(...params),
    run: (params) => statement.run(...params),
    iterate: (params) => statement.iterate?.(...params) ?? statement.all(...params)[Symbol.iterator](),
    names: () => statement.columns?.().map((column) => column.name) ?? [],
  };
}
