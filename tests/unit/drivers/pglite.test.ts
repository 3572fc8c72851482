import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Connection, Driver } from "../../../src/drivers/driver.ts";
import { loadDriver } from "../../../src/drivers/load.ts";
import { parseUrl } from "../../../src/engine/url.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import { ending, sharedBehaviour } from "./postgres-behaviour.ts";
import { driverOf, failure, open, rows, run, SETTINGS, value } from "./support.ts";

describe("PGlite", () => {
  // An instance takes a second to start: the tests that leave nothing behind share one.
  let driver: Driver;
  let shared: Connection;
  beforeAll(async () => {
    const target = parseUrl("postgresql+pglite::memory:");
    driver = await (await loadDriver(target))(target, SETTINGS);
    shared = await driver.open("write");
  });
  afterAll(() => driver.dispose());
  sharedBehaviour(async () => shared);
  ending("postgresql+pglite::memory:");

  it("has one connection at a time", async () => {
    const driver = await driverOf("postgresql+pglite::memory:");
    expect(driver).toMatchObject({ name: "pglite", family: "postgres", topology: "single", synchronous: false, aliasedRows: false });
    const db = await open(driver);
    expect(db.server).toMatchObject({ family: "postgres", flavour: "pglite" });
    expect(await failure(() => driver.open("write"))).toBeInstanceOf(UsageError);
    await db.cancel();
    expect(await rows(db, "select 1")).toEqual([["1"]]);
  });

  it("keeps a directory", async () => {
    const directory = mkdtempSync(join(tmpdir(), "kd-pglite-"));
    const driver = await driverOf(`postgresql+pglite:${directory}/db`);
    const first = await open(driver);
    await run(first, "create table kept (a int)");
    await run(first, "insert into kept values (4)");
    await first.close();
    expect(await value(await open(driver), "select a from kept")).toBe("4");
    await driver.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  it("tells a directory that cannot be made", async () => {
    const error = await failure(async () => open(await driverOf("postgresql+pglite:////nonexistent/kd/db")));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("PGlite database /nonexistent/kd/db");
  });
});
