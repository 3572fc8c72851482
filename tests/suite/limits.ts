/** Limits of time and signals: the server stops, the connection serves on, and nobody else's statement is hit. */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Engine, foreignKey, int, Model, PoolTimeout, prepare, sql, sum, TimeoutError } from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Slow extends Model("w_slow", { id: int().primaryKey(), n: int().default(0) }) {
  get parts() {
    return this.hasMany(SlowPart, (part) => part.slowId);
  }
}
class SlowPart extends Model("w_slow_part", { slowId: foreignKey(() => Slow) }) {}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const rows = (e: Engine = engine()) => Slow.using(e).all();
  /** Servers sleep; SQLite counts. True for a while for each row. */
  const sleeping = (seconds: number) =>
    t.family === "postgres"
      ? sql<boolean>`pg_sleep(${seconds}) is not null`
      : t.family === "mysql"
        ? sql<boolean>`sleep(${seconds}) = 0`
        : sql<boolean>`(with recursive c (x) as (select 1 union all select x + 1 from c where x < ${seconds * 4_000_000}) select count(*) from c) > 0`;
  const slowly = (seconds: number, e?: Engine) => rows(e).where(() => sleeping(seconds));
  const server = t.family !== "sqlite" && t.name !== "pglite";
  /** These hold the thread until a statement ends: the time is looked at afterwards. */
  const stoppable = server || t.name === "sqlite3";
  const long = stoppable ? 20 : 0.15;

  beforeAll(async () => {
    await engine().createTable(Slow, SlowPart);
    await Slow.using(engine()).bulkCreate([{ id: 1 }]);
    await SlowPart.using(engine()).bulkCreate([{ slowId: 1 }]);
  });
  afterAll(() => engine().dropTable(SlowPart, Slow));
  beforeEach(async () => void (await rows().allRows().update({ n: 0 })));

  async function stopped(work: () => unknown, within = 3_000): Promise<TimeoutError> {
    const started = performance.now();
    const error = await (async () => work())().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(performance.now() - started).toBeLessThan(within);
    return error as TimeoutError;
  }
  const each = <T>(loop: AsyncIterable<T>) =>
    (async () => {
      for await (const _ of loop);
    })();

  type Query = ReturnType<typeof slowly>;
  const reads: Record<string, (query: Query) => unknown> = {
    await: (query) => query,
    all: (query) => query.all(),
    first: (query) => query.first(),
    last: (query) => query.last(),
    find: (query) => query.find(1),
    get: (query) => query.get(),
    getOrNull: (query) => query.getOrNull(),
    count: (query) => query.count(),
    exists: (query) => query.exists(),
    sum: (query) => query.sum((s) => s.n),
    aggregate: (query) => query.aggregate((s) => ({ n: sum(s.n) })),
    pluck: (query) => query.pluck((s) => s.n),
    paginate: (query) => query.paginate({ page: 1 }),
    keyset: (query) => query.keyset({ limit: 5 }),
    "for await": (query) => each(query),
    iterate: (query) => each(query.iterate({ batchSize: 1 })),
    inBatches: (query) => each(query.inBatches()),
    "prepared query": (query) => prepare({}, () => query).all({}),
    "the first of a prepared query": (query) => prepare({}, () => query).first({}),
  };
  const writes: Record<string, (query: Query) => Promise<unknown>> = {
    update: (query) => query.update({ n: 5 }),
    delete: (query) => query.delete(),
  };

  describe("timeout", () => {
    it.each(Object.entries(reads))("stops %s, and names the limit", async (_, run) => {
      const error = await stopped(() => run(slowly(long).timeout(60)));
      expect(error.message).toMatch(/limit of 60 ms/);
      expect(error).toMatchObject({ code: "KAKA_TIMEOUT", outcome: "not_applied", retryable: false });
      expect(await rows().count()).toBe(1);
    });

    it.runIf(stoppable).each(Object.entries(writes))("stops %s before it did anything", async (_, run) => {
      await stopped(() => run(slowly(long).timeout(60)));
      expect(await rows().first()).toMatchObject({ id: 1, n: 0 });
    });

    it.runIf(!stoppable)("tells of a write that was made as made", async () => {
      expect(await slowly(long).timeout(20).update({ n: 5 })).toBe(1);
      expect(await rows().first()).toMatchObject({ n: 5 });
    });

    it("covers the statements of prefetch, and those between", async () => {
      const query = rows()
        .where(() => sleeping(stoppable ? 0.15 : long))
        .prefetch("parts");
      const sent = await sentBy(engine(), () => stopped(() => query.timeout(60)));
      // The related rows were refused on their way out, where their turn came at all.
      expect(sent.filter(({ error }) => error === null).filter(({ sql }) => sql.includes("w_slow_part"))).toEqual([]);
      expect((await query.timeout(20_000))[0]?.parts.loaded).toHaveLength(1);
    });

    it("leaves what is in time alone, and no timer behind", async () => {
      const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
      for (const run of Object.values({ ...reads, explain: (query: Query) => query.explain() })) {
        await run(
          rows()
            .where((s) => s.id.gt(0))
            .timeout(60_000) as never,
        );
      }
      expect(await rows().where({ id: 1 }).timeout(60_000).update({ n: 1 })).toBe(1);
      expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBeLessThanOrEqual(before);
    });

    it("of a loop counts the waiting for rows, not what the loop does", async () => {
      let seen = 0;
      for await (const _ of rows().timeout(80).iterate({ batchSize: 1 })) {
        await pause(150);
        seen++;
      }
      expect(seen).toBe(1);
    });

    it("refuses what is no time before anything is sent", async () => {
      for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "5", null, undefined, {}, 5n] as never[])
        await refused(engine(), () => rows().timeout(wrong));
      for (const wrong of [null, undefined, 5, "x", {}, new AbortController(), { aborted: true }] as never[])
        await refused(engine(), () => rows().signal(wrong));
    });
  });

  describe("signal", () => {
    const reason = new Error("changed my mind");
    it("that has fired already sends nothing", async () => {
      const fired = AbortSignal.abort(reason);
      for (const run of [...Object.values(reads), ...Object.values(writes)]) {
        const error = await refused(engine(), () => run(slowly(long).signal(fired) as never), TimeoutError);
        expect(error.cause).toBe(reason);
      }
    });

    it.runIf(stoppable)("stops every kind of query, and its reason is the cause", async () => {
      for (const run of [reads["await"], reads["count"], reads["for await"], writes["update"]]) {
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), 50);
        const error = await stopped(() => run?.(slowly(long).signal(controller.signal) as never));
        expect(error.cause).toBe(reason);
        expect(error.message).toContain("signal");
      }
      expect(await rows().first()).toMatchObject({ n: 0 });
    });

    it("stops a loop between two rows, and frees its connection", async () => {
      await Slow.using(engine()).bulkCreate([2, 3, 4, 5, 6].map((id) => ({ id })));
      for (const batchSize of [1, 2, 500]) {
        const controller = new AbortController();
        let seen = 0;
        const loop = async () => {
          for await (const _ of rows().signal(controller.signal).iterate({ batchSize })) if (++seen === 3) controller.abort(reason);
        };
        const error = await stopped(loop);
        expect([error.cause, seen]).toEqual([reason, 3]);
        expect(engine().poolStats()).toMatchObject({ leased: 0 });
      }
      await rows()
        .where((s) => s.id.gt(1))
        .delete();
    });

    it("keeps no listener on a signal that lives on", async () => {
      const controller = new AbortController();
      let listeners = 0;
      const { signal } = controller;
      const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
      signal.addEventListener = (...args: Parameters<typeof add>) => {
        listeners++;
        add(...args);
      };
      signal.removeEventListener = (...args: Parameters<typeof remove>) => {
        listeners--;
        remove(...args);
      };
      for (let i = 0; i < 20; i++) {
        await rows().signal(signal).timeout(5_000).count();
        await each(rows().signal(signal));
      }
      expect(listeners).toBe(0);
    });

    it("and a timeout may stand together: whichever comes first", async () => {
      const query = slowly(long).signal(AbortSignal.timeout(stoppable ? 15_000 : 60_000));
      expect((await stopped(() => query.timeout(50))).message).toContain("50 ms");
      if (!stoppable) return;
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      expect((await stopped(() => slowly(long).timeout(15_000).signal(controller.signal))).cause).toBe(reason);
    });
  });

  describe("in a transaction", () => {
    it.runIf(stoppable)("the stopped statement ends, and the transaction as the database wants it", async () => {
      const work = engine().transaction(async () => {
        await rows().where({ id: 1 }).update({ n: 7 });
        await stopped(() => slowly(long).timeout(60));
        return rows().first();
      });
      if (t.family === "postgres") await expect(work).rejects.toMatchObject({ code: "KAKA_TRANSACTION_LOST" });
      else expect(await work).toMatchObject({ n: 7 });
      expect(await rows().first()).toMatchObject({ n: t.family === "postgres" ? 0 : 7 });
    });

    it.runIf(stoppable)("a savepoint around it keeps what was done before", async () => {
      await engine().transaction(async () => {
        await rows().where({ id: 1 }).update({ n: 8 });
        await stopped(() => engine().transaction(() => slowly(long).timeout(60).all()));
        expect(await rows().first()).toMatchObject({ n: 8 });
      });
      expect(await rows().first()).toMatchObject({ n: 8 });
    });

    it.runIf(server)("waiting behind another statement of it ends in time", async () => {
      await engine().transaction(async () => {
        const first = slowly(0.5).count();
        await stopped(() => rows().timeout(50), 400);
        expect(await first).toBe(1);
        expect(await rows().count()).toBe(1);
      });
    });
  });

  describe.runIf(server)("on a server", () => {
    let one: Engine;
    beforeAll(async () => {
      one = await connect(t.url(), { name: `${t.name} narrow`, default: false, pool: { max: 1, acquireTimeoutMs: 4_000 } });
    });
    afterAll(() => one.disconnect());

    /** Statements of this database that sleep right now. */
    async function asleep(): Promise<number> {
      if (t.family === "postgres")
        return Number(
          await engine()
            .scalar`select count(*) from pg_stat_activity where state = 'active' and query like ${"%pg_sleep%"} and pid <> pg_backend_pid() and datname = current_database()`,
        );
      return Number(
        await engine()
          .scalar`select count(*) from information_schema.processlist where info like ${"%sleep(%"} and id <> connection_id() and db = database()`,
      );
    }

    it("really stops what runs", async () => {
      const running = stopped(() => slowly(long, one).timeout(300));
      await pause(150);
      expect(await asleep()).toBe(1);
      await running;
      expect(await asleep()).toBe(0);
    });

    it("ends the waiting for a connection", async () => {
      await one.transaction(async () => {
        const error = await stopped(() => one.outsideTransaction(() => rows(one).timeout(60).all()), 1_000);
        expect(error).not.toBeInstanceOf(PoolTimeout);
        expect(error.message).toContain("waiting for a connection");
        await stopped(() => one.outsideTransaction(() => each(rows(one).timeout(60))), 1_000);
      });
      expect(one.poolStats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    it("never hits the statement that comes next on the connection", async () => {
      let cut = 0;
      for (let i = 0; i < 60; i++) {
        // Around the time that the statement needs: some are stopped, some are not, some in the middle of it.
        const stop = slowly(0.004, one)
          .timeout(1 + (i % 9))
          .count();
        await stop.catch((error: unknown) => {
          expect(error).toBeInstanceOf(TimeoutError);
          cut++;
        });
        expect(await slowly(0.003, one).count()).toBe(1);
      }
      expect(cut).toBeGreaterThan(0);
      expect(one.poolStats()).toMatchObject({ leased: 0, open: 1 });
    });

    it("leaves the other statements of the pool alone", async () => {
      const others = Promise.all([1, 2, 3].map(() => slowly(0.4).count()));
      await Promise.all([1, 2, 3].map(() => stopped(() => slowly(long).timeout(50))));
      expect(await others).toEqual([1, 1, 1]);
    });

    it("stops a stream whose rows do not come", async () => {
      await Slow.using(engine()).bulkCreate(Array.from({ length: 50 }, (_, i) => ({ id: 100 + i })));
      const query = rows()
        .where((s) => s.id.gte(100).and(sleeping(0.05)))
        .timeout(150)
        .iterate({ batchSize: 10 });
      await stopped(() => each(query), 1_500);
      expect(await asleep()).toBe(0);
      await rows()
        .where((s) => s.id.gte(100))
        .delete();
    });
  });
}
