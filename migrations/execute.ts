/** One migration, step by step, with a note of each. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../src/engine/engine.ts";
import type { TransactionHandle } from "../src/engine/session.ts";
import { KakaError, MigrationError, RetryableError } from "../src/errors.ts";
import { max } from "../src/expr/functions/aggregate.ts";
import type { Step } from "./compile.ts";
import { MigrationRecord, type Status } from "./history.ts";
import type { DataContext, DataHandle } from "./operations.ts";
import type { PlannedMigration } from "./plan.ts";
import { brokenReferences, rebuildTable, withoutForeignKeys } from "./rebuild.ts";
import type { MigrationEvent, RunOptions } from "./run-options.ts";
import { onlyWritesRows, runDdl, runText } from "./send.ts";

type Tell = (event: MigrationEvent) => void;

/** What one migration needs to run. */
interface Job {
  readonly db: Engine;
  readonly planned: PlannedMigration;
  readonly steps: readonly Step[];
  readonly o: RunOptions;
  readonly tell: Tell;
}

const attempts = 5;
const firstPause = 200;
/** How long a wait lasts before it is told. */
const quietMs = 500;

/** False when somebody else had done it meanwhile. */
export async function executeMigration(
  db: Engine,
  planned: PlannedMigration,
  steps: readonly Step[],
  o: RunOptions,
  tell: Tell,
): Promise<boolean> {
  const job: Job = { db, planned, steps, o, tell };
  const { name } = planned.migration;
  const started = performance.now();
  const whole = !db.dialect.transaction.ddlCommits && planned.migration.transaction && !steps.some(needsNoTransaction);
  if (o.fake !== true) tell({ kind: "begin", name, direction: planned.direction, steps: steps.length });
  const ran = whole || o.fake === true ? await runWhole(job, started) : await runStepwise(job, 0, started);
  if (ran) tell({ kind: "done", name, direction: planned.direction, milliseconds: performance.now() - started });
  return ran;
}

function needsNoTransaction(step: Step): boolean {
  return step.kind === "ddl" && step.step.alone === true;
}

/** Everything, the note included, or nothing. */
async function runWhole(job: Job, started: number): Promise<boolean> {
  const { db, planned, steps } = job;
  const counts = { done: steps.length, begun: steps.length, steps: steps.length, started };
  return retried(job, () => {
    // Where the transaction is the lock (SQLite), it begins when nobody else writes any more.
    const waiting = setTimeout(job.tell, quietMs, { kind: "waiting", holder: "another process" });
    return transactional(db, steps, async (tx) => {
      clearTimeout(waiting);
      // Where the transaction is the lock (SQLite), others may have been here between the plan and now.
      const known = await MigrationRecord.using(tx).getOrNull({ name: planned.migration.name });
      if ((known !== null) === (planned.direction === "up")) return false;
      for (const [i, step] of steps.entries()) await runStep(job, tx, step, i);
      await note(tx, planned, "applied", counts);
      return true;
    }).finally(() => clearTimeout(waiting));
  });
}

/** One transaction for the work with these steps, checked for rows that refer to nothing where foreign keys must be off. */
export async function transactional<T>(db: Engine, steps: readonly Step[], work: (tx: TransactionHandle) => Promise<T>): Promise<T> {
  if (!rebuilds(db, steps)) return db.transaction(work);
  return withoutForeignKeys(db, () =>
    db.transaction(async (tx) => {
      const broken = await brokenReferences(tx);
      const result = await work(tx);
      if ((await brokenReferences(tx)) > broken) {
        throw new MigrationError("rows would be left that refer to nothing", {
          hint: "change or delete those rows in a step before",
          outcome: "not_applied",
        });
      }
      return result;
    }),
  );
}

/** In SQLite, dropping a table deletes the rows that refer to it as long as foreign keys are on. */
function rebuilds(db: Engine, steps: readonly Step[]): boolean {
  return (
    db.dialect.name === "sqlite" &&
    steps.some((step) => step.kind === "ddl" && (step.step.rebuild !== undefined || /^drop table/.test(step.step.sql)))
  );
}

/** Each step on its own, noted before and after: a run that is broken off can be taken up there. */
export async function runStepwise(job: Job, from: number, started: number): Promise<boolean> {
  const { db, planned, steps } = job;
  const working: Status = planned.direction === "up" ? "running" : "reverting";
  for (const [i, step] of steps.entries()) {
    if (i < from) continue;
    const counts = { steps: steps.length, started };
    await note(db, planned, working, { ...counts, done: i, begun: i + 1 });
    await retried(job, async (attempt) => {
      const cleanup = step.kind === "ddl" ? step.step.cleanup : undefined;
      // What the attempt before has left behind.
      if (attempt > 1 && cleanup !== undefined) await runDdl(db, cleanup);
      if (inTransaction(db, step)) {
        await db.transaction(async (tx) => {
          await runStep(job, tx, step, i);
          await note(tx, planned, working, { ...counts, done: i + 1, begun: i + 1 });
        });
      } else {
        await runStep(job, db, step, i);
        await note(db, planned, working, { ...counts, done: i + 1, begun: i + 1 });
      }
      return true;
    });
  }
  await note(db, planned, "applied", { done: steps.length, begun: steps.length, steps: steps.length, started });
  return true;
}

