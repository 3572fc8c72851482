import { describe, expect, it } from "vitest";
import type { StatementEvent, TransactionEvent } from "../../../src/engine/events.ts";
import type { ConnectOptions } from "../../../src/engine/options.ts";
import { PoolTimeout, TimeoutError, UsageError, ValueError } from "../../../src/errors.ts";
import type { FakeOptions } from "./fake-driver.ts";
import { caught, fakeEngine, insert, META, run, select, sleep, statement, takeWarnings, watchLeaks } from "./fake-engine.ts";

watchLeaks();

async function watched(fake: FakeOptions = {}, options: ConnectOptions = {}) {
  const fixture = await fakeEngine(fake, options);
  const events: StatementEvent[] = [];
  const stop = fixture.engine.on("statement", (event) => events.push(event));
  return { ...fixture, events, stop };
}

describe.each([true, false])("statement events, synchronous driver: %s", (synchronous) => {
  it("tell everything but values", async () => {
    const { engine, events } = await watched({ synchronous });
    const params = ["secret", 1, 1.5, 2n, true, null, Buffer.from("x"), new Date(), [1], { a: 1 }];
    await engine.run(statement("insert a", "insert", { params }), { model: "Post" });
    expect(events).toEqual([
      {
        sql: "insert a",
        operation: "insert",
        model: "Post",
        parameterCount: 10,
        parameterTypes: ["text", "int", "float", "int", "boolean", "null", "bytes", "timestamp", "array", "json"],
        milliseconds: expect.any(Number),
        rows: 0,
        affected: 1,
        error: null,
        connectionId: 1,
        transactionId: null,
        unscoped: [],
      },
    ]);
    expect(JSON.stringify(events, (_, value) => (typeof value === "bigint" ? "" : value))).not.toContain("secret");
  });

  it("fire on every path", async () => {
    const { engine, server, events } = await watched({ synchronous }, { pool: { max: 1, acquireTimeoutMs: 10 } });
    await run(engine, select);
    await run(engine, statement("create table t", "ddl"));
    await run(engine, statement("select raw", "raw"), { model: null });
    for await (const _ of engine.stream(statement("stream 5", "select"), 2, META));
    server.fail(/^insert bad/, "error");
    await caught(run(engine, insert("bad")));
    await engine.transaction((tx) => tx.transaction(() => run(engine, insert("a"))));
    await caught(
      engine.transaction(() => {
        throw new Error("no");
      }),
    );
    const lease = await engine.core.pool.acquire(true, "busy");
    await caught(run(engine, insert("late")));
    lease.release();
    await caught(run(engine, statement("insert many", "insert", { params: Array(11).fill(1) })));
    expect(events.map((event) => [event.sql, event.operation, event.error?.name ?? null, event.transactionId])).toEqual([
      ["select", "select", null, null],
      ["create table t", "ddl", null, null],
      ["select raw", "raw", null, null],
      ["stream 5", "select", null, null],
      ["insert bad", "insert", "QueryError", null],
      ["begin", "transaction", null, 1],
      ["savepoint kaka_1", "transaction", null, 1],
      ["insert a", "insert", null, 1],
      ["release savepoint kaka_1", "transaction", null, 1],
      ["commit", "transaction", null, 1],
      ["begin", "transaction", null, 2],
      ["rollback", "transaction", null, 2],
      ["insert late", "insert", "PoolTimeout", null],
      ["insert many", "insert", "UsageError", null],
    ]);
    expect(events.find((event) => event.sql === "stream 5")?.rows).toBe(5);
    expect(events.find((event) => event.sql === "insert late")).toMatchObject({ connectionId: null, error: expect.any(PoolTimeout) });
  });

  it("tell of a stream that was left early or failed", async () => {
    const { engine, server, events } = await watched({ synchronous });
    for await (const _ of engine.stream(statement("stream 10", "select"), 2, META)) break;
    server.fail(/^stream/, "error");
    await caught(async () => {
      for await (const _ of engine.stream(statement("stream 10", "select"), 2, META));
    });
    expect(events.map((event) => [event.rows, event.error?.name ?? null])).toEqual([
      [2, null],
      [2, "QueryError"],
    ]);
  });

  it("survive a listener that throws", async () => {
    const { engine, events } = await watched({ synchronous });
    engine.on("statement", () => {
      throw new Error("with secret");
    });
    expect((await run(engine, insert("a"))).affected).toBe(1);
    expect(events.length).toBe(1);
    const warnings = await takeWarnings();
    expect(warnings.length).toBe(1);
    expect(warnings[0]).not.toContain("secret");
  });

  it("stop when the listener is taken away", async () => {
    const { engine, events, stop } = await watched({ synchronous });
    stop();
    stop();
    await run(engine, insert("a"));
    expect(events).toEqual([]);
    expect(engine.core.events.listeners.statement).toEqual([]);
  });
});

