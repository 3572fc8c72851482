/** Applying migrations to a database, and taking them back. */

import { dedicatedEngine } from "../src/engine/dedicated.ts";
import type { Engine } from "../src/engine/engine.ts";
import { MigrationError } from "../src/errors.ts";
import { max } from "../src/expr/functions/aggregate.ts";
import { type CompileTarget, compileOperations, compileTarget, type Step } from "./compile.ts";
import { executeMigration } from "./execute.ts";
import { ensureHistory, MigrationRecord, readHistory } from "./history.ts";
import { type MigrationLock, takeLock } from "./lock.ts";
import type { LoadedMigration } from "./migration.ts";
import { type PlannedMigration, type PlanOptions, planMigrations, squashedAlready } from "./plan.ts";
import { resumeMigration } from "./resume.ts";
import type { MigrationEvent, RunOptions } from "./run-options.ts";

export interface RunResult {
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
}

const waitMs = 600_000;

/**
 * Brings the database to the state of the files, or back. One process at a time does so; others wait and then find nothing to do.
 * @throws MigrationError naming file and step; where schema changes are transactional nothing of that file is left
 */
export async function runMigrations(engine: Engine, files: readonly LoadedMigration[], o: RunOptions = {}): Promise<RunResult> {
  if (engine.inTransaction) throw new MigrationError("migrations cannot run inside a transaction");
  const db = dedicatedEngine(engine, { lockTimeoutMs: o.waitMs ?? waitMs });
  const tell = o.onEvent ?? (() => {});
  let lock: MigrationLock | null = null;
  try {
    lock = await takeLock(db, { waitMs: o.waitMs ?? waitMs, signal: o.signal, waiting: (holder) => tell({ kind: "waiting", holder }) });
    // The table is made, and the history read, by whoever has the lock.
    await ensureHistory(db);
    return await runLocked(db, lock, files, o, tell);
  } finally {
    await lock?.release();
    if (db !== engine) await db.disconnect({ timeoutMs: 1000 });
  }
}

async function runLocked(
  db: Engine,
  lock: MigrationLock,
  files: readonly LoadedMigration[],
  o: RunOptions,
  tell: (event: MigrationEvent) => void,
): Promise<RunResult> {
  const result = { applied: [] as string[], reverted: [] as string[] };
  const dirty = (await readHistory(db)).find(({ status }) => status !== "applied");
  if (dirty !== undefined) {
    const name = await resumeMigration(db, dirty, files, o, tell);
    (dirty.status === "running" ? result.applied : result.reverted).push(name);
  }
  const history = await readHistory(db);
  const plan = planMigrations(files, history, o);
  o.approve?.(plan);
  // Everything is put into SQL before anything is sent: what this database cannot do is known now.
  const target = await compileTarget(db);
  const compiled = plan.map((planned) => ({ planned, steps: o.fake === true ? [] : compilePlanned(target, planned) }));
  await noteSquashed(db, files, new Set(history.map(({ name }) => name)));
  for (const { planned, steps } of compiled) {
    o.signal?.throwIfAborted();
    await lock.check();
    const ran = await executeMigration(db, planned, steps, o, tell);
    if (ran) (planned.direction === "up" ? result.applied : result.reverted).push(planned.migration.name);
  }
  return result;
}

export function compilePlanned(target: CompileTarget, planned: PlannedMigration): Step[] {
  try {
    return compileOperations(planned.operations, planned.before, target);
  } catch (error) {
    if (error instanceof Error) error.message = `${planned.migration.name}: ${error.message}`;
    throw error;
  }
}

async function noteSquashed(db: Engine, files: readonly LoadedMigration[], applied: ReadonlySet<string>): Promise<void> {
  for (const { name, checksum } of squashedAlready(files, applied)) {
    const now = new Date().toISOString();
    const sequence =
      (
        await MigrationRecord.using(db)
          .all()
          .aggregate((m) => ({ last: max(m.sequence) }))
      ).last ?? 0;
    const row = {
      name,
      checksum,
      sequence: Number(sequence) + 1,
      status: "applied",
      done: 0,
      begun: 0,
      steps: 0,
      startedAt: now,
      finishedAt: now,
    };
    await MigrationRecord.using(db).getOrCreate({ name }, row);
  }
}

/** What would be run, without running it; takes no lock and makes no table. */
export async function previewMigrations(
  engine: Engine,
  files: readonly LoadedMigration[],
  o: PlanOptions = {},
): Promise<PlannedMigration[]> {
  return planMigrations(files, await readHistory(engine), o);
}
