/** How files and a database's history stand to each other, without running anything. */

import { readHistory } from "./history.ts";
import type { LoadedMigration } from "./migration.ts";
import type { DataHandle } from "./operations.ts";
import { effective } from "./plan.ts";

export interface MigrationState {
  readonly name: string;
  /** `dirty`: broken off. `changed`: the file is not what was applied. `missing`: there is no file. `replaced`: another file stands for it. */
  readonly state: "applied" | "pending" | "dirty" | "changed" | "missing" | "replaced";
  readonly appliedAt: string | null;
  readonly detail: string | null;
}

export async function migrationStatus(db: DataHandle, files: readonly LoadedMigration[]): Promise<MigrationState[]> {
  const history = await readHistory(db);
  const byName = new Map(history.map((record) => [record.name, record]));
  const own = new Set(effective(files, new Set(byName.keys())).map(({ name }) => name));
  const known = files.map(({ name, checksum }): MigrationState => {
    const record = byName.get(name);
    if (record === undefined) return { name, state: own.has(name) ? "pending" : "replaced", appliedAt: null, detail: null };
    const { status, begun, done, steps, finishedAt } = record;
    if (status !== "applied") {
      const detail = `${status === "running" ? "applying" : "taking back"} broken off ${begun > done ? `in step ${begun}` : `after step ${done}`} of ${steps}`;
      return { name, state: "dirty", appliedAt: null, detail };
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
