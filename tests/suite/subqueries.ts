/** Values of queries inside expressions: one, any, all. */
import { allOf, anyOf, scalar, sum } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clearShelf, fillShelf, type Shelf } from "../support/shelf.ts";
import type { TargetContext } from "../targets/target.ts";

export function suite(t: TargetContext): void {
  let Author: Shelf["Author"];
  let Post: Shelf["Post"];

  beforeAll(async () => {
    ({ Author, Post } = await fillShelf(t.engine()));
  });
  afterAll(() => clearShelf(t.engine()));

  describe("values of queries", () => {
    it("compares with any and with all", async () => {
      const titlesOf = async (rows: PromiseLike<{ title: string }[]>) => (await rows).map((row) => row.title).sort();
      const adas = () => Post.where((p) => p.title.in(["a", "b"])).select("views");
      expect(await titlesOf(Post.where((p) => p.views.gt(anyOf(adas()))))).toEqual(["b", "c"]);
      expect(await titlesOf(Post.where((p) => p.views.gte(allOf(adas()))))).toEqual(["b"]);
      expect(await titlesOf(Post.where((p) => p.views.eq(anyOf(adas()))))).toEqual(["a", "b"]);
      expect(await titlesOf(Post.where((p) => p.views.ne(allOf(adas()))))).toEqual(["c", "d"]);
      expect(await Post.where((p) => p.views.gt(allOf(Post.where({ title: "none" }).select("views")))).count()).toBe(4);
      expect(await Post.where((p) => p.views.gt(anyOf(Post.where({ title: "none" }).select("views")))).count()).toBe(0);
      expect(await titlesOf(Post.where((p) => p.price.lt(allOf(Post.where((q) => q.views.gt(4)).select("price")))))).toEqual(["d"]);
    });

    it("follows three-valued logic where the values have a null", async () => {
      const owners = () => Post.all().select("authorId");
      expect(await Author.where((a) => a.id.ne(allOf(owners()))).count()).toBe(0);
      expect(await Author.where((a) => a.id.ne(allOf(owners())).not()).count()).toBe(2);
      expect(await Author.where((a) => a.id.eq(anyOf(owners()))).count()).toBe(2);
      expect(await Author.where((a) => a.id.eq(anyOf(owners())).not()).count()).toBe(0);
    });

    it("takes one value of a query, tied to the row around it", async () => {
      const rows = await Author.all()
        .orderBy((a) => a.name)
        .select((a) => ({
          name: a.name,
          views: scalar(Post.where((p) => p.authorId.eq(a.id)).select((p) => ({ total: sum(p.views) }))),
        }));
      expect(rows).toEqual([
        { name: "Ada", views: 55 },
        { name: "Bob", views: 7 },
        { name: "Cleo", views: null },
      ]);
      const best = (name: string) =>
        scalar(
          Post.all()
            .join(Author, (p, a) => p.authorId.eq(a.id).and(a.name.eq(name)))
            .select((p) => ({ price: p.price })),
        );
      expect(await Post.where((p) => p.price.eq(best("Bob"))).pluck((p) => p.title)).toEqual(["c"]);
      expect(
        await Post.all()
          .orderBy((p) => [scalar(Author.where((a) => a.id.eq(p.authorId)).select("name")).desc({ nulls: "last" }), p.id])
          .pluck((p) => p.title),
      ).toEqual(["c", "a", "b", "d"]);
    });

    it("refuses what has not one column", () => {
      expect(() => scalar(Post.all())).toThrow(/one column/);
      expect(() => anyOf(Post.all().select("id", "title"))).toThrow(/one column/);
      expect(() => scalar(5 as never)).toThrow(/takes a query/);
      expect(() => Post.where((p) => p.views.between(anyOf(Post.all().select("views")) as never, 5))).toThrow(/takes no anyOf/);
      expect(() => Post.where((p) => p.views.add(allOf(Post.all().select("views")) as never).gt(5))).toThrow(/takes no anyOf/);
    });
  });
}
