/** What where, exclude and the lists take, how conditions join, and queries inside queries. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bigint,
  bool,
  datetime,
  decimal,
  exists,
  foreignKey,
  int,
  Model,
  type RowOf,
  type Scope,
  str,
  UsageError,
  uuid,
  type WhereClause,
} from "../../src/index.ts";
import { refused } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Author extends Model("q_author", { id: int().primaryKey(), name: str(), city: str().nullable() }) {}
class Post extends Model("q_post", {
  id: int().primaryKey(),
  authorId: foreignKey(() => Author).nullable(),
  title: str().nullable(),
  views: int().nullable(),
  published: bool().default(false),
}) {}
type PostCondition = WhereClause | Partial<RowOf<(typeof Post)["$specs"]>> | ((p: Scope<typeof Post>) => WhereClause);
class Item extends Model("q_item", {
  id: int().primaryKey(),
  big: bigint(),
  price: decimal({ precision: 12, scale: 2 }),
  name: str(),
  key: uuid(),
  at: datetime(),
}) {}

const authors = [
  { id: 1, name: "ada", city: "london" },
  { id: 2, name: "grace", city: null },
  { id: 3, name: "kurt", city: "brno" },
];
const posts = [
  { id: 1, authorId: 1, title: "a", views: 10, published: true },
  { id: 2, authorId: 1, title: "b", views: null, published: true },
  { id: 3, authorId: 1, title: null, views: 30, published: false },
  { id: 4, authorId: 2, title: "b", views: 40, published: true },
  { id: 5, authorId: 2, title: "a", views: null, published: false },
  { id: 6, authorId: null, title: "c", views: 60, published: true },
];
const item = (id: number) => ({
  id,
  big: BigInt(id) * 10n ** 15n,
  price: `${id}.25`,
  name: `item "${id}" 'é`,
  key: `00000000-0000-4000-8000-${String(id).padStart(12, "0")}`,
  at: new Date(Date.UTC(2024, 0, 1, 0, 0, id, id)),
});

/** The nested query below, as each family writes it. */
const nestedSql = {
  postgres:
    'select "id", "author_id", "title", "views", "published" from "q_post" where "published" = $1 and exists (select 1 from "q_post" as "q_post_2" ' +
    'where "q_post_2"."published" = $2 and ("q_post_2"."author_id" = "q_post"."author_id" and "q_post_2"."id" > "q_post"."id"))',
  sqlite:
    "select `id`, `author_id`, `title`, `views`, `published` from `q_post` where `published` = ? and exists (select 1 from `q_post` as `q_post_2` " +
    "where `q_post_2`.`published` = ? and (`q_post_2`.`author_id` = `q_post`.`author_id` and `q_post_2`.`id` > `q_post`.`id`))",
  mysql:
    "select `id` as c0, `author_id` as c1, `title` as c2, `views` as c3, `published` as c4 from `q_post` where `published` = ? and exists (select 1 from " +
    "`q_post` as `q_post_2` where `q_post_2`.`published` = ? and (`q_post_2`.`author_id` = `q_post`.`author_id` and `q_post_2`.`id` > `q_post`.`id`))",
};

