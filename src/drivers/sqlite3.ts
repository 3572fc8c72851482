/**
 * SQLite through the package sqlite3, which works in a thread of its own. Layer 4.
 * Rows are objects keyed by column name, so the renderer gives each column an alias. Known limits of the library:
 * raw SQL with two columns of one name keeps the last, integers beyond 2^53 come rounded unless cast to text.
 */

import type { Connection, ConnectionTarget, Driver, SessionSettings } from "./driver.ts";
import { connectTimeout, openError, serverInfo } from "./facts.ts";
import { importLibrary, LIBRARIES, member } from "./library.ts";
import { applyPragmas, filePlan, mustCreateFirst, sqliteTopology } from "./sqlite-file.ts";
import { Sqlite3Session } from "./sqlite3-connection.ts";
import { allRows, type Sqlite3Database } from "./sqlite3-library.ts";

type DatabaseConstructor = new (path: string, mode: number, callback: (error: unknown) => void) => Sqlite3Database;

/** Opens SQLite through sqlite3. */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const library = await importLibrary(LIBRARIES.sqlite3);
  const Database = member(library, "Database") as DatabaseConstructor;
  const flag = (name: string): number => Number(member(library, name) ?? 0);
  let connections = 0;

  const open = async (role: "write" | "read"): Promise<Connection> => {
    if (mustCreateFirst(target, role)) await (await open("write")).close();
    let database: Sqlite3Database | undefined;
    try {
      const plan = filePlan(target, role);
      const create = plan.mustExist ? 0 : flag("OPEN_CREATE");
      const mode = (plan.readonly ? flag("OPEN_READONLY") : flag("OPEN_READWRITE") | create) | flag("OPEN_FULLMUTEX");
      const opened = await new Promise<Sqlite3Database>((resolve, reject) => {
        const started: Sqlite3Database = new Database(plan.path, mode, (error) => (error ? reject(error) : resolve(started)));
      });
      database = opened;
      const first = async (sql: string): Promise<unknown> => Object.values((await allRows(opened, sql))[0] ?? {})[0];
      const restore = (): Promise<void> => applyPragmas(target, plan, connectTimeout(target, settings), (text) => first(`pragma ${text}`));
      await restore();
      const encoding = String(await first("pragma encoding"));
      const server = { ...serverInfo("sqlite", String(await first("select sqlite_version()"))), encoding };
      connections += 1;
      return new Sqlite3Session(connections, server, opened, settings.prepare, restore);
    } catch (error) {
      database?.close(() => {});
      throw openError(target, error);
    }
  };

  return {
    name: "sqlite3",
    family: "sqlite",
    topology: sqliteTopology(target),
    synchronous: false,
    aliasedRows: true,
    open,
    dispose: async () => {},
  };
}
