/** A migration that was broken off between two of its steps: where schema changes cannot be undone together. */
import type { Engine } from "../src/engine/engine.ts";
import { KakaError, MigrationError } from "../src/errors.ts";
import { compileOperations, compileTarget } from "./compile.ts";
import { inTransaction, note, runStepwise } from "./execute.ts";
import type { MigrationRecord } from "./history.ts";
import { readHistory } from "./history.ts";
import type { LoadedMigration } from "./migration.ts";
import { losses, type PlannedMigration, replay } from "./plan.ts";
import { reverseAll } from "./reverse.ts";
import type { MigrationEvent, RunOptions } from "./run-options.ts";
import { runDdl, runText } from "./send.ts";

/** @throws MigrationError when nobody said that it shall go on */
export async function resumeMigration(
  db: Engine,
  record: MigrationRecord,
  files: readonly LoadedMigration[],
  o: RunOptions,
  tell: (event: MigrationEvent) => void,
): Promise<string> {
  const { name, done, begun, steps: count, status } = record;
  if (o.resume !== true && o.resolve === undefined) {
    const at = begun > done ? `in step ${begun} of ${count}` : `after step ${done} of ${count}`;
    throw new MigrationError(`the migration ${name} was broken off ${at}`, {
      hint: "run `kakaorm migrate --resume`; where the step cannot be told to be done or not, `--resolve applied` or `--resolve rolled-back`",
      outcome: "not_applied",
    });
  }
  const planned = await plannedOf(db, record, files);
  const steps = compileOperations(planned.operations, planned.before, await compileTarget(db));
  if (steps.length !== count) throw new MigrationError(`${name} has ${steps.length} steps now, and had ${count} when it was broken off`);
  o.approve?.([planned]);
  const started = performance.now();
  tell({ kind: "begin", name, direction: planned.direction, steps: count });
  const job = { db, planned, steps, o, tell };
  let from = done;
  const open = begun > done ? steps[done] : undefined;
  if (open !== undefined) {
    const settled = o.resolve === "applied" || (o.resolve === undefined && !inTransaction(db, open) && (await runAgain(db, open, name)));
    if (settled) {
      from = begun;
      await note(db, planned, status === "running" ? "running" : "reverting", { done: begun, begun, steps: count, started });
    }
  }
  await runStepwise(job, from, started);
  tell({ kind: "done", name, direction: planned.direction, milliseconds: performance.now() - started });
  return name;
}

/** A step in a transaction was noted together with its work: what is not noted was not done. All others are run once more. */
async function runAgain(db: Engine, step: { readonly kind: string } & Parameters<typeof inTransaction>[1], name: string): Promise<boolean> {
  if (step.kind === "data") return false;
  try {
    if (step.kind === "sql") await runText(db, step.sql);
    else {
      if (step.step.cleanup !== undefined) await runDdl(db, step.step.cleanup);
      await runDdl(db, step.step.sql);
    }
    return true;
  } catch (error) {
    if (error instanceof KakaError && (await db.dialect.ddl()).wasDone(error)) return true;
    throw new MigrationError(`${name} cannot go on: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
      hint: `look whether this step was made (${step.label}), then run with --resolve applied or --resolve rolled-back`,
    });
  }
}

async function plannedOf(db: Engine, record: MigrationRecord, files: readonly LoadedMigration[]): Promise<PlannedMigration> {
  const migration = files.find(({ name }) => name === record.name);
  if (migration === undefined) throw new MigrationError(`the migration ${record.name} was broken off, and its file is missing`);
  if (migration.checksum !== record.checksum) {
    throw new MigrationError(`the migration ${record.name} was changed after it was broken off`, { hint: "restore the file" });
  }
  const applied = new Set((await readHistory(db)).filter(({ status }) => status === "applied").map(({ name }) => name));
  const before = replay(files.filter(({ name }) => applied.has(name)));
  if (record.status === "running") {
    const { operations } = migration;
    return { migration, direction: "up", operations, before, destroys: losses(operations) };
  }
  const operations = reverseAll(migration.operations, before);
  if ("irreversible" in operations) throw new MigrationError(`${record.name} cannot be undone: ${operations.irreversible}`);
  const now = replay(files.filter(({ name }) => applied.has(name) || name === record.name));
  return { migration, direction: "down", operations, before: now, destroys: losses(operations) };
}
