/** Transactions beside each other: locks, deadlocks, retries, readers beside a writer. */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { connect, DeadlockError, int, LockTimeout, Model, str, type TransactionHandle, TransactionLost } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

class Counter extends Model("t_counter", { id: int().primaryKey(), label: str().default(""), n: int().default(0) }) {}

/** Resolves for everybody once all have come. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (++come === size) open();
    return all;
  };
}

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const Counters = () => Counter.using(engine());
  /** Transactions run side by side, on connections of their own. */
  const parallel = t.family !== "sqlite" && t.name !== "pglite";
  const locked = async (id: number) => (await Counters().where({ id }).forUpdate().get()) as Counter;

  beforeAll(() => engine().createTable(Counter));
  afterAll(() => engine().dropTable(Counter));
  beforeEach(async () => {
    await Counters().all().allRows().delete();
    await Counters().bulkCreate([{ id: 1 }, { id: 2 }]);
  });

  it("locks rows with the words of the database, or with the lease of the only writer", () => {
    const { sql } = Counters().where({ id: 1 }).limit(1).forUpdate().toSQL();
    expect(sql.endsWith(" for update")).toBe(t.capabilities.rowLocks === "clause");
  });

  it("loses no update of twenty at once", async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        engine().transaction(async () => {
          const counter = await locked(1);
          counter.n += 1;
          await counter.save();
        }),
      ),
    );
    expect((await Counters().find(1))?.n).toBe(20);
  });

  it("gives serializable transactions a result as if they ran one after the other", async () => {
    const both = meeting(2);
    const work = () =>
      engine().transaction(
        async (tx) => {
          const n = await Counters().count();
          if (parallel && tx.attempt === 1) await both();
          await Counters().create({ id: 10 + n, n });
        },
        { isolation: "serializable", retry: 5 },
      );
    await Promise.all([work(), work()]);
    expect(
      await Counters()
        .where((c) => c.id.gte(10))
        .orderBy((c) => c.id)
        .pluck((c) => c.n),
    ).toEqual([2, 3]);
  });

  it.runIf(parallel)("ends a deadlock with an error and a dead handle", async () => {
    const both = meeting(2);
    const handles: TransactionHandle[] = [];
    const ends: unknown[] = [];
    const work = (first: number, second: number) =>
      engine().transaction(async (tx) => {
        handles.push(tx);
        await locked(first);
        await both();
        try {
          await locked(second);
          await Counters().where({ id: second }).update({ n: first });
        } catch (error) {
          // Caught on purpose: nothing more may run on this handle.
          ends.push(
            error,
            await Counters()
              .count()
              .catch((later: unknown) => later),
          );
          throw error;
        }
      });
    const results = await Promise.allSettled([work(1, 2), work(2, 1)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends[0]).toBeInstanceOf(DeadlockError);
    expect(ends[0]).toMatchObject({ retryable: true, outcome: "not_applied" });
    expect(ends[1]).toBeInstanceOf(TransactionLost);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: ends[0] });
  });

  it.runIf(parallel)("runs the loser of a deadlock again when told to", async () => {
    const both = meeting(2);
    const attempts: number[] = [];
    const work = (first: number, second: number) =>
      engine().transaction(
        async (tx) => {
          attempts.push(tx.attempt);
          const a = await locked(first);
          if (tx.attempt === 1) await both();
          const b = await locked(second);
          a.n += 1;
          b.n += 1;
          await a.save();
          await b.save();
        },
        { retry: 3 },
      );
    await Promise.all([work(1, 2), work(2, 1)]);
    expect(attempts.sort()).toEqual([1, 1, 2]);
    expect(
      await Counters()
        .all()
        .orderBy((c) => c.id)
        .pluck((c) => c.n),
    ).toEqual([2, 2]);
  });

  it.runIf(parallel)("waits for a lock no longer than it is told", async () => {
    const hasty = await connect(t.url(), { name: `${t.name} hasty`, default: false, lockTimeoutMs: 1_000 });
    try {
      await engine().transaction(async () => {
        await locked(1);
        const wait = hasty.transaction(() => Counter.using(hasty).where({ id: 1 }).forUpdate().get());
        await expect(wait).rejects.toBeInstanceOf(LockTimeout);
        expect(await Counter.using(hasty).count()).toBe(2);
      });
    } finally {
      await hasty.disconnect();
    }
  });

  it.runIf(parallel || t.name === "sqlite-file")("lets readers read the last committed state beside a writer", async () => {
    await engine().transaction(async () => {
      await Counters().create({ id: 3 });
      const seen = await engine().outsideTransaction(() => Promise.all(Array.from({ length: 5 }, () => Counters().count())));
      expect(seen).toEqual([2, 2, 2, 2, 2]);
      expect(await Counters().count()).toBe(3);
    });
    expect(await Counters().count()).toBe(3);
  });

  it("hands the connection on whatever happened on it", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) =>
        engine().transaction(async () => {
          await Counters().create({ id: 100 + i });
          if (i % 3 === 0) throw new Error("no");
          if (i % 3 === 1)
            await engine()
              .transaction(() => Counters().create({ id: 1 }))
              .catch(() => {});
          await pause(i % 4);
        }),
      ),
    );
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(10);
    expect(
      await Counters()
        .where((c) => c.id.gte(100))
        .count(),
    ).toBe(20);
    expect(engine().poolStats()).toMatchObject({ leased: 0, waiting: 0 });
  });
}
