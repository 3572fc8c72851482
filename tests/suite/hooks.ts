/** Hooks of single rows: order, what they may change, what stops a write and undoes it. */
import { HookAborted, UniqueViolation, UsageError, ValidationError } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Audit, Item, log, Paper, Plain, SpecialItem } from "../support/hook-models.ts";
import { usingOf } from "../support/kept-models.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

const models = [Audit, Item, Paper, Plain] as const;

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const items = () => on(Item);
  const audits = async () =>
    (
      await on(Audit)
        .all()
        .orderBy((a) => a.id)
    ).map(({ what }) => what);
  const taken = (): string[] => log.splice(0);

  beforeAll(async () => {
    await t.engine().dropTableIfExists(...models);
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    Item.next = {};
    for (const model of models) await on(model).all().allRows().delete();
    await on(Paper).onlyDeleted().purge();
    log.length = 0;
  });

  describe("order", () => {
    it("of an insert, an update and a delete", async () => {
      const item = await items().create({ name: "a", code: "1" });
      expect(taken()).toEqual(["beforeSave", "beforeInsert", "afterInsert", "afterSave", "afterCommit"]);
      item.stock = 2;
      await item.save();
      expect(taken()).toEqual(["beforeSave", "beforeUpdate", "afterUpdate", "afterSave", "afterCommit"]);
      await item.delete();
      expect(taken()).toEqual(["beforeDelete", "afterDelete", "afterCommit"]);
      expect(await items().count()).toBe(0);
    });

    it("of a new instance that is saved, and of getOrCreate and updateOrCreate", async () => {
      const view = items();
      await new view({ name: "a", code: "1" }).save();
      expect(taken()).toContain("afterInsert");
      await items().getOrCreate({ code: "2" }, { name: "b" });
      expect(taken()).toContain("beforeInsert");
      await items().getOrCreate({ code: "2" }, { name: "b" });
      expect(taken()).toEqual([]);
      await items().updateOrCreate({ code: "2" }, { name: "c" });
      expect(taken()).toEqual(["beforeSave", "beforeUpdate", "afterUpdate", "afterSave", "afterCommit"]);
    });

    it("are inherited, and a method may call what it replaces", async () => {
      await on(SpecialItem).create({ name: "a", code: "1" });
      expect(taken()).toEqual(["beforeSave", "beforeInsert", "afterInsert", "special", "afterSave", "afterCommit"]);
    });

    it("of a save that changes nothing: before-hooks alone", async () => {
      const item = await items().create({ name: "a", code: "1" });
      taken();
      const sent = await sentBy(t.engine(), () => item.save());
      expect(taken()).toEqual(["beforeSave", "beforeUpdate"]);
      expect(sent.filter(({ operation }) => operation === "update")).toEqual([]);
    });

    it("of marks, restoring and purging", async () => {
      const paper = await on(Paper).create({ title: "a" });
      await paper.delete();
      expect(taken()).toEqual(["beforeDelete", "afterDelete"]);
      await paper.restore();
      expect(taken()).toEqual(["beforeRestore", "afterRestore"]);
      await paper.delete();
      taken();
      await paper.purge();
      expect(taken()).toEqual(["beforePurge", "afterPurge"]);
      const kept = await on(Paper).create({ title: "kept" });
      await expect(kept.delete()).rejects.toThrow(HookAborted);
      expect(await on(Paper).count()).toBe(1);
    });

    it("is nothing at all for a model without any", async () => {
      const sent = await sentBy(t.engine(), async () => {
        const plain = await on(Plain).create({ name: "a" });
        plain.name = "b";
        await plain.save();
        await plain.delete();
      });
      expect(sent.map(({ operation }) => operation)).toEqual(["insert", "update", "delete"]);
    });
  });

  describe("what a before-hook changes", () => {
    it("is written", async () => {
      const item = await items().create({ name: "  a ", code: "1" });
      Item.next["beforeUpdate"] = (row) => {
        row.stock = 7;
      };
      item.name = "  b  ";
      await item.save();
      expect((await items().get({ code: "1" })).toDict()).toMatchObject({ name: "b", stock: 7 });
      expect(item.changes).toEqual({});
    });

    it("is written beside the fields that a save names, and nothing else is", async () => {
      const item = await items().create({ name: "a", code: "1" });
      item.name = "b";
      item.stock = 3;
      Item.next["beforeUpdate"] = (row) => void row.tags.push("seen");
      await item.save({ fields: ["name"] });
      expect((await items().get({ code: "1" })).toDict()).toMatchObject({ name: "b", stock: 0, tags: ["seen"] });
      expect(item.changedFields).toEqual(["stock"]);
    });

    it("passes the rules of its column", async () => {
      Item.next["beforeInsert"] = (row) => {
        row.name = "x".repeat(30);
      };
      await expect(items().create({ name: "a", code: "1" })).rejects.toThrow(ValidationError);
      expect(await items().count()).toBe(0);
    });

    it("can be seen as changes, of new rows and old", async () => {
      const seen: unknown[] = [];
      Item.next["beforeInsert"] = (row, { changes, operation }) => void seen.push([operation, changes["code"], row.isDirty]);
      const item = await items().create({ name: "a", code: "1" });
      item.name = "b";
      Item.next["beforeSave"] = (_, { changes, operation }) => void seen.push([operation, { ...changes }]);
      Item.next["afterSave"] = (row, { changes, operation }) => void seen.push([operation, { ...changes }, row.isDirty]);
      await item.save();
      expect(seen).toEqual([
        ["insert", [undefined, "1"], true],
        ["update", { name: ["a", "b"] }],
        ["update", { name: ["a", "b"] }, false],
      ]);
    });
  });

  describe("saying no", () => {
    it.each(["beforeSave", "beforeInsert"])("%s: nothing of the insert is kept", async (event) => {
      Item.next[event] = async (_, { engine }) => {
        await Audit.using(engine).create({ what: "tried" });
        return false;
      };
      const error = await items()
        .create({ name: "a", code: "secret" })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(HookAborted);
      expect(error).toMatchObject({ code: "KAKA_HOOK_ABORTED", event, model: "Item", outcome: "not_applied", retryable: false });
      expect(String((error as Error).message)).not.toContain("secret");
      expect(await audits()).toEqual([]);
      expect(await items().count()).toBe(0);
      expect(taken()).not.toContain("afterRollback");
    });

    it("beforeUpdate and beforeDelete: the row stays as it was, and so does what the instance has", async () => {
      const item = await items().create({ name: "a", code: "1" });
      Item.next["beforeUpdate"] = () => false;
      item.name = "b";
      await expect(item.save()).rejects.toThrow(HookAborted);
      expect(item.changes).toEqual({ name: ["a", "b"] });
      Item.next["beforeDelete"] = () => false;
      await expect(item.delete()).rejects.toThrow(HookAborted);
      expect((await items().get({ code: "1" })).name).toBe("a");
      await item.save();
      expect((await items().get({ code: "1" })).name).toBe("b");
    });

    it.each(["afterInsert", "afterSave"])("an error of %s undoes the insert and what hooks have written", async (event) => {
      Item.next["beforeInsert"] = async (_, { engine }) => void (await Audit.using(engine).create({ what: "before" }));
      Item.next[event] = async (_, { engine }) => {
        await Audit.using(engine).create({ what: "after" });
        throw new RangeError("no");
      };
      const view = items();
      const item = new view({ name: "a", code: "1" });
      await expect(item.save()).rejects.toThrow(RangeError);
      expect(await audits()).toEqual([]);
      expect(await items().count()).toBe(0);
      expect(taken()).toContain("afterRollback");
      // It is new again, and can be saved.
      await item.save();
      expect(await items().count()).toBe(1);
    });

    it("an error of afterUpdate or afterDelete undoes those", async () => {
      const item = await items().create({ name: "a", code: "1" });
      const refuse = () => {
        throw new RangeError("no");
      };
      Item.next["afterUpdate"] = refuse;
      item.name = "b";
      await expect(item.save()).rejects.toThrow(RangeError);
      expect(item.changes).toEqual({ name: ["a", "b"] });
      Item.next["afterDelete"] = refuse;
      await expect(item.delete()).rejects.toThrow(RangeError);
      expect((await items().get({ code: "1" })).name).toBe("a");
      await item.delete();
      expect(await items().count()).toBe(0);
    });
  });

  describe("in a transaction", () => {
    it("a write that fails takes its hooks' writes along, and the rest goes on", async () => {
      await items().create({ name: "a", code: "1" });
      await t.engine().transaction(async () => {
        await on(Audit).create({ what: "outer" });
        Item.next["beforeInsert"] = async (_, { engine }) => void (await Audit.using(engine).create({ what: "inner" }));
        await expect(items().create({ name: "b", code: "1" })).rejects.toThrow(UniqueViolation);
        await items().create({ name: "b", code: "2" });
      });
      expect(await audits()).toEqual(["outer"]);
      expect(await items().count()).toBe(2);
    });

    it("what a savepoint undoes is undone in the instance at once, so that it can be saved again", async () => {
      const item = await items().create({ name: "a", code: "1" });
      await t.engine().transaction(async () => {
        item.name = "b";
        await item.save();
        Item.next["afterUpdate"] = () => Promise.reject(new RangeError("no"));
        item.name = "c";
        await expect(item.save()).rejects.toThrow(RangeError);
        expect(item.changes).toEqual({ name: ["b", "c"] });
        await item.save();
        const view = items();
        const other = new view({ name: "o", code: "2" });
        Item.next["afterInsert"] = () => Promise.reject(new RangeError("no"));
        await expect(other.save()).rejects.toThrow(RangeError);
        expect([String(other), other.id]).toEqual(["<Item new>", undefined]);
        await other.save();
      });
      expect(
        await items()
          .all()
          .orderBy((i) => i.code.asc())
          .pluck((i) => i.name),
      ).toEqual(["c", "o"]);
    });

    it("writes of hooks on the model itself belong to it, without being told so", async () => {
      Item.next["afterInsert"] = async (_, { engine }) => {
        expect(engine.inTransaction).toBe(true);
        await on(Audit).create({ what: "beside" });
        throw new RangeError("no");
      };
      await expect(items().create({ name: "a", code: "1" })).rejects.toThrow(RangeError);
      expect(await audits()).toEqual([]);
    });

    it("of an explicit handle", async () => {
      await t
        .engine()
        .transaction(async (tx) => {
          await t.engine().outsideTransaction(() => Item.using(tx).create({ name: "a", code: "1" }));
          throw new RangeError("no");
        })
        .catch(() => {});
      expect(await items().count()).toBe(0);
      expect(taken()).toContain("afterRollback");
    });
  });

  describe("a hook that writes its own row", () => {
    it("after it was inserted: what the number made possible", async () => {
      Item.next["afterInsert"] = async (row) => {
        row.name = `n${row.id}`;
        await row.save();
      };
      const item = await items().create({ name: "a", code: "1" });
      expect((await items().get({ code: "1" })).name).toBe(`n${item.id}`);
      expect(taken().filter((event) => event !== "afterCommit")).toEqual([
        "beforeSave",
        "beforeInsert",
        "afterInsert",
        "beforeSave",
        "beforeUpdate",
        "afterUpdate",
        "afterSave",
        "afterSave",
      ]);
    });

    it("before it is written is told to assign", async () => {
      Item.next["beforeInsert"] = (row) => row.save();
      await expect(items().create({ name: "a", code: "1" })).rejects.toThrow(/assign to the row/);
      expect(await items().count()).toBe(0);
      const item = await items().create({ name: "a", code: "1" });
      Item.next["beforeDelete"] = async (row) => {
        row.name = "last";
        await row.save();
      };
      await item.delete();
      expect(await items().count()).toBe(0);
    });

    it("again and again is stopped", async () => {
      const item = await items().create({ name: "a", code: "1" });
      const more = async (row: Item): Promise<void> => {
        Item.next["afterSave"] = more;
        row.stock++;
        await row.save();
      };
      Item.next["afterSave"] = more;
      item.stock = 1;
      const error = await item.save().catch((thrown: unknown) => thrown);
      Item.next = {};
      expect(error).toBeInstanceOf(UsageError);
      expect(String(error)).toMatch(/10 times/);
      expect((await items().get({ code: "1" })).stock).toBe(0);
    });

    it("two saves at once are no such thing", async () => {
      const item = await items().create({ name: "a", code: "1" });
      item.stock = 5;
      await Promise.all([item.save(), item.save()]);
      expect((await items().get({ code: "1" })).stock).toBe(5);
    });
  });
}
