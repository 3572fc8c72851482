/** Joins, whole sources among the selected values, groups. */
import { count, foreignKey, int, Model, max, str, sum, UnsupportedError, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class WriterModel extends Model("j_writer", { name: str() }) {}
class BookModel extends Model(
  "j_book",
  { title: str(), pages: int().default(0), writerId: foreignKey(() => WriterModel).nullable() },
  { orderBy: (b) => b.title.desc() },
) {}

export function suite(t: TargetContext): void {
  let Writer: typeof WriterModel;
  let Book: typeof BookModel;

  beforeAll(async () => {
    Writer = WriterModel.using(t.engine());
    Book = BookModel.using(t.engine());
    await t.engine().createTable(WriterModel, BookModel);
    const [ada, bob] = await Writer.bulkCreate([{ name: "Ada" }, { name: "Bob" }]);
    await Book.bulkCreate([
      { title: "Engines", pages: 10, writerId: ada?.id ?? 0 },
      { title: "Notes", pages: 20, writerId: ada?.id ?? 0 },
      { title: "Anonymous", pages: 30 },
    ]);
    expect(bob?.id).toBeGreaterThan(ada?.id ?? 0);
  });
  afterAll(() => t.engine().dropTable(BookModel, WriterModel));

  const withWriter = () => Book.all().leftJoin(Writer, (b, w) => b.writerId.eq(w.id));

  describe("joins", () => {
    it("keeps rows without a match in a left join and gives null for them", async () => {
      const rows = await withWriter()
        .orderBy((b) => b.pages.asc())
        .select((b, w) => ({ title: b.title, writer: { name: w.name }, book: b, who: w }));
      expect(rows.map((row) => [row.title, row.writer.name])).toEqual([
        ["Engines", "Ada"],
        ["Notes", "Ada"],
        ["Anonymous", null],
      ]);
      expect(rows.map((row) => row.who?.name ?? null)).toEqual(["Ada", "Ada", null]);
      expect(rows[0]?.book).toBeInstanceOf(BookModel);
      expect(rows[0]?.who).toBeInstanceOf(WriterModel);
      expect(rows[2]?.book.pages).toBe(30);
    });

    it("selects whole rows that can be changed and saved", async () => {
      const [row] = await withWriter()
        .where((b) => b.title.eq("Notes"))
        .select((b, w) => ({ book: b, who: w }));
      if (row === undefined) throw new Error("no row");
      row.book.pages += 1;
      expect(row.book.changes).toEqual({ pages: [20, 21] });
      await row.book.save();
      expect((await Book.find(row.book.id))?.pages).toBe(21);
      await Book.where({ id: row.book.id }).update({ pages: 20 });
    });

    it("filters, counts and sums over both sides", async () => {
      const adas = Book.all()
        .join(Writer, (b, w) => b.writerId.eq(w.id))
        .where((_b, w) => w.name.eq("Ada"));
      expect(await adas.count()).toBe(2);
      expect(await adas.sum((b) => b.pages)).toBe(30);
      expect((await adas.first())?.title).toBe("Notes");
      expect(await adas.limit(1).count()).toBe(1);
    });

    it("joins a table with itself", async () => {
      const pairs = await Book.all()
        .join(Book, (a, b) => a.pages.lt(b.pages))
        .orderBy((a, b) => [a.pages.asc(), b.pages.asc()])
        .select((a, b) => ({ a: a.title, b: b.title }));
      expect(pairs).toEqual([
        { a: "Engines", b: "Notes" },
        { a: "Engines", b: "Anonymous" },
        { a: "Notes", b: "Anonymous" },
      ]);
    });

    it("gives null for a missing root row of a right join", async () => {
      const rows = await Book.all()
        .rightJoin(Writer, (b, w) => b.writerId.eq(w.id))
        .orderBy((b, w) => [w.name.asc(), b.pages.asc()]);
      expect(rows.map((book) => book?.title ?? null)).toEqual(["Engines", "Notes", null]);
    });

    it("pairs everything in a cross join", async () => {
      expect(await Book.all().crossJoin(Writer).count()).toBe(6);
    });

    it("keeps both sides in a full join, or refuses with the trait's name", async () => {
      const query = Book.all().fullJoin(Writer, (b, w) => b.writerId.eq(w.id));
      if (t.engine().traits.fullJoin) expect(await query.count()).toBe(4);
      else await expect(query.count()).rejects.toThrow(UnsupportedError);
    });

    it("refuses a join without a condition", () => {
      expect(() => Book.all().join(Writer, undefined as never)).toThrow(UsageError);
      expect(() => Book.all().join({} as never, () => undefined as never)).toThrow(UsageError);
    });

    it("says which column is meant when a kept one could be two", () => {
      const query = Book.all().join(Book, (a, b) => a.id.eq(b.id));
      expect(() => query.where(BookModel.c.pages.gt(1)).toSQL()).toThrow(/could mean two sources/);
    });
  });

  describe("groups", () => {
    const perWriter = () =>
      Book.all()
        .groupBy((b) => b.writerId)
        .select((b) => ({ writer: b.writerId, n: count(), pages: sum(b.pages), longest: max(b.title) }));

    it("aggregates per group, and has conditions on groups", async () => {
      const rows = await perWriter().having((b) => count(b.id).gte(2));
      expect(rows).toEqual([{ writer: rows[0]?.writer, n: 2, pages: 30, longest: "Notes" }]);
      expect(await perWriter().count()).toBe(2);
      const ordered = await perWriter().orderBy((b) => sum(b.pages).desc());
      expect(ordered.map((row) => row.n).sort()).toEqual([1, 2]);
    });

    it("groups by an expression", async () => {
      const rows = await Book.all()
        .groupBy((b) => b.pages.mul(2))
        .select((b) => ({ twice: b.pages.mul(2), n: count() }));
      expect(rows.map((row) => row.twice).sort((a, b) => a - b)).toEqual([20, 40, 60]);
    });

    it("orders groups and distinct rows by an expression that they have", async () => {
      const groups = await Book.all()
        .groupBy((b) => [b.pages.mul(2), b.title])
        .orderBy((b) => [b.pages.mul(2).desc(), b.title])
        .select((b) => ({ title: b.title, twice: b.pages.mul(2), n: count() }));
      expect(groups.map((row) => row.twice)).toEqual([60, 40, 20]);
      const distinct = await Book.all()
        .distinct()
        .where((b) => b.pages.lt(30))
        .orderBy((b) => b.pages.add(1).desc())
        .select((b) => ({ more: b.pages.add(1) }));
      expect(distinct).toEqual([{ more: 21 }, { more: 11 }]);
    });

    it("refuses a column that a group has many of, on every database alike", async () => {
      const wrong = Book.all()
        .groupBy((b) => b.writerId)
        .select((b) => ({ title: b.title, n: count() }));
      await expect(wrong).rejects.toThrow(/title is selected, but a group has many of it/);
      await expect(Book.all().groupBy((b) => b.writerId)).rejects.toThrow(UsageError);
    });
  });
}
