import { describe, expect, it } from "vitest";
import { TimeoutError } from "../../../src/errors.ts";
import { caught, fakeEngine, insert, run, sleep, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("a signal", () => {
  it("stops the running statement, waits for it and rolls back", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert slow/, "hang");
    const abort = new AbortController();
    let inner: Error | null = null;
    const running = engine.transaction(
      async (tx) => {
        await run(tx, insert("a"));
        inner = await caught(run(tx, insert("slow")));
        await run(tx, insert("b"));
      },
      { signal: abort.signal },
    );
    await sleep(10);
    abort.abort(new Error("user left"));
    const error = await caught(running);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ outcome: "not_applied", cause: { message: "user left" } });
    expect(inner).toBeInstanceOf(TimeoutError);
    expect(server.sent).toEqual(["begin", "insert a", "insert slow", "(cancel)", "rollback"]);
    expect(server.rows).toEqual([]);
  });

  it("ends a transaction whose callback waits for something else", async () => {
    const { engine, server } = await fakeEngine();
    const abort = new AbortController();
    const running = engine.transaction(() => sleep(1_000_000), { signal: abort.signal });
    await sleep(5);
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(server.sent).toEqual(["begin", "rollback"]);
  });

  it("reaches into nested levels", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert slow/, "hang");
    const abort = new AbortController();
    const running = engine.transaction((tx) => tx.transaction(() => run(engine, insert("slow"))), { signal: abort.signal });
    await sleep(10);
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(server.sent.at(-1)).toBe("rollback");
    expect(server.cancels).toBe(1);
  });

  it("ends nested levels whose callback waits for something else", async () => {
    const { engine, server } = await fakeEngine();
    const abort = new AbortController();
    let inner: Promise<Error> | null = null;
    const running = engine.transaction(
      (tx) => {
        const work = tx.transaction(() => tx.transaction(() => sleep(1_000_000)));
        inner = caught(work);
        return work;
      },
      { signal: abort.signal },
    );
    await sleep(10);
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(await inner).toBeInstanceOf(TimeoutError);
    expect(server.sent.at(-1)).toBe("rollback");
  });

  it("sends nothing more before its cancel request was answered", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert slow/, "hang");
    const abort = new AbortController();
    const running = engine.transaction((tx) => tx.transaction(() => run(engine, insert("slow"))), { signal: abort.signal });
    await sleep(10);
    const session = server.sessions[0];
    if (session === undefined) throw new Error("no session");
    session.cancel = async () => {
      session.finish();
      await sleep(15);
      server.log.push("1: (answered)");
    };
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(server.sent.slice(3)).toEqual(["(answered)", "rollback to savepoint kaka_1", "release savepoint kaka_1", "rollback"]);
  });

  it("that fires during BEGIN keeps the callback from starting", async () => {
    const { engine, server } = await fakeEngine();
    const abort = new AbortController();
    let ran = false;
    const running = engine.transaction(
      async () => {
        ran = true;
      },
      { signal: abort.signal },
    );
    await Promise.resolve();
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(ran).toBe(false);
    expect(server.sent).toEqual(["begin", "rollback"]);
  });

  it("of a nested level undoes that level alone", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert slow/, "hang");
    const abort = new AbortController();
    await engine.transaction(async (tx) => {
      await run(tx, insert("a"));
      setTimeout(() => abort.abort(), 10);
      const nested = tx.transaction((inner) => run(inner, insert("slow")), { signal: abort.signal });
      expect(await caught(nested)).toBeInstanceOf(TimeoutError);
      await run(tx, insert("b"));
    });
    expect(server.rows).toEqual(["a", "b"]);
  });

  it("that fired before sends nothing", async () => {
    const { engine, server } = await fakeEngine();
    expect(await caught(engine.transaction(async () => {}, { signal: AbortSignal.abort() }))).toBeInstanceOf(TimeoutError);
    expect(server.sent).toEqual([]);
  });

  it("that fires late changes nothing", async () => {
    const { engine, server } = await fakeEngine();
    const abort = new AbortController();
    await engine.transaction(() => run(engine, insert("a")), { signal: abort.signal });
    abort.abort();
    expect(server.rows).toEqual(["a"]);
  });

  it("drops the line when the server does not react", async () => {
    const { engine, server } = await fakeEngine({}, { connectTimeoutMs: 20 });
    server.fail(/^insert slow/, "hang");
    const abort = new AbortController();
    const running = engine.transaction(() => run(engine, insert("slow")), { signal: abort.signal });
    await sleep(5);
    const session = server.sessions[0];
    if (session !== undefined) session.cancel = () => new Promise(() => {});
    abort.abort();
    expect(await caught(running)).toBeInstanceOf(TimeoutError);
    expect(session?.alive).toBe(false);
    expect(server.sent.at(-1)).toBe("insert slow");
  });
});
