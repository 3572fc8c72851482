/** Transactions from begin to end: outermost ones, savepoints, retries. Layer 5. */
import { setTimeout as sleep } from "node:timers/promises";
import type { IsolationLevel } from "../dialects/dialect.ts";
import { CommitOutcomeUnknown, ConnectionError, KakaError, QueryError, TransactionRolledBack, UsageError } from "../errors.ts";
import { suggestion } from "../util/suggest.ts";
import { whileBusy } from "./busy.ts";
import type { TransactionContext } from "./context.ts";
import type { Core } from "./core.ts";
import type { TransactionEvent } from "./events.ts";
import { asOurs, cancelled, closedError, suppress } from "./faults.ts";
import { inherit, runHooks } from "./hooks.ts";
import { Level } from "./level.ts";
import { TransactionLine } from "./line.ts";

export interface TransactionOptions {
  /** Unset: the server's own default. SQLite transactions are serializable whatever is asked for. */
  readonly isolation?: IsolationLevel;
  /** Refuse statements that write. Default false. */
  readonly readOnly?: boolean;
  /** Stops the running statement and rolls back when it fires. */
  readonly signal?: AbortSignal;
  /** Run the whole callback again, at most this often, after a deadlock or serialization failure. Default 0. */
  readonly retry?: number;
}

type Work<T> = (level: Level) => Promise<T>;

/** How an outermost transaction ended. */
type Ending = { readonly kind: "commit" } | { readonly kind: "rollback" | "unknown"; readonly error: unknown };

const ISOLATION_LEVELS: readonly IsolationLevel[] = ["read committed", "repeatable read", "serializable"];
const KNOWN_OPTIONS: readonly (keyof TransactionOptions)[] = ["isolation", "readOnly", "signal", "retry"];
const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 1_000;

/** Runs the work in a new transaction, or in a savepoint of the one given. */
export async function transact<T>(
  core: Core,
  context: TransactionContext,
  parent: Level | null,
  options: TransactionOptions,
  work: Work<T>,
): Promise<T> {
  checkOptions(options, parent);
  // A transaction that was open when the engine was told to disconnect may still finish, its savepoints included.
  if (core.closed && parent === null) throw closedError();
  if (options.signal?.aborted) throw cancelled("the transaction", options.signal);
  if (parent !== null) return parent.nest(() => nested(core, context, parent, options, work));
  const retries = options.retry ?? 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await outermost(core, context, options, attempt, work);
    } catch (error) {
      const again = error instanceof KakaError && error.retryable === true && error.outcome !== "unknown";
      if (!again || attempt > retries || options.signal?.aborted) throw error;
    }
    await sleep(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS) * (0.5 + Math.random()));
  }
}

async function outermost<T>(
  core: Core,
  context: TransactionContext,
  options: TransactionOptions,
  attempt: number,
  work: Work<T>,
): Promise<T> {
  const id = ++core.transactions;
  const readOnly = options.readOnly ?? false;
  const purpose = `transaction ${id}`;
  const lease = core.pool.tryAcquire(!readOnly, purpose) ?? (await core.pool.acquire(!readOnly, purpose, options.signal));
  const line = new TransactionLine(core, lease, id, { attempt, readOnly, isolation: options.isolation ?? null });
  await begin(line, options);
  const level = new Level(line, null, readOnly);
  report(core, level, "begin", null);
  let ending: Ending;
  let value: T | undefined;
  try {
    value = await level.perform(() => context.run(level, () => work(level)), options.signal);
    ending = await commit(line);
  } catch (error) {
    ending = await rollBack(line, error);
  } finally {
    lease.release();
  }
  // What became of the work is not known: memory keeps it.
  if (ending.kind === "unknown") level.undo.length = 0;
  level.end(ending.kind === "commit" ? "committed" : "rolled back");
  report(
    core,
    level,
    line.death !== null && ending.kind !== "commit" ? "lost" : ending.kind,
    ending.kind === "commit" ? null : ending.error,
  );
  // The context here is the caller's: an outermost transaction is never begun within another.
  if (level.hooks.length > 0) await runHooks(level.hooks, ending.kind);
  if (ending.kind !== "commit") throw ending.error;
  return value as T;
}

async function nested<T>(core: Core, context: TransactionContext, parent: Level, options: TransactionOptions, work: Work<T>): Promise<T> {
  const { line } = parent;
  const words = core.dialect.transaction;
  const savepoint = line.nextSavepoint();
  line.refuseFailed();
  await line.control(words.savepoint(savepoint), { inside: true });
  const level = new Level(line, parent, options.readOnly ?? false);
  parent.child = level;
  report(core, level, "begin", null);
  try {
    // The parent may have been stopped while the savepoint was on its way.
    if (parent.abortError !== null) level.abort(parent.abortError, false);
    const value = await level.perform(() => context.run(level, () => work(level)), options.signal);
    if (line.connection.status() === "failed") throw swallowed(line);
    await line.control(words.release(savepoint), { inside: true });
    level.end("committed");
    parent.hooks.push(...inherit(level.hooks, "commit"));
    report(core, level, "commit", null);
    return value;
  } catch (error) {
    await undo(line, savepoint, error);
    level.end("rolled back");
    parent.hooks.push(...inherit(level.hooks, "rollback"));
    report(core, level, line.death === null ? "rollback" : "lost", error);
    throw error;
  } finally {
    parent.child = null;
  }
}

