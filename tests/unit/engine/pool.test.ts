import { describe, expect, it } from "vitest";
import type { Lease } from "../../../src/engine/lease.ts";
import { ConnectionError, ConnectionLost, PoolTimeout, TimeoutError, UsageError } from "../../../src/errors.ts";
import { caught, fakeEngine, insert, META, run, select, sleep, statement, takeWarnings, watchLeaks } from "./fake-engine.ts";

watchLeaks();

describe("the pool", () => {
  it("serves waiters in the order of arrival", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 1 } });
    const { pool } = engine.core;
    const first = await pool.acquire(true, "first");
    const order: number[] = [];
    const others = [1, 2, 3, 4].map(async (n) => {
      const lease = await pool.acquire(true, `waiter ${n}`);
      order.push(n);
      lease.release();
    });
    expect(pool.tryAcquire(true, "impatient")).toBeNull();
    first.release();
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("opens connections up to its maximum, and no more", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 3 } });
    await Promise.all(Array.from({ length: 20 }, (_, i) => run(engine, insert(String(i)))));
    expect(server.sessions.length).toBe(3);
    expect(server.rows.length).toBe(20);
    expect(engine.poolStats()).toEqual({ open: 3, idle: 3, leased: 0, cleaning: 0, opening: 0, waiting: 0 });
  });

  it("gives up after its limit and says how things stand", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 2, acquireTimeoutMs: 30, debug: true } });
    const { pool } = engine.core;
    const held = [await pool.acquire(true, "select 1"), await pool.acquire(true, "select 2")];
    await sleep(5);
    const started = performance.now();
    const error = await caught(run(engine, insert("a")));
    expect(performance.now() - started).toBeLessThan(230);
    expect(error).toBeInstanceOf(PoolTimeout);
    expect(error.message).toMatch(/within \d+ ms: 2 of 2 are in use, the oldest for \d+ ms by select 1, 0 opening/);
    expect(error).toMatchObject({ outcome: "not_applied", retryable: false });
    for (const lease of held) lease.release();
    await run(engine, insert("b"));
  });

  it("keeps silent about the holder without the debug option", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 1, acquireTimeoutMs: 10 } });
    const lease = await engine.core.pool.acquire(true, "select secret");
    expect((await caught(run(engine, select))).message).not.toContain("secret");
    lease.release();
  });

  it("hands a connection out once, however often its lease is released", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 1 } });
    const { pool } = engine.core;
    const lease = await pool.acquire(true, "a");
    lease.release();
    const next = await pool.acquire(true, "b");
    lease.release();
    lease.destroy();
    expect(next.connection.alive).toBe(true);
    expect(pool.tryAcquire(true, "c")).toBeNull();
    expect(pool.stats().leased).toBe(1);
    next.release();
  });

  it("never hands out a connection whose line broke while it lay idle", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 2 } });
    server.sessions[0]?.destroy();
    await run(engine, insert("a"));
    expect(server.sent).toEqual(["insert a"]);
    expect(server.log[0]).toBe("2: insert a");
  });

  it("discards what lies idle when one line breaks", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 3 } });
    await Promise.all([run(engine, select), run(engine, select), run(engine, select)]);
    expect(server.alive.length).toBe(3);
    server.fail(/lost/, "lose");
    expect(await caught(run(engine, insert("lost")))).toBeInstanceOf(ConnectionLost);
    expect(server.alive.length).toBe(0);
    await run(engine, select);
    expect(server.alive.length).toBe(1);
  });

  it("replaces connections that are too old, when they come back or are asked for", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1, maxLifetimeMs: 20, idleMs: 0 } });
    const lease = await engine.core.pool.acquire(true, "long");
    await sleep(30);
    lease.release();
    expect(server.alive.length).toBe(0);
    await run(engine, select);
    await sleep(60);
    expect(server.alive.length).toBe(0);
  });

  it("closes what lies idle too long, down to the minimum", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { min: 1, max: 3, idleMs: 20 } });
    await Promise.all([run(engine, select), run(engine, select), run(engine, select)]);
    expect(server.alive.length).toBe(3);
    await sleep(80);
    expect(server.alive.length).toBe(1);
  });

  it("opens its minimum without being asked", async () => {
    const { server } = await fakeEngine({}, { pool: { min: 3 } });
    await sleep(5);
    expect(server.alive.length).toBe(3);
  });

  it("tells a waiter why no connection could be opened, and tries again for the next", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 2 } });
    const lease = await engine.core.pool.acquire(true, "busy");
    server.opening = Promise.reject(new Error("ECONNREFUSED with 'secret'"));
    server.opening.catch(() => {});
    const error = await caught(run(engine, select));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("postgres://db.test/d");
    expect(error.message).not.toContain("secret");
    server.opening = null;
    await run(engine, select);
    lease.release();
  });

  it("lets a signal end the waiting", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 1 } });
    const lease = await engine.core.pool.acquire(true, "busy");
    const abort = new AbortController();
    const waiting = run(engine, insert("a"), { model: null, signal: abort.signal } as never);
    abort.abort(new Error("user left"));
    const error = await caught(waiting);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toMatchObject({ message: "user left" });
    lease.release();
  });
});

