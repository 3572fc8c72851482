/** An engine from its parts: driver, dialect, checked options. Knows no URL and no registry. Layer 5. */
import type { Dialect } from "../dialects/dialect.ts";
import type { ConnectionTarget, OpenDriver } from "../drivers/driver.ts";
import type { Core } from "./core.ts";
import { Engine } from "./engine.ts";
import { Events } from "./events.ts";
import { asOurs, openError } from "./faults.ts";
import { startLogging } from "./logging.ts";
import type { EngineOptions } from "./options.ts";
import { Pool } from "./pool.ts";

export interface EngineParts {
  readonly name: string;
  readonly target: ConnectionTarget;
  readonly openDriver: OpenDriver;
  readonly dialect: Dialect;
  readonly options: EngineOptions;
  readonly onDisconnect: (engine: Engine) => void;
}

/**
 * Opens the first connection, so that a wrong address fails here, and reads from it what the server can do.
 * @throws ConnectionError naming the server; nothing stays open then
 */
export async function openEngine(parts: EngineParts): Promise<Engine> {
  const { name, target, dialect, options } = parts;
  const driver = await parts.openDriver(target, options.session).catch((error: unknown) => {
    throw openError(target.label, asOurs(dialect, error));
  });
  const events = new Events();
  startLogging(events, name, options);
  const pool = new Pool({ driver, dialect, events, options: options.pool, label: target.label });
  try {
    const lease = await pool.acquire(true, "connect");
    const { server } = lease.connection;
    lease.release();
    const traits = dialect.traits(server, driver.aliasedRows);
    const core: Core = {
      name,
      options,
      dialect,
      driver,
      server,
      traits,
      naming: options.naming,
      pool,
      events,
      closed: false,
      transactions: 0,
    };
    const engine: Engine = new Engine(core, () => parts.onDisconnect(engine));
    pool.fill();
    return engine;
  } catch (error) {
    await pool.close(0);
    throw error;
  }
}
