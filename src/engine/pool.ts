/** The connections of one engine, shared as its driver allows. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";
import type { Connection, Driver } from "../drivers/driver.ts";
import type { Events } from "./events.ts";
import { asOurs, openError } from "./faults.ts";
import { Group, type PoolStats } from "./group.ts";
import type { Lease } from "./lease.ts";
import type { PoolOptions } from "./options.ts";

export interface PoolParts {
  readonly driver: Driver;
  readonly dialect: Dialect;
  readonly events: Events;
  readonly options: Required<PoolOptions>;
  /** The target's printable form. */
  readonly label: string;
}

export class Pool {
  readonly topology: Driver["topology"];
  readonly #driver: Driver;
  readonly #write: Group;
  /** The same group as `#write` except where readers stand beside one writer. */
  readonly #read: Group;
  #closing: Promise<void> | null = null;

  constructor(parts: PoolParts) {
    const { driver, options } = parts;
    this.#driver = driver;
    this.topology = driver.topology;
    const limited = { ...options, min: 0, maxLifetimeMs: 0 };
    switch (driver.topology) {
      case "many":
        this.#write = group(parts, "write", options);
        this.#read = this.#write;
        break;
      case "single":
        // The only connection may be the database itself: it never grows old.
        this.#write = group(parts, "write", { ...limited, max: 1, idleMs: 0 });
        this.#read = this.#write;
        break;
      case "writer":
        this.#write = group(parts, "write", { ...limited, max: 1, idleMs: 0 });
        this.#read = group(parts, "read", { ...limited, max: Math.max(1, options.max - 1) });
        break;
      default:
        throw driver.topology satisfies never;
    }
  }

  /** True when a stream that is being read leaves another connection to work on. */
  get interleaves(): boolean {
    return this.#read.max > 1;
  }

  /** A free connection at once, or null: then `acquire` waits for one. */
  tryAcquire(writes: boolean, purpose: string): Lease | null {
    return (writes ? this.#write : this.#read).tryAcquire(purpose);
  }

  /** @throws PoolTimeout when none came free in time, ConnectionError when none could be opened */
  acquire(writes: boolean, purpose: string, signal?: AbortSignal): Promise<Lease> {
    return (writes ? this.#write : this.#read).acquire(purpose, signal);
  }

  fill(): void {
    this.#write.fill();
  }

  /** Called when a line broke: the server may be gone, so what lies idle is replaced. */
  lost(): void {
    if (this.topology === "many") this.#write.discardIdle();
  }

  stats(): PoolStats {
    const write = this.#write.stats();
    if (this.#read === this.#write) return write;
    const read = this.#read.stats();
    return {
      open: write.open + read.open,
      idle: write.idle + read.idle,
      leased: write.leased + read.leased,
      cleaning: write.cleaning + read.cleaning,
      opening: write.opening + read.opening,
      waiting: write.waiting + read.waiting,
    };
  }

  /** Waits for leases up to the limit, destroys the rest, ends the driver. Idempotent. */
  close(limitMs: number): Promise<void> {
    this.#closing ??= this.#close(limitMs);
    return this.#closing;
  }

  async #close(limitMs: number): Promise<void> {
    const groups = this.#read === this.#write ? [this.#write] : [this.#read, this.#write];
    await Promise.all(groups.map((each) => each.close(limitMs)));
    await this.#driver.dispose();
  }
}

function group(parts: PoolParts, role: "write" | "read", options: Required<PoolOptions>): Group {
  const { driver, dialect, events, label } = parts;
  const emit = (kind: "connect" | "disconnect", connection: Connection) => {
    if (events.listeners[kind].length > 0) events.emit(kind, { connectionId: connection.id, role });
  };
  return new Group({
    ...options,
    rollback: dialect.transaction.rollback,
    resets: driver.topology === "many",
    open: () => driver.open(role).catch((error: unknown) => Promise.reject(openError(label, asOurs(dialect, error)))),
    opened: (connection) => emit("connect", connection),
    closed: (connection) => emit("disconnect", connection),
  });
}
