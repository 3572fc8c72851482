/** Engines over the fake driver, statements for it, and what every test leaves behind. */
import { afterEach, beforeEach, expect } from "vitest";
import type { DriverResult } from "../../../src/drivers/driver.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openEngine } from "../../../src/engine/open.ts";
import { type ConnectOptions, resolveOptions } from "../../../src/engine/options.ts";
import type { Session } from "../../../src/engine/session.ts";
import type { CompiledStatement, Operation } from "../../../src/render/compiled.ts";
import { type FakeOptions, FakeServer, fakeDialect } from "./fake-driver.ts";

export interface Fixture {
  readonly engine: Engine;
  readonly server: FakeServer;
}

const opened: Fixture[] = [];
const unhandled: unknown[] = [];
const warnings: string[] = [];
const noteRejection = (error: unknown) => unhandled.push(error);
const noteWarning = (warning: Error) => {
  if (warning.name === "KakaormWarning") warnings.push(warning.message);
};

export async function fakeEngine(fake: FakeOptions = {}, options: ConnectOptions = {}): Promise<Fixture> {
  const server = new FakeServer(fake);
  const { family } = server.options;
  const engine = await openEngine({
    name: options.name ?? "fake",
    target: {
      family,
      driver: null,
      host: "db.test",
      port: null,
      user: "u",
      password: "hidden",
      database: "d",
      path: null,
      options: {},
      label: `${family}://db.test/d`,
    },
    openDriver: server.openDriver,
    dialect: fakeDialect(family),
    options: resolveOptions(options),
    onDisconnect: () => {},
  });
  const fixture = { engine, server };
  opened.push(fixture);
  return fixture;
}

/** The warnings of this library since the last call; process warnings come a tick late. */
export async function takeWarnings(): Promise<string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return warnings.splice(0);
}

/** Installs the checks that hold after every test: nothing leased, no transaction open, nothing rejected unheard. */
export function watchLeaks(): void {
  beforeEach(() => {
    unhandled.length = 0;
    warnings.length = 0;
    process.on("unhandledRejection", noteRejection);
    process.on("warning", noteWarning);
  });
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    process.off("unhandledRejection", noteRejection);
    process.off("warning", noteWarning);
    const left = opened.splice(0);
    const state = left.map(({ engine, server }) => ({
      leased: engine.poolStats().leased,
      waiting: engine.poolStats().waiting,
      transactions: server.openTransactions,
    }));
    await Promise.all(left.map(({ engine }) => engine.disconnect({ timeoutMs: 50 })));
    expect(state).toEqual(left.map(() => ({ leased: 0, waiting: 0, transactions: 0 })));
    expect(unhandled).toEqual([]);
  });
}

export function statement(sql: string, operation: Operation, o: Partial<CompiledStatement> = {}): CompiledStatement {
  return { sql, params: [], operation, rows: operation === "select", writes: operation !== "select", ...o };
}

export const insert = (key: string) => statement(`insert ${key}`, "insert");
export const select = statement("select", "select");
export const META = { model: null };

/** Always a promise, whatever the driver does. */
export async function run(session: Session, compiled: CompiledStatement, meta = META): Promise<DriverResult> {
  return session.run(compiled, meta);
}

/** The error, or a failure of the test. */
export async function caught(work: Promise<unknown> | (() => unknown)): Promise<Error> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`a ${typeof error} was thrown`);
  }
  throw new Error("nothing was thrown");
}

export const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
