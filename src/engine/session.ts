/** What runs statements: an engine, or a transaction handle of it. The one door. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";
import type { DriverResult, RawRow, ServerInfo } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { Naming } from "../render/naming.ts";
import type { Traits } from "../render/traits.ts";
import { keepSpecimen } from "../util/specimen.ts";
import { currentBounds } from "./bounds.ts";
import type { TransactionContext } from "./context.ts";
import type { Core, StatementMeta } from "./core.ts";
import type { EngineEvents } from "./events.ts";
import { type HookWork, runHook } from "./hooks.ts";
import type { Level, TransactionState } from "./level.ts";
import { runAlone, streamAlone } from "./pipeline.ts";
import { rawExecute, rawRows, rawScalar } from "./raw.ts";
import { createTables, dropTables } from "./schema.ts";
import { type HookContext, isSignal, type SignalAnswer, type SignalName, type Subscription, signalNames } from "./signals.ts";
import { type TransactionOptions, transact } from "./transaction.ts";

/** A class whose rows a receiver is told of. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint; the parameters of a constructor go both ways
type ModelLike = abstract new (...args: any[]) => object;
type SpecsOf<M> = M extends { readonly $specs: infer C } ? C : Record<string, unknown>;

/** What rows of every model have. */
export interface AnyRow {
  toDict(): Record<string, unknown>;
  toJSON(): Record<string, unknown>;
}

export abstract class Session {
  /** @internal */
  readonly core: Core;
  /** @internal */
  readonly context: TransactionContext;
  readonly #level: Level | null;

  constructor(core: Core, context: TransactionContext, level: Level | null) {
    this.core = core;
    this.context = context;
    this.#level = level;
  }

  /** The name that `engineByName` knows it by. */
  get name(): string {
    return this.core.name;
  }

  get dialect(): Dialect {
    return this.core.dialect;
  }

  /** What the connected server can do. */
  get traits(): Traits {
    return this.core.traits;
  }

  get naming(): Naming {
    return this.core.naming;
  }

  /** Flavour and version of the connected server. */
  get server(): ServerInfo {
    return this.core.server;
  }

  /** True when a statement run here and now would belong to an open transaction. */
  get inTransaction(): boolean {
    return this.#resolve()?.state === "open";
  }

  /** What all levels of the transaction that a statement would belong to have in common; null: none is open. @internal */
  get transactionKey(): object | null {
    return this.#resolve()?.line ?? null;
  }

  /**
   * True when other statements can run here while a stream is being read. When false they must wait for its end.
   * @internal
   */
  get interleaves(): boolean {
    return this.#resolve() === null && this.core.pool.interleaves;
  }

  /**
   * Runs one statement: in the transaction that the running code belongs to, else on a connection of its own.
   * A synchronous driver with a free connection answers without a promise, and then throws instead of rejecting.
   * @internal
   */
  run(statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
    const bounds = currentBounds();
    return bounds === null ? this.#run(statement, meta) : bounds.send(statement, meta, (bound) => this.#run(statement, bound));
  }