describe("other events", () => {
  it("tell of transactions with their fate", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    const events: TransactionEvent[] = [];
    engine.on("transaction", (event) => events.push(event));
    await engine.transaction((tx) => tx.transaction(async () => {}));
    await caught(engine.transaction((tx) => tx.transaction(() => Promise.reject(new Error("no")))));
    server.fail(/^insert/, "deadlock");
    await caught(engine.transaction(() => run(engine, insert("a"))));
    server.fail(/^commit/, "lose");
    await caught(engine.transaction(async () => {}));
    expect(events.map((event) => `${event.transactionId}.${event.depth} ${event.phase}`)).toEqual([
      "1.0 begin",
      "1.1 begin",
      "1.1 commit",
      "1.0 commit",
      "2.0 begin",
      "2.1 begin",
      "2.1 rollback",
      "2.0 rollback",
      "3.0 begin",
      "3.0 lost",
      "4.0 begin",
      "4.0 unknown",
    ]);
  });

  it("tell of connections", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 2 } });
    const seen: string[] = [];
    engine.on("connect", (event) => seen.push(`+${event.connectionId} ${event.role}`));
    engine.on("disconnect", (event) => seen.push(`-${event.connectionId}`));
    await Promise.all([run(engine, select), run(engine, select)]);
    await engine.disconnect();
    expect(seen.sort()).toEqual(["+2 write", "-1", "-2"]);
  });

  it("of an unknown kind are refused", async () => {
    const { engine } = await fakeEngine();
    expect(() => engine.on("query" as "statement", () => {})).toThrow(UsageError);
  });
});

describe("logging", () => {
  it("writes one line per statement, without values, on one line", async () => {
    const lines: string[] = [];
    const { engine, server } = await fakeEngine({}, { name: "main", logging: (line) => lines.push(line) });
    await run(engine, statement("insert a\n\t\u0007b", "insert", { params: ["secret", 3] }));
    server.fail(/^insert b/, "error");
    await caught(engine.transaction(() => run(engine, insert("b"))));
    expect(lines[0]).toMatch(/^main \d+\.\d ms 0 rows, 1 affected: insert a b \[text, int\]$/);
    expect(lines[2]).toMatch(/^main t1 \d+\.\d ms failed KAKA_QUERY: insert b$/);
    expect(lines.join()).not.toContain("secret");
  });

  it("with slowMs alone writes slow statements alone", async () => {
    const lines: string[] = [];
    const original = process.stderr.write;
    process.stderr.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
    try {
      const slow = await fakeEngine({}, { slowMs: 0 });
      await run(slow.engine, insert("a"));
      const fast = await fakeEngine({}, { slowMs: 10_000 });
      await run(fast.engine, insert("b"));
    } finally {
      process.stderr.write = original;
    }
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/^slow fake .*insert a\n$/);
  });
});

describe("what is checked before sending", () => {
  it.each([
    ["too many parameters", { params: Array(11).fill(1) }, UsageError],
    ["too many bytes", { params: ["x".repeat(1_001)] }, UsageError],
    ["too many bytes in UTF-8", { params: ["é".repeat(500)] }, UsageError],
    ["too many bytes in a buffer", { params: [Buffer.alloc(1_001)] }, UsageError],
    ["NUL in a text", { params: ["a\0b"] }, ValueError],
    ["NUL in a list", { params: [["a", ["\0"]]] }, ValueError],
  ] as const)("%s", async (_, more, type) => {
    const { engine, server } = await fakeEngine();
    const error = await caught(run(engine, statement("insert a", "insert", more)));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ outcome: "not_applied" });
    expect(server.sent).toEqual([]);
    await engine.transaction(async (tx) => {
      await caught(run(tx, statement("insert a", "insert", more)));
      await run(tx, insert("b"));
    });
    expect(server.rows).toEqual(["b"]);
  });

  it("lets everything within the limits pass", async () => {
    const { engine, server } = await fakeEngine();
    await run(engine, statement("insert a", "insert", { params: ["x".repeat(900), Buffer.from("\0")] }));
    const sqlite = await fakeEngine({ family: "sqlite" });
    await run(sqlite.engine, statement("insert a", "insert", { params: ["a\0b"] }));
    expect(server.rows).toEqual(["a"]);
  });
});

