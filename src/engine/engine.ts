/** An engine: one database with its pool, from connect to disconnect. Layer 5. */
import { UsageError } from "../errors.ts";
import { TransactionContext } from "./context.ts";
import type { Core } from "./core.ts";
import type { PoolStats } from "./group.ts";
import type { EngineOptions } from "./options.ts";
import { Session } from "./session.ts";

export interface DisconnectOptions {
  /** How long running work may take to finish, in milliseconds, before its connections are dropped. Default 10000. */
  readonly timeoutMs?: number;
}

const GRACE_MS = 10_000;
const engines = new WeakMap<Core, Engine>();

/** The engine itself, also for one of its transaction handles. Rows remember it and no transaction. @internal */
export function engineOf(session: Session): Engine {
  return engines.get(session.core) as Engine;
}

export class Engine extends Session {
  readonly #onDisconnect: () => void;
  #ending: Promise<void> | null = null;

  /** @internal */
  constructor(core: Core, onDisconnect: () => void) {
    super(core, new TransactionContext(), null);
    this.#onDisconnect = onDisconnect;
    engines.set(core, this);
  }

  /** `<Engine default: PostgreSQL 15.18>`; an engine printed whole would show its pool and options. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<Engine ${this.name}: ${this.traits.label}${this.connected ? "" : ", disconnected"}>`;
  }

  /** @internal */
  get options(): EngineOptions {
    return this.core.options;
  }

  /** False from the call of `disconnect` on. */
  get connected(): boolean {
    return !this.core.closed;
  }

  /** Connections of this engine by what they do now. */
  poolStats(): PoolStats {
    return this.core.pool.stats();
  }

  /**
   * Takes no new statement, waits for running work, closes every connection and forgets the name. A second call waits
   * for the same end.
   * @throws UsageError inside a transaction of this engine, which would wait for itself
   */
  disconnect(options: DisconnectOptions = {}): Promise<void> {
    if (this.#ending === null && this.inTransaction) {
      return Promise.reject(
        new UsageError("disconnect was called inside a transaction of this engine", { hint: "call it after the transaction" }),
      );
    }
    this.#ending ??= this.#end(options.timeoutMs ?? GRACE_MS);
    return this.#ending;
  }

  /** The end of `await using engine = await connect(url)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  async #end(limitMs: number): Promise<void> {
    this.core.closed = true;
    this.#onDisconnect();
    await this.core.pool.close(limitMs);
  }
}
