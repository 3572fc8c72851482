import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { openEngine } from "../../../src/engine/open.ts";
import { resolveOptions } from "../../../src/engine/options.ts";
import { defaultEngine, engineByName, register, releaseName, reserveName, unregister } from "../../../src/engine/registry.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import { FakeServer, fakeDialect } from "./fake-driver.ts";
import { caught } from "./fake-engine.ts";

const opened: Engine[] = [];

async function open(name: string, server = new FakeServer()): Promise<Engine> {
  const engine = await openEngine({
    name,
    target: {
      family: "postgres",
      driver: null,
      host: null,
      port: null,
      user: "u",
      password: "hidden",
      database: null,
      path: null,
      options: {},
      label: "postgres://db.test:5432/app",
    },
    openDriver: server.openDriver,
    dialect: fakeDialect("postgres"),
    options: resolveOptions(),
    onDisconnect: unregister,
  });
  opened.push(engine);
  return engine;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.disconnect()));
});

describe("the registry", () => {
  it("has no default before anything is connected", () => {
    expect(() => defaultEngine()).toThrow("no engine is connected (call connect(url) first)");
    expect(() => engineByName("main")).toThrow('no engine named "main"; connected: none');
  });

  it("makes the first engine the default and finds all by name", async () => {
    const main = await open("main");
    const audit = await open("audit");
    register(main, null);
    register(audit, null);
    expect(defaultEngine()).toBe(main);
    expect(engineByName("audit")).toBe(audit);
    expect(() => engineByName("audti")).toThrow("did you mean audit?");
    expect(() => engineByName("audti")).toThrow("connected: audit, main");
  });

  it("lets an engine ask for the place of the default, or decline it", async () => {
    const [one, two, three] = [await open("one"), await open("two"), await open("three")];
    register(one, false);
    expect(() => defaultEngine()).toThrow("no default engine; connected: one");
    register(two, true);
    expect(defaultEngine()).toBe(two);
    register(three, true);
    expect(defaultEngine()).toBe(three);
  });

  it("refuses a name twice and makes free ones", async () => {
    expect(reserveName(null)).toBe("default");
    expect(() => reserveName("default")).toThrow(UsageError);
    register(await open("default"), null);
    expect(() => reserveName("default")).toThrow(UsageError);
    expect(reserveName(null)).toBe("engine2");
    releaseName("engine2");
    expect(reserveName("engine2")).toBe("engine2");
    releaseName("engine2");
    const again = await open("default");
    expect(() => register(again, null)).toThrow(UsageError);
    expect(defaultEngine()).not.toBe(again);
  });

  it("gives the default's place to nobody when it goes", async () => {
    const main = await open("main");
    register(main, null);
    register(await open("audit"), null);
    await main.disconnect();
    expect(() => defaultEngine()).toThrow("no default engine; connected: audit");
    register(await open("main"), null);
    expect(() => defaultEngine()).toThrow("no default engine; connected: audit, main");
  });

  it("forgets an engine at the end of `await using`", async () => {
    {
      await using engine = await open("scoped");
      register(engine, null);
      expect(defaultEngine()).toBe(engine);
    }
    expect(() => engineByName("scoped")).toThrow(UsageError);
  });
});

describe("opening an engine", () => {
  it("fails at once naming the server, and leaves nothing open", async () => {
    const server = new FakeServer();
    server.opening = Promise.reject(new Error("connect ECONNREFUSED hidden"));
    server.opening.catch(() => {});
    const error = await caught(open("x", server));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("postgres://db.test:5432/app");
    expect(JSON.stringify(error) + error.stack).not.toContain("hidden");
    expect(server.disposed).toBe(1);
  });

  it("reads the server's facts from its first connection", async () => {
    const engine = await open("y");
    expect(engine.server.version).toBe("1.2.3");
    expect(engine.traits.label).toBe("Fake postgres");
    expect(engine.naming.column).toBeNull();
    expect(engine.poolStats()).toMatchObject({ open: 1, leased: 0 });
  });
});
