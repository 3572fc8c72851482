/** Updates and deletes of joined and limited queries, with the rows they changed; rows from a query into a table. */
import { count, datetime, foreignKey, int, Model, now, str, sum, UsageError, uuid } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class OwnerModel extends Model("jw_owner", { name: str(), rate: int().default(1) }) {}
class ItemModel extends Model("jw_item", {
  name: str(),
  price: int().default(0),
  ownerId: foreignKey(() => OwnerModel).nullable(),
}) {}
class SeatModel extends Model("jw_seat", { row: int().primaryKey(), place: int().primaryKey(), taken: int().default(0) }) {}
class CopyModel extends Model("jw_copy", {
  name: str(),
  price: int().default(7),
  note: str().nullable(),
  status: str().dbDefault("fresh"),
  createdAt: datetime().autoNowAdd(),
}) {}
class TicketModel extends Model("jw_ticket", { code: uuid().default(() => crypto.randomUUID()), name: str() }) {}
class CounterModel extends Model("jw_counter", { key: str({ length: 40 }).unique(), version: int(), hits: int().default(0) }) {}

const models = [OwnerModel, ItemModel, SeatModel, CopyModel, TicketModel, CounterModel] as const;

export function suite(t: TargetContext): void {
  let Owner: typeof OwnerModel;
  let Item: typeof ItemModel;
  let Seat: typeof SeatModel;
  let Copy: typeof CopyModel;
  let Counter: typeof CounterModel;

  beforeAll(async () => {
    Owner = OwnerModel.using(t.engine());
    Item = ItemModel.using(t.engine());
    Seat = SeatModel.using(t.engine());
    Copy = CopyModel.using(t.engine());
    Counter = CounterModel.using(t.engine());
    await t.engine().createTable(...models);
  });
  afterAll(() => t.engine().dropTable(...models));
  beforeEach(async () => {
    for (const model of [Item, Owner, Seat, Copy, Counter]) await model.all().allRows().delete();
    const [ada, bob] = await Owner.bulkCreate([
      { name: "Ada", rate: 10 },
      { name: "Bob", rate: 3 },
    ]);
    await Item.bulkCreate([
      { name: "a", price: 1, ownerId: ada?.id ?? 0 },
      { name: "b", price: 2, ownerId: ada?.id ?? 0 },
      { name: "c", price: 3, ownerId: bob?.id ?? 0 },
      { name: "d", price: 4 },
    ]);
    await Seat.bulkCreate([1, 2].flatMap((row) => [1, 2, 3].map((place) => ({ row, place }))));
  });

  const prices = async () => Object.fromEntries((await Item.all().orderBy((i) => i.name)).map((item) => [item.name, item.price]));
  const owned = () => Item.all().join(Owner, (i, o) => i.ownerId.eq(o.id));

  describe("update", () => {
    it("of joined rows takes conditions from both sides", async () => {
      expect(
        await owned()
          .where((_i, o) => o.name.eq("Ada"))
          .update({ price: 9 }),
      ).toBe(2);
      expect(await prices()).toEqual({ a: 9, b: 9, c: 3, d: 4 });
    });

    it("of joined rows takes values from both sides", async () => {
      const changed = await owned()
        .where((i) => i.price.gt(1))
        .update((i, o) => ({ price: i.price.mul(o.rate), name: o.name }));
      expect(changed).toBe(2);
      expect((await Item.all().orderBy((i) => i.price)).map((item) => [item.name, item.price])).toEqual([
        ["a", 1],
        ["d", 4],
        ["Bob", 9],
        ["Ada", 20],
      ]);
    });

    it("of a left join gives null where the other side is missing", async () => {
      await Item.all()
        .leftJoin(Owner, (i, o) => i.ownerId.eq(o.id))
        .where((_i, o) => o.id.isNull())
        .update({ price: 0 });
      expect(await prices()).toEqual({ a: 1, b: 2, c: 3, d: 0 });
    });

    it("of a limited query changes the first rows of its order", async () => {
      const dearest = Item.where((i) => i.price.gt(0))
        .orderBy((i) => i.price.desc())
        .limit(2);
      expect(await dearest.update({ price: 100 })).toBe(2);
      expect(await prices()).toEqual({ a: 1, b: 2, c: 100, d: 100 });
      expect(
        await Item.where((i) => i.price.lt(100))
          .orderBy((i) => i.price)
          .offset(1)
          .limit(5)
          .update((i) => ({ price: i.price.add(50) })),
      ).toBe(1);
      expect(await prices()).toEqual({ a: 1, b: 52, c: 100, d: 100 });
    });

    it("works on keys of several columns", async () => {
      const some = Seat.where((s) => s.place.gt(1))
        .orderBy((s) => [s.row.desc(), s.place.desc()])
        .limit(3);
      expect(await some.update({ taken: 1 })).toBe(3);
      expect(await some.update((s) => ({ taken: s.taken.add(s.place) }))).toBe(3);
      expect((await Seat.where((s) => s.taken.gt(0)).orderBy((s) => [s.row, s.place])).map((s) => [s.row, s.place, s.taken])).toEqual([
        [1, 3, 4],
        [2, 2, 3],
        [2, 3, 4],
      ]);
    });
  });

  describe("delete", () => {
    it("of joined, limited and united rows takes exactly those", async () => {
      expect(
        await owned()
          .where((_i, o) => o.name.eq("Bob"))
          .delete(),
      ).toBe(1);
      expect(
        await Item.all()
          .allRows()
          .orderBy((i) => i.price)
          .limit(1)
          .delete(),
      ).toBe(1);
      expect(await prices()).toEqual({ b: 2, d: 4 });
      expect(
        await Item.where({ name: "b" })
          .union(Item.where({ name: "none" }))
          .allRows()
          .delete(),
      ).toBe(1);
      expect(await prices()).toEqual({ d: 4 });
      expect(
        await Seat.where({ row: 1 })
          .orderBy((s) => s.place.desc())
          .limit(2)
          .delete(),
      ).toBe(2);
      expect((await Seat.where({ row: 1 })).map((seat) => seat.place)).toEqual([1]);
    });

    it("asks for a condition, and refuses groups, distinct rows and plain rows", async () => {
      await expect(Item.all().limit(1).delete()).rejects.toThrow(/without a condition/);
      await expect(owned().delete()).rejects.toThrow(/without a condition/);
      await expect(owned().update({ price: 1 })).rejects.toThrow(/without a condition/);
      await expect(Item.where({ name: "a" }).distinct().delete()).rejects.toThrow(UsageError);
      await expect(Item.where({ name: "a" }).select("id").delete()).rejects.toThrow(/drop select/);
      const groups = Item.where({ name: "a" }).groupBy((i) => i.name) as unknown as ReturnType<typeof Item.all>;
      await expect(groups.update({ price: 1 })).rejects.toThrow(UsageError);
      expect(await Item.count()).toBe(4);
    });
  });

  describe("returning", () => {
    it("gives the rows of an update as they are now", async () => {
      const rows = await Item.where((i) => i.price.gte(3))
        .returning()
        .update((i) => ({ price: i.price.mul(2) }));
      expect(rows.map((item) => [item.name, item.price]).sort()).toEqual([
        ["c", 6],
        ["d", 8],
      ]);
      expect(rows[0]).toBeInstanceOf(ItemModel);
      const [c] = rows.filter((item) => item.name === "c");
      if (c === undefined) throw new Error("no row");
      c.price = 5;
      await c.save();
      expect(await prices()).toMatchObject({ c: 5 });
      // The condition does not hold any more for what was changed.
      expect(await Item.where({ name: "a" }).returning("name", "price").update({ name: "z" })).toEqual([{ name: "z", price: 1 }]);
      expect(await Item.where({ name: "none" }).returning().update({ price: 1 })).toEqual([]);
    });

    it("gives the rows of a delete as they were", async () => {
      const rows = await Item.where((i) => i.price.lt(3))
        .returning((i) => ({ title: i.name, twice: i.price.mul(2) }))
        .delete();
      expect(rows.sort((a, b) => a.twice - b.twice)).toEqual([
        { title: "a", twice: 2 },
        { title: "b", twice: 4 },
      ]);
      const [c] = await Item.where({ name: "c" }).returning().delete();
      expect(c?.name).toBe("c");
      await expect(c?.save()).rejects.toThrow(/deleted/);
      expect(await prices()).toEqual({ d: 4 });
    });

    it("works with joins, limits and keys of several columns", async () => {
      const rows = await owned()
        .where((_i, o) => o.rate.gt(1))
        .orderBy((i) => i.price.desc())
        .limit(2)
        .returning("name", "price")
        .update((i, o) => ({ price: i.price.add(o.rate) }));
      expect(rows.sort((a, b) => a.price - b.price)).toEqual([
        { name: "c", price: 6 },
        { name: "b", price: 12 },
      ]);
      const seats = await Seat.where({ row: 2 })
        .orderBy((s) => s.place)
        .limit(2)
        .returning("place")
        .delete();
      expect(seats.map((seat) => seat.place).sort()).toEqual([1, 2]);
    });

    it("takes part in an open transaction", async () => {
      const undone = new Error("undone");
      await expect(
        t.engine().transaction(async () => {
          expect(await Item.all().allRows().returning("name").delete()).toHaveLength(4);
          throw undone;
        }),
      ).rejects.toBe(undone);
      expect(await Item.count()).toBe(4);
    });

    it("refuses what update and delete refuse", async () => {
      await expect(Item.all().returning().delete()).rejects.toThrow(/without a condition/);
      await expect(Item.where({ name: "a" }).returning().update({})).rejects.toThrow(/nothing to set/);
      expect(() => Item.where({ name: "a" }).returning("nope" as never)).toThrow(/no column "nope"/);
      expect(await Item.count()).toBe(4);
    });
  });

  describe("insertInto", () => {
    it("makes rows of another query's, with the defaults of the model", async () => {
      const before = Date.now() - 5000;
      const made = await Item.where((i) => i.price.gt(1))
        .select((i) => ({ name: i.name, note: i.name }))
        .insertInto(Copy);
      expect(made).toBe(3);
      const rows = await Copy.all().orderBy((c) => c.name);
      expect(rows.map((row) => [row.name, row.price, row.note, row.status])).toEqual([
        ["b", 7, "b", "fresh"],
        ["c", 7, "c", "fresh"],
        ["d", 7, "d", "fresh"],
      ]);
      expect(rows[0]?.createdAt.getTime()).toBeGreaterThan(before);
      expect(new Set(rows.map((row) => row.id)).size).toBe(3);
    });

    it("takes groups, joins, unions, limits and the model's own rows", async () => {
      expect(
        await owned()
          .groupBy((_i, o) => o.name)
          .select((i, o) => ({ name: o.name, price: sum(i.price) as never }))
          .insertInto(Copy),
      ).toBe(2);
      expect((await Copy.all().orderBy((c) => c.name)).map((c) => [c.name, c.price])).toEqual([
        ["Ada", 3],
        ["Bob", 3],
      ]);
      expect(
        await Copy.all()
          .orderBy((c) => c.name)
          .limit(1)
          .select((c) => ({ name: c.name, createdAt: now() }))
          .insertInto(Copy),
      ).toBe(1);
      expect(await Owner.all().select("name").union(Item.all().select("name")).insertInto(Copy)).toBe(6);
      expect(await Copy.where({ name: "Ada" }).count()).toBe(3);
      const [most] = await Copy.all()
        .groupBy((c) => c.name)
        .having(() => count().gt(2))
        .select((c) => ({ name: c.name, n: count() }));
      expect(most).toEqual({ name: "Ada", n: 3 });
    });

    it("refuses what would make no row", async () => {
      await expect(
        Item.all()
          .select("price")
          .insertInto(Copy as never),
      ).rejects.toThrow(/needs name/);
      await expect(
        Item.all()
          .select((i) => ({ name: i.name, nope: i.price }))
          .insertInto(Copy),
      ).rejects.toThrow(/no column "nope"/);
      await expect(
        Item.all()
          .select((i) => ({ name: i.price }))
          .insertInto(Copy as never),
      ).rejects.toThrow(/selects int/);
      await expect(Item.all().select("name").insertInto(TicketModel)).rejects.toThrow(/made for each row/);
      expect(await Copy.count()).toBe(0);
    });
  });

  describe("upsert with a condition", () => {
    it("changes only the rows that meet it", async () => {
      await Counter.bulkCreate([
        { key: "old", version: 1, hits: 5 },
        { key: "new", version: 9, hits: 5 },
      ]);
      const rows = await Counter.upsert(
        [
          { key: "old", version: 3, hits: 1 },
          { key: "new", version: 3, hits: 1 },
          { key: "other", version: 3, hits: 1 },
        ],
        { on: ["key"], where: (existing, incoming) => existing.version.lt(incoming.version) },
      );
      expect(rows.map((row) => [row.key, row.version, row.hits])).toEqual([
        ["old", 3, 1],
        ["new", 9, 5],
        ["other", 3, 1],
      ]);
      // @ts-expect-error the lambda gives a condition
      await expect(Counter.upsert([{ key: "x", version: 1 }], { on: ["key"], where: () => 5 })).rejects.toThrow(UsageError);
    });
  });
}
