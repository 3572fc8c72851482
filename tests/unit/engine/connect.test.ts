import { afterEach, describe, expect, it } from "vitest";
import { connect } from "../../../src/engine/connect.ts";
import { defaultEngine, engineByName } from "../../../src/engine/registry.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import { caught } from "./fake-engine.ts";

const MEMORY = "sqlite+sqlite3::memory:";

afterEach(() => {
  expect(() => defaultEngine()).toThrow("no engine is connected");
});

describe("connect", () => {
  it("opens, registers, and forgets at the end", async () => {
    await using engine = await connect(MEMORY);
    expect(engine.name).toBe("default");
    expect(defaultEngine()).toBe(engine);
    expect(engine.server.family).toBe("sqlite");
    expect(engine.dialect.name).toBe("sqlite");
    expect(engine.traits.label).toContain("SQLite");
    await using second = await connect(MEMORY, { name: "second" });
    expect(engineByName("second")).toBe(second);
    expect(defaultEngine()).toBe(engine);
    expect(await caught(connect(MEMORY, { name: "second" }))).toBeInstanceOf(UsageError);
  });

  it("leaves nothing open when one name is asked for twice at once", async () => {
    const both = await Promise.allSettled([connect(MEMORY, { name: "twin" }), connect(MEMORY, { name: "twin" })]);
    expect(both.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const each of both) if (each.status === "fulfilled") await each.value.disconnect();
  });

  it("gives two nameless engines two names, even at once", async () => {
    const both = await Promise.all([connect(MEMORY), connect(MEMORY)]);
    expect(both.map((engine) => engine.name).sort()).toEqual(["default", "engine2"]);
    await Promise.all(both.map((engine) => engine.disconnect()));
  });

  it("gives a name free again when connecting failed", async () => {
    await caught(connect("sqlite+sqlite3:///no/such/folder/x.db", { name: "again" }));
    await using engine = await connect(MEMORY, { name: "again" });
    expect(engine.name).toBe("again");
  });

  it("refuses unknown options before anything is opened", async () => {
    expect((await caught(connect(MEMORY, { nam: "x" } as object))).message).toContain("did you mean name?");
  });

  it.each(["postgresql", "mysql"])("names the server that it cannot reach, never the password: %s", async (scheme) => {
    const error = await caught(connect(`${scheme}://joe:hidden@127.0.0.1:1/app`, { connectTimeoutMs: 500 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("127.0.0.1:1");
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("hidden");
  });
});