describe("a connection that comes back", () => {
  it("has a transaction rolled back that somebody left open, with a warning", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    await run(engine, statement("begin", "raw"));
    await run(engine, insert("next"));
    expect(server.rows).toEqual(["next"]);
    expect(server.sent).toEqual(["begin", "rollback", "insert next"]);
    expect(server.resets).toBe(1);
    expect((await takeWarnings()).join()).toContain("rolled back");
  });

  it.each(["many", "single"] as const)("has it rolled back whoever opened it: %s", async (topology) => {
    const { engine, server } = await fakeEngine({ topology }, { pool: { max: 1 } });
    const lease = await engine.core.pool.acquire(true, "careless");
    await lease.connection.execute({ sql: "begin", params: [], rows: false });
    await lease.connection.execute(insert("swallowed"));
    lease.release();
    await run(engine, insert("next"));
    expect(server.rows).toEqual(["next"]);
  });

  it("is thrown away when it cannot be cleaned", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    server.fail(/^rollback/, "error");
    await run(engine, statement("begin", "raw"));
    await run(engine, insert("next"));
    expect(server.log.at(-1)).toBe("2: insert next");
    expect(server.sessions[0]?.alive).toBe(false);
  });

  it("is thrown away when its reset answers no", async () => {
    const { engine, server } = await fakeEngine({}, { pool: { max: 1 } });
    server.resetAnswer = false;
    await run(engine, statement("set search_path to x", "raw"));
    await run(engine, insert("next"));
    expect(server.sessions[0]?.alive).toBe(false);
    expect(server.rows).toEqual(["next"]);
  });

  it.each([
    ["set role x", 1],
    ["/* why */ -- how\n SET role x", 1],
    ["select pg_advisory_lock(1)", 1],
    ["create temporary table t (a int)", 1],
    ["set local role x", 0],
    ["select 1", 0],
    ["update t set a = 1", 0],
  ])("is reset after %j: %i", async (sql, resets) => {
    const { engine, server } = await fakeEngine();
    await run(engine, statement(sql, "raw"));
    await sleep(2);
    expect(server.resets).toBe(resets);
  });

  it("is not reset after ordinary work and clean transactions", async () => {
    const { engine, server } = await fakeEngine();
    await run(engine, insert("a"));
    await engine.transaction(() => run(engine, insert("b")));
    await caught(
      engine.transaction(() => {
        throw new Error("no");
      }),
    );
    expect(server.resets).toBe(0);
  });
});

