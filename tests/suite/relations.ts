/** Relations: on rows, inside queries, and loaded ahead. */
import { type AnyModel, bool, type Engine, foreignKey, int, Model, NotLoadedError, str, UsageError } from "kakaorm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TargetContext } from "../targets/target.ts";

class Author extends Model("rel_author", { name: str() }) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
  get live() {
    return this.hasMany(Post, (post) => post.authorId, { where: (post) => post.live, orderBy: (post) => post.views.desc() });
  }
  get profile() {
    return this.hasOne(Profile, (profile) => profile.authorId);
  }
  get firstName() {
    return this.name.split(" ")[0];
  }
}
class Profile extends Model("rel_profile", { bio: str(), authorId: foreignKey(() => Author).unique() }) {
  get author() {
    return this.belongsTo(Author, (profile) => profile.authorId);
  }
}
class Post extends Model("rel_post", {
  title: str(),
  views: int().default(0),
  live: bool().default(false),
  authorId: foreignKey(() => Author).nullable(),
}) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
  get tags() {
    return this.manyToMany(Tag, PostTag, (link) => [link.postId, link.tagId], { orderBy: (tag) => tag.label.asc() });
  }
}
class Tag extends Model("rel_tag", { label: str() }) {
  get posts() {
    return this.manyToMany(Post, PostTag, (link) => [link.tagId, link.postId]);
  }
}
class PostTag extends Model("rel_post_tag", {
  postId: foreignKey(() => Post).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
class Node extends Model("rel_node", { label: str(), parentId: foreignKey("rel_node").nullable() }) {
  get parent() {
    return this.belongsTo(Node, (node) => node.parentId);
  }
  get children() {
    return this.hasMany(Node, (node) => node.parentId);
  }
}
class Seat extends Model("rel_seat", { hall: str({ length: 10 }).primaryKey(), number: int().primaryKey() }) {
  get tickets() {
    return this.hasMany(Ticket, (ticket) => [ticket.hall, ticket.number]);
  }
}
class Ticket extends Model(
  "rel_ticket",
  { hall: str({ length: 10 }), number: int(), holder: str() },
  { foreignKeys: [{ on: ["hall", "number"], target: () => Seat }] },
) {
  get seat() {
    return this.belongsTo(Seat, (ticket) => [ticket.hall, ticket.number]);
  }
}

const tables = [Author, Profile, Post, Tag, PostTag, Node, Seat, Ticket] as const;

export function suite(t: TargetContext): void {
  const on = <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
  let ada: Author;
  let bob: Author;

  beforeAll(() => t.engine().createTable(...tables));
  afterAll(() => t.engine().dropTable(...tables));
  beforeEach(async () => {
    for (const model of [PostTag, Tag, Post, Profile, Author]) await model.using(t.engine()).all().allRows().delete();
    [ada, bob] = (await on(Author).bulkCreate([{ name: "Ada L" }, { name: "Bob" }])) as [Author, Author];
    await ada.posts.create({ title: "one", views: 5, live: true });
    await ada.posts.create({ title: "two", views: 9, live: true });
    await on(Post).create({ title: "three" });
    await on(Profile).create({ bio: "math", authorId: ada.id });
  });

  async function statements(work: () => Promise<unknown>): Promise<string[]> {
    const sent: string[] = [];
    const stop = t.engine().on("statement", (event) => sent.push(event.sql));
    await work();
    stop();
    return sent;
  }

  describe("on a row", () => {
    it("awaits, narrows and counts the many side", async () => {
      expect((await ada.posts.orderBy((p) => p.id)).map((p) => p.title)).toEqual(["one", "two"]);
      expect(await ada.posts.where((p) => p.views.gt(6)).count()).toBe(1);
      expect((await ada.live).map((p) => p.title)).toEqual(["two", "one"]);
      expect(await bob.posts).toEqual([]);
      expect((await ada.posts)[0]).toBeInstanceOf(Post);
    });

    it("awaits the one side, both ways", async () => {
      const profile = await ada.profile;
      expect(profile?.bio).toBe("math");
      expect((await profile?.author)?.id).toBe(ada.id);
      expect(await bob.profile).toBeNull();
    });

    it("sends nothing for an unsaved owner or a null key", async () => {
      const orphan = await on(Post).get({ title: "three" });
      const fresh = new (on(Author))({ name: "new" });
      const sent = await statements(async () => {
        expect(await orphan.author).toBeNull();
        expect(await fresh.posts).toEqual([]);
        expect(await fresh.posts.count()).toBe(0);
        expect(await fresh.profile).toBeNull();
      });
      expect(sent).toEqual([]);
      await expect(fresh.posts.create({ title: "x" })).rejects.toThrow(UsageError);
    });

    it("links and unlinks many to many", async () => {
      const [one, two] = (await ada.posts.orderBy((p) => p.id)) as [Post, Post];
      const math = await one.tags.create({ label: "math" });
      const fun = await on(Tag).create({ label: "fun" });
      await one.tags.add(fun, math);
      await two.tags.set([fun]);
      expect((await one.tags).map((tag) => tag.label)).toEqual(["fun", "math"]);
      expect(await fun.posts.count()).toBe(2);
      await one.tags.remove(math);
      expect((await one.tags).map((tag) => tag.label)).toEqual(["fun"]);
      await two.tags.clear();
      expect(await two.tags).toEqual([]);
      expect(await on(Tag).count()).toBe(2);
      await expect(one.tags.add(ada as never)).rejects.toThrow(/rows of Tag/);
      await expect(one.tags.add(new Tag({ label: "x" }))).rejects.toThrow(/save\(\) it first/);
    });

    it("follows keys of several columns, and a table's own rows", async () => {
      const seat = await on(Seat).create({ hall: "A", number: 7 });
      await seat.tickets.create({ holder: "Ada" });
      const ticket = await on(Ticket).get({ holder: "Ada" });
      expect([ticket.hall, ticket.number]).toEqual(["A", 7]);
      expect((await ticket.seat)?.toDict()).toEqual({ hall: "A", number: 7 });
      expect((await on(Seat).all().prefetch("tickets"))[0]?.tickets.loaded).toHaveLength(1);
      const root = await on(Node).create({ label: "root" });
      const child = await root.children.create({ label: "child" });
      await child.children.create({ label: "leaf" });
      expect((await child.parent)?.label).toBe("root");
      const tree = await on(Node).where({ parentId: null }).prefetch("children.children");
      expect(tree[0]?.children.loaded[0]?.children.loaded[0]?.label).toBe("leaf");
      expect(
        await on(Node)
          .where((n) => n.parent.parent.label.eq("root"))
          .pluck((n) => n.label),
      ).toEqual(["leaf"]);
    });
  });

  describe("in a query", () => {
    const names = async (query: PromiseLike<{ name: string }[]>) => (await query).map((row) => row.name).sort();

    it("reaches through to-one relations", async () => {
      const posts = on(Post)
        .all()
        .orderBy((p) => p.id);
      expect(await posts.where((p) => p.author.name.startsWith("Ada")).pluck((p) => p.title)).toEqual(["one", "two"]);
      expect(await posts.where((p) => p.author.profile.bio.eq("math")).count()).toBe(2);
      expect(await posts.select((p) => ({ title: p.title, author: p.author.name, bio: p.author.profile.bio }))).toEqual([
        { title: "one", author: "Ada L", bio: "math" },
        { title: "two", author: "Ada L", bio: "math" },
        { title: "three", author: null, bio: null },
      ]);
      const byAuthor = await on(Post)
        .all()
        .orderBy((p) => [p.author.name.asc({ nulls: "last" }), p.views.desc()]);
      expect(byAuthor.map((p) => p.title)).toEqual(["two", "one", "three"]);
    });

    it("asks whether some, none or every related row meets a condition", async () => {
      const authors = on(Author);
      expect(await names(authors.where((a) => a.posts.some((p) => p.views.gt(6))))).toEqual(["Ada L"]);
      expect(await names(authors.where((a) => a.posts.none()))).toEqual(["Bob"]);
      expect(await names(authors.where((a) => a.posts.every((p) => p.views.gt(6))))).toEqual(["Bob"]);
      expect(await names(authors.where((a) => a.live.some()))).toEqual(["Ada L"]);
      const [one] = await ada.posts.orderBy((p) => p.id);
      await one?.tags.create({ label: "fun" });
      expect(
        await on(Post)
          .where((p) => p.tags.some((tag) => tag.label.eq("fun")))
          .pluck((p) => p.title),
      ).toEqual(["one"]);
      expect(await names(authors.where((a) => a.posts.some((p) => p.tags.some((tag) => tag.label.eq("fun")))))).toEqual(["Ada L"]);
    });

    it("counts and adds up related rows", async () => {
      const found = await on(Author)
        .all()
        .orderBy((a) => a.id)
        .select((a) => ({
          posts: a.posts.count(),
          popular: a.posts.count((p) => p.views.gt(6)),
          views: a.posts.sum((p) => p.views),
          most: a.posts.max((p) => p.views),
          mean: a.posts.avg((p) => p.views),
        }));
      expect(found).toEqual([
        { posts: 2, popular: 1, views: 14, most: 9, mean: 7 },
        { posts: 0, popular: 0, views: null, most: null, mean: null },
      ]);
      const busiest = await on(Author)
        .all()
        .orderBy((a) => a.posts.count().desc());
      expect(busiest[0]?.name).toBe("Ada L");
    });

    it("refuses a getter with the name of a member that every row has", () => {
      class Wrong extends Model("rel_wrong", { name: str() }) {
        // @ts-expect-error save is a method of every row
        override get save() {
          return this.hasMany(Post, (post) => post.authorId);
        }
      }
      expect(() => Wrong.where((w) => w.name.eq("x"))).toThrow(/cannot be called save/);
    });

    it("takes nothing else for a relation", () => {
      expect(() => on(Author).where((a) => (a as never as { firstName: { eq(x: string): never } }).firstName.eq("x"))).toThrow(
        /no column and no relation/,
      );
    });
  });

  describe("prefetch", () => {
    it("loads each relation and level with one statement", async () => {
      const [one, two] = (await ada.posts.orderBy((p) => p.id)) as [Post, Post];
      const fun = await one.tags.create({ label: "fun" });
      await two.tags.add(fun);
      let all: Author[] = [];
      const sent = await statements(async () => {
        all = await on(Author)
          .all()
          .orderBy((a) => a.id)
          .prefetch("posts.tags", "profile", "live");
      });
      // authors, posts, tags with their links, profiles, live posts
      expect(sent).toHaveLength(5);
      const [first, second] = all as [Author, Author];
      const silent = await statements(async () => {
        expect(first.posts.loaded.map((p) => [p.title, p.tags.loaded.map((tag) => tag.label)])).toEqual([
          ["one", ["fun"]],
          ["two", ["fun"]],
        ]);
        expect(first.posts.loaded[0]?.tags.loaded[0]).toBe(first.posts.loaded[1]?.tags.loaded[0]);
        expect(first.profile.loaded?.bio).toBe("math");
        expect(first.live.loaded.map((p) => p.title)).toEqual(["two", "one"]);
        expect([second.posts.loaded, second.profile.loaded]).toEqual([[], null]);
        expect(await first.posts).toHaveLength(2);
        expect((await first.profile)?.bio).toBe("math");
      });
      expect(silent).toEqual([]);
      expect(await first.posts.where((p) => p.views.gt(6)).count()).toBe(1);
    });

    it("forgets what was loaded when the key changes or the relation is written through", async () => {
      const [post] = await on(Post).where({ title: "one" }).prefetch("author", "tags");
      if (post === undefined) throw new Error("no post");
      expect(post.author.loaded?.name).toBe("Ada L");
      post.authorId = bob.id;
      expect(() => post.author.loaded).toThrow(NotLoadedError);
      expect((await post.author)?.name).toBe("Bob");
      expect(post.tags.loaded).toEqual([]);
      await post.tags.create({ label: "new" });
      expect((await post.tags).map((tag) => tag.label)).toEqual(["new"]);
      const [author] = await on(Author).where({ id: ada.id }).prefetch("posts");
      await author?.posts.create({ title: "late" });
      expect(await author?.posts).toHaveLength(3);
    });

    it("needs as many statements for 1,000 rows as for one", async () => {
      const authors = await on(Author).bulkCreate(Array.from({ length: 1000 }, (_, i) => ({ name: `n${i}` })));
      await on(Post).bulkCreate(authors.map((author, i) => ({ title: `x${i}`, authorId: author.id })));
      const sent = await statements(async () => {
        const all = await on(Author)
          .where((a) => a.name.startsWith("n"))
          .prefetch("posts", "profile");
        expect(all.every((author, i) => author.posts.loaded.length === 1 && i < 1000)).toBe(true);
      });
      expect(sent).toHaveLength(3);
      const backwards = await on(Post)
        .where((p) => p.title.startsWith("x"))
        .prefetch("author");
      expect(backwards.every((post) => post.author.loaded?.id === post.authorId)).toBe(true);
    });

    it("loads for each batch of a stream", async () => {
      const seen: (string | undefined)[] = [];
      for await (const post of on(Post)
        .all()
        .orderBy((p) => p.id)
        .prefetch("author"))
        seen.push(post.author.loaded?.name);
      expect(seen).toEqual(["Ada L", "Ada L", undefined]);
    });

    it("names the prefetch that is missing, and the relations that there are", async () => {
      expect(() => bob.posts.loaded).toThrow(NotLoadedError);
      expect(() => bob.posts.loaded).toThrow(/prefetch\("posts"\)/);
      expect(() =>
        on(Author)
          .all()
          .prefetch("postz" as "posts"),
      ).toThrow(/did you mean posts/);
      expect(() =>
        on(Author)
          .all()
          .prefetch("posts.nope" as "posts"),
      ).toThrow(UsageError);
      expect(() =>
        on(Author)
          .all()
          .select("id")
          .prefetch("posts" as never),
      ).toThrow(/plain rows/);
      const [loaded] = await on(Author).where({ id: ada.id }).prefetch("posts");
      await loaded?.refresh();
      expect(() => loaded?.posts.loaded).toThrow(NotLoadedError);
    });
  });
}
