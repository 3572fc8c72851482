/** Rows that move to a table of their own when they are deleted. */
import {
  ArchiveModel,
  cte,
  decimal,
  exists,
  ForeignKeyViolation,
  foreignKey,
  from,
  int,
  Model,
  StaleObjectError,
  str,
  UniqueViolation,
  VersionedModel,
} from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { usingOf } from "../support/kept-models.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Shelf extends Model("ar_shelf", { name: str() }) {
  get books() {
    return this.hasMany(Book, (book) => book.shelfId);
  }
}
class Book extends ArchiveModel(
  "ar_book",
  {
    isbn: str().unique(),
    title: str(),
    price: decimal({ precision: 10, scale: 2 }).default("1.00"),
    secret: str().default("s").hidden(),
    shelfId: foreignKey(() => Shelf).nullable(),
  },
  { indexes: (book) => [book.title], checks: (book) => [book.title.ne("")] },
) {
  get shelf() {
    return this.belongsTo(Shelf, (book) => book.shelfId);
  }
}
class Loan extends Model("ar_loan", { who: str(), bookId: foreignKey(() => Book) }) {}
class Seat extends ArchiveModel.extend(VersionedModel)("ar_seat", {
  hall: str().primaryKey(),
  number: int().primaryKey(),
  note: str().nullable(),
}) {}

