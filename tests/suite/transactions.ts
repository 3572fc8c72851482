/** Transactions: all or nothing, savepoints, handles, options. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  int,
  Model,
  str,
  type TransactionHandle,
  TransactionLost,
  TransactionRolledBack,
  UniqueViolation,
  UsageError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Account extends Model("t_account", { id: int().primaryKey(), owner: str().unique(), balance: int().default(0) }) {}

const boom = new Error("boom");
const fail = (): never => {
  throw boom;
};

export function suite(t: TargetContext): void {
  const engine = () => t.engine();
  const Accounts = () => Account.using(engine());
  const ids = () =>
    Accounts()
      .all()
      .orderBy((a) => a.id)
      .pluck((a) => a.id);
  const add = (id: number, on: typeof Account = Accounts()) => on.create({ id, owner: `owner ${id}` });

  beforeAll(() => engine().createTable(Account));
  afterAll(() => engine().dropTable(Account));
  beforeEach(async () => {
    await Accounts().all().allRows().delete();
    await add(1);
  });

  describe("ends", () => {
    it("keeps everything and hands over the result", async () => {
      const result = await engine().transaction(async (tx) => {
        expect([tx.state, tx.depth, tx.attempt, engine().inTransaction]).toEqual(["open", 0, 1, true]);
        await add(2);
        await Accounts().where({ id: 1 }).update({ balance: 5 });
        return { n: await Accounts().count() };
      });
      expect(result).toEqual({ n: 2 });
      expect(engine().inTransaction).toBe(false);
      expect([await ids(), (await Accounts().find(1))?.balance]).toEqual([[1, 2], 5]);
    });

    it("undoes everything when the callback throws, and throws the same error", async () => {
      const work = engine().transaction(async () => {
        await add(2);
        await Accounts().where({ id: 1 }).delete();
        fail();
      });
      expect(await work.catch((error: unknown) => error)).toBe(boom);
      expect(
        await engine()
          .transaction(fail)
          .catch((error: unknown) => error),
      ).toBe(boom);
      expect(await ids()).toEqual([1]);
    });

    it("undoes everything when a statement fails", async () => {
      const work = engine().transaction(async () => {
        await add(2);
        await add(1);
      });
      await expect(work).rejects.toBeInstanceOf(UniqueViolation);
      expect(await ids()).toEqual([1]);
    });

    it("runs statements in parallel inside, in the order they were started", async () => {
      const counts = await engine().transaction(async () => {
        const [, , n] = await Promise.all([add(2), add(3), Accounts().count(), Accounts().where({ id: 1 }).delete()]);
        return [n, await Accounts().count()];
      });
      expect(counts).toEqual([3, 2]);
      expect(await ids()).toEqual([2, 3]);
    });

    it("commits after a swallowed error only where the database can", async () => {
      let after: unknown = null;
      const work = engine().transaction(async () => {
        await add(2);
        await add(1).catch(() => {});
        after = await add(3).catch((error: unknown) => error);
      });
      if (t.family === "postgres") {
        await expect(work).rejects.toBeInstanceOf(TransactionRolledBack);
        await expect(work).rejects.toMatchObject({ outcome: "not_applied" });
        expect(after).toBeInstanceOf(TransactionLost);
        expect(await ids()).toEqual([1]);
      } else {
        await work;
        expect(await ids()).toEqual([1, 2, 3]);
      }
    });
  });

  describe("savepoints", () => {
    it("loses the inner part alone", async () => {
      await engine().transaction(async () => {
        await add(2);
        const inner = engine().transaction(async (tx) => {
          expect(tx.depth).toBe(1);
          await add(3);
          fail();
        });
        expect(await inner.catch((error: unknown) => error)).toBe(boom);
        await engine().transaction(() => add(4));
        // A broken rule inside leaves the outer part alive, on PostgreSQL as well.
        await expect(engine().transaction(() => add(1))).rejects.toBeInstanceOf(UniqueViolation);
        await add(5);
      });
      expect(await ids()).toEqual([1, 2, 4, 5]);
    });

    it("loses the inner part with the outer one", async () => {
      const work = engine().transaction(async () => {
        await engine().transaction(() => engine().transaction(() => add(2)));
        expect(await ids()).toEqual([1, 2]);
        fail();
      });
      await expect(work).rejects.toBe(boom);
      expect(await ids()).toEqual([1]);
    });

    it("runs nested ones one after the other, however they are started", async () => {
      await engine().transaction(async () => {
        const results = await Promise.allSettled(
          [2, 3, 4].map((id) => engine().transaction(() => add(id).then(() => (id === 3 ? fail() : id)))),
        );
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      });
      expect(await ids()).toEqual([1, 2, 4]);
    });
  });

  describe("handles", () => {
    it("takes part wherever it is passed", async () => {
      const work = engine().transaction(async (tx) => {
        const On = Account.using(tx);
        await engine().outsideTransaction(async () => {
          expect(engine().inTransaction).toBe(false);
          await add(2, On);
          expect(await On.all().count()).toBe(2);
          expect(await Accounts().all().using(tx).count()).toBe(2);
        });
        const row = await On.get({ id: 2 });
        row.balance = 7;
        await row.save();
        fail();
      });
      await expect(work).rejects.toBe(boom);
      expect(await ids()).toEqual([1]);
    });

    it("is over when its callback returned", async () => {
      let kept: TransactionHandle | null = null;
      await engine().transaction(async (tx) => {
        kept = tx;
        await add(2);
      });
      const over = kept as unknown as TransactionHandle;
      expect(over.state).toBe("committed");
      const error = await refused(engine(), () => Account.using(over).count());
      expect(error.message).toMatch(/committed: a statement came too late/);
      expect(error.hint).toMatch(/outsideTransaction/);
    });

    it("refuses what nobody waited for, and keeps nothing of it", async () => {
      const late: Promise<unknown>[] = [];
      const work = engine().transaction(async () => {
        await add(2);
        for (const id of [3, 4, 5])
          late.push(
            engine()
              .transaction(() => add(id))
              .catch((error: unknown) => error),
          );
      });
      await expect(work).rejects.toBeInstanceOf(UsageError);
      await expect(work).rejects.toThrow(/await/);
      const [, ...waiting] = await Promise.all(late);
      for (const error of waiting) expect(error).toBeInstanceOf(UsageError);
      expect(await ids()).toEqual([1]);
    });

    it("throws for work that outlives the transaction", async () => {
      let later: Promise<unknown> = Promise.resolve();
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      await engine().transaction(async () => {
        later = ended.then(() => Accounts().count());
        later.catch(() => {});
        await add(2);
      });
      end();
      await expect(later).rejects.toThrow(/too late/);
      expect(await ids()).toEqual([1, 2]);
    });
  });

  describe("options", () => {
    it("asks for the isolation level, and refuses another one inside", async () => {
      const sent = await sentBy(engine(), () =>
        engine().transaction(
          async () => {
            await Accounts().count();
            await refused(engine(), () => engine().transaction(() => add(2), { isolation: "read committed" }));
            await refused(engine(), () => engine().transaction(() => add(2), { retry: 1 }));
          },
          { isolation: "serializable" },
        ),
      );
      const words = sent.filter(({ operation }) => operation === "transaction").map(({ sql }) => sql);
      expect(words).toEqual(
        {
          sqlite: ["begin immediate", "commit"],
          postgres: ["begin isolation level serializable", "commit"],
          mysql: ["set transaction isolation level serializable", "start transaction", "commit"],
        }[t.family],
      );
    });

    it("refuses to write in a read-only one before anything is sent", async () => {
      await engine().transaction(
        async () => {
          expect(await Accounts().count()).toBe(1);
          await refused(engine(), () => add(2));
          await refused(engine(), () => Accounts().where({ id: 1 }).update({ balance: 1 }));
          await refused(engine(), () => Accounts().all().allRows().delete());
          await refused(engine(), () => engine().execute`delete from t_account`);
          await expect(engine().transaction(() => add(2))).rejects.toBeInstanceOf(UsageError);
          expect((await Accounts().first())?.balance).toBe(0);
        },
        { readOnly: true },
      );
      expect(await ids()).toEqual([1]);
      await engine().transaction(() => add(2));
    });
  });
}