describe("topologies", () => {
  it("single: one connection for everything, statements wait for the transaction", async () => {
    const { engine, server } = await fakeEngine({ topology: "single", synchronous: true, family: "sqlite" });
    let outside: Promise<unknown> | null = null;
    await caught(
      engine.transaction(async () => {
        await run(engine, insert("inside"));
        outside = engine.outsideTransaction(() => run(engine, insert("outside")));
        throw new Error("roll back");
      }),
    );
    await outside;
    expect(server.sessions.length).toBe(1);
    expect(server.rows).toEqual(["outside"]);
  });

  it("writer: writes queue for one connection, reads have others", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", family: "sqlite" }, { pool: { max: 3 } });
    await engine.transaction(async () => {
      await run(engine, insert("a"));
      const seen = await engine.outsideTransaction(() => Promise.all([run(engine, select), run(engine, select), run(engine, select)]));
      expect(seen.map((result) => result.rows.length)).toEqual([0, 0, 0]);
      expect((await run(engine, select)).rows.length).toBe(1);
    });
    expect(server.sessions.map((session) => session.role).sort()).toEqual(["read", "read", "write"]);
  });

  it("writer: a pool of one still has one reader", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", family: "sqlite" }, { pool: { max: 1 } });
    await run(engine, select);
    await run(engine, insert("a"));
    expect(server.sessions.map((session) => session.role)).toEqual(["write", "read"]);
  });

  it("writer: read-only transactions take a reader", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", family: "sqlite" });
    await engine.transaction(() => run(engine, select), { readOnly: true });
    expect(server.log).toEqual(["2: begin read only", "2: select", "2: commit"]);
  });

  it("writer: 100 tasks share the file, and rollbacks take nobody else's rows along", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", synchronous: true, family: "sqlite" });
    const acked: string[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        if (i % 3 === 0) {
          await engine
            .transaction(async () => {
              await run(engine, insert(`undone${i}`));
              await sleep(i % 4);
              throw new Error("no");
            })
            .catch(() => {});
        } else {
          await run(engine, insert(`kept${i}`));
          acked.push(`kept${i}`);
        }
      }),
    );
    expect([...server.rows].sort()).toEqual([...acked].sort());
  });

  it("writer: a locked file is tried again until the limit", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", synchronous: true, family: "sqlite" }, { lockTimeoutMs: 40 });
    server.fail(/^insert a/, "busy", 3);
    await run(engine, insert("a"));
    expect(server.sent).toEqual(["insert a", "insert a", "insert a", "insert a"]);
    server.fail(/^begin/, "busy", 2);
    await engine.transaction(() => run(engine, insert("b")));
    expect(server.rows).toEqual(["a", "b"]);
    server.fail(/^insert c/, "busy", 1_000);
    const started = performance.now();
    expect(await caught(run(engine, insert("c")))).toMatchObject({ name: "LockTimeout", outcome: "not_applied", retryable: true });
    expect(performance.now() - started).toBeGreaterThan(35);
    expect(performance.now() - started).toBeLessThan(240);
  });

  it("writer: an asynchronous driver's locked file is tried again too", async () => {
    const { engine, server } = await fakeEngine({ topology: "writer", family: "sqlite" });
    server.fail(/^insert a/, "busy", 2);
    await run(engine, insert("a"));
    expect(server.rows).toEqual(["a"]);
  });

  it.each([true, false])("many: a lock timeout is not tried again, synchronous: %s", async (synchronous) => {
    const { engine, server } = await fakeEngine({ synchronous });
    server.fail(/^insert a/, "busy");
    expect(await caught(run(engine, insert("a")))).toMatchObject({ retryable: true });
    server.fail(/^begin/, "busy");
    await caught(engine.transaction(async () => {}));
    expect(server.sent).toEqual(["insert a", "begin"]);
  });
});

describe("disconnect", () => {
  it("waits for running work, then refuses everything", async () => {
    const { engine, server } = await fakeEngine();
    const running = engine.transaction(async () => {
      await sleep(20);
      await engine.transaction(() => run(engine, insert("a")));
    });
    await sleep(5);
    const ends = [engine.disconnect(), engine.disconnect()];
    expect(await caught(run(engine, insert("late")))).toBeInstanceOf(UsageError);
    await running;
    await Promise.all(ends);
    expect(server.rows).toEqual(["a"]);
    expect(server.alive.length).toBe(0);
    expect(server.disposed).toBe(1);
    const sent = server.sent.length;
    const late = [() => engine.run(select, META), () => engine.transaction(async () => 1), () => engine.stream(select, 1, META).next()];
    for (const use of late) {
      const error = await caught(async () => use());
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain("disconnected");
    }
    expect(server.sent.length).toBe(sent);
  });

  it("drops connections that do not come back in time", async () => {
    const { engine, server } = await fakeEngine();
    server.fail(/^insert a/, "hang");
    const running = caught(run(engine, insert("a")));
    await sleep(5);
    await engine.disconnect({ timeoutMs: 10 });
    expect(await running).toMatchObject({ name: "ConnectionLost", outcome: "unknown" });
    expect(server.alive.length).toBe(0);
  });

  it("rejects who waits for a connection", async () => {
    const { engine } = await fakeEngine({}, { pool: { max: 1 } });
    const lease: Lease = await engine.core.pool.acquire(true, "busy");
    const waiting = caught(run(engine, select));
    const ending = engine.disconnect();
    expect(await waiting).toBeInstanceOf(UsageError);
    lease.release();
    await ending;
  });

  it("refuses to wait for itself inside a transaction", async () => {
    const { engine } = await fakeEngine();
    await engine.transaction(async () => {
      expect(await caught(engine.disconnect())).toBeInstanceOf(UsageError);
    });
    expect(engine.connected).toBe(true);
  });
});
