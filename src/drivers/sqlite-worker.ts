/**
 * SQLite in threads: each connection has a worker thread of its own, so that a long statement holds up neither the
 * program nor the other connections. A message each way makes a short one many times as dear. Layer 4.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { UsageError } from "../errors.ts";
import type {
  Connection,
  ConnectionTarget,
  Driver,
  DriverResult,
  ExecuteOptions,
  RawRow,
  ServerInfo,
  SessionSettings,
  Statement,
  TransactionStatus,
} from "./driver.ts";
import { openError } from "./facts.ts";
import { statementFacts } from "./sqlite-text.ts";
import { openInner, serve } from "./sqlite-thread.ts";
import { errorFrom, type ThreadAnswer, type ThreadData, type ThreadValue, type ThreadWork } from "./thread-messages.ts";

// This file is what the threads run.
if (!isMainThread && (workerData as Partial<ThreadData> | null)?.kakaormThread === true) await serve();

/** The program's other flags are about its own file, such as a loader or the text that it was given. */
const flags = process.execArgv.filter((flag) => flag === "--experimental-sqlite");

function startThread(data: ThreadData): Worker {
  const options = { workerData: data, name: "kakaorm sqlite", execArgv: flags };
  const file = new URL(import.meta.url);
  // Only this project's own programs run it from its source, which a thread cannot do without their loader.
  const source = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(file.href)}); })`;
  return file.pathname.endsWith(".ts") ? new Worker(source, { ...options, eval: true }) : new Worker(file, options);
}

/** Opens a SQLite file through better-sqlite3 or node:sqlite in threads. @throws {UsageError} for a database in memory */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  if (target.path === ":memory:") {
    throw new UsageError("A database in memory belongs to one connection: threads are for files", { hint: "leave +worker out of the URL" });
  }
  // Here as well, for what a missing library has to say before any thread is started, and for the form of its rows.
  const own = await openInner(target, settings);
  const { topology, aliasedRows } = own;
  await own.dispose();
  let connections = 0;
  return {
    name: "worker",
    family: "sqlite",
    topology,
    synchronous: false,
    aliasedRows,
    async open(role) {
      const thread = new Thread({ kakaormThread: true, target, settings, role });
      try {
        const server = (await thread.opened) as ServerInfo;
        connections += 1;
        return new ThreadConnection(connections, server, thread);
      } catch (error) {
        thread.end();
        // Of a thread that broke, why.
        throw openError(target, (error as Error).cause ?? error);
      }
    },
    dispose: async () => {},
  };
}

interface Pending {
  readonly resolve: (value: ThreadValue) => void;
  readonly reject: (error: Error) => void;
}

/** The worker, and who waits for its answers. It keeps the process alive only while somebody does. */
class Thread {
  readonly opened: Promise<ThreadValue>;
  status: TransactionStatus = null;
  alive = true;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #asked = 0;

  constructor(data: ThreadData) {
    this.#worker = startThread(data);
    this.opened = new Promise((resolve, reject) => this.#pending.set(0, { resolve, reject }));
    this.#worker.on("message", (answer: ThreadAnswer) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#broken(Object.assign(closed(), { cause: error })));
    this.#worker.on("exit", () => this.#broken(closed()));
  }

  ask(work: ThreadWork): Promise<ThreadValue> {
    if (!this.alive) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#worker.postMessage({ id, work });
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** Ends the thread as soon as the library gives the processor back. */
  end(): void {
    if (!this.alive) return;
    this.#broken(closed());
    void this.#worker.terminate();
  }

  #answered({ id, status, value, error }: ThreadAnswer): void {
    this.status = status;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (error === undefined) pending?.resolve(value ?? null);
    else pending?.reject(errorFrom(error));
  }

  #broken(error: Error): void {
    this.alive = false;
    this.status = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

class ThreadConnection implements Connection {
  readonly id: number;
  readonly server: ServerInfo;
  readonly #thread: Thread;
  #streams = 0;

  constructor(id: number, server: ServerInfo, thread: Thread) {
    this.id = id;
    this.server = server;
    this.#thread = thread;
  }

  get alive(): boolean {
    return this.#thread.alive;
  }

  execute(statement: Statement, options?: ExecuteOptions): Promise<DriverResult> {
    const work: ThreadWork = { kind: "execute", statement: sendable(statement), names: options?.names === true };
    return this.#thread.ask(work) as Promise<DriverResult>;
  }

  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    const stream = ++this.#streams;
    await this.#thread.ask({ kind: "stream", stream, statement: sendable(statement), batchSize });
    try {
      for (;;) {
        const batch = (await this.#thread.ask({ kind: "next", stream })) as readonly RawRow[] | null;
        if (batch === null) return;
        yield batch;
      }
    } finally {
      if (this.alive) await this.#thread.ask({ kind: "end", stream });
    }
  }

  status(): TransactionStatus {
    return this.#thread.status;
  }

  async reset(): Promise<boolean> {
    return this.alive && (await this.#thread.ask({ kind: "reset" })) === true;
  }

  /** The libraries cannot be interrupted. To drop the thread would leave it at work, and another one could begin beside it. */
  async cancel(): Promise<void> {}

  async close(): Promise<void> {
    if (!this.alive) return;
    await this.#thread.ask({ kind: "close" });
    this.#thread.end();
  }

  destroy(): void {
    this.#thread.end();
  }
}

/** What the thread needs of a statement. A view of a larger buffer would take that along. @throws {UsageError} for several statements */
function sendable({ sql, params, rows, prepare }: Statement): Statement {
  statementFacts(sql);
  const own = params.map((value) => (value instanceof Uint8Array && value.byteLength < value.buffer.byteLength ? value.slice() : value));
  return prepare === undefined ? { sql, params: own, rows } : { sql, params: own, rows, prepare };
}

/** SQLite's own words, which the dialect knows. */
function closed(): Error {
  return Object.assign(new Error("database is closed"), { code: "SQLITE_MISUSE" });
}
