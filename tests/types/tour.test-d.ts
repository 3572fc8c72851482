/** What the public types promise: results are exact, and misuse does not compile. */
import { avg, connect, count, exists, Model, str, sum } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Comment, Country, Post, PostTag } from "./models.ts";

export async function tour(): Promise<void> {
  await using db = await connect("sqlite::memory:");
  await db.createTable(Author, Post);

  const ada = await Author.create({ name: "Ada Lovelace", email: "ada@example.com", password: "x" });
  check<Same<typeof ada, Author>>();
  ada.bio = "mathematician";
  await ada.save({ fields: ["bio"] });
  // @ts-expect-error email is required
  await Author.create({ name: "x", password: "x" });
  // @ts-expect-error no such column
  await Author.create({ name: "x", email: "y", password: "x", nope: 1 });
  // @ts-expect-error hidden columns are not on a row
  ada.password;
  // @ts-expect-error not nullable
  ada.name = null;
  // @ts-expect-error no such field to save
  await ada.save({ fields: ["nope"] });
  const draft = new Author({ name: "Grace" });
  draft.email = "grace@example.com";
  await draft.save();
  const post = await Post.create({ title: "Notes", authorId: ada.id });
  check<Same<typeof post.status, "draft" | "live">>();
  check<Same<typeof post.authorId, number | null>>();
  check<Same<typeof post.createdAt, Date>>();
  // @ts-expect-error never taken from input
  await Post.create({ title: "x", role: "admin" });
  // @ts-expect-error a column cannot be named like a member of the instance
  Model("x", { save: str() });

  const found = await Post.find(1);
  check<Same<typeof found, Post | null>>();
  const jp = await Country.find("JP");
  check<Same<typeof jp, Country | null>>();
  const link = await PostTag.find({ postId: 1, tagId: 2 });
  check<Same<typeof link, PostTag | null>>();
  // @ts-expect-error the key is a two-letter code
  await Country.find(5);
  // @ts-expect-error a model with its own key has no id
  jp?.id;
  const live = await Post.where((p) => p.status.eq("live").and(p.views.gte(100).or(p.title.startsWith("A"))))
    .orderBy((p) => p.views.desc())
    .limit(10);
  check<Same<typeof live, Post[]>>();
  await Post.where({ published: true, authorId: null });
  await Post.where(Post.c.views.gt(10));
  const named = await Author.named("Ada").first();
  check<Same<typeof named, Author | null>>();
  for await (const p of Post.all()) p.title.toUpperCase();
  // @ts-expect-error wrong value type
  Post.where((p) => p.views.eq("ten"));
  // @ts-expect-error null is not compared with
  Post.where((p) => p.views.eq(null));
  // @ts-expect-error not one of the values
  Post.where((p) => p.status.eq("gone"));
  // @ts-expect-error numbers have no like
  Post.where((p) => p.views.like("1%"));
  // @ts-expect-error the author is not in scope here
  Post.where((_p, a) => a.name.eq("Ada"));
  // @ts-expect-error unknown column
  Post.where({ nope: 1 });

  const slim = await Post.all().select("id", "title");
  check<Same<typeof slim, { id: number; title: string }[]>>();
  const nested = await Post.all().select((p) => ({ title: p.title, of: { author: p.authorId, twice: p.views.mul(2) } }));
  check<Same<typeof nested, { title: string; of: { author: number | null; twice: number } }[]>>();
  const more = await Post.all()
    .select("id")
    .annotate((p) => ({ upper: p.title }));
  check<Same<(typeof more)[0]["upper"], string>>();
  const hidden = await Author.all().alsoSelect("password").first();
  check<Same<NonNullable<typeof hidden>["password"], string>>();
  // @ts-expect-error unknown column
  Post.all().select("nope");
  // @ts-expect-error one expression is no row: that is pluck
  Post.all().select((p) => p.title);

  const stats = await Post.all().aggregate((p) => ({ total: sum(p.views), mean: avg(p.views), n: count() }));
  check<Same<typeof stats, { total: number | null; mean: number | null; n: number }>>();
  const money = await Post.all().aggregate((p) => ({ total: sum(p.price) }));
  check<Same<typeof money, { total: string | null }>>();
  const total = await Post.all().sum((p) => p.price);
  check<Same<typeof total, string | null>>();
  const newest = await Post.all().max((p) => p.createdAt);
  check<Same<typeof newest, Date | null>>();
  const city = await Post.all().pluck((p) => p.meta.path("address").path("city").asText());
  check<Same<typeof city, (string | null)[]>>();
  // @ts-expect-error no such key
  Post.where((p) => p.meta.path("nope").isNull());

  // relations: await, traverse, prefetch
  const written = await ada.posts.create({ title: "Notes" });
  check<Same<typeof written, Post>>();
  // @ts-expect-error title is required here as well
  await ada.posts.create({});
  const author = await post.author;
  check<Same<typeof author, Author | null>>();
  const first = await Comment.first();
  if (first === null) return;
  const commented = await first.post;
  check<Same<typeof commented, Post>>();
  const some = await Post.where((p) => p.author.name.like("A%").and(p.comments.some((c) => c.text.contains("great")))).prefetch(
    "author.profile",
    "comments.replies",
    "tags",
  );
  check<Same<(typeof some)[0]["comments"]["loaded"], Comment[]>>();
  check<Same<(typeof some)[0]["author"]["loaded"], Author | null>>();
  // @ts-expect-error unknown relation path
  Post.all().prefetch("author.nope");
  await ada.livePosts.where((p) => p.meta.path("address").isNotNull()).limit(3);
  await Author.where((a) => a.livePosts.some()).prefetch("livePosts.tags");
  const strict = await Comment.all().select((c) => ({ title: c.post.title, up: c.parent.post.title }));
  check<Same<typeof strict, { title: string; up: string | null }[]>>();
  const counted = await Author.all().select((a) => ({ n: a.posts.count(), views: a.posts.sum((p) => p.views) }));
  check<Same<typeof counted, { n: number; views: number | null }[]>>();
  // @ts-expect-error a getter that is no relation is not in a query
  Author.where((a) => a.firstName.eq("Ada"));
  const tag = await post.tags.create({ label: "math" });
  await post.tags.add(tag);
  // @ts-expect-error only tags can be linked
  await post.tags.add(post);

  // joins: a left join makes its columns nullable, by position
  const joined = await Post.all()
    .leftJoin(Author, (p, a) => p.authorId.eq(a.id))
    .where((p, a) => a.name.ne("x").or(p.published))
    .select((p, a) => ({ title: p.title, author: { id: a.id, name: a.name }, who: a, post: p }));
  check<Same<typeof joined, { title: string; author: { id: number | null; name: string | null }; who: Author | null; post: Post }[]>>();
  const pairs = await Comment.all()
    .join(Comment, (child, parent) => child.parentId.eq(parent.id))
    .select((child, parent) => ({ child: child.text, parent: parent.text }));
  check<Same<typeof pairs, { child: string; parent: string }[]>>();
  const right = await Post.all().rightJoin(Author, (p, a) => p.authorId.eq(a.id));
  check<Same<typeof right, (Post | null)[]>>();
  const busy = await Post.all()
    .groupBy((p) => p.authorId)
    .having((p) => count(p.id).gte(2))
    .select((p) => ({ authorId: p.authorId, posts: count(p.id) }));
  check<Same<typeof busy, { authorId: number | null; posts: number }[]>>();
  // @ts-expect-error the joined model comes second
  Post.all().join(Author, (p, a) => p.name.eq(a.id));

  await Author.where((a) => exists(Post.where((p) => p.authorId.eq(a.id).and(p.views.gt(10)))));
  await Post.where((p) => p.authorId.in(Author.where((a) => a.bio.isNotNull()).select("id")));
  // @ts-expect-error authors are not numbers
  Post.where((p) => p.authorId.in(Author.all()));

  await Post.where((p) => p.published.not()).update((p) => ({ views: p.views.add(1), published: true }));
  await Post.bulkCreate([{ title: "a" }, { title: "b", views: 3 }]);
  // @ts-expect-error unknown column in update
  Post.all().allRows().update({ nope: 1 });
  // @ts-expect-error keys are not updated
  Post.all().allRows().update({ id: 5 });
  await Post.all()
    .allRows()
    .update((p) => ({ price: p.price.mul(0.97) }));
  const worth = await Post.all().select((p) => ({ worth: p.price.mul(p.views), mean: p.price.div(p.views) }));
  check<Same<(typeof worth)[0]["worth"], string | null>>();
  const turned = await Post.all().select((p) => ({ worth: p.views.mul(p.price) }));
  check<Same<(typeof turned)[0]["worth"], string | null>>();

  await db.transaction(
    async () => {
      const stock = await Post.where({ id: 1 }).forUpdate().first();
      if (stock) {
        stock.views += 1;
        await stock.save();
      }
    },
    { isolation: "serializable" },
  );
  const other = Post.using(db);
  check<Same<typeof other, typeof Post>>();
}
