/** One statement on one connection: checks, execution, error mapping, event. Everything that is sent passes here. Layer 5. */
import type { Connection, DriverResult, RawRow, Statement } from "../drivers/driver.ts";
import { ConnectionError, ConstraintError, type KakaError, QueryError } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { stoppable, stopStatement } from "./cancel.ts";
import { checkStatement } from "./check.ts";
import type { Core, StatementMeta } from "./core.ts";
import { emitStatement } from "./events.ts";
import { asLoss, asOurs, cancelled, completeFacts } from "./faults.ts";

const WITH_NAMES = { names: true } as const;

/** A statement on its way. Made only when the way is longer than a synchronous answer that nobody listens to. */
interface Sending {
  readonly core: Core;
  readonly connection: Connection;
  readonly statement: CompiledStatement;
  readonly meta: StatementMeta;
  readonly transactionId: number | null;
  readonly started: number;
}

/**
 * Answers at once where the driver does: no promise is made on that way.
 * Throws or rejects with one of our errors.
 */
export function send(
  core: Core,
  connection: Connection,
  statement: CompiledStatement,
  meta: StatementMeta,
  transactionId: number | null,
): DriverResult | Promise<DriverResult> {
  const watched = core.events.listeners.statement.length > 0;
  const started = watched ? performance.now() : 0;
  let result: DriverResult | Promise<DriverResult>;
  try {
    if (meta.signal?.aborted) throw cancelled("the statement", meta.signal);
    checkStatement(core, statement);
    result = connection.execute(toDriver(statement, meta), meta.names === true ? WITH_NAMES : undefined);
  } catch (thrown) {
    throw failed({ core, connection, statement, meta, transactionId, started }, 0, thrown);
  }
  if (result instanceof Promise) return settle({ core, connection, statement, meta, transactionId, started }, result);
  if (watched) succeeded({ core, connection, statement, meta, transactionId, started }, result);
  return result;
}

async function settle(sending: Sending, pending: Promise<DriverResult>): Promise<DriverResult> {
  const { core, connection, meta } = sending;
  try {
    const { connectTimeoutMs } = core.options.session;
    const result = await (meta.signal === undefined ? pending : stoppable(connection, pending, meta.signal, connectTimeoutMs));
    succeeded(sending, result);
    return result;
  } catch (thrown) {
    throw failed(sending, 0, thrown);
  }
}

/** Rows in batches. The connection is free for the next statement when the loop over this ended in any way. */
export async function* sendStream(
  core: Core,
  connection: Connection,
  statement: CompiledStatement,
  batchSize: number,
  meta: StatementMeta,
  transactionId: number | null,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const sending: Sending = { core, connection, statement, meta, transactionId, started: performance.now() };
  const { signal } = meta;
  let rows = 0;
  let error: KakaError | null = null;
  let fetching: Promise<unknown> | null = null;
  let stopping: Promise<void> | null = null;
  const stop = () => {
    if (fetching !== null) stopping = stopStatement(connection, fetching, core.options.session.connectTimeoutMs);
  };
  signal?.addEventListener("abort", stop, { once: true });
  let source: AsyncIterator<readonly RawRow[]> | null = null;
  try {
    if (signal?.aborted) throw cancelled("the stream", signal);
    checkStatement(core, statement);
    source = connection.stream(toDriver(statement, meta), batchSize)[Symbol.asyncIterator]();
    for (;;) {
      const next = source.next();
      fetching = next;
      const batch = await next;
      fetching = null;
      if (signal?.aborted) throw cancelled("the stream", signal);
      if (batch.done) break;
      rows += batch.value.length;
      yield batch.value;
    }
  } catch (thrown) {
    error = mapped(sending, thrown);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await stopping;
    try {
      await source?.return?.();
    } catch (thrown) {
      // A cursor that cannot be closed keeps its connection busy: nobody may get that one. The first error stays.
      connection.destroy();
      error ??= mapped(sending, thrown);
    }
    emit(sending, rows, 0, error);
  }
}

/** Tells of a statement that never got a connection. */
export function emitRefused(core: Core, statement: CompiledStatement, meta: StatementMeta, started: number, error: KakaError): void {
  const { model } = meta;
  emitStatement(core.events, statement, { model, started, rows: 0, affected: 0, error, connectionId: null, transactionId: null });
}

function toDriver(statement: CompiledStatement, meta: StatementMeta): Statement {
  const { operation } = statement;
  const query = operation === "select" || operation === "insert" || operation === "update" || operation === "delete";
  const prepare = meta.prepare ?? query;
  // A compiled statement is already what the driver wants: the usual case makes no new object.
  return prepare
    ? statement
    : { sql: statement.sql, params: statement.params, rows: statement.rows, prepare: false, mayWait: meta.mayWait === true };
}

function succeeded(sending: Sending, result: DriverResult): void {
  emit(sending, result.rows.length, result.affected, null);
}

function failed(sending: Sending, rows: number, thrown: unknown): KakaError {
  const error = mapped(sending, thrown);
  emit(sending, rows, 0, error);
  return error;
}

function emit(sending: Sending, rows: number, affected: number, error: KakaError | null): void {
  const { core, connection, statement, meta, transactionId, started } = sending;
  const facts = { model: meta.model, started, rows, affected, error, connectionId: connection.id, transactionId };
  // Somebody who began to listen while the statement ran gets no invented duration.
  if (started !== 0) emitStatement(core.events, statement, facts);
}

function mapped(sending: Sending, thrown: unknown): KakaError {
  const { core, connection, statement, meta, transactionId } = sending;
  let error = asOurs(core.dialect, thrown);
  // Servers have several codes for "stopped on request"; a broken rule is still reported as what it is.
  const answer = error instanceof QueryError && !(error instanceof ConstraintError);
  // A line that had to be dropped leaves open what became of a write.
  const harmless = connection.alive || !statement.writes;
  const stopped = meta.signal?.aborted === true && error !== thrown && harmless && (answer || error instanceof ConnectionError);
  if (stopped && meta.signal !== undefined) error = cancelled("the statement", meta.signal);
  if (error !== thrown) error = asLoss(error, connection);
  if (error instanceof ConnectionError) core.pool.lost();
  // A COMMIT is no part of the transaction's work: one that broke off may have happened.
  const inTransaction = transactionId !== null && statement.operation !== "transaction";
  if (error instanceof ConstraintError) meta.explain?.(error, core);
  return completeFacts(error, { connection, writes: statement.writes, model: meta.model, inTransaction });
}
