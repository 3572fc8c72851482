/** One task at a time, in the order of arrival; a task that finds the queue idle and answers at once needs no promise. Layer 5. */
import type { KakaError } from "../errors.ts";
import { cancelled } from "./faults.ts";

interface Entry {
  /** Runs the task and settles the promise that its owner holds. */
  readonly start: () => void | Promise<void>;
  readonly refuse: (error: KakaError) => void;
}

/** How long a task may wait for its turn. */
export interface WaitLimit {
  readonly milliseconds: number;
  readonly error: () => KakaError;
}

export class Queue {
  #running = false;
  readonly #waiting: Entry[] = [];
  readonly #onIdle: (() => void)[] = [];

  /** Tasks that wait or run. */
  get size(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  run<T>(task: () => T | Promise<T>, limit: WaitLimit | null = null, signal: AbortSignal | null = null): T | Promise<T> {
    if (this.#running) return this.#wait(task, limit, signal);
    this.#running = true;
    let result: T | Promise<T>;
    try {
      result = task();
    } catch (error) {
      this.#next();
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.#next();
      return result;
    }
    const next = () => this.#next();
    result.then(next, next);
    return result;
  }

  /** Waits for the turn and keeps it until the returned function is called. */
  hold(limit: WaitLimit | null = null): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const held = async () => this.run(() => new Promise<void>((done) => resolve(done)), limit);
      held().catch(reject);
    });
  }

  /** Refuses every task that has not begun. */
  clear(error: KakaError): void {
    for (const entry of this.#waiting.splice(0)) entry.refuse(error);
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#onIdle.push(resolve)) : Promise.resolve();
  }

  #wait<T>(task: () => T | Promise<T>, limit: WaitLimit | null, signal: AbortSignal | null): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (error: KakaError) => {
        const index = this.#waiting.indexOf(entry);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        entry.refuse(error);
      };
      const aborted = () => signal && leave(cancelled("waiting for the transaction", signal));
      const settled = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
      };
      const entry: Entry = {
        start: () => {
          settled();
          try {
            const result = task();
            if (result instanceof Promise) return result.then(resolve, reject);
            resolve(result);
          } catch (error) {
            reject(error);
          }
        },
        refuse: (error) => {
          settled();
          // Nobody may be waiting for this promise (that is often why it is refused); whoever is, still gets the error.
          promise.catch(() => {});
          reject(error);
        },
      };
      if (limit !== null) {
        timer = setTimeout(() => leave(limit.error()), limit.milliseconds);
      }
      signal?.addEventListener("abort", aborted, { once: true });
      this.#waiting.push(entry);
    });
    return promise;
  }

  #next(): void {
    this.#running = false;
    // A loop, not recursion: many waiting tasks may answer at once.
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      this.#running = true;
      const started = entry.start();
      if (started instanceof Promise) {
        started.then(() => this.#next());
        return;
      }
      this.#running = false;
    }
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
