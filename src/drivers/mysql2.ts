/**
 * MySQL and MariaDB through the package mysql2. Layer 4.
 */

import type { Connection, ConnectionTarget, Driver, SessionSettings } from "./driver.ts";
import { codeOf, connectTimeout, openError, withDeadline } from "./facts.ts";
import { importLibrary, LIBRARIES, member } from "./library.ts";
import { MysqlSession, type SessionTools } from "./mysql2-connection.ts";
import { type CreateLine, type Line, lineConfig, type TypedIntegers } from "./mysql2-line.ts";
import { applySettings, readServer } from "./mysql2-settings.ts";

/** Opens MySQL or MariaDB through mysql2. */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const library = await importLibrary(LIBRARIES.mysql2);
  const createLine = member(library, "createConnection") as CreateLine;
  const integer = (member(member(library, "TypedParameter"), "LONGLONG") ?? null) as TypedIntegers | null;
  const timeout = connectTimeout(target, settings);
  let connections = 0;

  /** Connects and runs `work` on the new line; drops the line when either fails or takes too long. */
  const withLine = async <T>(work: (line: Line) => Promise<T>): Promise<T> => {
    let line: Line | undefined;
    try {
      const started = createLine(lineConfig(target, timeout));
      line = started;
      // The first error is the answer to `connect`; a later one must not end the process before the session listens.
      started.on("error", () => {});
      return await withDeadline(
        timeout,
        connected(started).then(() => work(started)),
        () => started.stream.destroy(),
      );
    } catch (error) {
      line?.stream.destroy();
      throw openError(target, error);
    }
  };

  const kill = async (thread: number): Promise<void> => {
    await withLine(async (line) => {
      try {
        await query(line, `kill query ${thread}`);
      } catch (error) {
        // That session is gone: nothing runs in it.
        if (codeOf(error) !== "ER_NO_SUCH_THREAD") throw error;
      } finally {
        line.end(() => {});
      }
    });
  };

  const open = (): Promise<Connection> =>
    withLine(async (line) => {
      const server = await readServer((sql) => query(line, sql));
      const restore = (on: Line): Promise<void> => applySettings(target, settings, server.flavour, (sql) => query(on, sql));
      await restore(line);
      const thread = Number((await query(line, "select connection_id()"))?.[0]);
      const tools: SessionTools = { prepare: settings.prepare, integer, restore, kill: () => kill(thread) };
      connections += 1;
      return new MysqlSession(connections, server, line, tools);
    });

  return {
    name: "mysql2",
    family: "mysql",
    topology: "many",
    synchronous: false,
    aliasedRows: true,
    open,
    dispose: async () => {},
  };
}

function connected(line: Line): Promise<void> {
  return new Promise((resolve, reject) => {
    line.connect((error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** Runs a statement of ours that has no values; gives its first row, by position. */
function query(line: Line, sql: string): Promise<readonly unknown[] | undefined> {
  return new Promise((resolve, reject) => {
    line.query({ sql, rowsAsArray: true }, (error, rows) => {
      if (error) reject(error);
      else resolve(Array.isArray(rows) && Array.isArray(rows[0]) ? rows[0] : undefined);
    });
  });
}
