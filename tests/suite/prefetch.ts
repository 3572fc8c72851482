/** Relations loaded ahead with a query of their own: conditions, orders, and limits for each owner. */
import { int, NotLoadedError, prepare, UsageError } from "kakaorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";
import { Author, asTenant, blog, Comment, fill, Note, Post, Seat, Tag, Ticket, tables } from "./prefetch-models.ts";

export function suite(t: TargetContext): void {
  const { on, sent } = blog(t);
  let ada: Author;
  beforeAll(async () => {
    await t.engine().createTable(...tables);
    ({ ada } = await fill(t));
  });
  afterAll(() => t.engine().dropTable(...tables));

  const authors = () =>
    on(Author)
      .all()
      .orderBy((a) => a.id);
  const posts = () =>
    on(Post)
      .all()
      .orderBy((p) => p.id);
  const titles = (rows: readonly Post[]) => rows.map((post) => post.title).join(" ");
  const bodies = (rows: readonly Comment[]) => rows.map((comment) => comment.body).join(" ");

  describe("of many rows", () => {
    it("narrows and orders", async () => {
      const [rows, statements] = await sent(() =>
        authors().prefetch({ posts: (q) => q.where((p) => p.views.ne(2)).orderBy((p) => p.views.desc()) }),
      );
      expect(statements).toHaveLength(2);
      expect(rows.map((author) => titles(author.posts.loaded))).toEqual(["a3 a1", "b1", ""]);
    });

    it("limits the rows of each owner, from an offset", async () => {
      const [rows, statements] = await sent(() => authors().prefetch({ posts: (q) => q.orderBy((p) => p.views.desc()).limit(2) }));
      expect(statements).toHaveLength(2);
      expect(rows.map((author) => titles(author.posts.loaded))).toEqual(["a3 a2", "b1", ""]);
      const later = await authors().prefetch({
        posts: (q) =>
          q
            .orderBy((p) => p.views)
            .limit(1)
            .offset(1),
      });
      expect(later.map((author) => titles(author.posts.loaded))).toEqual(["a2", "", ""]);
      const behind = await authors().prefetch({ posts: (q) => q.orderBy((p) => p.views).offset(1) });
      expect(behind.map((author) => titles(author.posts.loaded))).toEqual(["a2 a3", "", ""]);
    });

    it("takes the first rows by key where no order is given", async () => {
      const rows = await posts().prefetch({ comments: (q) => q.limit(2) });
      expect(rows.map((post) => bodies(post.comments.loaded))).toEqual(Array.from({ length: 5 }, () => "c1 c2"));
    });

    it("asks nothing for no rows, and nothing for a limit of none", async () => {
      const [none, silent] = await sent(() => on(Author).where({ name: "nobody" }).prefetch("posts"));
      expect([none, silent.length]).toEqual([[], 1]);
      const [rows, statements] = await sent(() => authors().prefetch({ posts: (q) => q.limit(0) }));
      expect(statements).toHaveLength(1);
      expect(rows.map((author) => author.posts.loaded)).toEqual([[], [], []]);
    });

    it("keeps the relation's own condition and order, unless another order is given", async () => {
      const rows = await authors().prefetch("best");
      expect(rows.map((author) => titles(author.best.loaded))).toEqual(["a3 a1", "b1", ""]);
      const one = await authors().prefetch({ best: (q) => q.limit(1) });
      expect(one.map((author) => titles(author.best.loaded))).toEqual(["a3", "b1", ""]);
      const least = await authors().prefetch({ best: (q) => q.orderBy((p) => p.views).limit(1) });
      expect(least.map((author) => titles(author.best.loaded))).toEqual(["a1", "b1", ""]);
    });

    it("reads annotated, hidden and joined columns with them", async () => {
      const [author] = await authors().prefetch({
        posts: (q) =>
          q
            .join(Author, (p, a) => p.authorId.eq(a.id))
            .annotate((p, a) => ({ by: a.name, twice: p.views.mul(2) }))
            .orderBy((p, a) => [a.name, p.views.desc()])
            .limit(2),
      });
      expect(
        author?.posts.loaded.map((post) => [post.title, (post as never as { by: string }).by, (post as never as { twice: number }).twice]),
      ).toEqual([
        ["a3", "Ada", 6],
        ["a2", "Ada", 4],
      ]);
      const [post] = await posts().prefetch({ comments: (q) => q.alsoSelect("postId").limit(1) });
      expect(post?.comments.loaded[0]).toMatchObject({ postId: post?.id });
      const [plain] = await posts().prefetch("comments");
      expect(bodies(plain?.comments.loaded ?? [])).toBe("c1 c2 c3");
      expect(plain?.comments.loaded[0]).not.toHaveProperty("postId");
    });

    it("wants hidden keys of the owners to be read", async () => {
      const comments = on(Comment)
        .where({ body: "c1" })
        .orderBy((c) => c.id);
      await expect(comments.prefetch("post")).rejects.toThrow(/post is found by Comment.postId, which is hidden and was not read/);
      const [comment] = await comments.alsoSelect("postId").prefetch("post");
      expect(comment?.post.loaded?.title).toBe("a1");
      await expect(posts().prefetch("comments.post")).rejects.toThrow(UsageError);
    });

    it("takes set operations", async () => {
      const rows = await authors().prefetch({
        posts: (q) =>
          q
            .where({ title: "a1" })
            .union(q.where((p) => p.views.gt(2)))
            .orderBy((p) => p.views.desc())
            .limit(1),
      });
      expect(rows.map((author) => titles(author.posts.loaded))).toEqual(["a3", "b1", ""]);
    });

    it("leaves rows out that an outer join misses", async () => {
      const rows = await on(Author)
        .all()
        .rightJoin(Post, (a, p) => p.authorId.eq(a.id).and(p.views.eq(1)))
        .orderBy((_, p) => p.id)
        .prefetch({ posts: (q) => q.limit(1) });
      expect(rows.map((author) => author && titles(author.posts.loaded))).toEqual(["a1", null, null, null, null]);
    });

    it("reaches into relations inside the lambda, and takes distinct rows", async () => {
      const rows = await authors().prefetch({ posts: (q) => q.where((p) => p.tags.some((tag) => tag.label.eq("z"))).distinct() });
      expect(rows.map((author) => titles(author.posts.loaded))).toEqual(["a1", "", ""]);
    });

    it("follows keys of two columns", async () => {
      const [seats, statements] = await sent(() =>
        on(Seat)
          .all()
          .orderBy((s) => [s.hall, s.number])
          .prefetch({ tickets: (q) => q.orderBy((ticket) => ticket.holder.desc()).limit(1) }),
      );
      expect(statements).toHaveLength(2);
      expect(seats.map((seat) => seat.tickets.loaded.map((ticket) => ticket.holder))).toEqual([["q"], [], ["r"]]);
      const tickets = await on(Ticket).all().prefetch("seat");
      expect(tickets.every((ticket) => ticket.seat.loaded?.number === ticket.number)).toBe(true);
    });
  });

  describe("of linked rows", () => {
    it("reads links and rows in one statement, each row once", async () => {
      const [rows, statements] = await sent(() => posts().prefetch("tags"));
      expect(statements).toHaveLength(2);
      expect(rows.map((post) => post.tags.loaded.map((tag) => tag.label).join(""))).toEqual(["xyz", "", "", "y", ""]);
      expect(rows[0]?.tags.loaded[1]).toBe(rows[3]?.tags.loaded[0]);
    });

    it("limits them for each owner", async () => {
      const [rows, statements] = await sent(() => posts().prefetch({ tags: (q) => q.where((tag) => tag.label.ne("x")).limit(1) }));
      expect(statements).toHaveLength(2);
      expect(rows.map((post) => post.tags.loaded.map((tag) => tag.label).join(""))).toEqual(["y", "", "", "y", ""]);
      const [z] = await on(Tag)
        .where({ label: "y" })
        .prefetch({
          posts: (q) =>
            q
              .orderBy((p) => p.title.desc())
              .limit(1)
              .prefetch("author"),
        });
      expect(z?.posts.loaded.map((post) => [post.title, post.author.loaded?.name])).toEqual([["b1", "Bob"]]);
    });
  });

  describe("of one row", () => {
    it("drops orders and limits that decide nothing", async () => {
      const [rows, statements] = await sent(() => posts().prefetch({ author: (q) => q.orderBy((a) => a.name).limit(5) }));
      expect(rows.map((post) => post.author.loaded?.name ?? null)).toEqual(["Ada", "Ada", "Ada", "Bob", null]);
      expect(rows[0]?.author.loaded).toBe(rows[1]?.author.loaded);
      expect(statements[1]).not.toMatch(/order by|limit|row_number/);
      const [, profile] = await sent(() => authors().prefetch({ profile: (q) => q.limit(1) }));
      expect(profile[1]).not.toMatch(/order by|limit|row_number/);
    });

    it("gives null to those whose row does not meet the condition", async () => {
      const rows = await posts().prefetch({ author: (q) => q.where({ name: "Bob" }) });
      expect(rows.map((post) => post.author.loaded?.name ?? null)).toEqual([null, null, null, "Bob", null]);
      const none = await posts().prefetch({ author: (q) => q.offset(1) });
      expect(none.map((post) => post.author.loaded)).toEqual([null, null, null, null, null]);
    });

    it("reads one row for each owner where no key says that there is one", async () => {
      const [rows, statements] = await sent(() => authors().prefetch("anyPost"));
      expect(rows.map((author) => author.anyPost.loaded?.title ?? null)).toEqual(["a1", "b1", null]);
      expect(statements[1]).toMatch(/row_number/);
      expect((await ada.anyPost)?.title).toBe("a1");
      const last = await authors().prefetch({ anyPost: (q) => q.orderBy((p) => p.views.desc()) });
      expect(last.map((author) => author.anyPost.loaded?.title ?? null)).toEqual(["a3", "b1", null]);
    });
  });

  describe("deleted rows and tenants", () => {
    it("come with includeDeleted and onlyDeleted", async () => {
      const [post] = await posts().prefetch({ comments: (q) => q.includeDeleted() });
      expect(bodies(post?.comments.loaded ?? [])).toBe("c1 c2 c3 c4");
      const [only] = await posts().prefetch({ comments: (q) => q.onlyDeleted().limit(3) });
      expect(bodies(only?.comments.loaded ?? [])).toBe("c4");
      const notes = async (rows: PromiseLike<Post[]>) => (await rows)[0]?.notes.loaded.map((note) => note.text).sort();
      expect(await notes(posts().prefetch("notes"))).toEqual(["kept"]);
      expect(await notes(posts().prefetch({ notes: (q) => q.onlyDeleted() }))).toEqual(["gone"]);
      expect(
        await notes(
          posts().prefetch({
            notes: (q) =>
              q
                .includeDeleted()
                .orderBy((n) => n.text)
                .limit(5),
          }),
        ),
      ).toEqual(["gone", "kept"]);
      expect(await on(Note).count()).toBe(1);
    });

    it("are those of the moment, in what is prefetched", async () => {
      const query = posts().prefetch("stamp");
      expect((await query).map((post) => post.stamp.loaded?.mark ?? null)).toEqual(["one", null, null, null, null]);
      asTenant(2);
      expect((await query).map((post) => post.stamp.loaded?.mark ?? null)).toEqual([null, null, null, "two", null]);
      asTenant(1);
      const every = await posts().prefetch({ stamp: (q) => q.unscoped("the test looks at all tenants") });
      expect(every.map((post) => post.stamp.loaded?.mark ?? null)).toEqual(["one", null, null, "two", null]);
    });
  });

  describe("what was loaded", () => {
    it("is what the relation gives, and a narrower query is sent", async () => {
      const [author] = await authors().prefetch({ posts: (q) => q.orderBy((p) => p.views.desc()).limit(1) });
      if (author === undefined) throw new Error("no author");
      const [, silent] = await sent(async () => {
        expect(titles(author.posts.loaded)).toBe("a3");
        expect(titles(await author.posts)).toBe("a3");
        expect(titles(await author.posts.all())).toBe("a3");
      });
      expect(silent).toEqual([]);
      const [, asked] = await sent(async () => {
        expect(titles(await author.posts.where((p) => p.views.gt(0)).orderBy((p) => p.id))).toBe("a1 a2 a3");
        expect(await author.posts.count()).toBe(3);
      });
      expect(asked).toHaveLength(2);
      expect(() => author.best.loaded).toThrow(NotLoadedError);
    });

    it("comes batch by batch in a stream", async () => {
      const query = posts().prefetch({ comments: (q) => q.orderBy((c) => c.votes.desc()).limit(1), author: true });
      const seen: string[] = [];
      const [, statements] = await sent(async () => {
        for await (const post of query) seen.push(`${bodies(post.comments.loaded)} ${post.author.loaded?.name ?? "-"}`);
      });
      expect(seen).toEqual(["c3 Ada", "c3 Ada", "c3 Ada", "c3 Bob", "c3 -"]);
      const streamed = statements.length;
      const sizes: number[] = [];
      const [, batched] = await sent(async () => {
        for await (const batch of query.inBatches({ size: 2 })) {
          sizes.push(batch.length);
          expect(batch.every((post) => post.comments.loaded.length === 1)).toBe(true);
        }
      });
      expect(sizes).toEqual([2, 2, 1]);
      // Two relations for each of three batches instead of one; the last batch has no author to ask for.
      expect(batched.length - streamed).toBe(3);
      const one: (string | undefined)[] = [];
      for await (const post of query.iterate({ batchSize: 1 })) one.push(post.author.loaded?.name);
      expect(one).toEqual(["Ada", "Ada", "Ada", "Bob", undefined]);
    });

    it("comes with pages, first, last and find", async () => {
      const query = posts().prefetch({ comments: (q) => q.limit(1) });
      expect((await query.first())?.comments.loaded).toHaveLength(1);
      expect((await query.last())?.comments.loaded).toHaveLength(1);
      expect((await query.find((await query.first())?.id ?? 0))?.comments.loaded).toHaveLength(1);
      expect((await query.get({ title: "a2" })).comments.loaded).toHaveLength(1);
      expect((await query.keyset({ limit: 2 })).items.map((post) => post.comments.loaded.length)).toEqual([1, 1]);
      expect((await query.paginate({ page: 2, perPage: 2 })).items.map((post) => post.comments.loaded.length)).toEqual([1, 1]);
    });

    it("comes with the values of a prepared query", async () => {
      const query = prepare({ least: int(), most: int() }, ($) =>
        posts().prefetch({
          comments: (q) =>
            q
              .where((c) => c.votes.gte($.least))
              .orderBy((c) => c.votes)
              .limit($.most),
        }),
      );
      expect((await query.all({ least: 2, most: 1 })).map((post) => bodies(post.comments.loaded))).toEqual(["c2", "c2", "c2", "c2", "c2"]);
      expect(bodies((await query.first({ least: 1, most: 2 }))?.comments.loaded ?? [])).toBe("c1 c2");
    });

    it("is read inside the transaction of its owners", async () => {
      await expect(
        t.engine().transaction(async (tx) => {
          await Comment.using(tx).all().allRows().delete();
          const [post] = await Post.using(tx).all().prefetch("comments");
          expect(post?.comments.loaded).toEqual([]);
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      const [post] = await posts().prefetch("comments");
      expect(post?.comments.loaded).toHaveLength(3);
    });
  });
}
