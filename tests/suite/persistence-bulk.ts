/** Many rows at once: order, ids, limits of the wire, all or nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  datetime,
  int,
  json,
  Model,
  sql,
  str,
  text,
  UniqueViolation,
  UnsupportedError,
  UsageError,
  ValidationError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Item extends Model("p_item", {
  name: str().unique(),
  size: int().dbDefault(7),
  note: text().nullable(),
  extra: json<unknown>().nullable(),
}) {}
class Coded extends Model("p_coded", { code: str({ length: 20 }).primaryKey(), size: int().dbDefault(3), at: datetime().nullable() }) {}
class Moment extends Model("p_moment", { at: datetime().primaryKey(), size: int().dbDefault(3) }) {}
class Made extends Model("p_made", { key: int().primaryKey().dbDefault(sql`(60 + 10)`) }) {}
class Couple extends Model("p_couple", { a: int().primaryKey(), b: int().primaryKey(), size: int().dbDefault(3) }) {}

export function suite(t: TargetContext): void {
  const Items = () => Item.using(t.engine());

  beforeAll(() => t.engine().createTable(Item, Coded, Moment, Made, Couple));
  afterAll(() => t.engine().dropTable(Item, Coded, Moment, Made, Couple));
  beforeEach(async () => void (await Items().all().allRows().delete()));

  it("takes no row, one row and many in order, in one statement", async () => {
    expect(await sentBy(t.engine(), async () => expect(await Items().bulkCreate([])).toEqual([]))).toEqual([]);
    expect((await Items().bulkCreate([{ name: "one", size: 1 }]))[0]).toMatchObject({ name: "one", size: 1 });
    const names = Array.from({ length: 300 }, (_, i) => `n${i}`);
    let rows: Item[] = [];
    const sent = await sentBy(t.engine(), async () => {
      rows = await Items().bulkCreate(names.map((name, size) => ({ name, size })));
    });
    expect(sent.filter(({ operation }) => operation === "insert")).toHaveLength(1);
    expect(rows.every((row) => row instanceof Item)).toBe(true);
    const stored = new Map((await Items().all()).map((row) => [row.name, row]));
    for (const [i, row] of rows.entries()) expect(stored.get(names[i] as string)).toEqual(row);
    expect(rows.map((row) => row.id)).toEqual(rows.map((row) => row.id).toSorted((a, b) => a - b));
  });

  it("takes rows that name different columns", async () => {
    const rows = await Items().bulkCreate([
      { name: "a" },
      { name: "b", size: 1 },
      { name: "c" },
      { id: 5_000_000, name: "d" },
      { name: "e", size: 2, note: "x" },
      { name: "f" },
    ]);
    expect(rows.map((row) => [row.name, row.size])).toEqual([
      ["a", 7],
      ["b", 1],
      ["c", 7],
      ["d", 7],
      ["e", 2],
      ["f", 7],
    ]);
    for (const row of rows) expect(await Items().find(row.id)).toEqual(row);
    expect(rows[3]?.id).toBe(5_000_000);
  });

  it("takes new instances and keeps them", async () => {
    const draft = new (Items())({ name: "draft" });
    const [row, other] = await Items().bulkCreate([draft, { name: "plain" }]);
    expect(row).toBe(draft);
    expect(draft.changes).toEqual({});
    draft.note = "saved";
    await draft.save();
    expect(await Items().find(draft.id)).toMatchObject({ note: "saved", size: 7 });
    await refused(t.engine(), () => Items().bulkCreate([other as Item]), UsageError);
    const twice = new (Items())({ name: "twice" });
    await refused(t.engine(), () => Items().bulkCreate([twice, twice]), UsageError);
    await refused(t.engine(), () => Items().bulkCreate({ name: "x" } as never), UsageError);
    await refused(t.engine(), () => Items().bulkCreate([{ name: "x" }], { batchSize: 0 }), UsageError);
  });

  it("keeps keys that the database does not number", async () => {
    const Codes = Coded.using(t.engine());
    const rows = await Codes.bulkCreate([{ code: "b" }, { code: "a", size: 9 }, { code: "c", at: new Date(5) }]);
    expect(rows.map((row) => [row.code, row.size])).toEqual([
      ["b", 3],
      ["a", 9],
      ["c", 3],
    ]);
    for (const row of rows) expect(await Codes.find(row.code)).toEqual(row);
    await expect(Codes.bulkCreate([{ code: "d" }, { code: "a" }])).rejects.toBeInstanceOf(UniqueViolation);
    expect(await Codes.find("d")).toBeNull();
  });

  it("finds rows again by keys that are objects here", async () => {
    const Moments = Moment.using(t.engine());
    const given = [5, 3, 4].map((ms) => ({ at: new Date(ms) }));
    const rows = await Moments.bulkCreate(given);
    expect(rows.map((row) => [row.at.getTime(), row.size])).toEqual([
      [5, 3],
      [3, 3],
      [4, 3],
    ]);
    expect((await Moments.find(new Date(4)))?.size).toBe(3);
  });

  it("returns keys that the database makes, or refuses before it sends anything", async () => {
    const Mades = Made.using(t.engine());
    if (t.engine().traits.insertReturning) {
      expect((await Mades.create({})).key).toBe(70);
      await Mades.all().allRows().delete();
      expect((await Mades.bulkCreate([{}]))[0]?.key).toBe(70);
    } else {
      await refused(t.engine(), () => Mades.create({}), UnsupportedError);
      await refused(t.engine(), () => Mades.bulkCreate([{}]), UnsupportedError);
      await refused(t.engine(), () => Couple.using(t.engine()).bulkCreate([{ a: 1, b: 1 }]), UsageError);
    }
    expect(await Couple.using(t.engine()).create({ a: 1, b: 2 })).toMatchObject({ a: 1, b: 2, size: 3 });
    expect(
      await Couple.using(t.engine()).bulkCreate([
        { a: 2, b: 2, size: 5 },
        { a: 1, b: 3, size: 6 },
      ]),
    ).toMatchObject([{ size: 5 }, { size: 6 }]);
  });

  describe("beyond the limits of one statement", () => {
    it("sends more than one, in one transaction", async () => {
      const most = t.engine().traits.maxParameters;
      // The whole of the largest limit once; elsewhere the same code with a smaller batch.
      const full = t.name === "sqlite";
      const rows = Array.from({ length: full ? 40_000 : 900 }, (_, i) => ({ name: `n${i}`, size: i }));
      let saved: Item[] = [];
      const sent = await sentBy(t.engine(), async () => {
        saved = await Items().bulkCreate(rows, full ? {} : { batchSize: 400 });
      });
      const inserts = sent.filter(({ operation }) => operation === "insert");
      expect(inserts.length).toBe(full ? Math.ceil(rows.length / Math.min(10_000, Math.floor(most / 4))) : 3);
      expect(new Set(inserts.map(({ transactionId }) => transactionId)).size).toBe(1);
      expect(inserts[0]?.transactionId).not.toBeNull();
      for (const { parameterCount } of inserts) expect(parameterCount).toBeLessThanOrEqual(most);
      expect(await Items().count()).toBe(rows.length);
      expect(new Set(saved.map((row) => row.id)).size).toBe(rows.length);
      for (const i of [0, 399, 400, 899, rows.length - 1])
        expect(await Items().find(saved[i]?.id as number)).toMatchObject(rows[i] as object);
    });

    it("leaves nothing behind when the last part fails, and the instances new", async () => {
      await Items().create({ name: "taken" });
      const drafts = Array.from({ length: 30 }, (_, i) => new (Items())({ name: i === 29 ? "taken" : `n${i}` }));
      await expect(Items().bulkCreate(drafts, { batchSize: 10 })).rejects.toBeInstanceOf(UniqueViolation);
      expect(await Items().count()).toBe(1);
      expect(drafts.map(String)).toEqual(drafts.map(() => "<Item new>"));
      expect(drafts.every((draft) => draft.id === undefined)).toBe(true);
      (drafts[29] as Item).name = "free";
      await Items().bulkCreate(drafts, { batchSize: 10 });
      expect(await Items().count()).toBe(31);
    });

    it("sends nothing when the last row is not valid", async () => {
      const rows = Array.from({ length: 30 }, (_, i) => ({ name: i === 29 ? (5 as never) : `n${i}` }));
      await refused(t.engine(), () => Items().bulkCreate(rows, { batchSize: 10 }), ValidationError);
    });

    it("splits rows of huge texts", async () => {
      const note = "😀long".repeat(100_000);
      const rows = await Items().bulkCreate(Array.from({ length: 12 }, (_, i) => ({ name: `n${i}`, note: note + i })));
      const read = (await Items().find(rows[11]?.id as number))?.note;
      expect(read === `${note}11`).toBe(true);
      expect(await Items().count()).toBe(12);
    });

    it("joins the transaction that is open, and goes with it", async () => {
      await expect(
        t.engine().transaction(async () => {
          await Items().bulkCreate(
            Array.from({ length: 25 }, (_, i) => ({ name: `n${i}` })),
            { batchSize: 10 },
          );
          expect(await Items().count()).toBe(25);
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      expect(await Items().count()).toBe(0);
    });
  });
}
