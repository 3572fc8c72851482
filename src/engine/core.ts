/** The parts that every step of a statement's way needs, in one object. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";
import type { Driver, ServerInfo } from "../drivers/driver.ts";
import type { ConstraintError } from "../errors.ts";
import type { Naming } from "../render/naming.ts";
import type { Traits } from "../render/traits.ts";
import type { Events } from "./events.ts";
import type { EngineOptions } from "./options.ts";
import type { Pool } from "./pool.ts";

export interface Core {
  readonly name: string;
  readonly options: EngineOptions;
  readonly dialect: Dialect;
  readonly driver: Driver;
  /** The server behind the first connection. */
  readonly server: ServerInfo;
  readonly traits: Traits;
  readonly naming: Naming;
  readonly pool: Pool;
  readonly events: Events;
  closed: boolean;
  /** Transactions begun so far: the number of the last one. */
  transactions: number;
}

/** What travels beside a statement. */
export interface StatementMeta {
  /** The model it serves, for events and errors. */
  readonly model: string | null;
  /** False runs it unprepared. Unset: queries are prepared; DDL, control statements and raw SQL are not. */
  readonly prepare?: boolean;
  /** The driver may keep it until the next statement and send both at once. */
  readonly mayWait?: boolean;
  /** Deliver column names (raw SQL). */
  readonly names?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Says in the model's words which columns a broken constraint is about. */
  readonly explain?: (error: ConstraintError, names: Pick<Core, "traits" | "naming">) => void;
}
