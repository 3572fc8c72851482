/** What is around a transaction: hooks, work outside of it, other engines, schema changes, events. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type EngineEvents, int, Model, str, UnsupportedError } from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Account extends Model("t_around", { id: int().primaryKey(), owner: str().unique(), balance: int().default(0) }) {}
class Extra extends Model("t_extra", { id: int().primaryKey() }) {}

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

  describe("hooks", () => {
    it("run after the end, outside, in order, and follow their savepoint", async () => {
      const seen: string[] = [];
      const note = (what: string) => () => void seen.push(`${what} ${engine().inTransaction ? "inside" : "outside"}`);
      await engine().transaction(async () => {
        engine().afterCommit(note("first"));
        engine().afterRollback(note("never"));
        await engine().transaction(async () => engine().afterCommit(note("inner")));
        await engine()
          .transaction(async (tx) => {
            tx.afterCommit(note("never"));
            tx.afterRollback(note("undone"));
            fail();
          })
          .catch(() => {});
        await add(2);
        seen.push("body");
      });
      expect(seen).toEqual(["body", "first outside", "inner outside", "undone outside"]);
      seen.length = 0;
      const failed = engine().transaction(async () => {
        engine().afterCommit(note("never"));
        engine().afterRollback(note("rolled back"));
        fail();
      });
      await expect(failed).rejects.toBe(boom);
      expect(seen).toEqual(["rolled back outside"]);
      engine().afterCommit(note("at once"));
      expect(seen.at(-1)).toBe("at once outside");
    });

    it("may write, and sees what was committed", async () => {
      await engine().transaction(async () => {
        engine().afterCommit(() => add(3));
        await add(2);
      });
      expect(await ids()).toEqual([1, 2, 3]);
    });
  });

  it("starts work that is no part of it", async () => {
    let outside: Promise<unknown> = Promise.resolve();
    const work = engine().transaction(async () => {
      // Where there is one connection it runs after the end: it must not be waited for here.
      outside = engine().outsideTransaction(() => add(2));
      await add(3);
      fail();
    });
    await expect(work).rejects.toBe(boom);
    await outside;
    expect(await ids()).toEqual([1, 2]);
  });

  it("keeps two engines apart", async () => {
    const other = await connect("sqlite::memory:", { name: `${t.name} beside`, default: false });
    try {
      await other.createTable(Account);
      const work = engine().transaction(async () => {
        await add(2);
        expect([engine().inTransaction, other.inTransaction]).toEqual([true, false]);
        await add(7, Account.using(other));
        await other.transaction(async () => {
          expect([engine().inTransaction, other.inTransaction]).toEqual([true, true]);
          await Promise.all([add(3), add(8, Account.using(other))]);
        });
        fail();
      });
      await expect(work).rejects.toBe(boom);
      expect(await ids()).toEqual([1]);
      expect(
        await Account.using(other)
          .all()
          .orderBy((a) => a.id)
          .pluck((a) => a.id),
      ).toEqual([7, 8]);
    } finally {
      await other.disconnect();
    }
  });

  it("undoes a new table where the database can, and refuses it where it cannot", async () => {
    const work = engine().transaction(async () => {
      await engine().createTable(Extra);
      await Extra.using(engine()).create({ id: 1 });
      fail();
    });
    if (t.family === "mysql") await expect(work).rejects.toBeInstanceOf(UnsupportedError);
    else await expect(work).rejects.toBe(boom);
    await engine().createTable(Extra);
    await engine().dropTable(Extra);
  });

  it("tells listeners which transaction a statement belongs to", async () => {
    const told: EngineEvents["transaction"][] = [];
    const stop = engine().on("transaction", (event) => void told.push(event));
    let id = 0;
    const sent = await sentBy(engine(), async () => {
      await Accounts().count();
      await engine().transaction(async (tx) => {
        id = tx.id;
        await add(2);
        await engine()
          .transaction(fail)
          .catch(() => {});
      });
    });
    stop();
    const of = sent.map(({ operation, transactionId }) => [operation, transactionId]);
    expect(of[0]).toEqual(["select", null]);
    expect(new Set(of.slice(1).map(([, transaction]) => transaction))).toEqual(new Set([id]));
    expect(sent.find(({ operation }) => operation === "insert")).toMatchObject({ model: "Account", affected: 1, error: null });
    expect(told.map(({ phase, depth, transactionId }) => [phase, depth, transactionId])).toEqual([
      ["begin", 0, id],
      ["begin", 1, id],
      ["rollback", 1, id],
      ["commit", 0, id],
    ]);
  });
}
