/** Equal connections behind one FIFO of waiters: the building block of the pool. Layer 5. */
import type { Connection } from "../drivers/driver.ts";
import { type KakaError, PoolTimeout } from "../errors.ts";
import { cancelled, closedError, warn } from "./faults.ts";
import { endSession } from "./goodbye.ts";
import { Lease, type LeaseOwner, type Slot } from "./lease.ts";

export interface GroupConfig {
  readonly min: number;
  readonly max: number;
  readonly acquireTimeoutMs: number;
  /** 0 keeps idle connections. */
  readonly idleMs: number;
  /** 0 keeps old connections. */
  readonly maxLifetimeMs: number;
  readonly debug: boolean;
  /** The word that ends a transaction left open. */
  readonly rollback: string;
  /** True when sessions are handed from one user to another and must be made as new after special use. */
  readonly resets: boolean;
  /** Rejects with one of our errors. */
  readonly open: () => Promise<Connection>;
  readonly opened: (connection: Connection) => void;
  readonly closed: (connection: Connection) => void;
}

export interface PoolStats {
  /** Connections that exist. */
  readonly open: number;
  readonly idle: number;
  /** Connections in use. */
  readonly leased: number;
  /** Connections being made as new before their next use. */
  readonly cleaning: number;
  readonly opening: number;
  readonly waiting: number;
}

interface Waiter {
  readonly purpose: string;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: KakaError) => void;
}

export class Group implements LeaseOwner {
  readonly #config: GroupConfig;
  readonly #slots = new Set<Slot>();
  /** Used as a stack: the connection used last is the warmest, and the others may grow old and go. */
  readonly #free: Slot[] = [];
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  #ending = 0;
  #sweep: NodeJS.Timeout | null = null;
  #closed = false;
  #onQuiet: (() => void) | null = null;

  constructor(config: GroupConfig) {
    this.#config = config;
  }

  get max(): number {
    return this.#config.max;
  }

