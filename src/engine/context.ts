/** Which transaction the running code belongs to: one store per engine, made with its first transaction. Layer 5. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Level } from "./level.ts";

export class TransactionContext {
  #storage: AsyncLocalStorage<Level | null> | null = null;

  current(): Level | null {
    return this.#storage === null ? null : (this.#storage.getStore() ?? null);
  }

  run<T>(level: Level, work: () => T): T {
    this.#storage ??= new AsyncLocalStorage();
    return this.#storage.run(level, work);
  }

  /** Runs the work, and everything it starts, as if no transaction were open. */
  exit<T>(work: () => T): T {
    return this.#storage === null ? work() : this.#storage.run(null, work);
  }
}