export function suite(t: TargetContext): void {
  const Posts = () => Post.using(t.engine());
  const Authors = () => Author.using(t.engine());
  const Items = () => Item.using(t.engine());
  const ids = (condition: PostCondition) =>
    Posts()
      .where(condition)
      .orderBy((p) => p.id)
      .pluck((p) => p.id);

  beforeAll(async () => {
    await t.engine().createTable(Post, Author, Item);
    await Authors().bulkCreate(authors);
    await Posts().bulkCreate(posts);
    await Items().bulkCreate([1, 2, 3, 4, 5].map(item));
  });
  afterAll(() => t.engine().dropTable(Author, Post, Item));

  describe("where", () => {
    it("takes a lambda, a kept clause and an object", async () => {
      const kept = Post.c.title.eq("a");
      expect(await ids((p) => p.title.eq("a"))).toEqual([1, 5]);
      expect(await ids(kept)).toEqual([1, 5]);
      expect(await ids({ title: "a" })).toEqual([1, 5]);
      expect(await ids({ title: "a", published: true })).toEqual([1]);
      expect(
        await Posts()
          .where(kept)
          .where({ published: false })
          .where((p) => p.authorId.eq(2))
          .count(),
      ).toBe(1);
      expect(await ids((p) => p.published)).toEqual([1, 2, 4, 6]);
    });

    it("reads null in an object as IS NULL", async () => {
      expect(await ids({ views: null })).toEqual([2, 5]);
      expect(await ids({ views: null, published: true })).toEqual([2]);
      expect(await ids(Object.assign(Object.create(null), { authorId: null }))).toEqual([6]);
    });

    it("takes thousands of conditions and values", async () => {
      const many = Array.from({ length: 3000 }, (_, i) => i + 4);
      expect(await ids((p) => many.map((id) => p.id.ne(id)).reduce((all, one) => all.and(one)))).toEqual([1, 2, 3]);
      expect(
        await ids((p) =>
          many
            .map((id) => p.id.eq(id))
            .reduce((all, one) => all.or(one))
            .not(),
        ),
      ).toEqual([1, 2, 3]);
      const keys = Array.from({ length: 100_000 }, (_, i) => i + 4);
      expect(await ids((p) => p.id.in(keys))).toEqual([4, 5, 6]);
      expect(await ids((p) => p.id.notIn(keys))).toEqual([1, 2, 3]);
      expect(await ids((p) => p.title.in(keys.map((key) => (key === 4 ? "a" : `no ${key}`))))).toEqual([1, 5]);
    });

    it("keeps and, or and not apart, however they nest", async () => {
      const yes = (id: number) => Post.c.id.eq(id);
      const cases: [WhereClause, number[]][] = [
        [yes(1).or(yes(2)).and(Post.c.published), [1, 2]],
        [yes(1).or(yes(2).and(Post.c.published.not())), [1]],
        [Post.c.published.and(yes(1).or(yes(3)), yes(1).or(yes(4))), [1]],
        [yes(1).or(yes(2)).not(), [3, 4, 5, 6]],
        [yes(1).not().and(yes(2).not()).not(), [1, 2]],
        [yes(1).not().not(), [1]],
        [Post.c.title.eq("a").and(Post.c.views.gt(5)).not().and(Post.c.id.lte(2)), [2]],
        [Post.c.published.eq(Post.c.views.gt(20)), [3, 4, 6].filter((id) => id !== 3)],
        [Post.c.views.isNull().eq(true), [2, 5]],
        [
          Post.c.id
            .between(2, 4)
            .not()
            .or(Post.c.id.in([3])),
          [1, 3, 5, 6],
        ],
      ];
      for (const [condition, expected] of cases) expect(await ids(condition)).toEqual(expected);
      expect(
        await Posts()
          .where(yes(1).or(yes(2)))
          .where(yes(2).or(yes(3)))
          .pluck((p) => p.id),
      ).toEqual([2]);
    });

    it("excludes with three values of truth: unknown is left out", async () => {
      const excluded = (condition: PostCondition) =>
        Posts()
          .exclude(condition)
          .orderBy((p) => p.id)
          .pluck((p) => p.id);
      expect(await excluded((p) => p.views.gt(20))).toEqual([1]);
      expect(await excluded({ title: "a" })).toEqual([2, 4, 6]);
      expect(await excluded({ title: "a", views: 10 })).toEqual([2, 3, 4, 6]);
      expect(await excluded((p) => p.views.isNull())).toEqual([1, 3, 4, 6]);
      expect(
        await Posts()
          .exclude({ published: true })
          .exclude((p) => p.views.isNull())
          .pluck((p) => p.id),
      ).toEqual([3]);
    });
  });

  describe("lists", () => {
    it("is false for an empty list and true for an empty notIn, nulls included", async () => {
      expect(await ids((p) => p.views.in([]))).toEqual([]);
      expect(await ids((p) => p.views.notIn([]))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await ids((p) => p.views.in([]).not())).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await ids((p) => p.views.in([]).or(p.id.eq(2)))).toEqual([2]);
      expect(
        await Posts()
          .where((p) => p.id.in([]))
          .allRows()
          .delete(),
      ).toBe(0);
    });

    it("refuses null, undefined and holes", async () => {
      for (const list of [[1, null], [undefined], new Array(2), [1, undefined, 2]]) {
        const error = await refused(t.engine(), () => ids((p) => p.views.in(list as never)));
        expect(error.message).toMatch(/Post\.views: in has (null|undefined) in its list/);
        await refused(t.engine(), () => ids((p) => p.views.notIn(list as never)));
      }
    });

    const many = Array.from({ length: 5_000 }, (_, i) => item(i + 4));
    for (const column of ["id", "big", "price", "name", "key", "at"] as const) {
      it(`takes 5,000 values of ${column}`, async () => {
        const list = many.map((row) => row[column]) as never[];
        const found = await Items()
          .where((row) => row[column].in(list))
          .orderBy((row) => row.id)
          .pluck((row) => row.id);
        expect(found).toEqual([4, 5]);
        const others = await Items()
          .where((row) => row[column].notIn(list))
          .orderBy((row) => row.id)
          .pluck((row) => row.id);
        expect(others).toEqual([1, 2, 3]);
      });
    }

    it("takes a query of one column, and keeps its order and limit", async () => {
      const busy = Posts().where((p) => p.views.gte(40));
      expect(
        await Authors()
          .where((a) => a.id.in(busy.where((p) => p.authorId.isNotNull()).select("authorId")))
          .pluck((a) => a.name),
      ).toEqual(["grace"]);
      expect(
        await Authors()
          .where((a) => a.id.notIn(Posts().where({ published: true, authorId: 1 }).select("authorId")))
          .count(),
      ).toBe(2);
      // A null among the values makes NOT IN unknown, as SQL says.
      expect(
        await Authors()
          .where((a) => a.id.notIn(busy.select("authorId")))
          .count(),
      ).toBe(0);
      const newest = Posts()
        .where((p) => p.authorId.isNotNull())
        .orderBy((p) => p.id.desc())
        .select("authorId");
      expect(
        await Authors()
          .where((a) => a.id.in(newest.limit(2)))
          .pluck((a) => a.name),
      ).toEqual(["grace"]);
      expect(
        await Authors()
          .where((a) => a.id.in(newest.limit(1).offset(2)))
          .pluck((a) => a.name),
      ).toEqual(["ada"]);
      const error = await refused(t.engine(), () => Authors().where((a) => a.id.in(Posts().all() as never)));
      expect(error.hint).toMatch(/select/);
    });
  });

  describe("queries in queries", () => {
    it("asks whether a row exists", async () => {
      const withPosts = Authors().where((a) => exists(Posts().where((p) => p.authorId.eq(a.id).and(p.views.gt(10)))));
      expect(await withPosts.orderBy((a) => a.id).pluck((a) => a.id)).toEqual([1, 2]);
      expect(
        await Authors()
          .exclude((a) => exists(Posts().where((p) => p.authorId.eq(a.id))))
          .pluck((a) => a.name),
      ).toEqual(["kurt"]);
      expect(
        await Authors()
          .where(exists(Posts().where({ id: 99 })))
          .count(),
      ).toBe(0);
    });

    it("nests a stored query in itself", async () => {
      const live = Posts().where((p) => p.published.eq(true));
      const followed = live.where((p) => exists(live.where((q) => q.authorId.eq(p.authorId).and(q.id.gt(p.id)))));
      expect((await followed).map((p) => p.id)).toEqual([1]);
      // The client that delivers objects is asked for aliases.
      expect(followed.toSQL().sql).toBe(t.family === "sqlite" && t.capabilities.rowAliases ? nestedSql.mysql : nestedSql[t.family]);
      const last = live.where((p) => exists(live.where((q) => q.authorId.eq(p.authorId).and(q.id.gt(p.id)))).not());
      expect((await last.orderBy((p) => p.id)).map((p) => p.id)).toEqual([2, 4, 6]);
    });

    it("tells three levels apart", async () => {
      const found = await Posts().where((p) =>
        exists(
          Posts().where((q) =>
            q.authorId.eq(p.authorId).and(exists(Posts().where((r) => r.title.eq(p.title).and(r.id.gt(q.id), r.authorId.ne(p.authorId))))),
          ),
        ),
      );
      const expected = posts.filter((p) =>
        posts.some(
          (q) =>
            p.authorId !== null &&
            q.authorId === p.authorId &&
            posts.some((r) => r.title !== null && r.title === p.title && r.id > q.id && r.authorId !== null && r.authorId !== p.authorId),
        ),
      );
      expect(found.map((p) => p.id).sort()).toEqual(expected.map((p) => p.id));
      expect(expected.length).toBeGreaterThan(0);
    });

    it("refuses a column outside of its lambda", async () => {
      let leaked: WhereClause | null = null;
      await Posts().where((p) => {
        leaked = p.views.gt(1);
        return leaked;
      });
      const error = await refused(t.engine(), () => Authors().where(leaked as never as WhereClause), UsageError);
      expect(error.message).toMatch(/does not read from it/);
    });
  });
}
