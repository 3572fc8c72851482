/** Single rows, aggregates and pages. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { avg, count, MultipleResultsError, max, min, NotFoundError, sum } from "../../src/index.ts";
import { Book, createBooks, dropBooks, Place, Void } from "../support/query-books.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const Books = () => Book.using(t.engine());
  const all = () => Books().all();

  beforeAll(() => createBooks(t));
  afterAll(() => dropBooks(t));

  it("is a promise to whoever chains on it", async () => {
    const titles = all().pluck((b) => b.title);
    let settled = 0;
    const list = await all()
      .orderBy((b) => b.title)
      .finally(() => {
        settled++;
      });
    expect(list.map((book) => book.title)).toEqual((await titles).sort());
    expect(await all().catch(() => [])).toHaveLength(list.length);
    const refusal = all()
      .limit(1)
      .select((b) => ({ title: b.title, n: count() }));
    expect(await refusal.catch((error: Error) => error.message)).toMatch(/beside an aggregate/);
    expect(settled).toBe(1);
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
}
