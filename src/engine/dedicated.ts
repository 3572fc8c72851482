/** An engine over one connection of its own, for work whose session must stay the same from one statement to the next. Layer 5. */
import type { Driver } from "../drivers/driver.ts";
import type { Core } from "./core.ts";
import { Engine } from "./engine.ts";
import { Pool } from "./pool.ts";

/** How long a statement waits while another process holds the database file, in milliseconds. */
export interface DedicatedOptions {
  readonly lockTimeoutMs: number;
}

/**
 * The same database over a connection that nobody else uses; its session is never reset. A database that has one
 * connection only (in memory) is worked on by the engine itself. Disconnect it in the end: the given engine stays open.
 */
export function dedicatedEngine(engine: Engine, o: DedicatedOptions): Engine {
  const { core } = engine;
  const { topology } = core.driver;
  if (topology === "single") return engine;
  const driver: Driver = {
    ...core.driver,
    // One connection that goes from use to use as it is.
    topology: topology === "many" ? "single" : topology,
    open: (role) => core.driver.open(role),
    dispose: async () => {},
  };
  const options = {
    ...core.options,
    pool: { ...core.options.pool, min: 0, max: 2, idleMs: 0, maxLifetimeMs: 0 },
    session: { ...core.options.session, lockTimeoutMs: o.lockTimeoutMs },
  };
  const pool = new Pool({ driver, dialect: core.dialect, events: core.events, options: options.pool, label: core.name });
  const own: Core = { ...core, driver, options, pool, closed: false, transactions: 0 };
  return new Engine(own, () => {});
}
