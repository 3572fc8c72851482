/** The server's side of one transaction: its connection, and whether the transaction still lives on it. Layer 5. */
import type { Connection, DriverResult, RawRow } from "../drivers/driver.ts";
import { ConnectionError, KakaError, type Outcome, QueryError, TransactionLost } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { keepSpecimen } from "../util/specimen.ts";
import { stopStatement } from "./cancel.ts";
import type { Core, StatementMeta } from "./core.ts";
import type { Lease } from "./lease.ts";
import { send, sendStream } from "./send.ts";
import { changesSession } from "./session-sql.ts";

const CONTROL: StatementMeta = { model: null };
const OPENS: StatementMeta = { model: null, mayWait: true };

interface ControlOptions {
  readonly opens?: boolean;
  readonly commits?: boolean;
  readonly inside?: boolean;
}

export class TransactionLine {
  readonly core: Core;
  readonly lease: Lease;
  readonly id: number;
  /** Which run of a retried transaction this is, from 1. */
  readonly attempt: number;
  readonly readOnly: boolean;
  readonly isolation: string | null;
  /** The first error of a transaction that the server refuses to go on with until it is rolled back. */
  failure: KakaError | null = null;
  /** A cancel request under way: nothing is sent until it was answered, or it could hit the wrong statement. */
  stopping: Promise<void> | null = null;
  #death: TransactionLost | null = null;
  #savepoints = 0;
  #inFlight: Promise<unknown> | null = null;

  constructor(
    core: Core,
    lease: Lease,
    id: number,
    o: { readonly attempt: number; readonly readOnly: boolean; readonly isolation: string | null },
  ) {
    this.core = core;
    this.lease = lease;
    this.id = id;
    this.attempt = o.attempt;
    this.readOnly = o.readOnly;
    this.isolation = o.isolation;
  }

  get connection(): Connection {
    return this.lease.connection;
  }

  /** Not null when the transaction ended without being asked to: then nothing more is sent. */
  get death(): TransactionLost | null {
    return this.#death;
  }

  /** Counted over the whole transaction, so that no name ever returns. */
  nextSavepoint(): string {
    return `kaka_${++this.#savepoints}`;
  }

  run(statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
    this.refuseFailed();
    if (changesSession(statement)) this.lease.dirty = true;
    let result: DriverResult | Promise<DriverResult>;
    try {
      result = send(this.core, this.connection, statement, meta, this.id);
    } catch (error) {
      throw this.#afterError(error);
    }
    return result instanceof Promise ? this.#settle(result, true) : this.#afterSuccess(result);
  }

  async *stream(statement: CompiledStatement, batchSize: number, meta: StatementMeta): AsyncGenerator<readonly RawRow[], void, undefined> {
    this.refuseFailed();
    try {
      yield* sendStream(this.core, this.connection, statement, batchSize, meta, this.id);
    } catch (error) {
      throw this.#afterError(error);
    }
    this.#afterSuccess(null);
  }

  /** Sends a word of transaction control. A savepoint word within a transaction; begin, commit and rollback at its ends. */
  control(sql: string, o: ControlOptions = {}): DriverResult | Promise<DriverResult> {
    if (this.stopping !== null) return this.#controlLater(sql, o);
    const statement: CompiledStatement = { sql, params: [], operation: "transaction", rows: false, writes: o.commits ?? false };
    const inside = o.inside === true;
    let result: DriverResult | Promise<DriverResult>;
    try {
      result = send(this.core, this.connection, statement, o.opens === true ? OPENS : CONTROL, this.id);
    } catch (error) {
      throw inside ? this.#afterError(error) : error;
    }
    if (result instanceof Promise) return this.#settle(result, inside);
    return inside ? this.#afterSuccess(result) : result;
  }

  async #controlLater(sql: string, o: ControlOptions): Promise<DriverResult> {
    await this.stopping;
    this.stopping = null;
    return this.control(sql, o);
  }

  /** Ends the life of this transaction without a word to the server. */
  die(cause: KakaError, outcome: Outcome, what = "the database ended the transaction"): TransactionLost {
    // An unclean end: whatever the session keeps of it must not reach the next user.
    this.lease.dirty = true;
    this.#death ??= new TransactionLost(what, {
      cause,
      hint: "let its first error leave the transaction callback; nothing more can run on this handle",
      outcome,
      retryable: outcome === "not_applied" && cause.retryable === true,
    });
    return this.#death;
  }

  /** Asks the server to stop what runs now. */
  stop(): void {
    if (this.#inFlight === null) return;
    this.stopping ??= stopStatement(this.connection, this.#inFlight, this.core.options.session.connectTimeoutMs);
  }

  /** Within a failed transaction the server answers every statement with the same empty refusal: say why instead. */
  refuseFailed(): void {
    if (this.connection.status() !== "failed") return;
    throw new TransactionLost("an earlier statement of this transaction failed and its error was swallowed", {
      cause: this.failure ?? undefined,
      hint: "let the error leave the callback, or run what may fail in a nested transaction",
      outcome: "not_applied",
      retryable: false,
    });
  }

  /** `inside`: what it says of the transaction's life counts; not of the words at its ends. */
  async #settle(pending: Promise<DriverResult>, inside: boolean): Promise<DriverResult> {
    this.#inFlight = pending;
    try {
      const result = await pending;
      return inside ? this.#afterSuccess(result) : result;
    } catch (error) {
      throw inside ? this.#afterError(error) : error;
    } finally {
      this.#inFlight = null;
    }
  }

  #afterSuccess<R>(result: R): R {
    if (this.connection.status() !== "idle") return result;
    const cause = new QueryError("a statement ended the transaction: schema changes, COMMIT and ROLLBACK in raw SQL do");
    throw this.die(cause, "unknown");
  }

  #afterError(error: unknown): unknown {
    if (!(error instanceof KakaError) || error === this.#death) return error;
    const { core, connection } = this;
    if (error instanceof ConnectionError || !connection.alive) this.die(error, "not_applied", "the connection of the transaction broke");
    else if (core.dialect.transaction.isFatal(error) || connection.status() === "idle") this.die(error, "not_applied");
    else if (connection.status() === "failed") this.failure ??= error;
    return error;
  }
}

keepSpecimen(new TransactionLine({} as Core, {} as Lease, 0, { attempt: 1, readOnly: false, isolation: null }));
