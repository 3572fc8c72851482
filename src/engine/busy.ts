/** A database file locked by another process: short sleeps between tries, never a blocked event loop. Layer 5. */
import { setTimeout as sleep } from "node:timers/promises";
import { RetryableError } from "../errors.ts";
import type { Core } from "./core.ts";
import { cancelled } from "./faults.ts";

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** Only for a statement that is alone or the first of its transaction: then nothing was done that a retry repeats. */
export function isBusy(core: Core, error: unknown): boolean {
  return core.pool.topology === "writer" && error instanceof RetryableError;
}

/** Tries until the lock limit is over, then throws the last error. Answers at once where the first attempt does. */
export function whileBusy<T>(core: Core, signal: AbortSignal | undefined, attempt: () => T | Promise<T>): T | Promise<T> {
  if (core.pool.topology !== "writer") return attempt();
  const began = performance.now();
  let first: T | Promise<T>;
  try {
    first = attempt();
  } catch (error) {
    if (!isBusy(core, error)) throw error;
    return again(core, signal, attempt, began, Promise.reject(error));
  }
  return first instanceof Promise ? again(core, signal, attempt, began, first) : first;
}

async function again<T>(
  core: Core,
  signal: AbortSignal | undefined,
  attempt: () => T | Promise<T>,
  began: number,
  first: Promise<T>,
): Promise<T> {
  const { lockTimeoutMs } = core.options.session;
  const deadline = lockTimeoutMs === 0 ? Number.POSITIVE_INFINITY : began + lockTimeoutMs;
  let running: T | Promise<T> = first;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await running;
    } catch (error) {
      const left = deadline - performance.now();
      if (isBusy(core, error) && signal?.aborted) throw cancelled("waiting for a lock", signal);
      if (!isBusy(core, error) || left <= 0) throw error;
      // Jitter: two processes that collided must not meet again at the same time.
      await sleep(Math.min(pause * (0.5 + Math.random()), left));
    }
    running = (async () => attempt())();
  }
}
