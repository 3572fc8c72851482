/** Every target, and which of them this run can use. */
import { mariadb, mysqlNew } from "./mysql.ts";
import { pglite } from "./pglite.ts";
import { postgres, postgresNew } from "./postgres.ts";
import { nodeSqlite, sqlite, sqlite3, sqliteFile, sqliteWorker } from "./sqlite.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [
  sqlite,
  sqliteFile,
  sqliteWorker,
  sqlite3,
  nodeSqlite,
  pglite,
  postgres,
  postgresNew,
  mariadb,
  mysqlNew,
];

export interface Selection {
  readonly running: readonly Target[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Probes the targets. `only` is a comma list of names (the variable KAKA_TARGETS); unset means all.
 * @throws Error for a name that is no target
 */
export async function selectTargets(only: string | undefined = process.env.KAKA_TARGETS): Promise<Selection> {
  const wanted = only
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = wanted?.filter((name) => !targets.some((target) => target.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`KAKA_TARGETS: no target ${unknown.join(", ")}; there are ${targets.map((target) => target.name).join(", ")}`);
  const running: Target[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const probed = await Promise.all(
    targets.map(async (target) => {
      const left = wanted !== undefined && wanted.length > 0 && !wanted.includes(target.name);
      return { target, reason: left ? "not in KAKA_TARGETS" : await target.absence() };
    }),
  );
  for (const { target, reason } of probed) {
    if (reason === null) running.push(target);
    else skipped.push({ name: target.name, reason });
  }
  return { running, skipped };
}
