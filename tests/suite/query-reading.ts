/** Order, limits, choice of columns, and what a query is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/index.ts";
import { Book, createBooks, dropBooks, Void } from "../support/query-books.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  const Books = () => Book.using(t.engine());
  const all = () => Books().all();
  const titles = async (query: ReturnType<typeof all>) => (await query.select("title")).map(({ title }) => title).join("");

  beforeAll(() => createBooks(t));
  afterAll(() => dropBooks(t));

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
        .annotate((b) => ({ twice: b.pages.mul(2), on: { day: b.printed } }))
        .offset(1)
        .first();
      expect([more?.title, more?.twice, more?.on]).toEqual(["d", 200, { day: "1999-05-05" }]);
      expect(
        await all()
          .select("id")
          .annotate((b) => ({ of: b.title }))
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
