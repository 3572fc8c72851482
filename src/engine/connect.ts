/** `connect(url)`: address, driver, dialect, engine, registry. Layer 5. */
import { loadDriver } from "../drivers/load.ts";
import { loadDialect } from "./dialects.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open.ts";
import { type ConnectOptions, resolveOptions } from "./options.ts";
import { register, releaseName, reserveName, unregister } from "./registry.ts";
import { parseUrl } from "./url.ts";

/**
 * Opens a database and resolves to its engine, which the models use from then on when it is the first.
 * `postgresql://user:password@host/name`, `mysql://...`, `mariadb://...`, `sqlite:file.db`, `sqlite::memory:`.
 *
 * @throws UsageError for an unknown option, a wrong URL, or a name that is taken
 * @throws ConnectionError naming the server when it cannot be reached within `connectTimeoutMs`
 * @example
 * await using db = await connect("sqlite::memory:", { logging: true });
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Engine> {
  const resolved = resolveOptions(options);
  const target = parseUrl(url);
  const name = reserveName(resolved.name);
  try {
    const openDriver = await loadDriver(target);
    const dialect = await loadDialect(target.family);
    const engine = await openEngine({ name, target, openDriver, dialect, options: resolved, onDisconnect: unregister });
    register(engine, resolved.default);
    return engine;
  } finally {
    releaseName(name);
  }
}
