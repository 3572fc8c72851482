/** Queries joined with others: union, intersect, except. */
import { exists, float, from, UsageError, value } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clearShelf, fillShelf, PostModel, type Shelf } from "../support/shelf.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  let Author: Shelf["Author"];
  let Post: Shelf["Post"];

  beforeAll(async () => {
    ({ Author, Post } = await fillShelf(t.engine()));
  });
  afterAll(() => clearShelf(t.engine()));

  describe("set operations", () => {
    const names = () => Author.all().select((a) => ({ name: a.name }));
    const titles = () => Post.all().select((p) => ({ name: p.title }));

    it("joins plain rows of different tables by name, ordered and cut as a whole", async () => {
      const all = names().unionAll(titles());
      expect(await all.count()).toBe(7);
      expect(
        (
          await all
            .orderBy((r) => r.name.desc())
            .limit(2)
            .offset(1)
        ).map((row) => row.name),
      ).toHaveLength(2);
      expect((await all.where((r) => r.name.in(["Ada", "b"])).orderBy((r) => r.name)).map((row) => row.name).sort()).toEqual(["Ada", "b"]);
    });

    it("drops equal rows, keeps common ones, takes others away", async () => {
      const low = Post.where((p) => p.views.lt(10)).select("title");
      const high = Post.where((p) => p.views.gt(4)).select("title");
      const sorted = async (rows: PromiseLike<{ title: string }[]>) => (await rows).map((row) => row.title).sort();
      expect(await sorted(low.union(high))).toEqual(["a", "b", "c", "d"]);
      expect(await sorted(low.unionAll(high))).toEqual(["a", "a", "b", "c", "c", "d"]);
      expect(await sorted(low.intersect(high))).toEqual(["a", "c"]);
      expect(await sorted(low.except(high))).toEqual(["d"]);
      expect(await sorted(low.union(high).except(low.intersect(high)))).toEqual(["b", "d"]);
    });

    it("keeps the limit of each side to itself", async () => {
      const one = Post.all()
        .orderBy((p) => p.views.desc())
        .limit(1)
        .select("title");
      const other = Post.all()
        .orderBy((p) => p.views)
        .limit(1)
        .select("title");
      expect((await one.union(other).orderBy((r) => r.title)).map((row) => row.title)).toEqual(["b", "d"]);
    });

    it("of a model gives its instances, and can be asked for more", async () => {
      const query = Post.where((p) => p.views.gt(10)).union(Post.where((p) => p.views.lt(6)));
      const posts = await query.orderBy((p) => p.views.desc());
      expect(posts.map((post) => post.title)).toEqual(["b", "a", "d"]);
      expect(posts[0]).toBeInstanceOf(PostModel);
      expect(await query.where((p) => p.title.ne("a")).count()).toBe(2);
      expect(await query.orderBy((p) => p.size.desc()).pluck((p) => p.title)).toEqual(["a", "d", "b"]);
      expect((await query.orderBy((p) => p.price.desc())).map((post) => post.price)).toEqual(["10.50", "9.25", "0.01"]);
      expect((await query.orderBy((p) => p.size.desc())).map((post) => post.size)).toEqual([9007199254740993n, 3n, 2n]);
      expect((await query.orderBy((p) => [p.authorId.asc({ nulls: "last" }), p.id])).map((post) => post.title)).toEqual(["a", "b", "d"]);
      expect(await query.find(posts[2]?.id ?? 0)).toMatchObject({ title: "d" });
      const [b] = posts;
      if (b === undefined) throw new Error("no row");
      b.views = 51;
      await b.save();
      b.views = 50;
      await b.save();
    });

    it("stands wherever a query can", async () => {
      const ids = Post.where({ title: "a" })
        .select("authorId")
        .union(Post.where({ title: "c" }).select("authorId"));
      expect(await Author.where((a) => a.id.in(ids)).count()).toBe(2);
      expect(await from(names().union(titles()).as("everything")).count()).toBe(7);
      expect(
        await Author.where((a) => exists(names().intersect(Author.where((b) => b.id.eq(a.id)).select((b) => ({ name: b.name }))))).count(),
      ).toBe(3);
    });

    it("takes 0 divided by less than 0 for the 0 that it is", async () => {
      const zeros = (divisor: number) =>
        Post.all()
          .limit(1)
          .select(() => ({ zero: value(0, float()).div(divisor) }));
      expect(await zeros(-2).except(zeros(2))).toEqual([]);
      expect(await zeros(-2).union(zeros(2))).toHaveLength(1);
    });

    it("refuses queries that do not fit", async () => {
      expect(() => names().union(Post.all().select("views") as never)).toThrow(UsageError);
      expect(() =>
        Post.all()
          .select("title")
          .union(Post.all().select((p) => ({ title: p.views })) as never),
      ).toThrow(/text in the first/);
      expect(() => Post.all().union(Author.all() as never)).toThrow(UsageError);
      expect(() => Post.all().union({} as never)).toThrow(/takes a query/);
    });
  });
}
