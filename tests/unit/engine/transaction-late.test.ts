import { describe, expect, it } from "vitest";
import { DeadlockError, QueryError, UsageError } from "../../../src/errors.ts";
import { caught, fakeEngine, insert, META, run, sleep, statement, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("late and parallel statements", () => {
  it("run one after the other", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(() => Promise.all([1, 2, 3, 4, 5].map((n) => run(engine, insert(String(n))))));
    expect(server.rows).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("that nobody awaited fail the transaction", async () => {
    const { engine, server } = await fakeEngine();
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, insert("a"));
        engine.run(insert("forgotten"), META);
        engine.run(insert("forgotten too"), META);
      }),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/2 statement\(s\).*await is missing/);
    expect(server.rows).toEqual([]);
    expect(server.sent).toEqual(["begin", "insert a", "insert forgotten", "rollback"]);
  });

  it("that fail in parallel: the first error is thrown, the rest never runs", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert 2/, "error");
    const error = await caught(engine.transaction(() => Promise.all([1, 2, 3, 4].map((n) => run(engine, insert(String(n)))))));
    expect(error).toBeInstanceOf(QueryError);
    expect(server.rows).toEqual([]);
    expect(server.sent.at(-1)).toBe("rollback");
  });

  it("that come after the end never reach the database", async () => {
    const { engine, server } = await fakeEngine();
    const late: Promise<Error>[] = [];
    await engine.transaction(async (tx) => {
      await run(tx, insert("a"));
      late.push(caught(sleep(5).then(() => run(engine, insert("late root")))));
      late.push(caught(sleep(5).then(() => run(tx, insert("late handle")))));
    });
    for (const error of await Promise.all(late)) expect(error).toBeInstanceOf(UsageError);
    expect(server.rows).toEqual(["a"]);
    expect(server.sent.at(-1)).toBe("commit");
  });

  it("a nested transaction that nobody awaited fails its outer one", async () => {
    const { engine, server } = await fakeEngine();
    let inner: Promise<Error> | null = null;
    const error = await caught(
      engine.transaction(async (tx) => {
        inner = caught(
          tx.transaction(async (nested) => {
            await run(nested, insert("a"));
            await sleep(1_000_000);
          }),
        );
        await sleep(5);
      }),
    );
    expect(error.message).toContain("await is missing");
    expect(await inner).toBeInstanceOf(UsageError);
    expect(server.rows).toEqual([]);
  });

  it("a stream left open fails the transaction, and its reader hears it", async () => {
    const { engine, server } = await fakeEngine();
    let rows: AsyncIterator<unknown> | null = null;
    const error = await caught(
      engine.transaction(async () => {
        rows = engine.stream(statement("stream 10", "select"), 2, META);
        await rows.next();
      }),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(server.sent.slice(-2)).toEqual(["end of stream", "rollback"]);
    const stream = rows as AsyncIterator<unknown> | null;
    expect(await caught(async () => stream?.next())).toBeInstanceOf(UsageError);
  });
});

describe("streams in a transaction", () => {
  it("hold the connection: other statements are refused while one is read", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      let rows = 0;
      for await (const batch of tx.stream(statement("stream 5", "select"), 2, META)) {
        rows += batch.length;
        expect(await caught(run(engine, insert("a")))).toBeInstanceOf(UsageError);
        expect(await caught(engine.transaction(async () => {}))).toBeInstanceOf(UsageError);
        expect(tx.interleaves).toBe(false);
      }
      expect(rows).toBe(5);
      await run(engine, insert("b"));
    });
    expect(server.rows).toEqual(["b"]);
  });

  it("free the connection when the loop breaks or throws", async () => {
    const { engine, server } = await fakeEngine();
    await engine.transaction(async (tx) => {
      for await (const _ of tx.stream(statement("stream 10", "select"), 2, META)) break;
      await caught(async () => {
        for await (const _ of tx.stream(statement("stream 10", "select"), 2, META)) throw new Error("enough");
      });
      await run(tx, insert("a"));
    });
    expect(server.rows).toEqual(["a"]);
    expect(server.sent.filter((sql) => sql === "end of stream").length).toBe(2);
  });

  it("that fail make the transaction fail", async () => {
    const { engine, server } = await fakeEngine({ family: "mysql" });
    server.fail(/^stream/, "deadlock");
    const error = await caught(
      engine.transaction(async (tx) => {
        for await (const _ of tx.stream(statement("stream 10", "select"), 2, META));
      }),
    );
    expect(error).toBeInstanceOf(DeadlockError);
  });
});
