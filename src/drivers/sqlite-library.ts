/** The client libraries of SQLite, and which of them is the fastest one present. Layer 4. */

import { UsageError } from "../errors.ts";
import type { OpenDriver } from "./driver.ts";
import { importLibrary, LIBRARIES, type Library, libraryState, member } from "./library.ts";

/** A driver file: the library to check before it is imported (null: part of Node), and the import. */
export interface Entry {
  readonly library: Library | null;
  readonly load: () => Promise<{ readonly openDriver: OpenDriver }>;
}

export const SQLITE_ENTRIES = {
  "better-sqlite3": { library: LIBRARIES["better-sqlite3"], load: () => import("./better-sqlite3.ts") },
  node: { library: null, load: () => import("./node-sqlite.ts") },
  sqlite3: { library: LIBRARIES.sqlite3, load: () => import("./sqlite3.ts") },
} as const satisfies Readonly<Record<string, Entry>>;

/** better-sqlite3, then node:sqlite, then sqlite3. @throws {UsageError} when none of them runs here */
export async function fastestSqlite(from?: string): Promise<keyof typeof SQLITE_ENTRIES> {
  const library = LIBRARIES["better-sqlite3"];
  const state = libraryState(library, from);
  if (state.kind === "ok" && (await bindingLoads())) return "better-sqlite3";
  if (await hasNodeSqlite()) return "node";
  if (libraryState(LIBRARIES.sqlite3, from).kind === "ok") return "sqlite3";
  const reason = state.kind === "unfit" ? `better-sqlite3 ${state.reason}` : "no SQLite library is installed";
  throw new UsageError(`SQLite cannot be used: ${reason}`, { hint: `run: ${library.install}` });
}

/** False when the package is there but its compiled part is not (installed without scripts, or for another Node). */
async function bindingLoads(): Promise<boolean> {
  const Database = member(await importLibrary(LIBRARIES["better-sqlite3"]), "default");
  if (typeof Database !== "function") return false;
  try {
    const probe: unknown = Reflect.construct(Database, [":memory:"]);
    const close = member(probe, "close");
    if (typeof close === "function") Reflect.apply(close, probe, []);
    return true;
  } catch {
    // Whatever the binding says, the next library may do; asked for by name the error surfaces in `open`.
    return false;
  }
}

/** Not a literal at the import: the type package of the oldest Node we support does not know the module. */
const NODE_SQLITE: string = "node:sqlite";

async function hasNodeSqlite(): Promise<boolean> {
  try {
    await import(NODE_SQLITE);
    return true;
  } catch {
    // Node 20 has no such module, early Node 22 hides it behind a flag.
    return false;
  }
}
