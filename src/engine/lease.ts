/** The right to use one connection, given back exactly once. Layer 5. */
import type { Connection } from "../drivers/driver.ts";
import { keepSpecimen } from "../util/specimen.ts";

/** A connection with what its pool remembers about it. */
export interface Slot {
  readonly connection: Connection;
  readonly openedAt: number;
  idleSince: number;
  /** Who has it; null when it is free or being cleaned. */
  lease: Lease | null;
}

/** Where a lease goes back to. */
export interface LeaseOwner {
  takeBack(slot: Slot, lease: Lease, destroy: boolean): void;
}

export class Lease {
  readonly connection: Connection;
  readonly since: number;
  /** What it is used for: the SQL text of a statement, or which transaction. Shown only by the pool's debug option. */
  readonly purpose: string;
  /** Set when the session may differ from a new one: it is reset before anybody else gets it. */
  dirty = false;
  readonly #slot: Slot;
  readonly #owner: LeaseOwner;
  #over = false;

  constructor(slot: Slot, owner: LeaseOwner, purpose: string, since: number) {
    this.connection = slot.connection;
    this.since = since;
    this.purpose = purpose;
    this.#slot = slot;
    this.#owner = owner;
    slot.lease = this;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Gives the connection back. A second call does nothing: by then the connection may be somebody else's. */
  release(): void {
    this.#end(false);
  }

  /** Gives the connection back broken: nobody gets it again. */
  destroy(): void {
    this.#end(true);
  }

  #end(destroy: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.takeBack(this.#slot, this, destroy);
  }
}

const slot: Slot = { connection: {} as Connection, openedAt: 0, idleSince: 0, lease: null };
keepSpecimen(new Lease(slot, {} as LeaseOwner, "", 0));