describe("errors", () => {
  it("carry outcome, retryable and model, and hide the driver's words", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert a/, "error");
    const error = await caught(engine.run(insert("a"), { model: "Post" }) as Promise<unknown>);
    expect(error).toMatchObject({ outcome: "not_applied", retryable: false, model: "Post" });
    expect(JSON.stringify(error) + error.stack).not.toContain("secret value");
  });

  it.each([
    [insert("a"), "unknown"],
    [select, "not_applied"],
  ] as const)("a line lost under %j leaves the outcome %s", async (lost, outcome) => {
    const { engine, server } = await fakeEngine();
    server.fail(/./, "lose");
    expect(await caught(run(engine, lost))).toMatchObject({ name: "ConnectionLost", outcome });
  });

  it("a line that is gone is told as such, whatever the client calls it", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert a/, "vanish");
    expect(await caught(run(engine, insert("a")))).toMatchObject({ name: "ConnectionLost", outcome: "unknown", retryable: false });
    server.fail(/^insert b/, "vanish");
    const error = await caught(engine.transaction(() => run(engine, insert("b"))));
    expect(error).toMatchObject({ name: "ConnectionLost", outcome: "not_applied" });
  });

  it("a connection is kept until its cancel request was answered", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    server.fail(/^insert a/, "hang");
    const abort = new AbortController();
    const running = run(engine, insert("a"), { model: null, signal: abort.signal } as never);
    await sleep(5);
    const session = server.sessions[0];
    if (session === undefined) throw new Error("no session");
    session.cancel = async () => {
      session.finish();
      await sleep(15);
      server.log.push("1: (answered)");
    };
    abort.abort();
    await Promise.all([running, run(engine, insert("b"))]);
    expect(server.sent).toEqual(["insert a", "(answered)", "insert b"]);
    expect(server.rows).toEqual(["a", "b"]);
  });

  it("a signal stops a statement; one that was faster than the signal still counts", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    server.fail(/^insert a/, "hang");
    const abort = new AbortController();
    const running = run(engine, insert("a"), { model: null, signal: abort.signal } as never);
    setTimeout(() => abort.abort(new Error("left")), 5);
    const error = await caught(running);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toMatchObject({ message: "left" });
    await run(engine, insert("b"));
    expect(server.sent).toEqual(["insert a", "(cancel)", "insert b"]);
    const next = new AbortController();
    await run(engine, insert("c"), { model: null, signal: next.signal } as never);
    next.abort();
    expect(server.rows).toEqual(["b", "c"]);
    expect(await caught(run(engine, insert("d"), { model: null, signal: next.signal } as never))).toBeInstanceOf(TimeoutError);
  });

  it("a signal stops a stream between and within batches", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    const between = new AbortController();
    const error = await caught(async () => {
      for await (const _ of engine.stream(statement("stream 10", "select"), 2, { model: null, signal: between.signal })) between.abort();
    });
    expect(error).toBeInstanceOf(TimeoutError);
    server.fail(/^stream/, "hang");
    const within = new AbortController();
    setTimeout(() => within.abort(), 5);
    const second = await caught(async () => {
      for await (const _ of engine.stream(statement("stream 10", "select"), 2, { model: null, signal: within.signal }));
    });
    expect(second).toBeInstanceOf(TimeoutError);
    await run(engine, insert("a"));
  });
});

describe("the synchronous way", () => {
  it("answers without a promise, in and out of transactions", async () => {
    const { engine } = await fakeEngine({ synchronous: true, topology: "single", family: "sqlite" });
    expect(engine.run(insert("a"), META)).toMatchObject({ affected: 1 });
    await engine.transaction(async (tx) => {
      expect(engine.run(select, META)).toMatchObject({ rows: [["a"]] });
      expect(tx.run(insert("b"), META)).toMatchObject({ affected: 1 });
    });
    expect(engine.run(select, { model: null, names: true })).toMatchObject({ names: ["key"], rows: [["a"], ["b"]] });
    expect(engine.poolStats().leased).toBe(0);
  });

  it("throws instead of rejecting, and gives the connection back", async () => {
    const { engine, server } = await fakeEngine({ synchronous: true, topology: "single", family: "sqlite" });
    server.fail(/^insert bad/, "error");
    expect(() => engine.run(insert("bad"), META)).toThrow("refused");
    expect(engine.poolStats().leased).toBe(0);
  });
});
