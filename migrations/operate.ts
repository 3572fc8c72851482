/** Operations on a live database, without files and without history. */
import { dedicatedEngine } from "../src/engine/dedicated.ts";
import type { Engine } from "../src/engine/engine.ts";
import { MigrationError } from "../src/errors.ts";
import { compileOperations, compileTarget, type Step } from "./compile.ts";
import { inTransaction, runOneStep, transactional } from "./execute.ts";
import { takeLock } from "./lock.ts";
import type { DataContext, Operation } from "./operations.ts";
import type { SchemaState } from "./state.ts";

const waitMs = 60_000;

const silent: DataContext = {
  progress: () => {},
  signal: undefined,
  async batches(work) {
    let sum = 0;
    for (let batch = 0; ; batch++) {
      const rows = await work(batch);
      if (rows === 0) return sum;
      sum += rows;
    }
  },
};

/**
 * Runs the operations from the given state: all or none where schema changes can be undone, else one after the other.
 * @throws MigrationError naming the step
 */
export async function runOperations(engine: Engine, operations: readonly Operation[], before: SchemaState): Promise<void> {
  if (operations.length === 0) return;
  if (engine.inTransaction) throw new MigrationError("schema changes cannot run inside a transaction");
  const steps = compileOperations(operations, before, await compileTarget(engine));
  const db = dedicatedEngine(engine, { lockTimeoutMs: waitMs });
  try {
    const lock = await takeLock(db, { waitMs, waiting: () => {} });
    try {
      await runSteps(db, steps);
    } finally {
      await lock.release();
    }
  } finally {
    if (db !== engine) await db.disconnect({ timeoutMs: 1000 });
  }
}

async function runSteps(db: Engine, steps: readonly Step[]): Promise<void> {
  const where = (step: Step, i: number): string => `step ${i + 1} of ${steps.length} (${step.label})`;
  if (!db.dialect.transaction.ddlCommits && steps.every((step) => inTransaction(db, step))) {
    await transactional(db, steps, async (tx) => {
      for (const [i, step] of steps.entries()) await runOneStep(tx, step, silent, where(step, i));
    });
    return;
  }
  for (const [i, step] of steps.entries()) await runOneStep(db, step, silent, where(step, i));
}
