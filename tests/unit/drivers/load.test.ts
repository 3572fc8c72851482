import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { LIBRARIES, type Library, libraryState, requireLibrary } from "../../../src/drivers/library.ts";
import { loadDriver } from "../../../src/drivers/load.ts";
import { parseUrl } from "../../../src/engine/url.ts";
import { UsageError } from "../../../src/errors.ts";
import { BoundedMap } from "../../../src/util/bounded-map.ts";
import { driverOf, failure } from "./support.ts";

const root = mkdtempSync(join(tmpdir(), "kd-load-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let projects = 0;

/** A project with these packages installed; gives the URL that a file of it would have. */
function project(packages: Readonly<Record<string, string>>): string {
  projects += 1;
  const directory = join(root, `p${projects}`);
  mkdirSync(directory);
  for (const [name, version] of Object.entries(packages)) {
    const folder = join(directory, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    // Loading it would end the process: only its package.json may be read.
    writeFileSync(join(folder, "index.js"), "process.abort();");
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, main: "index.js", exports: { ".": "./index.js" } }));
  }
  return pathToFileURL(join(directory, "app.js")).href;
}

describe("loading a driver", () => {
  it.each([
    ["postgresql://h/db", "pg", "npm install pg"],
    ["postgresql+pglite::memory:", "@electric-sql/pglite", "npm install @electric-sql/pglite"],
    ["mysql://h/db", "mysql2", "npm install mysql2"],
    ["sqlite+sqlite3:a.db", "sqlite3", "npm install sqlite3"],
    ["sqlite+better-sqlite3:a.db", "better-sqlite3", "npm install better-sqlite3"],
  ])("%s without %s tells how to install it", async (url, name, command) => {
    const error = await failure(() => loadDriver(parseUrl(url), project({})));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(`${name}, which is not installed`);
    expect(error.message).toContain(`run: ${command}`);
  });

  it.each([
    ["postgresql://h/db", "pg", "8.20.9", "8.21.0"],
    ["mysql://h/db", "mysql2", "3.23.0", "3.23.1"],
    ["sqlite+sqlite3:a.db", "sqlite3", "5.1.4", "5.1.5"],
    ["sqlite+better-sqlite3:a.db", "better-sqlite3", "11.99.0", "12.0.0"],
  ])("%s refuses %s %s", async (url, name, version, floor) => {
    const error = await failure(() => loadDriver(parseUrl(url), project({ [name]: version })));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(`${name}, which is version ${version}, kakaorm needs ${floor} or newer`);
  });

  it("compares versions part by part", () => {
    const state = (version: string): string => libraryState(LIBRARIES.pg, project({ pg: version })).kind;
    expect(["8.21.0", "8.21.0-rc.1", "8.100.0", "9.0.0", "8.21.0+build"].map(state)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    expect(["8.3.99", "7.99.0", "8.20.0"].map(state)).toEqual(["unfit", "unfit", "unfit"]);
  });

  it("refuses a library that would crash this Node, without loading it", () => {
    const from = project({ "better-sqlite3": "13.0.0" });
    const crashing: Library = { ...LIBRARIES["better-sqlite3"], refuses: ([major]) => (major >= 13 ? "needs Node 99 or newer" : null) };
    expect(() => requireLibrary(crashing, from)).toThrow(/version 13\.0\.0 needs Node 99 or newer/);
    const here = libraryState(LIBRARIES["better-sqlite3"], from);
    expect(here.kind).toBe(Number(process.versions.node.split(".")[0]) < 22 ? "unfit" : "ok");
  });

  it("takes the fastest SQLite library that works", async () => {
    const driver = await driverOf("sqlite::memory:");
    const connection = await driver.open("write");
    await connection.execute({ sql: "select 1", params: [], rows: true });
    await connection.close();
    const named = await Promise.allSettled(
      ["better-sqlite3", "node", "sqlite3"].map(async (name) => (await (await driverOf(`sqlite+${name}::memory:`)).open("write")).close()),
    );
    const first = named.findIndex((one) => one.status === "fulfilled");
    expect(driver.name).toBe(["better-sqlite3", "node", "sqlite3"][first]);
  });

  it("tells what to install when no SQLite library is there", async () => {
    const loading = loadDriver(parseUrl("sqlite:a.db"), project({ "better-sqlite3": "11.0.0" }));
    if (Number(process.versions.node.split(".")[0]) >= 22) expect(await loading).toBeTypeOf("function");
    else await expect(loading).rejects.toThrow(/better-sqlite3 is version 11\.0\.0.*run: npm install better-sqlite3@12/s);
  });

  it("reaches for no server while loading", async () => {
    expect(await loadDriver(parseUrl("postgresql://nowhere.invalid/db"))).toBeTypeOf("function");
  });
});

describe("the bounded map", () => {
  it("forgets what was not used for longest", () => {
    const evicted: number[] = [];
    const map = new BoundedMap<number>(2, (value) => evicted.push(value));
    map.set("a", 1);
    map.set("b", 2);
    expect(map.get("a")).toBe(1);
    map.set("c", 3);
    expect(evicted).toEqual([2]);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
    map.delete("a");
    expect(map.size).toBe(1);
    map.clear();
    expect(evicted).toEqual([2, 3]);
    expect(map.size).toBe(0);
  });
});