  #run(statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult> {
    const level = this.#resolve();
    return level === null ? runAlone(this.core, statement, meta) : level.run(statement, meta);
  }

  /**
   * Yields arrays of raw rows without holding all of them. The statement starts with the first array asked for.
   * @internal
   */
  async *stream(statement: CompiledStatement, batchSize: number, meta: StatementMeta): AsyncGenerator<readonly RawRow[], void, undefined> {
    const level = this.#resolve();
    const open = (own: StatementMeta) =>
      level === null ? streamAlone(this.core, statement, batchSize, own) : level.stream(statement, batchSize, own);
    const bounds = currentBounds();
    yield* bounds === null ? open(meta) : bounds.stream(statement, meta, open);
  }

  /**
   * Runs the callback in a transaction and resolves to its result once COMMIT was confirmed. Every statement of this
   * engine that the callback runs takes part; when it throws, all of them are undone. Within an open transaction the
   * callback runs in a savepoint, and throwing undoes that part alone.
   *
   * @throws TransactionRolledBack when the database kept nothing although no error came out of the callback
   * @throws CommitOutcomeUnknown when the line broke before COMMIT was answered
   * @throws UsageError when statements were still running as the callback returned
   * @example
   * await engine.transaction(async () => {
   *   await account.update({ balance: 0 });
   *   await Log.create({ text: "closed" });
   * }, { isolation: "serializable", retry: 3 });
   */
  transaction<T>(work: (tx: TransactionHandle) => Promise<T> | T, options: TransactionOptions = {}): Promise<T> {
    const { core, context } = this;
    const signal = options.signal ?? currentBounds()?.signal;
    const own = signal === undefined ? options : { ...options, signal };
    return transact(core, context, this.#resolve(), own, async (level) => work(new TransactionHandle(core, context, level)));
  }

  /**
   * Runs the function after the open transaction was committed, outside of it; never when it is rolled back. Without an
   * open transaction it runs at once. Its errors are reported as process warnings.
   */
  afterCommit(work: HookWork): void {
    const level = this.#resolve();
    if (level === null) {
      void runHook("after-commit", work);
      return;
    }
    level.admit();
    level.hooks.push({ when: "commit", work });
  }

  /**
   * Runs the function when the open transaction, or the savepoint it was called in, is rolled back: after the end of the
   * whole transaction, outside of it. Its errors are reported as process warnings.
   * @throws UsageError without an open transaction
   */
  afterRollback(work: HookWork): void {
    const level = this.#resolve();
    if (level === null) throw new UsageError("afterRollback needs an open transaction", { hint: "call it inside engine.transaction()" });
    level.admit();
    level.hooks.push({ when: "rollback", work });
  }

  /**
   * Runs the function as soon as what was done here is rolled back, the savepoint alone or all of it. Nothing without a transaction.
   * @internal
   */
  onUndo(work: () => void): void {
    this.#resolve()?.undo.push(work);
  }

  /** Runs the function, and everything it starts, as if no transaction of this engine were open. */
  outsideTransaction<T>(work: () => T): T {
    return this.context.exit(work);
  }

  /**
   * Rows of hand-written SQL as plain objects, every hole bound. There is no model to say what a value is: PostgreSQL's
   * types are read (64-bit integers as numbers while they are exact, else as bigints), MySQL and SQLite values stay as
   * their clients deliver them (booleans as 0 and 1, dates as text).
   * @throws UsageError for objects, arrays and undefined in a hole
   * @example
   * await db.sql<{ n: number }>`select count(*) as n from post where views > ${10}`;
   */
  sql<T extends object = Record<string, unknown>>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T[]> {
    return rawRows(this, texts, values) as Promise<T[]>;
  }

  /** Runs hand-written SQL and resolves to the number of rows it matched. */
  execute(texts: TemplateStringsArray, ...values: unknown[]): Promise<number> {
    return rawExecute(this, texts, values);
  }

  /** The first value of the first row of hand-written SQL, or null. */
  scalar<T>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T | null> {
    return rawScalar(this, texts, values) as Promise<T | null>;
  }

  /** Creates the tables of these models, with keys, checks and indexes, in the order their foreign keys need. */
  createTable(...models: readonly [object, ...object[]]): Promise<void> {
    return createTables(this, models, {});
  }

  /** The same for tables that do not exist yet; existing ones are left as they are. */
  createTableIfNotExists(...models: readonly [object, ...object[]]): Promise<void> {
    return createTables(this, models, { ifNotExists: true });
  }

  /** Drops the tables of these models with all their rows, those that refer to others first. */
  dropTable(...models: readonly [object, ...object[]]): Promise<void> {
    return dropTables(this, models, {});
  }

  dropTableIfExists(...models: readonly [object, ...object[]]): Promise<void> {
    return dropTables(this, models, { ifExists: true });
  }

  /**
   * Calls the listener at every event of this kind; the returned function ends that. Of what happens to rows (`beforeSave`,
   * `afterDelete` ...) it is told within the transaction of the write, is awaited, and says no by `false` or an error.
   * @example
   * const off = engine.on("beforeSave", Post, (post) => { post.title = post.title.trim(); });
   */
  on<K extends keyof EngineEvents>(kind: K, listener: (event: EngineEvents[K]) => void): () => void;
  on<E extends SignalName, M extends ModelLike>(
    event: E,
    model: M,
    receiver: (row: InstanceType<M>, context: HookContext<Session, keyof SpecsOf<M>>) => SignalAnswer<E>,
  ): Subscription;
  on<E extends SignalName>(event: E, receiver: (row: AnyRow, context: HookContext<Session, string>) => SignalAnswer<E>): Subscription;
  on(kind: string, ...given: readonly unknown[]): () => void {
    const { events } = this.core;
    if (isSignal(kind)) return events.signals.on(kind, given);
    if (!Object.hasOwn(events.listeners, kind)) {
      throw new UsageError(`unknown event "${kind}"`, { hint: `known: ${[...Object.keys(events.listeners), ...signalNames].join(", ")}` });
    }
    return events.on(kind as keyof EngineEvents, given[0] as never);
  }

  /** The handle's own level, or the one of the running code where that lies within it. */
  #resolve(): Level | null {
    const current = this.context.current();
    const own = this.#level;
    if (own === null || current === null || current === own) return own ?? current;
    return current.state === "open" && current.within(own) ? current : own;
  }
}

/** One level of a transaction as an explicit object: works wherever it is passed, until the callback returns. */
export class TransactionHandle extends Session {
  readonly #level: Level;

  constructor(core: Core, context: TransactionContext, level: Level) {
    super(core, context, level);
    this.#level = level;
  }

  /** Numbered from 1 within its engine; statement events carry the same number. */
  get id(): number {
    return this.#level.line.id;
  }

  get state(): TransactionState {
    return this.#level.state;
  }

  /** 0 is the transaction itself, 1 and more are savepoints within it. */
  get depth(): number {
    return this.#level.depth;
  }

  /** Which run of a retried transaction this is, from 1. */
  get attempt(): number {
    return this.#level.line.attempt;
  }
}

keepSpecimen(new TransactionHandle({} as Core, {} as TransactionContext, {} as Level));
