/** To-one relations that are read in the same statement. */
import { int, prepare, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";
import { Author, asTenant, blog, Comment, fill, Post, Tag, Ticket, tables } from "./prefetch-models.ts";

export function suite(t: TargetContext): void {
  const { on, sent } = blog(t);
  beforeAll(async () => {
    await t.engine().createTable(...tables);
    await fill(t);
  });
  afterAll(() => t.engine().dropTable(...tables));

  const posts = () =>
    on(Post)
      .all()
      .orderBy((p) => p.id);
  const names = (rows: readonly Post[]) => rows.map((post) => post.author.loaded?.name ?? null);

  it("reads the row beside its owner, null where there is none", async () => {
    const [rows, statements] = await sent(() => posts().joined("author.profile"));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(/left join/);
    const [, silent] = await sent(async () => {
      expect(names(rows)).toEqual(["Ada", "Ada", "Ada", "Bob", null]);
      expect(rows.map((post) => post.author.loaded?.profile.loaded?.bio ?? null)).toEqual(["math", "math", "math", null, null]);
      expect((await rows[0]?.author)?.name).toBe("Ada");
      expect(await rows[4]?.author).toBeNull();
    });
    expect(silent).toEqual([]);
    const author = rows[0]?.author.loaded;
    expect(author).toBeInstanceOf(Author);
    expect(author?.toDict()).toEqual((await on(Author).find(author?.id ?? 0))?.toDict());
    expect(author?.changes).toEqual({});
    expect(rows[0]?.toDict()).toEqual((await posts().first())?.toDict());
  });

  it("takes conditions, orders, limits, counts and single rows", async () => {
    const query = posts()
      .where((p) => p.views.gt(0))
      .orderBy((p) => p.views.desc())
      .joined("author");
    const [, statements] = await sent(async () => {
      expect(names(await query.limit(2))).toEqual(["Bob", "Ada"]);
      expect(names(await query.limit(1).offset(1))).toEqual(["Ada"]);
      expect((await query.first())?.author.loaded?.name).toBe("Bob");
      expect((await query.last())?.author.loaded?.name).toBe("Ada");
      expect(await query.count()).toBe(4);
      expect(await query.exists()).toBe(true);
      expect(await query.limit(3).count()).toBe(3);
      expect(await query.sum((p) => p.views)).toBe(15);
      expect(await query.pluck((p) => p.title)).toEqual(["b1", "a3", "a2", "a1"]);
      expect((await query.find((await query.first())?.id ?? 0))?.author.loaded?.name).toBe("Bob");
      expect((await query.get({ title: "a1" })).author.loaded?.name).toBe("Ada");
      expect(names((await query.paginate({ page: 2, perPage: 3 })).items)).toEqual(["Ada"]);
    });
    expect(statements.filter((sql) => /count\(|sum\(|exists/.test(sql)).some((sql) => /left join/.test(sql))).toBe(false);
    expect(statements).toHaveLength(14);
  });

  it("stands behind the caller's joins and beside annotations", async () => {
    const rows = await posts()
      .joined("author")
      .join(Tag, (p, tag) => p.tags.some((own) => own.id.eq(tag.id)))
      .where((_, tag) => tag.label.ne("z"))
      .orderBy((p, tag) => [p.id, tag.label])
      .annotate((p, tag) => ({ label: tag.label, twice: p.views.mul(2) }));
    expect(rows.map((post) => [post.title, post.label, post.twice, post.author.loaded?.name])).toEqual([
      ["a1", "x", 2, "Ada"],
      ["a1", "y", 2, "Ada"],
      ["b1", "y", 18, "Bob"],
    ]);
    const both = await posts()
      .where({ title: "a1" })
      .union(posts().where({ title: "b1" }))
      .joined("author");
    expect(names(both).sort()).toEqual(["Ada", "Bob"]);
  });

  it("finds a table's own rows, several times over", async () => {
    const [bob] = await on(Author).where({ name: "Bob" }).joined("mentor.mentor", "profile");
    expect([bob?.mentor.loaded?.name, bob?.mentor.loaded?.mentor.loaded, bob?.profile.loaded]).toEqual(["Ada", null, null]);
    const [comment] = await on(Comment)
      .where({ body: "c1" })
      .orderBy((c) => c.id)
      .joined("author.mentor", "post.author");
    expect([comment?.author.loaded?.mentor.loaded?.name, comment?.post.loaded.author.loaded?.name]).toEqual(["Ada", "Ada"]);
    const [ticket] = await on(Ticket).where({ holder: "r" }).joined("seat");
    expect(ticket?.seat.loaded?.toDict()).toEqual({ hall: "B", number: 1 });
  });

  it("leaves out deleted rows and those of other tenants, and keeps their owners", async () => {
    const stamps = async () => (await posts().joined("stamp")).map((post) => post.stamp.loaded?.mark ?? null);
    expect(await stamps()).toEqual(["one", null, null, null, null]);
    asTenant(2);
    expect(await stamps()).toEqual([null, null, null, "two", null]);
    asTenant(1);
    await on(Author).where({ name: "Bob" }).delete();
    try {
      expect(names(await posts().joined("author"))).toEqual(["Ada", "Ada", "Ada", null, null]);
    } finally {
      await on(Author).onlyDeleted().where({ name: "Bob" }).restore();
    }
  });

  it("comes with streams, batches and pages", async () => {
    const streamed: (string | undefined)[] = [];
    for await (const post of on(Post).all().joined("author").iterate({ batchSize: 2 })) streamed.push(post.author.loaded?.name);
    expect(streamed.sort()).toEqual(["Ada", "Ada", "Ada", "Bob", undefined]);
    const batches: number[] = [];
    for await (const batch of posts().joined("author").inBatches({ size: 3 })) {
      batches.push(batch.length);
      for (const post of batch) expect(post.author.loaded?.id ?? null).toBe(post.authorId);
    }
    expect(batches).toEqual([3, 2]);
    await t.engine().transaction(async (tx) => {
      const inside: (string | undefined)[] = [];
      for await (const post of Post.using(tx).all().joined("author").iterate({ batchSize: 2 })) inside.push(post.author.loaded?.name);
      expect(inside.sort()).toEqual(["Ada", "Ada", "Ada", "Bob", undefined]);
    });
    const query = on(Post)
      .all()
      .orderBy((p) => p.views.desc())
      .joined("author");
    const first = await query.keyset({ limit: 2 });
    const second = await query.keyset({ limit: 2, after: first.next });
    expect([names(first.items), names(second.items)]).toEqual([
      ["Bob", "Ada"],
      ["Ada", "Ada"],
    ]);
  });

  it("is part of a prepared query, and of an outer join's rows", async () => {
    const query = prepare({ least: int() }, ($) =>
      posts()
        .where((p) => p.views.gte($.least))
        .joined("author"),
    );
    expect(names(await query.all({ least: 3 }))).toEqual(["Ada", "Bob"]);
    expect(names(await query.all({ least: 9 }))).toEqual(["Bob"]);
    expect((await query.first({ least: 2 }))?.author.loaded?.name).toBe("Ada");
    const outer = await on(Post)
      .all()
      .rightJoin(Author, (p, a) => p.authorId.eq(a.id).and(p.views.gt(2)))
      .orderBy((_, a) => a.name)
      .joined("author");
    expect(outer.map((post) => post?.author.loaded?.name ?? null)).toEqual(["Ada", "Bob", null]);
  });

  describe("with prefetch", () => {
    it("loads what is below from the rows that came along", async () => {
      const [rows, statements] = await sent(() =>
        posts()
          .joined("author")
          .prefetch("author.pupils", { comments: (q) => q.limit(1).joined("author") }),
      );
      expect(statements).toHaveLength(3);
      expect(rows[0]?.author.loaded?.pupils.loaded.map((pupil) => pupil.name)).toEqual(["Bob"]);
      expect(rows.map((post) => post.comments.loaded.map((comment) => comment.author.loaded?.name))).toEqual(
        Array.from({ length: 5 }, () => ["Bob"]),
      );
    });

    it("refuses a query for a relation that is joined", () => {
      expect(() =>
        posts()
          .joined("author")
          .prefetch({ author: (q) => q.where({ name: "Ada" }) }),
      ).toThrow(/author is joined, and prefetched/);
      expect(() =>
        posts()
          .prefetch({ author: { profile: (q) => q.limit(1) } })
          .joined("author.profile"),
      ).toThrow(/profile is joined/);
    });
  });

  it("locks the query's own rows", async () => {
    expect(names(await t.engine().transaction((tx) => Post.using(tx).where({ title: "a1" }).joined("author").forUpdate()))).toEqual([
      "Ada",
    ]);
  });

  describe("refused", () => {
    const refusals: Readonly<Record<string, readonly [work: () => unknown, message: RegExp, hint: RegExp]>> = {
      "many rows": [() => posts().joined("comments" as never), /comments leads to many rows/, /prefetch\("comments"\)/],
      "linked rows below": [
        () =>
          on(Comment)
            .all()
            .joined("post.tags" as never),
        /Post.joined: tags leads to many rows/,
        /prefetch\("tags"\)/,
      ],
      "one row of which no key says so": [
        () => on(Author).all().joined("anyPost"),
        /may lead to several rows of Post, since Post.authorId is not unique/,
        /prefetch\("anyPost"\), or declare the key unique/,
      ],
      "a misspelt name": [() => posts().joined("autor" as never), /Post has no relation "autor"/, /did you mean author\?/],
      "an object": [() => posts().joined({ author: true } as never), /joined takes paths/, /joined\("author.profile"\)/],
      "plain rows": [
        () =>
          posts()
            .select("id")
            .joined("author" as never),
        /joined of plain rows/,
        /drop select/,
      ],
      "plain rows afterwards": [
        () => posts().joined("author").select("id"),
        /select\(\) of a query with joined\(\)/,
        /plain rows have no relations/,
      ],
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
  });
}
