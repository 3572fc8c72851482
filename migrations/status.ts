/** How files and a database's history stand to each other, without running anything. */

import { readHistory } from "./history.ts";
import { lockHolder } from "./lock.ts";
import type { LoadedMigration } from "./migration.ts";
import type { DataHandle } from "./operations.ts";
import { effective } from "./plan.ts";

export interface MigrationState {
  readonly name: string;
  /** `running`: somebody is at it. `dirty`: broken off. `changed`: the file is not what was applied. `missing`: there is no file. `replaced`: another file stands for it. */
  readonly state: "applied" | "pending" | "running" | "dirty" | "changed" | "missing" | "replaced";
  readonly appliedAt: string | null;
  readonly detail: string | null;
}

export async function migrationStatus(db: DataHandle, files: readonly LoadedMigration[]): Promise<MigrationState[]> {
  const history = await readHistory(db);
  // Whoever has the lock works on what is not done; without anybody it was broken off.
  const holder = history.some(({ status }) => status !== "applied") ? await lockHolder(db) : null;
  const byName = new Map(history.map((record) => [record.name, record]));
  const own = new Set(effective(files, new Set(byName.keys())).map(({ name }) => name));
  const known = files.map(({ name, checksum }): MigrationState => {
    const record = byName.get(name);
    if (record === undefined) return { name, state: own.has(name) ? "pending" : "replaced", appliedAt: null, detail: null };
    const { status, begun, done, steps, finishedAt } = record;
    if (status !== "applied") {
      const [work, at] = [status === "running" ? "applying" : "taking back", begun > done ? `in step ${begun}` : `after step ${done}`];
      if (holder !== null) return { name, state: "running", appliedAt: null, detail: `${work}, ${at} of ${steps}, by ${holder}` };
      return { name, state: "dirty", appliedAt: null, detail: `${work} broken off ${at} of ${steps}` };
    }
    if (record.checksum !== checksum) return { name, state: "changed", appliedAt: finishedAt, detail: "changed after it was applied" };
    return { name, state: "applied", appliedAt: finishedAt, detail: finishedAt };
  });
  const replaced = new Set(files.flatMap(({ replaces }) => replaces));
  const orphans = history
    .filter(({ name }) => !files.some((file) => file.name === name))
    .map(({ name, finishedAt }): MigrationState => {
      if (replaced.has(name)) return { name, state: "replaced", appliedAt: finishedAt, detail: "replaced" };
      return { name, state: "missing", appliedAt: finishedAt, detail: "the file is missing" };
    });
  return [...orphans, ...known];
}
