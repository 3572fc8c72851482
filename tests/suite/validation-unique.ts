/** What the database refuses has the shape of a ValidationError; unique keys can be asked for before. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CheckViolation,
  type ConstraintError,
  ForeignKeyViolation,
  foreignKey,
  int,
  Model,
  NotNullViolation,
  SoftDeleteModel,
  str,
  UniqueViolation,
  ValidationError,
} from "../../src/index.ts";
import { sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Shop extends Model("vu_shop", { code: str({ length: 20 }).primaryKey() }) {}
class Item extends Model(
  "vu_item",
  {
    shopCode: foreignKey(() => Shop).nullable(),
    ownerCode: foreignKey(() => Shop, { column: "owner" }).nullable(),
    skuCode: str({ length: 30 }).unique(),
    shelf: int(),
    place: int(),
    stock: int()
      .default(0)
      .check((stock) => stock.gte(0)),
    spare: int().nullable(),
    least: int().default(0),
    most: int().default(9),
  },
  {
    uniques: (item) => [[item.shelf, item.place]],
    checks: (item) => ({ vu_least_most: item.most.gte(item.least) }),
  },
) {}
class Page extends SoftDeleteModel("vu_page", { slug: str({ length: 30 }).unique() }) {}

const item = { skuCode: "a", shelf: 1, place: 1 };

export function suite(t: TargetContext): void {
  const Items = () => Item.using(t.engine());
  const Pages = () => Page.using(t.engine());

  beforeAll(async () => {
    await t.engine().createTable(Shop, Item, Page);
    await Shop.using(t.engine()).create({ code: "here" });
  });
  afterAll(() => t.engine().dropTable(Item, Shop, Page));
  beforeEach(async () => {
    await Items().all().allRows().delete();
    await Pages().includeDeleted().allRows().purge();
  });

  async function violation(work: () => unknown, kind: abstract new (...args: never[]) => ConstraintError): Promise<ConstraintError> {
    const error: unknown = await Promise.resolve()
      .then(work)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    const found = error as ConstraintError;
    expect(JSON.parse(JSON.stringify(found))).toMatchObject({ errors: found.errors, detail: found.detail, code: found.code });
    return found;
  }

  describe("a violation names the property", () => {
    it("of a unique key", async () => {
      await Items().create(item);
      const one = await violation(() => Items().create({ ...item, place: 2 }), UniqueViolation);
      expect(one.detail).toEqual([{ field: "skuCode", rule: "unique", message: "is taken already" }]);
      expect(one.errors).toEqual({ skuCode: ["is taken already"] });
      const two = await violation(() => Items().create({ ...item, skuCode: "b" }), UniqueViolation);
      expect(two.errors).toEqual({
        shelf: ["is taken already, together with place"],
        place: ["is taken already, together with shelf"],
      });
    });

    it("of a foreign key, the one of several whose row is missing", async () => {
      const values = { ...item, shopCode: "here", ownerCode: "gone" };
      const error = await violation(() => Items().create(values), ForeignKeyViolation);
      expect(error.detail).toMatchObject([{ field: "ownerCode", rule: "foreign_key" }]);
      const row = await Items().create(item);
      row.shopCode = "gone";
      expect((await violation(() => row.save(), ForeignKeyViolation)).detail).toMatchObject([{ field: "shopCode" }]);
      const rows = Array.from({ length: 3 }, (_, i) => ({
        ...values,
        skuCode: `n${i}`,
        place: 10 + i,
        ownerCode: i === 2 ? "gone" : "here",
      }));
      for (const work of [() => Items().bulkCreate(rows), () => Items().upsert(rows, { on: ["skuCode"] })])
        expect((await violation(work, ForeignKeyViolation)).errors).toEqual({ ownerCode: ["refers to a row that is not there"] });
      await row.refresh();
      row.ownerCode = "gone";
      expect((await violation(() => Items().bulkUpdate([row]), ForeignKeyViolation)).detail).toMatchObject([{ field: "ownerCode" }]);
      await Items().create({ ...item, skuCode: "kept", place: 20, shopCode: "here" });
      const shop = await Shop.using(t.engine()).get({ code: "here" });
      const kept = await violation(() => shop.delete(), ForeignKeyViolation);
      expect(kept.errors).toEqual({ "*": [expect.stringContaining("other rows refer to this one")] });
    });

    it("of a check, of one column or several", async () => {
      const one = await violation(() => Items().create({ ...item, stock: -1 }), CheckViolation);
      expect(one.detail).toMatchObject([{ field: "stock", rule: "check" }]);
      const two = await violation(() => Items().create({ ...item, least: 10 }), CheckViolation);
      expect(two.detail.map(({ field }) => field).sort()).toEqual(["least", "most"]);
    });

    it("of a NULL that only the database sees", async () => {
      await Items().create(item);
      const error = await violation(
        () =>
          Items()
            .where({ skuCode: "a" })
            .update((row) => ({ shelf: row.spare as never })),
        NotNullViolation,
      );
      expect(error.detail).toEqual([{ field: "shelf", rule: "not_null", message: "must not be null" }]);
      // Without a model the names are the database's.
      const raw = await violation(
        () => t.engine().execute`insert into vu_item (sku_code, shelf, place, stock, least, most) values ('x', null, 1, 0, 0, 9)`,
        NotNullViolation,
      );
      expect(raw.detail).toMatchObject([{ field: "shelf", rule: "not_null" }]);
    });
  });

  describe("validateUnique", () => {
    it("finds the keys that other rows have, and not the row's own", async () => {
      await Items().create(item);
      const row = await Items().create({ skuCode: "b", shelf: 1, place: 2 });
      expect(await sentBy(t.engine(), () => row.validateUnique())).toEqual([]);
      row.skuCode = "a";
      row.place = 1;
      await expect(row.validateUnique()).rejects.toMatchObject({
        name: "ValidationError",
        errors: {
          skuCode: ["is taken already"],
          shelf: ["is taken already, together with place"],
          place: ["is taken already, together with shelf"],
        },
      });
      row.skuCode = "c";
      row.place = 3;
      await row.validateUnique();
      const twin = new (Items())({ id: row.id, skuCode: "d", shelf: 5, place: 5 });
      await expect(twin.validateUnique()).rejects.toMatchObject({ errors: { id: ["is taken already"] } });
      await Items().create({ ...item, skuCode: "z", place: 7 });
      expect(await Items().count()).toBe(3);
    });

    it("sees deleted rows as the database does", async () => {
      const page = await Pages().create({ slug: "home" });
      const again = new (Pages())({ slug: "home" });
      await expect(again.validateUnique()).rejects.toThrow(ValidationError);
      await page.delete();
      if (t.engine().traits.partialIndexes) {
        await again.validateUnique();
        await again.save();
      } else {
        await expect(again.validateUnique()).rejects.toThrow(ValidationError);
        await expect(again.save()).rejects.toThrow(UniqueViolation);
      }
      expect(await Pages().count()).toBe(t.engine().traits.partialIndexes ? 1 : 0);
    });

    it("is a part of fullClean, which tells all of it", async () => {
      await Items().create(item);
      const row = new (Items())({ skuCode: "a", shelf: 1.5, place: 1 } as never);
      await expect(row.fullClean()).rejects.toMatchObject({
        detail: [
          { field: "shelf", rule: "type" },
          { field: "skuCode", rule: "unique" },
        ],
      });
      await new (Items())({ skuCode: "e", shelf: 9, place: 9 }).fullClean();
    });
  });
}