  stats(): PoolStats {
    const open = this.#slots.size;
    const idle = this.#free.length;
    const leased = [...this.#slots].filter((slot) => slot.lease !== null).length;
    return { open, idle, leased, cleaning: open - idle - leased, opening: this.#opening, waiting: this.#waiters.length };
  }

  /** A free connection at once, or null. */
  tryAcquire(purpose: string): Lease | null {
    while (this.#free.length > 0) {
      const slot = this.#free.pop();
      if (slot === undefined) break;
      const now = performance.now();
      if (this.#usable(slot, now)) return new Lease(slot, this, purpose, now);
      this.#drop(slot);
    }
    return null;
  }

  /** @throws PoolTimeout when the time is over, ConnectionError when none can be opened */
  acquire(purpose: string, signal?: AbortSignal): Promise<Lease> {
    if (signal?.aborted) return Promise.reject(cancelled("waiting for a connection", signal));
    if (this.#closed) return Promise.reject(closedError());
    const lease = this.tryAcquire(purpose);
    if (lease !== null) return Promise.resolve(lease);
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const leave = (error: KakaError) => {
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        waiter.reject(error);
      };
      const timer = setTimeout(() => leave(this.#timeout(started)), this.#config.acquireTimeoutMs);
      const aborted = () => signal && leave(cancelled("waiting for a connection", signal));
      const settled = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
      };
      const waiter: Waiter = {
        purpose,
        resolve: (given) => {
          settled();
          resolve(given);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      signal?.addEventListener("abort", aborted, { once: true });
      this.#waiters.push(waiter);
      this.#grow();
    });
  }

  takeBack(slot: Slot, lease: Lease, destroy: boolean): void {
    slot.lease = null;
    if (destroy) slot.connection.destroy();
    const now = performance.now();
    if (this.#closed || !this.#usable(slot, now)) {
      this.#drop(slot);
      return;
    }
    const status = slot.connection.status();
    // An open transaction would swallow the next user's work. The server's own flag is believed where it exists; a
    // reset costs a round trip, so it is paid only after a transaction that ended badly or raw SQL that changes the session.
    if ((status === null || status === "idle") && !(lease.dirty && this.#config.resets)) this.#put(slot, now);
    else void this.#clean(slot, lease);
  }

  /** Opens connections up to the minimum, without anybody waiting for them. */
  fill(): void {
    while (!this.#closed && this.#total < this.#config.min) this.#openOne();
  }

  /** Throws away every connection that is not in use: one broke, so the others are not to be trusted. */
  discardIdle(): void {
    for (const slot of this.#free.splice(0)) {
      slot.connection.destroy();
      this.#drop(slot);
    }
  }

  /** Refuses new work, waits for leases to come back, then destroys what is still out. */
  async close(limitMs: number): Promise<void> {
    this.#closed = true;
    if (this.#sweep !== null) clearInterval(this.#sweep);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(closedError());
    for (const slot of this.#free.splice(0)) this.#drop(slot);
    if (this.#quiet) return;
    const quiet = new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
    });
    const timer = setTimeout(() => {
      for (const slot of this.#slots) {
        slot.connection.destroy();
        slot.lease?.destroy();
      }
      this.#onQuiet?.();
    }, limitMs);
    await quiet;
    clearTimeout(timer);
  }

  /** Sessions on the server, those that are on their way in or out included. */
  get #total(): number {
    return this.#slots.size + this.#opening + this.#ending;
  }

  get #quiet(): boolean {
    return this.#total === 0;
  }

  #usable(slot: Slot, now: number): boolean {
    const { maxLifetimeMs } = this.#config;
    return slot.connection.alive && (maxLifetimeMs === 0 || now - slot.openedAt < maxLifetimeMs);
  }

  #put(slot: Slot, now: number): void {
    if (this.#closed || !slot.connection.alive) {
      this.#drop(slot);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(new Lease(slot, this, waiter.purpose, now));
      return;
    }
    slot.idleSince = now;
    this.#free.push(slot);
    if (this.#sweep === null) this.#startSweep();
  }

  async #clean(slot: Slot, lease: Lease): Promise<void> {
    const { connection } = slot;
    const { rollback, resets, debug } = this.#config;
    const idle = () => connection.status() === null || connection.status() === "idle";
    let clean = false;
    try {
      if (!idle()) {
        const whose = debug ? `: ${lease.purpose}` : "";
        warn(`a connection came back with an open transaction, which was rolled back${whose}; use engine.transaction()`);
        await connection.execute({ sql: rollback, params: [], rows: false, prepare: false });
      }
      clean = (!resets || (await connection.reset())) && idle();
    } catch {
      // Why it could not be cleaned does not matter to anybody: it is thrown away.
    }
    if (!clean) connection.destroy();
    this.#put(slot, performance.now());
  }

  #drop(slot: Slot): void {
    if (!this.#slots.delete(slot)) return;
    const { connection } = slot;
    this.#ending++;
    endSession(connection, () => {
      this.#ending--;
      this.#config.closed(connection);
      if (this.#quiet) this.#onQuiet?.();
      this.#grow();
    });
  }

  #grow(): void {
    while (!this.#closed && this.#waiters.length > this.#opening && this.#total < this.#config.max) this.#openOne();
  }

  #openOne(): void {
    this.#opening++;
    this.#config.open().then(
      (connection) => {
        this.#opening--;
        const now = performance.now();
        const slot: Slot = { connection, openedAt: now, idleSince: now, lease: null };
        this.#slots.add(slot);
        this.#config.opened(connection);
        this.#put(slot, now);
      },
      (error: KakaError) => {
        this.#opening--;
        // Without a waiter this was only stock: the next one who needs a connection hears the reason.
        this.#waiters.shift()?.reject(error);
        if (this.#closed && this.#quiet) this.#onQuiet?.();
        this.#grow();
      },
    );
  }

  #startSweep(): void {
    const { idleMs, maxLifetimeMs } = this.#config;
    const limits = [idleMs, maxLifetimeMs].filter((limit) => limit > 0);
    if (limits.length === 0) return;
    this.#sweep = setInterval(() => this.#reap(), Math.max(10, Math.min(30_000, ...limits) / 2));
    this.#sweep.unref();
  }

  #reap(): void {
    const { idleMs, min } = this.#config;
    const now = performance.now();
    for (const slot of [...this.#free]) {
      const idle = idleMs > 0 && now - slot.idleSince >= idleMs && this.#slots.size > min;
      if (!idle && this.#usable(slot, now)) continue;
      this.#free.splice(this.#free.indexOf(slot), 1);
      this.#drop(slot);
    }
    this.fill();
  }

  #timeout(started: number): PoolTimeout {
    const { max, debug } = this.#config;
    const now = performance.now();
    const leases = [...this.#slots].flatMap((slot) => slot.lease ?? []);
    const oldest = leases.reduce<Lease | null>((found, lease) => (found === null || lease.since < found.since ? lease : found), null);
    const held = oldest === null ? "" : `, the oldest for ${Math.round(now - oldest.since)} ms`;
    const holder = oldest === null || !debug ? "" : ` by ${oldest.purpose}`;
    const state = `${leases.length} of ${max} are in use${held}${holder}, ${this.#opening} opening`;
    return new PoolTimeout(`no connection became free within ${Math.round(now - started)} ms: ${state}`, {
      hint: debug ? "await work inside its own transaction, or raise pool.max" : "raise pool.max, or set pool.debug to see who holds them",
      outcome: "not_applied",
      retryable: false,
    });
  }
}
