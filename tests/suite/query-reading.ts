/** Order, limits, choice of columns, single rows, aggregates, pages. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  avg,
  count,
  date,
  decimal,
  foreignKey,
  int,
  Model,
  MultipleResultsError,
  max,
  min,
  NotFoundError,
  str,
  sum,
  UsageError,
} from "../../src/index.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Book extends Model(
  "q_book",
  {
    title: str(),
    pages: int().nullable(),
    price: decimal({ precision: 8, scale: 2 }).nullable(),
    printed: date().nullable(),
    secret: str().default("s").hidden(),
  },
  { orderBy: (book) => [book.title.desc()] },
) {}
class Place extends Model("q_place", {
  row: int().primaryKey(),
  seat: str({ length: 2 }).primaryKey(),
  bookId: foreignKey(() => Book).nullable(),
}) {}
class Void extends Model("q_void", { id: int().primaryKey(), n: int().nullable() }) {}

const books = [
  { title: "b", pages: 300, price: "10.00", printed: "2001-01-01" },
  { title: "a", pages: null, price: null, printed: null },
  { title: "d", pages: 100, price: "7.50", printed: "1999-05-05" },
  { title: "c", pages: 200, price: "10.00", printed: "2020-12-31" },
  { title: "e", pages: null, price: "0.01", printed: "2001-01-01" },
];

export function suite(t: TargetContext): void {
  const Books = () => Book.using(t.engine());
  const all = () => Books().all();
  const titles = (query: { select(name: "title"): PromiseLike<{ title: string }[]> }) =>
    query.select("title").then((rows) => rows.map(({ title }) => title).join(""));

  beforeAll(async () => {
    await t.engine().createTable(Book, Place, Void);
    for (const book of books) await Books().create(book);
    await Place.using(t.engine()).bulkCreate([
      { row: 1, seat: "a", bookId: 1 },
      { row: 1, seat: "b" },
      { row: 2, seat: "a" },
    ]);
  });
  afterAll(() => t.engine().dropTable(Book, Place, Void));

  describe("order", () => {
    it("puts nulls where it is told, in both directions", async () => {
      const byPages = (direction: "asc" | "desc", nulls: "first" | "last") =>
        titles(all().orderBy((b) => [b.pages[direction]({ nulls }), b.title.asc()]));
      expect(await byPages("asc", "first")).toBe("aedcb");
      expect(await byPages("asc", "last")).toBe("dcbae");
      expect(await byPages("desc", "first")).toBe("aebcd");
      expect(await byPages("desc", "last")).toBe("bcdae");
    });

    it("takes the model's own order, several columns, expressions, and the last word", async () => {
      expect(await titles(all())).toBe("edcba");
      expect(await titles(all().orderBy((b) => b.title))).toBe("abcde");
      expect(await titles(all().orderBy((b) => [b.price.desc({ nulls: "last" }), b.title.desc()]))).toBe("cbdea");
      expect(await titles(all().orderBy((b) => b.id.mul(-1)))).toBe("ecdab");
      expect(
        await titles(
          all()
            .orderBy((b) => b.pages)
            .orderBy((b) => b.title.asc()),
        ),
      ).toBe("abcde");
      expect(await titles(all().orderBy((b) => [b.pages.isNull(), b.title.asc()]))).toBe("bcdae");
    });
  });

  describe("limit and offset", () => {
    it("cuts the rows", async () => {
      expect(await titles(all().limit(2))).toBe("ed");
      expect(await titles(all().limit(2).offset(1))).toBe("dc");
      expect(await titles(all().offset(3))).toBe("ba");
      expect(await titles(all().offset(9))).toBe("");
      expect(await titles(all().offset(0))).toBe("edcba");
      expect(await all().limit(0)).toEqual([]);
      expect(await all().limit(0).first()).toBeNull();
      expect(await all().limit(0).count()).toBe(0);
      expect(await all().limit(0).exists()).toBe(false);
      expect(await titles(all().limit(3).limit(1))).toBe("e");
      expect(await titles(all().limit(Number.MAX_SAFE_INTEGER))).toBe("edcba");
    });
  });

  describe("columns", () => {
    it("selects by name, by object, nested and repeated", async () => {
      expect(await all().select("title", "pages").first()).toEqual({ title: "e", pages: null });
      const nested = await all()
        .select((b) => ({ at: { top: b.title, deep: { again: b.title, double: b.pages.mul(2) } }, pages: b.pages }))
        .offset(1)
        .first();
      expect(nested).toEqual({ at: { top: "d", deep: { again: "d", double: 200 } }, pages: 100 });
      const row = (await all().select((b) => ({ constructor: b.title, hasOwnProperty: b.pages, toString: b.id })))[1];
      expect(Object.entries(row as object)).toEqual([
        ["constructor", "d"],
        ["hasOwnProperty", 100],
        ["toString", 3],
      ]);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    });

    it("hides hidden columns unless they are asked for, and adds computed ones", async () => {
      const plain = await all().first();
      expect(plain).toBeInstanceOf(Book);
      expect(Object.keys(plain?.toDict() ?? {})).toEqual(["id", "title", "pages", "price", "printed"]);
      const asked = await all().alsoSelect("secret").first();
      expect(asked).toBeInstanceOf(Book);
      expect(asked?.secret).toBe("s");
      expect(JSON.stringify(asked)).not.toContain("secret");
      const more = await all()
        .alsoSelect((b) => ({ twice: b.pages.mul(2), on: { day: b.printed } }))
        .offset(1)
        .first();
      expect([more?.title, more?.twice, more?.on]).toEqual(["d", 200, { day: "1999-05-05" }]);
      expect(
        await all()
          .select("id")
          .alsoSelect((b) => ({ of: b.title }))
          .alsoSelect("pages")
          .offset(1)
          .first(),
      ).toEqual({ id: 3, of: "d", pages: 100 });
      expect(more?.changes).toEqual({});
    });

    it("plucks one value per row", async () => {
      expect(await all().pluck((b) => b.title)).toEqual(["e", "d", "c", "b", "a"]);
      expect(await all().pluck((b) => b.pages.add(1))).toEqual([null, 101, 201, 301, null]);
      expect(
        await all()
          .where((b) => b.pages.gt(100))
          .limit(1)
          .pluck((b) => b.printed),
      ).toEqual(["2020-12-31"]);
    });

    it("drops repeated rows", async () => {
      expect(
        (
          await all()
            .orderBy((b) => b.price.asc({ nulls: "first" }))
            .select("price")
            .distinct()
        ).map((row) => row.price),
      ).toEqual([null, "0.01", "7.50", "10.00"]);
      expect(await all().select("price").distinct().count()).toBe(4);
      expect(await all().distinct().count()).toBe(5);
    });
  });

  describe("single rows", () => {
    it("takes the first and last by the query's order, by the model's, or by key", async () => {
      expect((await Books().first())?.title).toBe("e");
      expect((await Books().last())?.title).toBe("a");
      expect(
        (
          await all()
            .orderBy((b) => b.pages.desc({ nulls: "first" }))
            .last()
        )?.title,
      ).toBe("d");
      expect(
        (
          await all()
            .orderBy((b) => b.title)
            .offset(1)
            .first()
        )?.title,
      ).toBe("b");
      const places = Place.using(t.engine()).all();
      expect((await places.first())?.toDict()).toMatchObject({ row: 1, seat: "a" });
      expect((await places.last())?.toDict()).toMatchObject({ row: 2, seat: "a" });
      expect(await Void.using(t.engine()).first()).toBeNull();
      expect(await Void.using(t.engine()).last()).toBeNull();
      await refused(t.engine(), () => all().limit(2).last());
    });

    it("finds by key, also one of several columns, within the query", async () => {
      expect((await Books().find(3))?.title).toBe("d");
      expect(await Books().find(99)).toBeNull();
      expect(await all().where({ title: "a" }).find(3)).toBeNull();
      expect((await Place.using(t.engine()).find({ row: 1, seat: "b" }))?.bookId).toBeNull();
      expect(await Place.using(t.engine()).find({ row: 3, seat: "b" })).toBeNull();
    });

    it("gets the only row, or says what is wrong", async () => {
      expect((await Books().get({ title: "c" })).pages).toBe(200);
      expect(
        (
          await all()
            .where((b) => b.pages.gt(250))
            .get()
        ).title,
      ).toBe("b");
      expect(
        (
          await all()
            .where((b) => b.pages.gt(150))
            .get({ title: "c" })
        ).title,
      ).toBe("c");
      expect(await Books().getOrNull({ title: "zz" })).toBeNull();
      const none = await Books()
        .get({ title: "a very private title" })
        .catch((error: unknown) => error);
      expect(none).toBeInstanceOf(NotFoundError);
      expect(none).toMatchObject({ code: "KAKA_NOT_FOUND", model: "Book" });
      expect(String((none as Error).stack)).not.toContain("private");
      await expect(Books().get({ price: "10.00" })).rejects.toBeInstanceOf(MultipleResultsError);
      await expect(Books().getOrNull({ price: "10.00" })).rejects.toThrow(/more than one Book/);
      const sent = await sentBy(t.engine(), () => Books().getOrNull({ title: "c" }));
      expect(sent.map(({ operation, model }) => [operation, model])).toEqual([["select", "Book"]]);
    });
  });

  describe("aggregates", () => {
    it("counts, sums and compares over the whole query", async () => {
      expect(await all().count()).toBe(5);
      expect(
        await all()
          .where((b) => b.pages.isNull())
          .count(),
      ).toBe(2);
      expect(await all().sum((b) => b.pages)).toBe(600);
      expect(await all().avg((b) => b.pages)).toBe(200);
      expect(await all().sum((b) => b.price)).toBe("27.51");
      expect(await all().avg((b) => b.price)).toBeCloseTo(27.51 / 4, 10);
      expect(await all().min((b) => b.price)).toBe("0.01");
      expect(await all().max((b) => b.printed)).toBe("2020-12-31");
      expect(await all().exists()).toBe(true);
      expect(await all().where({ title: "zz" }).exists()).toBe(false);
      expect(
        await all().aggregate((b) => ({
          n: count(),
          of: { pages: count(b.pages), top: max(b.title) },
          mean: avg(b.pages),
          low: min(b.pages),
        })),
      ).toEqual({
        n: 5,
        of: { pages: 3, top: "e" },
        mean: 200,
        low: 100,
      });
    });

    it("keeps to a limit and an offset", async () => {
      const two = all()
        .orderBy((b) => b.id)
        .limit(3);
      expect(await two.count()).toBe(3);
      expect(await two.sum((b) => b.pages)).toBe(400);
      expect(await two.offset(2).count()).toBe(3);
      expect(await all().offset(4).count()).toBe(1);
      expect(await two.aggregate((b) => ({ n: count(), pages: count(b.pages), total: sum(b.price) }))).toEqual({
        n: 3,
        pages: 2,
        total: "17.50",
      });
      await refused(t.engine(), () =>
        all()
          .distinct()
          .sum((b) => b.pages),
      );
    });

    it("answers an empty table with null, and counts it as 0", async () => {
      const none = Void.using(t.engine()).all();
      const aggregates = await none.aggregate((v) => ({
        n: count(),
        some: count(v.n),
        total: sum(v.n),
        mean: avg(v.n),
        low: min(v.n),
        high: max(v.n),
      }));
      expect(aggregates).toEqual({ n: 0, some: 0, total: null, mean: null, low: null, high: null });
      expect(await none.sum((v) => v.n)).toBeNull();
      expect(await none.limit(3).max((v) => v.n)).toBeNull();
      expect(await none.count()).toBe(0);
    });
  });

  it("gives pages with the total of the whole query", async () => {
    const query = all().where((b) => b.title.ne("c"));
    const first = await query.paginate({ page: 1, perPage: 3 });
    expect([first.items.map((b) => b.title), first.total, first.pages, first.hasNext]).toEqual([["e", "d", "b"], 4, 2, true]);
    const second = await query.paginate({ page: 2, perPage: 3 });
    expect([second.items.map((b) => b.title), second.hasNext]).toEqual([["a"], false]);
    expect(await query.paginate({ page: 5, perPage: 3 })).toEqual({ items: [], total: 4, pages: 2, hasNext: false });
    expect(await query.where({ title: "zz" }).paginate({ page: 1 })).toEqual({ items: [], total: 0, pages: 0, hasNext: false });
    for (const wrong of [{ page: 0 }, { page: 1.5 }, { page: 1, perPage: 0 }, { page: Number.NaN }])
      await refused(t.engine(), () => query.paginate(wrong));
  });

  describe("a query", () => {
    it("sends nothing until it is awaited, and never changes", async () => {
      let text = "";
      const sent = await sentBy(t.engine(), () => {
        const base = Books().where((b) => b.pages.gt(100));
        text = base.toSQL().sql;
        base
          .where({ title: "b" })
          .orderBy((b) => b.id)
          .limit(1)
          .offset(1)
          .distinct()
          .select("title")
          .toSQL();
        base.forUpdate();
        base.exclude({ title: "b" });
        expect(base.toSQL()).toEqual(base.toSQL());
        expect(base.toSQL().sql).toBe(text);
        expect(base.toSQL().params).toHaveLength(1);
        base.toSQL().params.push("added");
        expect(base.toSQL().params).toHaveLength(1);
      });
      expect(sent).toEqual([]);
      expect(text).not.toMatch(/100/);
    });

    it("runs anew every time it is awaited", async () => {
      const query = Void.using(t.engine()).all();
      expect(await query).toEqual([]);
      await Void.using(t.engine()).create({ id: 1 });
      expect(await query).toHaveLength(1);
      expect(await query).not.toBe(await query);
      await query.allRows().delete();
      const sent = await sentBy(t.engine(), () => Promise.all([query, query]));
      expect(sent).toHaveLength(2);
    });

    it("works in Promise.all, with await, then, and both kinds of error handling", async () => {
      const [rows, n, first] = await Promise.all([all(), all().count(), all().first()]);
      expect([rows.length, n, first?.title]).toEqual([5, 5, "e"]);
      expect(await all().then((found) => found.length)).toBe(5);
      const wrong = Books()
        .where((b) => b.pages.gt(1))
        .using("no such engine");
      await expect(Promise.resolve(wrong)).rejects.toBeInstanceOf(UsageError);
      expect(await Promise.resolve(all().then(null, () => []))).toHaveLength(5);
      const streamed: string[] = [];
      for await (const book of all()) streamed.push(book.title);
      expect(streamed.join("")).toBe("edcba");
    });

    it("is unknown to a caller who forgot the parentheses of a lambda", async () => {
      const error = await refused(t.engine(), () => all().orderBy("title" as never));
      expect(error.hint).toMatch(/asc\(\)/);
    });
  });
}
