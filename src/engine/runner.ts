/** What raw SQL and schema calls need of a session. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";
import type { DriverResult } from "../drivers/driver.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { Naming } from "../render/naming.ts";
import type { Traits } from "../render/traits.ts";
import type { StatementMeta } from "./core.ts";

export interface Runner {
  readonly dialect: Dialect;
  readonly traits: Traits;
  readonly naming: Naming;
  /** Runs the work with its statements on one connection, all or none. */
  transaction<T>(work: (tx: Runner) => Promise<T>): Promise<T>;
  run(statement: CompiledStatement, meta: StatementMeta): DriverResult | Promise<DriverResult>;
}
