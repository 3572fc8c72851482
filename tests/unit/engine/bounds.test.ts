import { describe, expect, it } from "vitest";
import { Bounds } from "../../../src/engine/bounds.ts";
import { TimeoutError, UsageError } from "../../../src/errors.ts";
import { caught, fakeEngine, META, run, select, statement, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe.each([true, false])("bounds, synchronous driver: %s", (synchronous) => {
  it("count statements and their time, of every engine, and only within", async () => {
    const { engine } = await fakeEngine({ synchronous });
    const other = await fakeEngine({ synchronous }, { name: "other" });
    const bounds = new Bounds({});
    await bounds.run(async () => {
      await run(engine, select);
      await Promise.all([run(other.engine, select), run(engine, select)]);
      for await (const _ of engine.stream(statement("stream 5", "select"), 2, META));
      await engine.transaction(() => run(engine, select));
    });
    await run(engine, select);
    expect(bounds.statements).toBe(5);
    expect(bounds.milliseconds).toBeGreaterThan(0);
  });

  it("refuse the statement that is one too many before it is sent, naming the work and what it sent", async () => {
    const { engine, server } = await fakeEngine({ synchronous });
    const bounds = new Bounds({ maxStatements: 2, label: "GET /posts" });
    const error = await caught(
      bounds.run(async () => {
        await run(engine, statement("select 1", "select"));
        await run(engine, statement("select 2", "select"));
        await run(engine, statement("select 3", "select"));
      }),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/^GET \/posts may send 2 statements and asked for one more:\n {2}select 1\n {2}select 2\n {2}select 3\n/);
    expect(server.sent.filter((sql) => sql === "select 3")).toEqual([]);
  });

  it("stop what runs, and what would follow, when the signal fires", async () => {
    const { engine } = await fakeEngine({ synchronous });
    const controller = new AbortController();
    const bounds = new Bounds({ signal: () => controller.signal });
    await bounds.run(() => run(engine, select));
    controller.abort();
    expect(await caught(bounds.run(() => run(engine, select)))).toBeInstanceOf(TimeoutError);
    expect(await caught(bounds.run(() => engine.transaction(() => run(engine, select))))).toBeInstanceOf(TimeoutError);
    await run(engine, select);
  });

  it("leave a statement its own signal", async () => {
    const { engine } = await fakeEngine({ synchronous });
    const own = new AbortController();
    own.abort();
    const bounds = new Bounds({ signal: () => new AbortController().signal });
    expect(await caught(bounds.run(async () => engine.run(select, { ...META, signal: own.signal })))).toBeInstanceOf(TimeoutError);
  });
});
