/** The way of a statement that belongs to no transaction: lease, send, release. Layer 5. */
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { isBusy, whileBusy } from "./busy.ts";
import type { Core, StatementMeta } from "./core.ts";
import { asOurs, closedError } from "./faults.ts";
import type { Lease } from "./lease.ts";
import { emitRefused, send, sendStream } from "./send.ts";
import { changesSession } from "./session-sql.ts";

/** Answers at once when the driver does and a connection is free; may then throw instead of rejecting. */
export function runAlone(core: Core, statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
  if (core.closed) throw closedError();
  const lease = core.pool.tryAcquire(statement.writes, statement.sql);
  if (lease === null) return runLater(core, statement, meta);
  let result: DriverResult | Promise<DriverResult>;
  try {
    result = sendOn(core, lease, statement, meta);
  } catch (error) {
    // The lease is kept while the file is locked: whoever waits behind it would meet the same lock.
    if (isBusy(core, error)) return finish(lease, retryBusy(core, lease, statement, meta));
    lease.release();
    throw error;
  }
  if (result instanceof Promise)
    return finish(lease, core.pool.topology === "writer" ? orRetry(core, lease, statement, meta, result) : result);
  lease.release();
  return result;
}

/** The same as batches. The statement starts with the first batch that is asked for. */
export async function* streamAlone(
  core: Core,
  statement: CompiledStatement,
  batchSize: number,
  meta: StatementMeta,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  if (core.closed) throw closedError();
  const lease = await acquire(core, statement, meta);
  try {
    if (changesSession(statement)) lease.dirty = true;
    yield* sendStream(core, lease.connection, statement, batchSize, meta, null);
  } finally {
    lease.release();
  }
}

async function runLater(core: Core, statement: CompiledStatement, meta: StatementMeta): Promise<DriverResult> {
  const lease = await acquire(core, statement, meta);
  try {
    if (core.pool.topology === "writer") return await retryBusy(core, lease, statement, meta);
    return await sendOn(core, lease, statement, meta);
  } finally {
    lease.release();
  }
}

async function acquire(core: Core, statement: CompiledStatement, meta: StatementMeta): Promise<Lease> {
  const started = performance.now();
  try {
    return await core.pool.acquire(statement.writes, statement.sql, meta.signal);
  } catch (thrown) {
    const error = asOurs(core.dialect, thrown);
    emitRefused(core, statement, meta, started, error);
    throw error;
  }
}

function sendOn(core: Core, lease: Lease, statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
  if (changesSession(statement)) lease.dirty = true;
  return send(core, lease.connection, statement, meta, null);
}

async function finish(lease: Lease, pending: Promise<DriverResult>): Promise<DriverResult> {
  try {
    return await pending;
  } finally {
    lease.release();
  }
}

async function orRetry(
  core: Core,
  lease: Lease,
  statement: CompiledStatement,
  meta: StatementMeta,
  first: Promise<DriverResult>,
): Promise<DriverResult> {
  try {
    return await first;
  } catch (error) {
    if (!isBusy(core, error)) throw error;
    return retryBusy(core, lease, statement, meta);
  }
}

async function retryBusy(core: Core, lease: Lease, statement: CompiledStatement, meta: StatementMeta): Promise<DriverResult> {
  return whileBusy(core, meta.signal, () => sendOn(core, lease, statement, meta));
}