export function inTransaction(db: Engine, step: Step): boolean {
  if (needsNoTransaction(step)) return false;
  if (!db.dialect.transaction.ddlCommits || step.kind === "data") return true;
  return onlyWritesRows(step.kind === "sql" ? step.sql : step.step.sql);
}

interface Counts {
  readonly done: number;
  readonly begun: number;
  readonly steps: number;
  readonly started: number;
}

/** Writes down how far it is. A migration that was taken back has no row. */
export async function note(db: DataHandle, planned: PlannedMigration, status: Status, counts: Counts): Promise<void> {
  const records = MigrationRecord.using(db);
  const { name, checksum, replaces } = planned.migration;
  const over = status === "applied";
  if (over && planned.direction === "down") {
    // What it stands for was taken back with it: their rows would say that nothing has to be run again.
    await records.where((m) => m.name.in([name, ...replaces])).delete();
    return;
  }
  const { done, begun, steps, started } = counts;
  const finished = over ? { finishedAt: new Date().toISOString(), milliseconds: BigInt(Math.round(performance.now() - started)) } : {};
  const changed = await records.where({ name }).update({ status, done, begun, steps, ...finished });
  if (changed > 0) return;
  const { last } = await records.all().aggregate((m) => ({ last: max(m.sequence) }));
  const startedAt = new Date().toISOString();
  await records.create({ name, checksum, sequence: (last ?? 0) + 1, status, done, begun, steps, startedAt, ...finished });
}

async function runStep(job: Job, db: DataHandle, step: Step, i: number): Promise<void> {
  const { planned, steps, o, tell } = job;
  const { name } = planned.migration;
  o.signal?.throwIfAborted();
  tell({ kind: "step", name, step: i + 1, steps: steps.length, label: step.label });
  await runOneStep(db, step, contextOf(job), `${name}, step ${i + 1} of ${steps.length} (${step.label})`);
}

/** @throws MigrationError that begins with `where` */
export async function runOneStep(db: DataHandle, step: Step, context: DataContext, where: string): Promise<void> {
  try {
    if (step.kind === "data") await step.work(db, context);
    else if (step.kind === "sql") await runText(db, step.sql);
    else if (step.step.rebuild !== undefined) await rebuildTable(db, step.step.rebuild);
    else if (onlyWritesRows(step.step.sql)) await runText(db, step.step.sql);
    else await runDdl(db, step.step.sql);
  } catch (error) {
    throw stepError(error, where);
  }
}

function contextOf({ planned, o, tell }: Job): DataContext {
  const { name } = planned.migration;
  const progress = (done: number, total?: number): void => tell({ kind: "progress", name, done, total: total ?? null });
  return {
    progress,
    signal: o.signal,
    async batches(work) {
      let sum = 0;
      for (let batch = 0; ; batch++) {
        o.signal?.throwIfAborted();
        const rows = await work(batch);
        if (rows === 0) return sum;
        sum += rows;
        progress(sum);
      }
    },
  };
}

/** The error of a step keeps what callers decide by: whether it may be tried again. */
function stepError(error: unknown, where: string): Error {
  if (error instanceof RetryableError) {
    error.message = `${where}: ${error.message}`;
    return error;
  }
  const ours = error instanceof KakaError ? error : null;
  const text = error instanceof Error ? error.message : String(error);
  return new MigrationError(`${where}: ${ours?.code === MigrationError.code ? text : text.replace(/\.$/, "")}`, {
    cause: error,
    outcome: ours?.outcome,
    nativeCode: ours?.nativeCode,
  });
}

/** A lock that somebody else holds is waited for in short turns: nobody queues up behind us for long. */
async function retried(job: Job, work: (attempt: number) => Promise<boolean>): Promise<boolean> {
  const { db, o, tell, planned } = job;
  const { name } = planned.migration;
  // A file that somebody else writes to was waited for as long as was asked for.
  const limit = db.dialect.name === "sqlite" ? 1 : (o.attempts ?? attempts);
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof RetryableError) || error.outcome === "unknown" || attempt >= limit) throw error;
      tell({ kind: "retry", name, attempt, reason: error.message });
    }
    await sleep(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}
