/** What the driver tests share: servers by URL, connections that are closed after each test, short calls. */

import { createServer } from "node:net";
import { afterEach, describe, it } from "vitest";
import type {
  Connection,
  ConnectionTarget,
  Driver,
  DriverResult,
  RawRow,
  SessionSettings,
  Statement,
} from "../../../src/drivers/driver.ts";
import { loadDriver } from "../../../src/drivers/load.ts";
import { parseUrl } from "../../../src/engine/url.ts";

export const SERVERS = {
  postgres: process.env["KAKA_POSTGRES_URL"] ?? "postgresql://postgres@127.0.0.1:5432/test",
  newPostgres: process.env["KAKA_POSTGRES_NEW_URL"] ?? "postgresql://postgres@127.0.0.1:5433/test",
  newMysql: process.env["KAKA_MYSQL_NEW_URL"] ?? "mysql://root@127.0.0.1:3307/test",
  mariadb: process.env["KAKA_MARIADB_URL"] ?? "mysql://root@127.0.0.1:3306/test",
};

export const SETTINGS: SessionSettings = {
  connectTimeoutMs: 5000,
  statementTimeoutMs: 31_500,
  lockTimeoutMs: 1500,
  idleInTransactionTimeoutMs: 61_000,
  applicationName: "kaka driver test",
  prepare: true,
};

const opened: Driver[] = [];
const connections: Connection[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  for (const driver of opened.splice(0)) await driver.dispose();
});

export async function driverOf(url: string | ConnectionTarget, settings: Partial<SessionSettings> = {}): Promise<Driver> {
  const target = typeof url === "string" ? parseUrl(url) : url;
  const driver = await (await loadDriver(target))(target, { ...SETTINGS, ...settings });
  opened.push(driver);
  return driver;
}

export async function open(driver: Driver, role: "write" | "read" = "write"): Promise<Connection> {
  const connection = await driver.open(role);
  connections.push(connection);
  return connection;
}

export async function connect(url: string, settings: Partial<SessionSettings> = {}): Promise<Connection> {
  return open(await driverOf(url, settings));
}

/** A statement with rows. */
export async function rows(connection: Connection, sql: string, ...params: readonly unknown[]): Promise<readonly RawRow[]> {
  return (await connection.execute({ sql, params, rows: true })).rows;
}

/** The first value of the first row. */
export async function value(connection: Connection, sql: string, ...params: readonly unknown[]): Promise<unknown> {
  const { rows: found } = await connection.execute({ sql, params, rows: true }, { names: true });
  return Object.values(found[0] ?? [])[0];
}

/** A statement without rows. */
export async function run(connection: Connection, sql: string, ...params: readonly unknown[]): Promise<DriverResult> {
  return connection.execute({ sql, params, rows: false });
}

/** Transaction control and the like. */
export async function control(connection: Connection, sql: string): Promise<DriverResult> {
  return connection.execute({ sql, params: [], rows: false, prepare: false });
}

export function select(sql: string, ...params: readonly unknown[]): Statement {
  return { sql, params, rows: true };
}

export async function failure(work: () => unknown): Promise<Error & { readonly code?: string }> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

/** A table of the test's own, gone with its connection's database objects at the end. */
export async function withTable(db: Connection, name: string, columns: string, work: () => Promise<void>): Promise<void> {
  await run(db, `drop table if exists ${name}`);
  await run(db, `create table ${name} (${columns})`);
  try {
    await work();
  } finally {
    if (db.alive) await run(db, `drop table ${name}`);
  }
}

/** Waits for a condition that another session brings about. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!condition()) throw new Error("waited three seconds in vain");
}

/** Tests of what may be absent here: skipped with the reason printed, failed when KAKA_REQUIRE_ALL=1. */
export async function describeIfUsable(name: string, url: string, body: (url: string) => void): Promise<void> {
  const reason = await unusable(url);
  if (reason === null) {
    describe(name, () => body(url));
    return;
  }
  const text = `${name} skipped: ${reason}`;
  if (process.env["KAKA_REQUIRE_ALL"] === "1") {
    describe(name, () => {
      it("can be reached", () => {
        throw new Error(text);
      });
    });
    return;
  }
  console.log(text);
  describe.skip(text, () => body(url));
}

async function unusable(url: string): Promise<string | null> {
  try {
    const target = parseUrl(url);
    const driver = await (await loadDriver(target))(target, { ...SETTINGS, connectTimeoutMs: 3000 });
    await (await driver.open("write")).close();
    await driver.dispose();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A server that takes connections and never says a word but `answer`. */
export async function silentServer(answer?: string): Promise<{ readonly port: number; close(): void }> {
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
    if (answer !== undefined) socket.once("data", () => socket.write(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    port: address.port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await silentServer();
  server.close();
  return server.port;
}