async function begin(line: TransactionLine, options: TransactionOptions): Promise<void> {
  const { core, lease } = line;
  const words = core.dialect.transaction.begin({ isolation: options.isolation ?? null, readOnly: options.readOnly ?? false });
  let sent = 0;
  try {
    for (const word of words) {
      const answer = whileBusy(core, options.signal, () => line.control(word, { opens: true }));
      if (answer instanceof Promise) await answer;
      sent++;
    }
  } catch (error) {
    // No transaction is open, so none is rolled back; a session half prepared for one is thrown away.
    if (sent > 0) lease.destroy();
    else lease.release();
    throw error;
  }
}

async function commit(line: TransactionLine): Promise<Ending> {
  const { connection } = line;
  const failedBefore = connection.status() === "failed";
  let tag: string | null;
  try {
    const answer = line.control(line.core.dialect.transaction.commit, { commits: true });
    tag = (answer instanceof Promise ? await answer : answer).tag;
  } catch (thrown) {
    const error = asOurs(line.core.dialect, thrown);
    const answered = !(error instanceof ConnectionError) && connection.alive && error.outcome !== "unknown";
    if (answered) return rollBack(line, error);
    line.lease.destroy();
    const unknown = new CommitOutcomeUnknown("COMMIT was sent and not answered: the work may be there or not", {
      cause: error,
      hint: "look for the rows by their keys before doing the work again",
      outcome: "unknown",
      retryable: false,
    });
    return { kind: "unknown", error: unknown };
  }
  if (failedBefore || tag === "ROLLBACK") return { kind: "rollback", error: swallowed(line) };
  const status = connection.status();
  if (status === null || status === "idle") return { kind: "commit" };
  return rollBack(line, swallowed(line));
}

/** Rolls back what is still open. Its own failure goes beside the first error, and the connection goes with it. */
async function rollBack(line: TransactionLine, error: unknown): Promise<Ending> {
  const { lease, connection, death } = line;
  const kind = death?.outcome === "unknown" ? "unknown" : "rollback";
  if (!connection.alive || connection.status() === "idle") return { kind, error };
  try {
    await line.control(line.core.dialect.transaction.rollback);
    const status = connection.status();
    if (status !== null && status !== "idle") lease.destroy();
  } catch (second) {
    const ours = asOurs(line.core.dialect, second);
    suppress(error, ours);
    // After a transaction that the database ended itself, "there is nothing to roll back" is the right answer. The only
    // connection to a database in memory is the database: it is not thrown away for that.
    const harmless = death !== null && ours instanceof QueryError && line.core.pool.topology !== "many";
    if (!harmless) lease.destroy();
  }
  return { kind, error };
}

async function undo(line: TransactionLine, savepoint: string, error: unknown): Promise<void> {
  if (line.death !== null) return;
  const words = line.core.dialect.transaction;
  try {
    await line.control(words.rollbackTo(savepoint), { inside: true });
    await line.control(words.release(savepoint), { inside: true });
    line.failure = null;
  } catch (second) {
    const ours = asOurs(line.core.dialect, second);
    suppress(error, ours);
    line.die(ours, "not_applied", "a savepoint could not be rolled back");
  }
}

function swallowed(line: TransactionLine): TransactionRolledBack {
  return new TransactionRolledBack("the transaction was rolled back: one of its statements failed and the error was swallowed", {
    cause: line.failure ?? undefined,
    hint: "let the error leave the callback, or run what may fail in a nested transaction",
    outcome: "not_applied",
    retryable: line.failure?.retryable ?? false,
  });
}

function checkOptions(options: TransactionOptions, parent: Level | null): void {
  for (const key of Object.keys(options)) {
    if (!KNOWN_OPTIONS.some((known) => known === key)) {
      throw new UsageError(`unknown transaction option ${key}`, { hint: suggestion(key, KNOWN_OPTIONS) });
    }
  }
  const { isolation, readOnly, retry, signal } = options;
  if (isolation !== undefined && !ISOLATION_LEVELS.includes(isolation)) {
    throw new UsageError("unknown isolation level", { hint: `one of ${ISOLATION_LEVELS.join(", ")}` });
  }
  if (readOnly !== undefined && typeof readOnly !== "boolean") throw new UsageError("transaction option readOnly must be true or false");
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new UsageError("transaction option signal must be an AbortSignal");
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new UsageError("transaction option retry must be a whole number from 0");
  }
  if (parent === null) return;
  if (isolation !== undefined && isolation !== parent.line.isolation) {
    throw new UsageError("a nested transaction cannot change the isolation level", { hint: "set it on the outermost transaction" });
  }
  if (retry !== undefined && retry > 0) {
    throw new UsageError("a nested transaction cannot be retried alone", { hint: "set retry on the outermost transaction" });
  }
}

function report(core: Core, level: Level, phase: TransactionEvent["phase"], error: unknown): void {
  if (core.events.listeners.transaction.length === 0) return;
  core.events.emit("transaction", {
    transactionId: level.line.id,
    depth: level.depth,
    phase,
    milliseconds: performance.now() - level.started,
    connectionId: level.line.connection.id,
    error,
  });
}
