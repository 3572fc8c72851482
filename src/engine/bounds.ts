/**
 * What bounds the statements of a piece of work, a web request for one: a signal that stops them, a number that they may
 * not exceed. Shared by all engines, and looked for only once something was bounded. Layer 5.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { StatementMeta } from "./core.ts";

export interface BoundsOptions {
  /** Asked for at every statement: it may be made when the first one is sent. */
  readonly signal?: () => AbortSignal;
  /** Statements at most; the next one is refused. BEGIN, COMMIT and savepoints do not count. */
  readonly maxStatements?: number;
  /** What the work is, for that refusal. */
  readonly label?: string;
}

/** This many texts are named when there are too many statements. */
const NAMED = 20;

let storage: AsyncLocalStorage<Bounds> | null = null;

/** The bounds of the running code, or null. */
export function currentBounds(): Bounds | null {
  return storage === null ? null : (storage.getStore() ?? null);
}

export class Bounds {
  readonly #options: BoundsOptions;
  readonly #texts: string[] = [];
  /** Statements so far. */
  statements = 0;
  /** What they took together; statements that ran at the same time count each. */
  milliseconds = 0;

  constructor(options: BoundsOptions) {
    this.#options = options;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal?.();
  }

  /** Runs the function; it and all that it starts stays within these bounds. */
  run<T>(work: () => T): T {
    storage ??= new AsyncLocalStorage();
    return storage.run(this, work);
  }

  /** Sends one statement. @throws UsageError when it is one too many */
  send(
    statement: CompiledStatement,
    meta: StatementMeta,
    go: (meta: StatementMeta) => DriverResult | Promise<DriverResult>,
  ): DriverResult | Promise<DriverResult> {
    const bound = this.#admit(statement, meta);
    const started = performance.now();
    let result: DriverResult | Promise<DriverResult> | undefined;
    try {
      result = go(bound);
    } finally {
      if (!(result instanceof Promise)) this.milliseconds += performance.now() - started;
    }
    return result instanceof Promise ? this.#timed(started, result) : result;
  }

  /** The same of rows in batches; what their reader does between two of them is not counted. */
  async *stream(
    statement: CompiledStatement,
    meta: StatementMeta,
    go: (meta: StatementMeta) => AsyncGenerator<readonly RawRow[], void, undefined>,
  ): AsyncGenerator<readonly RawRow[], void, undefined> {
    const source = go(this.#admit(statement, meta));
    try {
      for (;;) {
        const next = await this.#timed(performance.now(), source.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await source.return();
    }
  }

  async #timed<T>(started: number, pending: Promise<T>): Promise<T> {
    try {
      return await pending;
    } finally {
      this.milliseconds += performance.now() - started;
    }
  }

  #admit(statement: CompiledStatement, meta: StatementMeta): StatementMeta {
    const { maxStatements } = this.#options;
    this.statements++;
    if (maxStatements !== undefined) {
      if (this.#texts.length < NAMED) this.#texts.push(statement.sql);
      if (this.statements > maxStatements) throw this.#tooMany(maxStatements);
    }
    const { signal } = this;
    if (signal === undefined) return meta;
    return { ...meta, signal: meta.signal === undefined ? signal : AbortSignal.any([meta.signal, signal]) };
  }

  #tooMany(most: number): UsageError {
    const what = this.#options.label ?? "this work";
    const more = this.statements > this.#texts.length ? [`and ${this.statements - this.#texts.length} more`] : [];
    return new UsageError(`${what} may send ${most} statements and asked for one more:\n  ${[...this.#texts, ...more].join("\n  ")}\n`, {
      hint: "load related rows with prefetch(), write rows with bulkCreate() and bulkUpdate(), or allow more",
      outcome: "not_applied",
      retryable: false,
    });
  }
}
