/** Hooks beside the write of a row: transactions that ended, many rows at once. */
import { HookAborted, StaleObjectError, UsageError } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Audit, Item, log } from "../support/hook-models.ts";
import { usingOf } from "../support/kept-models.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

const models = [Audit, Item] as const;

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const taken = (): string[] => log.splice(0);
  const names = async (): Promise<string[]> =>
    (
      await on(Item)
        .all()
        .orderBy((i) => i.code)
    ).map(({ name }) => name);

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...models);
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    Item.next = {};
    for (const model of [Item, Audit] as const) await on(model).all().allRows().delete();
    log.length = 0;
  });

  describe("after the transaction", () => {
    it("once for all writes of a row, when the outermost was committed", async () => {
      let seen: unknown;
      await t.engine().transaction(async () => {
        const item = await on(Item).create({ name: "a", code: "1" });
        await t.engine().transaction(async () => {
          item.name = "b";
          await item.save();
        });
        item.stock = 4;
        await item.save();
        expect(taken()).not.toContain("afterCommit");
        Item.next["afterCommit"] = (row, { operation, changes, engine }) => {
          seen = [operation, { ...changes }["name"], { ...changes }["stock"], engine.inTransaction, row.isDirty];
        };
      });
      expect(taken()).toEqual(["afterCommit"]);
      expect(seen).toEqual(["insert", [undefined, "b"], [undefined, 4], false, false]);
    });

    it("a rollback is told once, after the rows are as they were", async () => {
      let state: unknown;
      const kept = await on(Item).create({ name: "k", code: "0" });
      taken();
      let item: Item | null = null;
      await expect(
        t.engine().transaction(async () => {
          item = await on(Item).create({ name: "a", code: "1" });
          item.name = "b";
          await item.save();
          kept.name = "z";
          await kept.save();
          kept.name = "y";
          await kept.save();
          taken();
          Item.next["afterRollback"] = (row) => {
            state = [String(row), row.id];
          };
          throw new RangeError("no");
        }),
      ).rejects.toThrow(RangeError);
      expect(taken()).toEqual(["afterRollback", "afterRollback"]);
      expect(state).toEqual(["<Item new>", undefined]);
      expect(kept.changes).toEqual({ name: ["k", "y"] });
      await kept.save();
      expect(await names()).toEqual(["y"]);
    });

    it("of a savepoint that is undone, while the rest is kept", async () => {
      const events: string[] = [];
      await t.engine().transaction(async () => {
        const item = await on(Item).create({ name: "a", code: "1" });
        await t
          .engine()
          .transaction(async () => {
            item.name = "b";
            await item.save();
            await on(Item).create({ name: "c", code: "2" });
            throw new RangeError("no");
          })
          .catch(() => {});
        events.push(...taken());
      });
      expect(events).not.toContain("afterRollback");
      expect(taken().sort()).toEqual(["afterCommit", "afterRollback"]);
      expect(await names()).toEqual(["a"]);
    });

    it("an error in afterCommit is a warning: the write stands, and the others are told", async () => {
      const warnings: string[] = [];
      const listen = (warning: Error) => void warnings.push(warning.message);
      process.on("warning", listen);
      const told: string[] = [];
      const off = t.engine().on("afterCommit", Item, () => void told.push("receiver"));
      try {
        Item.next["afterCommit"] = () => {
          throw new RangeError("value 4711");
        };
        const item = await on(Item).create({ name: "a", code: "1" });
        expect(item.isDirty).toBe(false);
        Item.next["afterCommit"] = () => Promise.reject(new RangeError("later"));
        await t.engine().transaction(() => item.delete());
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(warnings.filter((text) => text.includes("after-commit hook"))).toHaveLength(2);
        expect(warnings.join()).not.toContain("4711");
        expect(told).toEqual(["receiver", "receiver"]);
      } finally {
        off();
        process.off("warning", listen);
      }
    });

    it("adds no transaction to a model that has nothing else", async () => {
      const told: string[] = [];
      const off = t.engine().on("afterCommit", Audit, (row, { operation }) => void told.push(`${operation} ${row.what}`));
      const sent = await sentBy(t.engine(), async () => {
        const audit = await on(Audit).create({ what: "a" });
        audit.what = "b";
        await audit.save();
        await expect(on(Audit).create({ what: "x".repeat(300) })).rejects.toThrow();
      });
      off();
      expect(sent.map(({ operation }) => operation)).toEqual(["insert", "update"]);
      expect(told).toEqual(["insert a", "update b"]);
    });
  });

  describe("many rows", () => {
    const rows = [
      { name: " a ", code: "1" },
      { name: " b ", code: "2" },
    ];

    it("run no hooks unasked", async () => {
      const items = await on(Item).bulkCreate(rows);
      for (const item of items) item.stock = 1;
      await on(Item).bulkUpdate(items);
      await on(Item).upsert([{ name: "c", code: "1" }], { on: ["code"] });
      await on(Item).where({ code: "1" }).update({ stock: 3 });
      await on(Item).where({ code: "1" }).delete();
      expect(taken()).toEqual([]);
    });

    it("bulkCreate and bulkUpdate: all before, one statement, all after", async () => {
      const sent = await sentBy(t.engine(), () => on(Item).bulkCreate(rows, { hooks: true }));
      expect(sent.filter(({ operation }) => operation === "insert")).toHaveLength(1);
      expect(taken()).toEqual([
        ...["beforeSave", "beforeInsert", "beforeSave", "beforeInsert"],
        ...["afterInsert", "afterSave", "afterInsert", "afterSave", "afterCommit", "afterCommit"],
      ]);
      expect(await names()).toEqual(["a", "b"]);
      const items = await on(Item)
        .all()
        .orderBy((i) => i.code);
      for (const item of items) item.stock = 9;
      Item.next["beforeUpdate"] = (row) => {
        row.name = "hooked";
      };
      await on(Item).bulkUpdate(items, { fields: ["stock"], hooks: true });
      expect(taken().filter((event) => event === "afterUpdate")).toHaveLength(2);
      expect(await names()).toEqual(["hooked", "b"]);
      expect(
        await on(Item)
          .all()
          .sum((i) => i.stock),
      ).toBe(18);
    });

    it("a no of one row undoes them all", async () => {
      Item.next["afterSave"] = () => {
        throw new RangeError("no");
      };
      await expect(on(Item).bulkCreate(rows, { hooks: true })).rejects.toThrow(RangeError);
      Item.next = { beforeInsert: () => false };
      await expect(on(Item).bulkCreate(rows, { hooks: true })).rejects.toThrow(HookAborted);
      expect(await names()).toEqual([]);
    });

    it("upsert runs what it can tell, and refuses the rest", async () => {
      const error = await refused(t.engine(), () => on(Item).upsert(rows, { on: ["code"], hooks: true }));
      expect(error.message).toMatch(/beforeInsert/);
      const off = t.engine().on("beforeSave", Audit, (audit, { operation }) => {
        log.push(operation);
        audit.what = audit.what.trim();
      });
      const [audit] = await on(Audit).bulkCreate([{ what: "old" }]);
      await on(Audit).upsert([{ id: audit?.id ?? 0, what: " new " }], { on: ["id"], hooks: true });
      off();
      expect(taken()).toEqual(["upsert"]);
      expect((await on(Audit).all()).map(({ what }) => what)).toEqual(["new"]);
    });

    it("update of a query saves its rows one by one, in one transaction", async () => {
      await on(Item).bulkCreate(rows);
      Item.next["beforeUpdate"] = (row) => {
        row.name = "hooked";
      };
      const query = on(Item)
        .all()
        .orderBy((i) => i.code);
      expect(await query.allRows().update({ stock: 5 }, { hooks: true })).toBe(2);
      expect((await names()).map((name) => name.trim())).toEqual(["hooked", "b"]);
      expect(await on(Item).where({ stock: 5 }).count()).toBe(2);
      Item.next["afterUpdate"] = (row) => {
        if (row.code === "2") throw new RangeError("no");
        Item.next["afterUpdate"] = () => Promise.reject(new RangeError("no"));
      };
      await expect(query.allRows().update({ stock: 6 }, { hooks: true })).rejects.toThrow(RangeError);
      expect(await on(Item).where({ stock: 6 }).count()).toBe(0);
      expect(
        await query
          .limit(1)
          .update({ stock: 7 }, { hooks: true })
          .catch((error: unknown) => error),
      ).toBeInstanceOf(UsageError);
      await refused(t.engine(), () =>
        on(Item)
          .where({ code: "1" })
          .update({ id: 9 } as never, { hooks: true }),
      );
      await refused(t.engine(), () =>
        on(Item)
          .where({ code: "1" })
          .update((i) => ({ stock: i.stock.add(1) }), { hooks: true }),
      );
      await refused(t.engine(), () =>
        on(Item)
          .where({ code: "1" })
          .update({ stock: 1 }, { hook: true } as never),
      );
    });

    it("delete of a query deletes its rows one by one; one that is gone by then is left out", async () => {
      await on(Item).bulkCreate(rows);
      Item.next["afterDelete"] = async () => {
        await on(Item).where({ code: "2" }).delete();
      };
      expect(
        await on(Item)
          .all()
          .allRows()
          .orderBy((i) => i.code)
          .delete({ hooks: true }),
      ).toBe(1);
      expect(taken().filter((event) => event === "afterDelete")).toHaveLength(1);
      await on(Item).bulkCreate(rows);
      Item.next["beforeDelete"] = () => false;
      await expect(on(Item).where({ code: "1" }).delete({ hooks: true })).rejects.toThrow(HookAborted);
      const item = await on(Item).get({ code: "1" });
      await item.delete();
      await expect(item.delete()).rejects.toThrow(UsageError);
      expect(StaleObjectError.code).toBe("KAKA_STALE");
    });
  });
}
