/** A limit of time as a signal, beside the caller's own one. Layer 5. */
import { cancelled, TimeLimit } from "./faults.ts";

/** The clocks of the limits that run, by the signals they fire. */
const clocks = new WeakMap<AbortSignal, Limit>();

export class Limit {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #milliseconds: number | null;
  readonly #outer: AbortSignal | null;
  #started = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(milliseconds: number | null, outer: AbortSignal | null) {
    this.signal = this.#controller.signal;
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    clocks.set(this.signal, this);
    if (outer?.aborted) this.#follow();
    else outer?.addEventListener("abort", this.#follow, { once: true });
  }

  start(): void {
    if (this.#milliseconds === null) return;
    this.#started = performance.now();
    this.#timer = setTimeout(() => this.#expire(), this.#milliseconds);
  }

  /** Looks at the clock as well: no timer fires while a client library holds the thread. */
  check(): void {
    if (this.#outer !== null) checkLimit(this.#outer);
    if (this.#timer !== null && performance.now() - this.#started >= (this.#milliseconds as number)) this.#expire();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Nothing of it stays behind: no timer, and no listener on a signal that may live for long. */
  end(): void {
    this.stop();
    this.#outer?.removeEventListener("abort", this.#follow);
  }

  readonly #follow = (): void => this.#controller.abort(this.#outer?.reason);

  #expire(): void {
    this.#controller.abort(new TimeLimit(this.#milliseconds as number));
  }
}

/** Fires the signal if it belongs to a limit whose time is over. */
export function checkLimit(signal: AbortSignal): void {
  clocks.get(signal)?.check();
}

/**
 * Runs the work with a signal that fires when the time is over or the outer signal does. A result that comes after that
 * is thrown away when nothing was changed for it; a write that was made is told as such.
 */
export async function within<T>(
  o: { readonly milliseconds: number | null; readonly signal: AbortSignal | null; readonly writes: boolean },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new Limit(o.milliseconds, o.signal);
  limit.start();
  try {
    if (limit.signal.aborted) throw cancelled("the query", limit.signal);
    const result = await work(limit.signal);
    if (o.writes) return result;
    limit.check();
    if (limit.signal.aborted) throw cancelled("the query", limit.signal);
    return result;
  } finally {
    limit.end();
  }
}

/** The same for parts that are asked for one by one: the time of each part counts, not what its reader does with it. */
export async function* withinEach<T>(
  o: { readonly milliseconds: number | null; readonly signal: AbortSignal | null },
  work: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const limit = new Limit(o.milliseconds, o.signal);
  let parts: AsyncGenerator<T, void, undefined> | null = null;
  const refuse = (): void => {
    if (limit.signal.aborted) throw cancelled("the loop", limit.signal);
  };
  try {
    refuse();
    parts = work(limit.signal);
    for (;;) {
      limit.start();
      const next = await parts.next();
      limit.check();
      limit.stop();
      if (next.done) return;
      refuse();
      yield next.value;
      refuse();
    }
  } finally {
    limit.end();
    await parts?.return();
  }
}
