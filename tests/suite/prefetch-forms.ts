/** What prefetch can be given: paths, objects, lambdas, mixed and nested; and what it refuses. */
import { type Engine, foreignKey, int, Model, type QuerySet, str, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";
import { Author, blog, type Comment, fill, Post, tables } from "./prefetch-models.ts";

/** Keys of three columns, a few thousand of them: more than fits into one statement somewhere. */
class Cell extends Model("pre_cell", { x: int().primaryKey(), y: int().primaryKey(), z: int().primaryKey() }) {
  get marks() {
    return this.hasMany(Mark, (mark) => [mark.x, mark.y, mark.z]);
  }
  get owners() {
    return this.manyToMany(Owner, CellOwner, (link) => [[link.x, link.y, link.z], link.ownerId]);
  }
}
class Mark extends Model("pre_mark", { x: int(), y: int(), z: int(), label: str() }) {}
class Owner extends Model("pre_owner", { name: str() }) {
  get items() {
    return this.hasMany(Item, (item) => item.ownerId);
  }
}
class Item extends Model("pre_item", { n: int(), ownerId: foreignKey(() => Owner) }) {}
class Left extends Model("pre_left", { name: str() }) {
  get rights() {
    return this.manyToMany(Right, Pair, (pair) => [pair.leftId, pair.rightId]);
  }
}
class Right extends Model("pre_right", { name: str() }) {}
/** No key says that a pair is there once. */
class Pair extends Model("pre_pair", { leftId: foreignKey(() => Left), rightId: foreignKey(() => Right), times: int() }) {}
class CellOwner extends Model("pre_cell_owner", {
  x: int().primaryKey(),
  y: int().primaryKey(),
  z: int().primaryKey(),
  ownerId: foreignKey(() => Owner).primaryKey(),
}) {}
const more = [Cell, Mark, Owner, Item, CellOwner, Left, Right, Pair] as const;

export function suite(t: TargetContext): void {
  const { on, sent } = blog(t);
  beforeAll(async () => {
    await t.engine().createTable(...tables, ...more);
    await fill(t);
  });
  afterAll(() => t.engine().dropTable(...tables, ...more));

  const authors = () =>
    on(Author)
      .all()
      .orderBy((a) => a.id);
  const bodies = (rows: readonly Comment[] | undefined) => (rows ?? []).map((comment) => comment.body).join(" ");

  describe("objects", () => {
    it("nest to any depth, with true, paths and lambdas", async () => {
      const [rows, statements] = await sent(() =>
        authors().prefetch({
          posts: {
            comments: { author: { mentor: { posts: { comments: { author: true } } } } },
            tags: (q) => q.limit(1),
            author: "profile",
          },
          profile: true,
        }),
      );
      const [ada] = rows;
      const [a1] = ada?.posts.loaded ?? [];
      const [c1] = a1?.comments.loaded ?? [];
      const again = c1?.author.loaded?.mentor.loaded?.posts.loaded[0];
      expect([ada?.name, a1?.title, c1?.body, c1?.author.loaded?.name]).toEqual(["Ada", "a1", "c1", "Bob"]);
      expect([again?.title, bodies(again?.comments.loaded), again?.comments.loaded[1]?.author.loaded?.name]).toEqual([
        "a1",
        "c1 c2 c3",
        "Ada",
      ]);
      expect(a1?.tags.loaded.map((tag) => tag.label)).toEqual(["x"]);
      expect(a1?.author.loaded?.profile.loaded?.bio).toBe("math");
      // authors; posts, comments, authors, mentors, posts, comments, authors; tags; authors, profiles; profiles
      expect(statements).toHaveLength(12);
    });

    it("say the same as the lambda's own prefetch", async () => {
      const [rows, statements] = await sent(() =>
        authors().prefetch({
          posts: (q) =>
            q
              .orderBy((p) => p.views.desc())
              .limit(1)
              .prefetch("tags", { comments: (c) => c.limit(1) }),
        }),
      );
      expect(rows.map((author) => author.posts.loaded.map((post) => `${post.title} ${bodies(post.comments.loaded)}`))).toEqual([
        ["a3 c1"],
        ["b1 c1"],
        [],
      ]);
      expect(statements).toHaveLength(4);
    });

    it("take several relations beside paths", async () => {
      const [, statements] = await sent(() => authors().prefetch("posts.tags", "profile", { best: (q) => q.limit(1), pupils: true }));
      expect(statements).toHaveLength(6);
    });
  });

  describe("one relation, asked for twice", () => {
    it("is loaded once, with everything below it", async () => {
      const [rows, statements] = await sent(() =>
        authors()
          .prefetch("posts.tags")
          .prefetch({ posts: { comments: true } }, "posts"),
      );
      expect(statements).toHaveLength(4);
      expect([rows[0]?.posts.loaded[0]?.tags.loaded.length, rows[0]?.posts.loaded[0]?.comments.loaded.length]).toEqual([3, 3]);
    });

    it("takes the query that there is, and what others want below it", async () => {
      for (const query of [
        authors().prefetch({ posts: (q) => q.limit(1) }, "posts.tags"),
        authors().prefetch("posts.tags", { posts: (q) => q.limit(1) }),
      ]) {
        const [rows, statements] = await sent(() => query);
        expect(statements).toHaveLength(3);
        expect(rows[0]?.posts.loaded.map((post) => post.tags.loaded.length)).toEqual([3]);
      }
    });

    it("refuses two queries", () => {
      const one = authors().prefetch({ posts: (q) => q.limit(1) });
      expect(() => one.prefetch({ posts: (q) => q.limit(2) })).toThrow(/posts is asked for with two queries/);
      expect(() => authors().prefetch({ posts: { tags: (q) => q.limit(1) } }, { posts: { tags: (q) => q.limit(1) } })).toThrow(
        /Post.prefetch: tags is asked for with two queries/,
      );
    });

    it("leaves the query that it was made of as it was", async () => {
      const plain = authors();
      plain.prefetch("posts");
      expect(() => plain.prefetch({ posts: (q) => q.limit(1) })).not.toThrow();
      expect((await sent(() => plain))[1]).toHaveLength(1);
    });
  });

  it("leaves pairs alone that are linked several times", async () => {
    const [left] = await on(Left).bulkCreate([{ name: "a" }, { name: "b" }]);
    const rights = await on(Right).bulkCreate([{ name: "x" }, { name: "y" }, { name: "z" }]);
    await on(Pair).bulkCreate(rights.flatMap((right) => [1, 2].map((times) => ({ leftId: left?.id ?? 0, rightId: right.id, times }))));
    const of = (rows: Left[]) => rows.map((row) => row.rights.loaded.map((right) => right.name).join(""));
    const query = on(Left)
      .all()
      .orderBy((l) => l.id);
    expect(of(await query.prefetch({ rights: (q) => q.orderBy((r) => r.name) }))).toEqual(["xyz", ""]);
    expect(of(await query.prefetch({ rights: (q) => q.orderBy((r) => r.name.desc()).limit(2) }))).toEqual(["zy", ""]);
    expect(await left?.rights.count()).toBe(3);
  });

  describe("many owners", () => {
    it("need as many statements as one, with a limit as well", async () => {
      const owners = await on(Owner).bulkCreate(Array.from({ length: 1500 }, (_, i) => ({ name: `n${i}` })));
      await on(Item).bulkCreate(owners.flatMap((owner) => [1, 2, 3].map((n) => ({ n, ownerId: owner.id }))));
      const [rows, statements] = await sent(() =>
        on(Owner)
          .all()
          .prefetch({ items: (q) => q.orderBy((i) => i.n.desc()).limit(2) }),
      );
      expect(statements).toHaveLength(2);
      expect(rows.every((owner) => owner.items.loaded.map((item) => item.n).join() === "3,2")).toBe(true);
    });

    it("are asked for in parts where their keys do not fit into one statement", async () => {
      const cells = Array.from({ length: 12_000 }, (_, i) => ({ x: i % 7, y: i % 11, z: i }));
      await on(Cell).bulkCreate(cells);
      await on(Mark).bulkCreate([0, 5999, 11_999].flatMap((i) => ["a", "b"].map((label) => ({ ...cells[i], label }) as never)));
      const owner = await on(Owner).create({ name: "one" });
      const other = await on(Owner).create({ name: "other" });
      await on(CellOwner).bulkCreate([0, 11_999].flatMap((i) => [owner, other].map(({ id }) => ({ ...cells[i], ownerId: id }) as never)));
      const [linked, sends] = await sent(() =>
        on(Cell)
          .where((c) => c.z.in([0, 5, 11_999]))
          .prefetch({ owners: (q) => q.orderBy((o) => o.id.desc()).limit(1) }),
      );
      expect(sends).toHaveLength(2);
      expect(linked.map((cell) => cell.owners.loaded.map(({ name }) => name).join()).sort()).toEqual(["", "other", "other"]);
      const [rows, statements] = await sent(() =>
        on(Cell)
          .all()
          .prefetch({ marks: (q) => q.where((m) => m.label.ne("c")).limit(1) }),
      );
      expect(statements).toHaveLength(3);
      expect(
        rows
          .filter((cell) => cell.marks.loaded.length === 1)
          .map((cell) => cell.z)
          .sort((a, b) => a - b),
      ).toEqual([0, 5999, 11_999]);
    });
  });

  describe("refused", () => {
    const refusals: Readonly<Record<string, readonly [work: () => unknown, message: RegExp, hint: RegExp]>> = {
      "a misspelt name": [() => authors().prefetch({ postz: true } as never), /Author has no relation "postz"/, /did you mean posts\?/],
      "a misspelt name in a path": [
        () => authors().prefetch("posts.comment" as never),
        /Post has no relation "comment"/,
        /did you mean comments\?/,
      ],
      "a misspelt name in a lambda": [
        () => authors().prefetch({ posts: (q) => q.prefetch("tagz" as never) }),
        /Post has no relation "tagz"/,
        /did you mean tags\?/,
      ],
      "a name like none": [
        () => authors().prefetch("nothing" as never),
        /no relation "nothing"/,
        /known: anyPost, best, mentor, posts, profile, pupils/,
      ],
      "a path as a key": [() => authors().prefetch({ "posts.tags": true } as never), /no relation "posts.tags"/, /in an object, nest/],
      "a column": [() => authors().prefetch("name" as never), /no relation "name"/, /known/],
      undefined: [() => authors().prefetch(undefined as never), /takes paths and objects of relations, got undefined/, /prefetch\(/],
      false: [() => authors().prefetch({ posts: false } as never), /posts takes true/, /leave out/],
      "a lambda that gives nothing": [() => authors().prefetch({ posts: (() => undefined) as never }), /takes a query, got undefined/, /^/],
      "another model's rows": [
        () => authors().prefetch({ posts: (() => on(Author).all()) as never }),
        /must give a query of Post, got one of Author/,
        /narrow/,
      ],
      "plain rows": [
        () => authors().prefetch({ posts: ((q: QuerySet<[typeof Post], Post, unknown>) => q.select("id")) as never }),
        /selects plain rows/,
        /drop select/,
      ],
      groups: [() => authors().prefetch({ posts: (q) => q.groupBy((p) => p.id) as never }), /groups rows/, /drop groupBy/],
      "another database": [() => authors().prefetch({ posts: (q) => q.using(t.engine() as Engine) }), /names a database/, /drop using/],
      "a time of its own": [() => authors().prefetch({ posts: (q) => q.timeout(10) }), /limit of time/, /the query around/],
      "a limit of distinct rows": [() => authors().prefetch({ posts: (q) => q.distinct().limit(1) }), /distinct/, /drop distinct/],
      "a query of plain rows": [
        () =>
          authors()
            .select("id")
            .prefetch("posts" as never),
        /prefetch of plain rows/,
        /drop select/,
      ],
      "plain rows afterwards": [
        () => authors().prefetch("posts").select("id"),
        /select\(\) of a query with prefetch\(\)/,
        /plain rows have no relations/,
      ],
      "a derived table": [() => authors().prefetch("posts").as("x"), /as\(\) of a query with prefetch\(\)/, /plain rows/],
      "plain rows of a set operation": [
        () =>
          authors()
            .annotate((a) => ({ upper: a.name }))
            .prefetch("posts")
            .union(authors().annotate((a) => ({ upper: a.name }))),
        /union of a query with prefetch/,
        /plain rows/,
      ],
      "the second query of a set operation": [() => authors().union(authors().prefetch("posts")), /second query of union/, /of the result/],
    };
    it.each(Object.entries(refusals))("%s", (_, [work, message, hint]) => {
      let error: unknown;
      try {
        work();
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toMatch(message);
      expect((error as UsageError).hint ?? "").toMatch(hint);
    });

    it("a row lock on numbered rows", async () => {
      const locked = (tx: Parameters<Parameters<Engine["transaction"]>[0]>[0]) =>
        Post.using(tx)
          .all()
          .prefetch({ comments: (q) => q.forUpdate().limit(1) });
      await expect(t.engine().transaction(async (tx) => locked(tx))).rejects.toThrow(/row lock on aggregates or window functions/);
    });
  });
}
