/** Upserts, find-or-create and bulk updates. */
import {
  bigint,
  bytes,
  date,
  datetime,
  decimal,
  int,
  json,
  Model,
  StaleObjectError,
  str,
  time,
  UniqueViolation,
  UsageError,
  uuid,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class ItemModel extends Model("u_item", {
  sku: str({ length: 40 }).unique(),
  name: str().default("unnamed"),
  stock: int().default(0),
  price: decimal({ precision: 12, scale: 2 }).nullable(),
  big: bigint().nullable(),
  day: date().nullable(),
  at: time().nullable(),
  tag: uuid().nullable(),
  raw: bytes().nullable(),
  doc: json<unknown>().nullable(),
  createdAt: datetime().autoNowAdd(),
  updatedAt: datetime().autoNow(),
}) {}
class SlotModel extends Model("u_slot", { room: str({ length: 10 }).primaryKey(), hour: int().primaryKey(), who: str().nullable() }) {}

export function suite(t: TargetContext): void {
  let Item: typeof ItemModel;
  let Slot: typeof SlotModel;
  beforeAll(async () => {
    Item = ItemModel.using(t.engine());
    Slot = SlotModel.using(t.engine());
    await t.engine().createTable(ItemModel, SlotModel);
  });
  beforeEach(async () => {
    await Item.all().allRows().delete();
    await Slot.all().allRows().delete();
  });
  afterAll(() => t.engine().dropTable(ItemModel, SlotModel));

  describe("upsert", () => {
    it("inserts new rows, updates old ones with what was given, and answers in the order given", async () => {
      const old = await Item.create({ sku: "a", name: "Anvil", stock: 5 });
      const rows = await Item.upsert(
        [
          { sku: "b", stock: 1 },
          { sku: "a", stock: 9 },
        ],
        { on: ["sku"] },
      );
      expect(rows.map((row) => [row.sku, row.name, row.stock])).toEqual([
        ["b", "unnamed", 1],
        ["a", "Anvil", 9],
      ]);
      expect(rows[1]?.id).toBe(old.id);
      expect(rows[1]?.createdAt).toEqual(old.createdAt);
      expect(rows[0]).toBeInstanceOf(ItemModel);
      expect(await Item.count()).toBe(2);
    });

    it("updates only the columns that were asked for, or none", async () => {
      await Item.create({ sku: "a", name: "Anvil", stock: 5 });
      await Item.upsert([{ sku: "a", name: "other", stock: 7 }], { on: ["sku"], update: ["stock"] });
      expect((await Item.get({ sku: "a" })).toDict()).toMatchObject({ name: "Anvil", stock: 7 });
      const [kept] = await Item.upsert([{ sku: "a", name: "third", stock: 8 }], { on: ["sku"], update: [] });
      expect(kept).toMatchObject({ name: "Anvil", stock: 7 });
    });

    it("works on keys of several columns", async () => {
      await Slot.create({ room: "x", hour: 1, who: "ada" });
      const rows = await Slot.upsert(
        [
          { room: "x", hour: 1, who: "bob" },
          { room: "x", hour: 2, who: null },
        ],
        { on: ["room", "hour"] },
      );
      expect(rows.map((row) => row.who)).toEqual(["bob", null]);
    });

    it("writes a thousand rows in one statement, which hands them back where it can", async () => {
      await Item.bulkCreate(Array.from({ length: 500 }, (_, i) => ({ sku: `s${i * 2}`, name: "old", stock: 1 })));
      const rows = Array.from({ length: 1000 }, (_, i) => ({ sku: `s${i}`, stock: i }));
      let answer: ItemModel[] = [];
      const sent = await sentBy(t.engine(), async () => {
        answer = await Item.upsert(rows, { on: ["sku"] });
      });
      expect(answer.map(({ sku, stock }) => ({ sku, stock }))).toEqual(rows);
      expect(answer.filter(({ name }) => name === "old")).toHaveLength(500);
      const statements = sent.map(({ operation }) => operation).filter((operation) => operation === "insert" || operation === "select");
      expect(statements).toEqual(t.capabilities.insertReturning ? ["insert"] : ["insert", "select"]);
      answer.forEach((row) => {
        row.stock += 1;
      });
      expect(await Item.bulkUpdate(answer)).toBe(1000);
    });

    it("refuses two rows with one key, unknown columns and a missing key, before anything is sent", async () => {
      await expect(Item.upsert([{ sku: "a" }, { sku: "a" }], { on: ["sku"] })).rejects.toThrow(UsageError);
      await expect(Item.upsert([{ sku: "a" }], { on: [] })).rejects.toThrow(UsageError);
      await expect(Item.upsert([{ sku: "a" }], { on: ["nope" as "sku"] })).rejects.toThrow(/no column/);
      await expect(Item.upsert([{ sku: "a" }], { on: ["sku"], update: ["id"] })).rejects.toThrow(UsageError);
      expect(await Item.count()).toBe(0);
    });

    it("keeps nothing when a chunk fails", async () => {
      await Item.create({ sku: "taken", name: "x" });
      const rows = [{ sku: "new" }, { id: (await Item.get({ sku: "taken" })).id, sku: "other" }];
      // The second row collides with a key that "on" does not name: MySQL would update it, the others refuse.
      if (t.family === "mysql") return expect((await Item.upsert(rows, { on: ["sku"] })).length).toBeGreaterThan(0);
      await expect(Item.upsert(rows, { on: ["sku"] })).rejects.toThrow(UniqueViolation);
      expect(await Item.count()).toBe(1);
    });
  });

  describe("getOrCreate and updateOrCreate", () => {
    it("finds, creates with defaults, and updates", async () => {
      const [made, created] = await Item.getOrCreate({ sku: "a" }, { stock: 3 });
      expect([made.stock, created]).toEqual([3, true]);
      const [found, again] = await Item.getOrCreate({ sku: "a" }, { stock: 99 });
      expect([found.id, found.stock, again]).toEqual([made.id, 3, false]);
      const [updated, isNew] = await Item.updateOrCreate({ sku: "a" }, { stock: 4 });
      expect([updated.id, isNew, (await Item.get({ sku: "a" })).stock]).toEqual([made.id, false, 4]);
    });

    it("gives callers at the same time the same row", async () => {
      const all = await Promise.all(Array.from({ length: 8 }, () => Item.getOrCreate({ sku: "race" })));
      expect(new Set(all.map(([row]) => row.id)).size).toBe(1);
      expect(all.filter(([, created]) => created)).toHaveLength(1);
      expect(await Item.count()).toBe(1);
    });

    it("survives the race inside a transaction", async () => {
      await t.engine().transaction(async (tx) => {
        const Inside = ItemModel.using(tx);
        await Inside.getOrCreate({ sku: "t" });
        await Inside.getOrCreate({ sku: "t" });
        await Inside.create({ sku: "after" });
      });
      expect(await Item.count()).toBe(2);
    });
  });

  describe("bulkUpdate", () => {
    it("writes different values of every type in one statement", async () => {
      const rows = await Item.bulkCreate(Array.from({ length: 5 }, (_, i) => ({ sku: `s${i}` })));
      rows.forEach((row, i) => {
        row.name = `n${i}`;
        row.stock = i * 10;
        row.price = i === 2 ? null : `${i}.50`;
        row.big = 2n ** 60n + BigInt(i);
        row.day = `2024-01-0${i + 1}`;
        row.at = `0${i}:30:00`;
        row.tag = `00000000-0000-4000-8000-00000000000${i}`;
        row.raw = new Uint8Array([i, 255]);
        row.doc = { i, nested: ["x", null] };
      });
      const seen: string[] = [];
      const stop = t.engine().on("statement", (event) => {
        if (event.operation === "update") seen.push(event.sql);
      });
      expect(await Item.bulkUpdate(rows)).toBe(5);
      stop();
      expect(seen).toHaveLength(1);
      const found = await Item.all().orderBy((item) => item.id);
      expect(found.map((row) => ({ ...row.toDict(), updatedAt: null }))).toEqual(rows.map((row) => ({ ...row.toDict(), updatedAt: null })));
      expect(rows[0]?.changes).toEqual({});
      expect(found[1]?.updatedAt).toEqual(rows[1]?.updatedAt);
    });

    it("writes the named fields only, on keys of several columns too", async () => {
      const slots = await Slot.bulkCreate([
        { room: "x", hour: 1, who: "a" },
        { room: "x", hour: 2, who: "b" },
      ]);
      for (const slot of slots) slot.who = `${slot.who}!`;
      expect(await Slot.bulkUpdate(slots, ["who"])).toBe(2);
      expect(
        await Slot.all()
          .orderBy((slot) => slot.hour)
          .pluck((slot) => slot.who),
      ).toEqual(["a!", "b!"]);
    });

    it("writes nothing when one of the rows is gone", async () => {
      const rows = await Item.bulkCreate([{ sku: "a" }, { sku: "b" }]);
      await Item.where({ sku: "b" }).delete();
      for (const row of rows) row.stock = 7;
      await expect(Item.bulkUpdate(rows)).rejects.toThrow(StaleObjectError);
      expect((await Item.get({ sku: "a" })).stock).toBe(0);
      expect(rows[0]?.changes).toHaveProperty("stock");
    });

    it("chunks long lists and refuses what is not saved", async () => {
      const rows = await Item.bulkCreate(Array.from({ length: 1200 }, (_, i) => ({ sku: `s${i}` })));
      rows.forEach((row, i) => {
        row.stock = i;
      });
      expect(await Item.bulkUpdate(rows, ["stock"])).toBe(1200);
      expect(await Item.all().sum((item) => item.stock)).toBe((1199 * 1200) / 2);
      await expect(Item.bulkUpdate([new ItemModel({ sku: "x" })])).rejects.toThrow(UsageError);
      await expect(Item.bulkUpdate([{} as never])).rejects.toThrow(UsageError);
      expect(await Item.bulkUpdate([])).toBe(0);
    });
  });
}
