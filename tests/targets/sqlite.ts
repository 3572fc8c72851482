/** SQLite with each of its client libraries. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capabilities } from "./capabilities.ts";
import { localTarget, packageAbsence, removeFolder, type Target } from "./target.ts";

/** better-sqlite3 is built for one Node version, so it counts as absent when it was built for another. */
async function betterSqliteAbsence(): Promise<string | null> {
  const name: string = "better-sqlite3";
  try {
    const library: { default: new (path: string) => { close(): void } } = await import(name);
    new library.default(":memory:").close();
    return null;
  } catch {
    return `better-sqlite3 has no compiled part for Node ${process.versions.node}`;
  }
}

export function hasNodeSqlite(): boolean {
  return process.getBuiltinModule?.("node:sqlite") !== undefined;
}

export const sqlite = localTarget("sqlite", "sqlite", capabilities.sqlite, "sqlite+better-sqlite3::memory:", betterSqliteAbsence);

export const sqlite3 = localTarget("sqlite3", "sqlite", capabilities.sqlite3, "sqlite+sqlite3::memory:", () => packageAbsence("sqlite3"));

export const nodeSqlite = localTarget("node-sqlite", "sqlite", capabilities.sqlite, "sqlite+node::memory:", async () => {
  return hasNodeSqlite() ? null : `Node ${process.versions.node} has no node:sqlite`;
});

/** A database in a file of its own, in a folder of its own. */
function fileTarget(name: string, driver: string): Target {
  let folder: string | null = null;
  return {
    ...localTarget(name, "sqlite", capabilities.sqlite, "", betterSqliteAbsence),
    async url() {
      folder = mkdtempSync(join(tmpdir(), "kaka_test_"));
      return `sqlite+${driver}://${encodeURI(join(folder, "test.db")).replace(/^\/?/, "//")}`;
    },
    async dispose() {
      if (folder !== null) removeFolder(folder);
      folder = null;
    },
  };
}

export const sqliteFile = fileTarget("sqlite-file", "better-sqlite3");

export const sqliteWorker = fileTarget("sqlite-worker", "worker");
