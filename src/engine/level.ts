/** One level of a transaction: the whole of it, or a savepoint within. Says what may run on it, and when. Layer 5. */
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import { type KakaError, PoolTimeout, UnsupportedError, UsageError } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { keepSpecimen } from "../util/specimen.ts";
import type { StatementMeta } from "./core.ts";
import { cancelled } from "./faults.ts";
import type { Hook } from "./hooks.ts";
import type { TransactionLine } from "./line.ts";
import { Queue, type WaitLimit } from "./queue.ts";

export type TransactionState = "open" | "closing" | "committed" | "rolled back" | "dead";

const NOT_SENT = { outcome: "not_applied", retryable: false } as const;

export class Level {
  readonly line: TransactionLine;
  readonly parent: Level | null;
  readonly depth: number;
  readonly readOnly: boolean;
  readonly started = performance.now();
  readonly hooks: Hook[] = [];
  /** What memory holds of this level's work: taken back at once with it, the last first. */
  readonly undo: (() => void)[] = [];
  /** The savepoint that is open within this level; while there is one, it has the connection. */
  child: Level | null = null;
  /** Why this level was stopped from outside. */
  abortError: KakaError | null = null;
  #state: Exclude<TransactionState, "dead"> = "open";
  readonly #queue = new Queue();
  #stream: { readonly stop: (error: KakaError) => Promise<void> } | null = null;
  #onAbort: ((error: KakaError) => void) | null = null;

  constructor(line: TransactionLine, parent: Level | null, readOnly: boolean) {
    this.line = line;
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.readOnly = readOnly || (parent?.readOnly ?? false);
  }

  get state(): TransactionState {
    const over = this.#state === "committed" || this.#state === "rolled back";
    return !over && this.line.death !== null ? "dead" : this.#state;
  }

  end(state: "committed" | "rolled back"): void {
    this.#state = state;
    if (state === "committed") this.parent?.undo.push(...this.undo);
    else for (const work of this.undo.splice(0).reverse()) work();
  }

  within(other: Level): boolean {
    for (let level: Level | null = this; level !== null; level = level.parent) if (level === other) return true;
    return false;
  }

  /** @throws UsageError or TransactionLost when this level takes no statement any more */
  admit(): void {
    if (this.line.death !== null && this.state === "dead") throw this.line.death;
    if (this.abortError !== null) throw this.abortError;
    if (this.#state === "open") return;
    throw new UsageError(`the transaction is ${this.#state}: a statement came too late`, {
      hint: "await every statement inside the transaction callback, or start work that outlives it with engine.outsideTransaction()",
      ...NOT_SENT,
    });
  }

  run(statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
    this.#check(statement);
    const task = () => {
      this.admit();
      return this.line.run(statement, meta);
    };
    return this.#queue.run(task, this.#limit(), meta.signal);
  }

  async *stream(statement: CompiledStatement, batchSize: number, meta: StatementMeta): AsyncGenerator<readonly RawRow[], void, undefined> {
    this.#check(statement);
    const release = await this.#queue.hold(this.#limit());
    let cut: KakaError | null = null;
    let source: AsyncGenerator<readonly RawRow[], void, undefined> | null = null;
    const stop = async (error: KakaError) => {
      cut = error;
      // How the cursor ended is told to whoever reads the stream.
      await source?.return().catch(() => {});
      release();
    };
    try {
      this.admit();
      this.#stream = { stop };
      source = this.line.stream(statement, batchSize, meta);
      for (;;) {
        const next = await source.next();
        if (next.done) return;
        yield next.value;
        // Ended from outside: to stop quietly would look like the end of the rows.
        if (cut !== null) throw cut;
      }
    } finally {
      await source?.return();
      this.#stream = null;
      release();
    }
  }

  /** Runs a nested level as one task of this one: whatever else this level is asked for waits until it is over. */
  nest<T>(task: () => Promise<T>): T | Promise<T> {
    this.admit();
    this.#refuseStreaming();
    return this.#queue.run(() => {
      this.admit();
      return task();
    }, this.#limit());
  }

  /** Runs the callback to its end or to this level's abort, then closes. The first error wins. */
  async perform<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const abort = () => signal && this.abort(cancelled("the transaction", signal), true);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    let value: T;
    try {
      if (this.abortError !== null) throw this.abortError;
      value = await new Promise<T>((resolve, reject) => {
        this.#onAbort = reject;
        work().then(resolve, reject);
      });
    } catch (error) {
      await this.#close();
      throw this.abortError ?? error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    const leftover = await this.#close();
    if (this.abortError !== null) throw this.abortError;
    if (this.line.death !== null) throw this.line.death;
    if (leftover > 0) throw lateError(leftover);
    return value;
  }

  /** Ends this level from outside, and with it those within; `stop` also cancels the statement that runs. */
  abort(error: KakaError, stop: boolean): void {
    if (this.#state !== "open" || this.abortError !== null) return;
    this.abortError = error;
    this.#queue.clear(error);
    if (stop) this.line.stop();
    this.#onAbort?.(error);
  }

  /** Takes nothing more, waits for what runs; answers how many statements had not been waited for. */
  async #close(): Promise<number> {
    this.#state = "closing";
    const leftover = this.#queue.size;
    // The usual end: nothing is left that would need an error.
    if (leftover === 0 && this.child === null && this.#stream === null) return 0;
    const late = this.abortError ?? lateError(leftover);
    this.#queue.clear(late);
    this.child?.abort(late, false);
    await this.#stream?.stop(late);
    await this.#queue.idle();
    return leftover;
  }

  #check(statement: CompiledStatement): void {
    this.admit();
    this.#refuseStreaming();
    if (this.readOnly && statement.writes) {
      throw new UsageError(`the transaction is read-only and was asked to ${statement.operation}`, NOT_SENT);
    }
    if (statement.operation === "ddl" && this.line.core.dialect.transaction.ddlCommits) {
      throw new UnsupportedError(`${this.line.core.traits.label} commits the transaction before a schema change`, {
        hint: "change the schema outside of transactions: engine.outsideTransaction()",
        ...NOT_SENT,
      });
    }
  }

  #refuseStreaming(): void {
    if (this.#stream === null) return;
    throw new UsageError("a stream is being read on this transaction, whose connection runs one statement at a time", {
      hint: "read the rows into an array first, or write after the loop",
      ...NOT_SENT,
    });
  }

  /** Waiting behind a nested level never ends when that level itself waits for this statement. */
  #limit(): WaitLimit | null {
    if (this.child === null) return null;
    const milliseconds = this.line.core.options.pool.acquireTimeoutMs;
    const error = () =>
      new PoolTimeout(`a nested transaction kept its outer transaction busy for ${milliseconds} ms`, {
        hint: "inside the nested callback use its own handle, or the engine",
        ...NOT_SENT,
      });
    return { milliseconds, error };
  }
}

function lateError(count: number): UsageError {
  return new UsageError(`${count} statement(s) of the transaction were still pending when its callback returned: an await is missing`, {
    hint: "await every statement inside the transaction callback",
    ...NOT_SENT,
  });
}

keepSpecimen(new Level({} as TransactionLine, null, false));
