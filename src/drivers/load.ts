/**
 * Picks the driver of a target and loads it with its client library, only when it is used. Layer 4.
 */

import { UsageError } from "../errors.ts";
import type { ConnectionTarget, OpenDriver } from "./driver.ts";
import { LIBRARIES, requireLibrary } from "./library.ts";
import { type Entry, fastestSqlite, SQLITE_ENTRIES } from "./sqlite-library.ts";

const ENTRIES: Readonly<Record<string, Entry>> = {
  pg: { library: LIBRARIES.pg, load: () => import("./pg.ts") },
  pglite: { library: LIBRARIES.pglite, load: () => import("./pglite.ts") },
  mysql2: { library: LIBRARIES.mysql2, load: () => import("./mysql2.ts") },
  ...SQLITE_ENTRIES,
  worker: { library: null, load: () => import("./sqlite-worker.ts") },
};

const DEFAULTS: Readonly<Record<ConnectionTarget["family"], string | null>> = { postgres: "pg", mysql: "mysql2", sqlite: null };

/**
 * The `openDriver` function for a target.
 *
 * A plain `sqlite:` URL takes the fastest library present: better-sqlite3, then node:sqlite, then sqlite3.
 * @param from - the URL whose node_modules are searched; tests set it.
 * @throws {UsageError} when the client library is missing, too old, or does not run on this Node.
 */
export async function loadDriver(target: ConnectionTarget, from?: string): Promise<OpenDriver> {
  const name = target.driver ?? DEFAULTS[target.family] ?? (await fastestSqlite(from));
  const entry = ENTRIES[name];
  if (!entry) throw new UsageError(`There is no driver ${name}`, { hint: `drivers: ${Object.keys(ENTRIES).join(", ")}` });
  if (entry.library) requireLibrary(entry.library, from);
  return (await entry.load()).openDriver;
}
