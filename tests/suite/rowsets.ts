/** Queries that read from other queries: CTEs, derived tables, lateral joins. */
import { count, cte, exists, from, recursiveCte, rowNumber, scalar, sum, UnsupportedError, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clearShelf, fillShelf, PostModel, type Shelf } from "../support/shelf.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  let Author: Shelf["Author"];
  let Post: Shelf["Post"];
  let Note: Shelf["Note"];

  beforeAll(async () => {
    ({ Author, Post, Note } = await fillShelf(t.engine()));
  });
  afterAll(() => clearShelf(t.engine()));

  const busy = () =>
    cte(
      "busy",
      Post.where((p) => p.views.gte(5)).select((p) => ({ authorId: p.authorId, views: p.views, at: { title: p.title } })),
    );

  describe("cte", () => {
    it("is joined with models, and read as rows of its shape", async () => {
      const rows = await Author.all()
        .join(busy(), (a, b) => b.authorId.eq(a.id))
        .orderBy((_a, b) => b.views.desc())
        .select((a, b) => ({ name: a.name, title: b.at.title }));
      expect(rows).toEqual([
        { name: "Ada", title: "b" },
        { name: "Bob", title: "c" },
        { name: "Ada", title: "a" },
      ]);
      const [first] = await from(busy()).orderBy((b) => b.views);
      expect(first).toEqual({ authorId: first?.authorId, views: 5, at: { title: "a" } });
    });

    it("gives nulls for its columns where an outer join misses it", async () => {
      const rows = await Author.all()
        .leftJoin(busy(), (a, b) => b.authorId.eq(a.id).and(b.views.gt(10)))
        .orderBy((a) => a.name)
        .select((a, b) => ({ author: a, views: b.views, at: b.at }));
      expect(rows.map((row) => [row.author.name, row.views, row.at.title])).toEqual([
        ["Ada", 50, "b"],
        ["Bob", null, null],
        ["Cleo", null, null],
      ]);
    });

    it("builds on others, and is written once however often it is used", async () => {
      const some = busy();
      const perAuthor = cte(
        "per_author",
        from(some)
          .groupBy((b) => b.authorId)
          .select((b) => ({ who: b.authorId, n: count(), total: sum(b.views) })),
      );
      const most = from(perAuthor)
        .select((x) => ({ total: x.total }))
        .orderBy((x) => x.total.desc())
        .limit(1);
      const query = from(perAuthor).where((x) => x.total.eq(scalar(most)).and(exists(from(some).where((b) => b.authorId.eq(x.who)))));
      expect(query.toSQL().sql.match(/with | as \(select/g)).toHaveLength(3);
      expect(await query.using(t.engine())).toEqual([{ who: expect.any(Number), n: 2, total: 55 }]);
    });

    it("stands in the conditions of updates and deletes", async () => {
      const some = cte("some_posts", Post.where({ title: "d" }).select("id"));
      expect(await Post.where((p) => p.id.in(from(some))).update({ views: 2 })).toBe(1);
      expect(await Post.where((p) => p.id.in(from(some)).and(p.views.eq(2))).update({ views: 1 })).toBe(1);
      expect(await Post.where((p) => p.id.in(from(some)).and(p.views.eq(99))).delete()).toBe(0);
    });

    it("takes a hint, where there is one", async () => {
      const hinted = cte("hinted", Post.all().select("id"), { materialized: true });
      const query = from(hinted);
      expect(query.toSQL().sql.includes("as materialized")).toBe(t.family !== "mysql");
      expect(await query.count()).toBe(4);
    });

    it("counts, aggregates, plucks and streams like a table", async () => {
      const rows = from(busy());
      expect(await rows.count()).toBe(3);
      expect(await rows.sum((b) => b.views)).toBe(62);
      expect(await rows.orderBy((b) => b.views).pluck((b) => b.at.title)).toEqual(["a", "c", "b"]);
      expect(await rows.where({ views: 7 }).first()).toMatchObject({ views: 7 });
      expect(await rows.exists()).toBe(true);
      const seen: number[] = [];
      for await (const row of rows.orderBy((b) => b.views)) seen.push(row.views);
      expect(seen).toEqual([5, 7, 50]);
    });

    it("keeps 64-bit integers and decimals exact", async () => {
      const exact = cte("exact", Post.where({ title: "a" }).select("size", "price"));
      expect(await from(exact)).toEqual([{ size: 9007199254740993n, price: "10.50" }]);
      expect(await from(exact).select((x) => ({ more: x.size.add(1n), price: x.price.mul("2") }))).toEqual([
        { more: 9007199254740994n, price: "21.00" },
      ]);
    });

    it("refuses names that another query or a table of the statement has", () => {
      const one = cte("same", Post.all().select("id"));
      const two = cte("same", Author.all().select("id"));
      expect(() =>
        from(one)
          .join(two, (a, b) => a.id.eq(b.id))
          .toSQL(),
      ).toThrow(/shares its name/);
      const table = cte("rs_post", Author.all().select("id"));
      expect(() => Post.where((p) => p.id.in(from(table))).toSQL()).toThrow(/shares its name/);
      expect(() => cte("", Post.all())).toThrow(UsageError);
      expect(() => cte("x", {} as never)).toThrow(/takes a query/);
      expect(() =>
        cte(
          "x",
          Post.all().select((p) => ({ p })),
        ),
      ).toThrow(/whole row/);
    });
  });

  describe("recursive cte", () => {
    const tree = (start: string) =>
      recursiveCte(
        "tree",
        Note.where({ text: start }).select((n) => ({ id: n.id, text: n.text })),
        (self) =>
          Note.all()
            .join(self, (n, up) => n.parentId.eq(up.id))
            // The names count, not their order.
            .select((n) => ({ text: n.text, id: n.id })),
      );

    it("walks a tree", async () => {
      expect(
        await from(tree("root"))
          .orderBy((n) => n.id)
          .pluck((n) => n.text),
      ).toEqual(["root", "kid", "grandkid"]);
      expect(await from(tree("kid")).count()).toBe(2);
      const joined = await Note.all()
        .join(tree("kid"), (n, up) => n.id.eq(up.id))
        .orderBy((n) => n.id);
      expect(joined.map((note) => note.text)).toEqual(["kid", "grandkid"]);
    });

    it("ends in a graph with a cycle when rows are distinct", async () => {
      await Note.where({ text: "root" }).update((n) => ({ parentId: n.id.add(2) }));
      const around = recursiveCte(
        "around",
        Note.where({ text: "root" }).select("id", "parentId"),
        (self) =>
          Note.all()
            .join(self, (n, up) => n.parentId.eq(up.id))
            .select("id", "parentId"),
        { distinct: true },
      );
      expect(await from(around).count()).toBe(3);
      await Note.where({ text: "root" }).update({ parentId: null });
    });

    it("refuses a step that cannot work", () => {
      const seed = Note.all().select("id");
      expect(() => recursiveCte("r", seed, () => Note.all().select("id"))).toThrow(/reads from its parameter/);
      expect(() => recursiveCte("r", seed, (self) => from(self).limit(1))).toThrow(/neither limited/);
      expect(() => recursiveCte("r", seed, (self) => from(self).select((x) => ({ other: x.id })) as never)).toThrow(/"other"|"id"/);
      expect(() => recursiveCte("r", seed, undefined as never)).toThrow(UsageError);
    });
  });

  describe("derived table", () => {
    const ranked = () =>
      Post.all()
        .select((p) => ({ id: p.id, title: p.title, place: rowNumber().over({ partitionBy: p.authorId, orderBy: p.views.desc() }) }))
        .as("ranked");

    it("makes the top n of each group one query", async () => {
      const best = await from(ranked())
        .where((r) => r.place.eq(1))
        .orderBy((r) => r.title);
      expect(best.map((row) => row.title)).toEqual(["b", "c", "d"]);
    });

    it("joins with models, whose rows stay instances", async () => {
      const rows = await Post.all()
        .join(ranked(), (p, r) => r.id.eq(p.id).and(r.place.eq(2)))
        .orderBy((p) => p.title);
      expect(rows.map((post) => post.title)).toEqual(["a"]);
      expect(rows[0]).toBeInstanceOf(PostModel);
    });

    it("keeps the limit and order of the query inside", async () => {
      const top = Post.all()
        .orderBy((p) => p.views.desc())
        .limit(2)
        .select("title", "views")
        .as("top");
      expect(await from(top).sum((x) => x.views)).toBe(57);
    });

    it("has the columns that the query selects, and no others", () => {
      const rows = Post.all().select("id").as("ids");
      expect(() => from(rows).where({ nope: 1 } as never)).toThrow(/no column "nope"/);
      // @ts-expect-error only id is selected
      expect(() => from(rows).where((r) => r.title.eq("x"))).toThrow(TypeError);
      expect(() => Post.all().as(" x")).toThrow(UsageError);
      expect(() => from({} as never)).toThrow(/cte\(\) or query.as\(\)/);
    });
  });

  describe("lateral join", () => {
    it("makes a query for each row, or names the trait", async () => {
      const query = Author.all()
        .leftJoinLateral("best", (a) =>
          Post.where((p) => p.authorId.eq(a.id))
            .orderBy((p) => p.views.desc())
            .limit(1),
        )
        .orderBy((a) => a.name)
        .select((a, best) => ({ name: a.name, title: best.title }));
      if (!t.engine().traits.lateral) {
        await expect(query).rejects.toThrow(UnsupportedError);
        return;
      }
      expect(await query).toEqual([
        { name: "Ada", title: "b" },
        { name: "Bob", title: "c" },
        { name: "Cleo", title: null },
      ]);
      const inner = Author.all()
        .joinLateral(
          "posts",
          (a) => Post.where((p) => p.authorId.eq(a.id)).select("title", "views"),
          (_a, p) => p.views.gt(5),
        )
        .orderBy((_a, p) => p.title);
      expect(await inner.pluck((_a, p) => p.title)).toEqual(["b", "c"]);
    });
  });
}