export function suite(t: TargetContext): void {
  const on = usingOf(t);
  const models = [Shelf, Book, Loan, Seat] as const;
  const titles = async (query: PromiseLike<{ title: string }[]>) => (await query).map((row) => row.title).sort();
  const archived = async () => Number(await t.engine().scalar`select count(*) from archive_ar_book`);
  let shelf: Shelf;
  let a: Book;

  beforeAll(() => t.engine().createTable(...models));
  afterAll(async () => {
    await t.engine().dropTable(...models);
    await expect(t.engine().sql`select 1 from archive_ar_book`).rejects.toThrow();
  });
  beforeEach(async () => {
    await on(Loan).all().allRows().delete();
    for (const model of [Book, Seat]) {
      await on(model).all().allRows().delete();
      await on(model).onlyDeleted().purge();
    }
    await on(Shelf).all().allRows().delete();
    shelf = await on(Shelf).create({ name: "s" });
    [a] = (await on(Book).bulkCreate([
      { isbn: "1", title: "a", price: "9.50", shelfId: shelf.id },
      { isbn: "2", title: "b", shelfId: shelf.id },
      { isbn: "3", title: "c" },
    ])) as [Book];
  });

  describe("delete", () => {
    it("moves the row with every column, and restore brings it back as it was", async () => {
      const before = { ...a.toDict() };
      await a.delete();
      expect(await titles(on(Book).all())).toEqual(["b", "c"]);
      expect(await on(Book).find(a.id)).toBeNull();
      const [gone] = await on(Book).onlyDeleted().alsoSelect("secret");
      expect(gone).toBeInstanceOf(Book);
      expect(gone?.secret).toBe("s");
      expect(await archived()).toBe(1);
      await expect(a.save()).rejects.toThrow(/was deleted/);
      await expect(a.delete()).rejects.toThrow(/was deleted/);
      await a.restore();
      expect(await archived()).toBe(0);
      expect((await on(Book).find(a.id))?.toDict()).toEqual(before);
      a.title = "a2";
      await a.save();
      await expect(a.restore()).rejects.toThrow(StaleObjectError);
      await expect(a.purge()).rejects.toThrow(StaleObjectError);
      const fresh = await on(Book).create({ isbn: "4", title: "d" });
      expect(fresh.id).toBeGreaterThan(a.id);
    });

    it("moves many rows, joined and limited ones as well", async () => {
      expect(await on(Book).where({ title: "nothing" }).delete()).toBe(0);
      expect(
        await on(Book)
          .all()
          .allRows()
          .orderBy((b) => b.title.desc())
          .limit(1)
          .delete(),
      ).toBe(1);
      expect(await titles(on(Book).onlyDeleted())).toEqual(["c"]);
      expect(
        await on(Book)
          .all()
          .join(Shelf, (b, s) => b.shelfId.eq(s.id))
          .where((_b, s) => s.name.eq("s"))
          .delete(),
      ).toBe(2);
      expect(await on(Book).count()).toBe(0);
      expect(
        await on(Book)
          .onlyDeleted()
          .orderBy((b) => b.title)
          .limit(2)
          .restore(),
      ).toBe(2);
      expect(await titles(on(Book).all())).toEqual(["a", "b"]);
      expect(await on(Book).where({ title: "c" }).restore()).toBe(1);
      const rows = await on(Book).where({ title: "a" }).returning("title", "price").delete();
      expect(rows).toEqual([{ title: "a", price: "9.50" }]);
      expect(await shelf.books.count()).toBe(1);
      expect(await shelf.books.onlyDeleted().count()).toBe(1);
      expect(
        await on(Book)
          .where({ title: "b" })
          .union(on(Book).where({ title: "c" }))
          .allRows()
          .delete(),
      ).toBe(2);
      expect(await on(Book).count()).toBe(0);
    });

    it("lets a key be used again, and archives it any number of times", async () => {
      for (let i = 0; i < 3; i++) {
        await on(Book).where({ isbn: "1" }).delete();
        await on(Book).create({ isbn: "1", title: `again ${i}` });
      }
      await on(Seat).create({ hall: "A", number: 1, note: "first" });
      await on(Seat).where({ hall: "A" }).delete();
      const second = await on(Seat).create({ hall: "A", number: 1, note: "second" });
      await second.delete();
      expect(await on(Seat).onlyDeleted().where({ hall: "A", number: 1 }).count()).toBe(2);
      // The one that was archived last comes back.
      await second.restore();
      expect((await on(Seat).find({ hall: "A", number: 1 }))?.note).toBe("second");
      await expect(on(Seat).onlyDeleted().restore()).rejects.toThrow(UniqueViolation);
      expect([await on(Seat).count(), await on(Seat).onlyDeleted().count()]).toEqual([1, 1]);
    });

    it("restores nothing where a key is in use again", async () => {
      await a.delete();
      const b = await on(Book).get({ isbn: "2" });
      await b.delete();
      await on(Book).create({ isbn: "1", title: "other" });
      await expect(a.restore()).rejects.toThrow(UniqueViolation);
      await expect(on(Book).onlyDeleted().restore()).rejects.toThrow(UniqueViolation);
      expect(await titles(on(Book).all())).toEqual(["c", "other"]);
      expect(await titles(on(Book).onlyDeleted())).toEqual(["a", "b"]);
      await b.restore();
      expect(await titles(on(Book).all())).toEqual(["b", "c", "other"]);
    });

    it("is refused as a whole while a row points at one of the rows", async () => {
      const b = await on(Book).get({ isbn: "2" });
      await on(Loan).create({ who: "x", bookId: b.id });
      await expect(on(Book).all().allRows().delete()).rejects.toThrow(ForeignKeyViolation);
      expect([await on(Book).count(), await archived()]).toEqual([3, 0]);
    });

    it("is undone with its transaction, in the instance too", async () => {
      const work = t.engine().transaction(async () => {
        await a.delete();
        await on(Book).where({ isbn: "2" }).delete();
        expect(await on(Book).onlyDeleted().count()).toBe(2);
        throw new Error("no");
      });
      await expect(work).rejects.toThrow("no");
      expect([await on(Book).count(), await archived()]).toEqual([3, 0]);
      a.title = "still here";
      await a.save();
      await a.delete();
      await expect(
        t.engine().transaction(async () => {
          await a.restore();
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      await expect(a.save()).rejects.toThrow(/was deleted/);
      await a.restore();
    });

    it("purges archived rows and no live ones", async () => {
      await on(Book)
        .where((b) => b.title.ne("c"))
        .delete();
      expect(await on(Book).where({ title: "c" }).purge()).toBe(0);
      expect(await on(Book).where({ title: "a" }).purge()).toBe(1);
      expect(await on(Book).includeDeleted().count()).toBe(2);
      expect(await on(Book).onlyDeleted().purge()).toBe(1);
      expect(await titles(on(Book).includeDeleted())).toEqual(["c"]);
    });

    it("minds the version of a row that somebody else has changed", async () => {
      const seat = await on(Seat).create({ hall: "B", number: 2 });
      const other = await on(Seat).find({ hall: "B", number: 2 });
      if (other === null) throw new Error("no seat");
      other.note = "changed";
      await other.save();
      await expect(seat.delete()).rejects.toThrow(StaleObjectError);
      expect(await on(Seat).where({ hall: "B" }).update({ note: "all" })).toBe(1);
      other.note = "late";
      await expect(other.save()).rejects.toThrow(StaleObjectError);
      await seat.refresh();
      expect(seat.version).toBe(3);
      await seat.delete();
      await seat.restore();
      expect((await on(Seat).find({ hall: "B", number: 2 }))?.version).toBe(3);
    });
  });

  describe("reading", () => {
    beforeEach(() => a.delete());

    it("takes live rows, archived ones or both, with everything a query can", async () => {
      const all = on(Book).includeDeleted();
      expect(await titles(all)).toEqual(["a", "b", "c"]);
      expect((await all.orderBy((b) => b.price.desc()).first())?.price).toBe("9.50");
      expect(await all.where((b) => b.price.gt("2.00")).count()).toBe(1);
      expect(await all.sum((b) => b.price)).toBe("11.50");
      expect(await all.find(a.id)).toMatchObject({ title: "a" });
      expect(await all.where({ title: "a" }).exists()).toBe(true);
      expect(await all.orderBy((b) => b.title).select("title", "price")).toEqual([
        { title: "a", price: "9.50" },
        { title: "b", price: "1.00" },
        { title: "c", price: "1.00" },
      ]);
      // A key may be there several times: it tells no page from the next.
      await refused(t.engine(), () => all.orderBy((b) => b.id).keyset({ limit: 2 }));
      expect((await all.orderBy((b) => b.id).paginate({ page: 2, perPage: 2 })).items).toHaveLength(1);
      const seen: string[] = [];
      for await (const book of all) seen.push(book.title);
      expect(seen.sort()).toEqual(["a", "b", "c"]);
      const [loaded] = await on(Book).onlyDeleted().prefetch("shelf");
      expect(loaded?.shelf.loaded?.name).toBe("s");
      const found = await all.where({ title: "a" }).first();
      expect(found?.changes).toEqual({});
      await found?.restore();
      expect(await on(Book).count()).toBe(3);
    });

    it("keeps archived rows out of joins, relations and subqueries, and takes them where they are asked for", async () => {
      expect(await shelf.books.count()).toBe(1);
      expect(await titles(shelf.books.includeDeleted())).toEqual(["a", "b"]);
      expect(
        await on(Shelf)
          .all()
          .join(Book, (s, b) => b.shelfId.eq(s.id))
          .count(),
      ).toBe(1);
      expect(
        await on(Shelf)
          .all()
          .select((s) => ({ n: s.books.count() })),
      ).toEqual([{ n: 1 }]);
      expect(
        await on(Shelf)
          .where((s) =>
            exists(
              on(Book)
                .onlyDeleted()
                .where((b) => b.shelfId.eq(s.id)),
            ),
          )
          .count(),
      ).toBe(1);
      expect(
        await on(Shelf)
          .where((s) =>
            s.id.in(
              on(Book)
                .onlyDeleted()
                .where((b) => b.shelfId.isNotNull())
                .select("shelfId"),
            ),
          )
          .count(),
      ).toBe(1);
      const all = cte("books", on(Book).includeDeleted().select("title", "shelfId"));
      expect(
        await on(Shelf)
          .all()
          .join(all, (s, b) => b.shelfId.eq(s.id))
          .count(),
      ).toBe(2);
      expect(await from(on(Book).onlyDeleted().select("title").as("x"))).toEqual([{ title: "a" }]);
      expect(
        await on(Book)
          .includeDeleted()
          .join(Shelf, (b, s) => b.shelfId.eq(s.id))
          .count(),
      ).toBe(2);
      expect(await titles(on(Book).all().union(on(Book).onlyDeleted()))).toEqual(["a", "b", "c"]);
    });

    it("refuses to change what is archived, and what would mean other rows than it says", async () => {
      const engine = t.engine();
      await refused(engine, () => on(Book).onlyDeleted().delete());
      await refused(engine, () => on(Book).includeDeleted().where({ title: "a" }).delete());
      await refused(engine, () => on(Book).onlyDeleted().where({ title: "a" }).update({ title: "x" }));
      await refused(engine, () => on(Book).includeDeleted().allRows().update({ title: "x" }));
      await refused(engine, () => on(Book).all().purge());
      await refused(engine, () => on(Book).all().restore());
      await refused(engine, () => on(Book).all().delete());
      expect([await on(Book).count(), await archived()]).toEqual([2, 1]);
    });
  });
}
