/** A tour of the public surface, from tables to transactions: `npm run example -- 00-tour [url]`. */
import { fileURLToPath } from "node:url";
import {
  avg,
  connect,
  count,
  cte,
  type Engine,
  exists,
  from,
  lag,
  max,
  prepare,
  recursiveCte,
  rowNumber,
  rows,
  sql,
  str,
  sum,
  UniqueViolation,
  upper,
  when,
} from "kakaorm";
import { Author, Comment, Country, Post, PostTag, Tag } from "./tour/models.ts";

type Print = (title: string, value: unknown) => void;

/** Makes its tables on the default engine, shows each step with `print`, and drops them. */
export async function tour(db: Engine, print: Print): Promise<void> {
  await db.createTable(Author, Post, Tag, PostTag, Comment, Country);
  try {
    await writing(print);
    await reading(print);
    await counting(print);
    await nesting(print);
    await joining(print);
    await ranking(print);
    await relating(print);
    await composing(print);
    await changingMany(db, print);
  } finally {
    await db.dropTable(Author, Post, Tag, PostTag, Comment, Country);
  }
}

async function writing(print: Print): Promise<void> {
  const ada = await Author.create({ name: "Ada Lovelace", email: "ada@example.com", password: "x" });
  ada.bio = "mathematician";
  print("changes", ada.changes);
  await ada.save();
  const draft = new Author({ name: "Grace Hopper", password: "y" });
  draft.email = "grace@example.com";
  await draft.save();
  print("first names", [ada.firstName, draft.firstName]);

  await Post.create({ title: "Notes", authorId: ada.id, price: "9.50", meta: { address: { city: "London" }, tags: ["math"] } });
  await Post.bulkCreate([
    { title: "A sketch", status: "live", views: 120, price: "20.05", authorId: ada.id },
    { title: "Compilers", status: "live", views: 90, published: true, authorId: draft.id },
    { title: "Orphan" },
  ]);
  await Country.create({ code: "JP", name: "Japan" });
  const [notes] = await Post.where({ title: "Notes" });
  const math = await Tag.create({ label: "math" });
  if (notes) await PostTag.create({ postId: notes.id, tagId: math.id });

  const twice = await Tag.create({ label: "math" }).catch((error: unknown) => error);
  print("a label that is taken", twice instanceof UniqueViolation ? twice.code : twice);
}

async function reading(print: Print): Promise<void> {
  print("find", [(await Post.find(1))?.title, await Post.find(999)]);
  print("text key", (await Country.find("JP"))?.name);
  print("two keys", String(await PostTag.find({ postId: 1, tagId: 1 })));
  const live = await Post.where((p) => p.status.eq("live").and(p.views.gte(100).or(p.title.startsWith("C"))))
    .orderBy((p) => p.views.desc())
    .limit(10);
  print("live", live.map(String));
  print("by object", await Post.where({ published: true }).count());
  print("by a kept clause", await Post.where(Post.c.views.gt(10)).count());
  print("by the class's own method", (await Author.named("Ada Lovelace").first())?.toJSON());
  print("hidden, but asked for", (await Author.named("Ada Lovelace").alsoSelect("password").first())?.password);
  for await (const post of Post.where((p) => p.authorId.isNotNull())) print("streamed", post.title);
  print("page", (await Post.all().paginate({ page: 2, perPage: 3 })).items.map(String));
}

async function counting(print: Print): Promise<void> {
  print("select columns", await Post.all().select("id", "title"));
  print(
    "select expressions",
    await Post.where({ status: "live" }).select((p) => ({ title: p.title, of: { author: p.authorId, twice: p.views.mul(2) } })),
  );
  print("select written by hand", await Post.where((p) => sql<boolean>`length(${p.title}) > ${8}`).pluck((p) => p.title));
  print("aggregates", await Post.all().aggregate((p) => ({ total: sum(p.views), mean: avg(p.views), top: max(p.views), n: count() })));
  print("exact money", await Post.all().sum((p) => p.price));
  print("inside JSON", await Post.where((p) => p.meta.isNotNull()).pluck((p) => p.meta.path("address").path("city").asText()));
  print(
    "distinct",
    await Post.all()
      .distinct()
      .orderBy((p) => p.status)
      .pluck((p) => p.status),
  );
}

async function nesting(print: Print): Promise<void> {
  const widelyRead = await Author.where((a) => exists(Post.where((p) => p.authorId.eq(a.id).and(p.views.gt(100)))));
  print("authors with a post of over 100 views", widelyRead.map(String));
  const withBio = Author.where((a) => a.bio.isNotNull()).select("id");
  print("posts of authors with a bio", (await Post.where((p) => p.authorId.in(withBio))).map(String));
  print("posts of nobody", await Post.where({ authorId: null }).count());
}

async function joining(print: Print): Promise<void> {
  const joined = await Post.all()
    .leftJoin(Author, (p, a) => p.authorId.eq(a.id))
    .where((p, a) => a.name.ne("x").or(p.authorId.isNull()))
    .select((p, a) => ({ title: p.title, author: { id: a.id, name: a.name } }));
  print("joined", joined);
  const whole = await Post.where({ title: "Notes" })
    .join(Author, (p, a) => p.authorId.eq(a.id))
    .select((p, a) => ({ post: p, author: a }));
  print(
    "whole rows",
    whole.map(({ post, author }) => `${String(post)} ${author.firstName}`),
  );
  const fewer = await Post.all()
    .join(Post, (p, other) => p.views.lt(other.views))
    .orderBy((p, other) => [p.title, other.title])
    .select((p, other) => ({ fewer: p.title, more: other.title }));
  print("pairs", fewer.slice(0, 2));
  const busy = await Post.all()
    .groupBy((p) => p.authorId)
    .having((p) => count(p.id).gte(2))
    .select((p) => ({ authorId: p.authorId, posts: count(p.id) }));
  print("busy", busy);
}

async function ranking(print: Print): Promise<void> {
  const ranked = await Post.all().select((p) => ({
    title: p.title,
    place: rowNumber().over({ partitionBy: p.authorId, orderBy: [p.views.desc(), p.id.asc()] }),
    before: lag(p.views, 1, 0).over({ orderBy: p.id.asc() }),
    moving: avg(p.views).over({ orderBy: p.id.asc(), frame: rows(-1, 0) }),
    size: when(p.views.gte(100), "hit").when(p.views.gte(10), "fine").otherwise("quiet"),
    shout: upper(p.title),
  }));
  print("ranked", ranked);
}

async function relating(print: Print): Promise<void> {
  const notes = await Post.get({ title: "Notes" });
  print("its author", String(await notes.author));
  const first = await notes.comments.create({ text: "great" });
  const reply = await notes.comments.create({ text: "indeed", parentId: first.id });
  await notes.comments.create({ text: "it is", parentId: reply.id });
  await notes.tags.add(await Tag.create({ label: "machines" }));
  const some = await Post.where((p) => p.author.name.like("A%").and(p.comments.some((c) => c.text.contains("great")))).prefetch(
    "author",
    "tags",
  );
  print(
    "loaded with it",
    some.map((post) => [post.author.loaded?.firstName, post.tags.loaded.map((tag) => tag.label).sort()]),
  );
  const counted = await Author.all()
    .orderBy((a) => a.id)
    .annotate((a) => ({ written: a.posts.count(), views: a.posts.sum((p) => p.views) }));
  print(
    "counted",
    counted.map((author) => [author.firstName, author.written, author.views]),
  );
}

async function composing(print: Print): Promise<void> {
  const rich = cte(
    "rich",
    Post.where((p) => p.views.gte(100)).select((p) => ({ authorId: p.authorId, views: p.views })),
  );
  const viaCte = Author.all()
    .join(rich, (a, r) => r.authorId.eq(a.id))
    .select((a, r) => ({ name: a.name, views: r.views }));
  print("through a CTE", await viaCte);
  const thread = recursiveCte(
    "thread",
    Comment.where((c) => c.parentId.isNull()).select((c) => ({ id: c.id, text: c.text })),
    (self) =>
      Comment.all()
        .join(self, (c, up) => c.parentId.eq(up.id))
        .select((c) => ({ id: c.id, text: c.text })),
  );
  print(
    "a thread",
    await from(thread)
      .orderBy((t) => t.id)
      .pluck((t) => t.text),
  );
  const ranked = Post.all().select((p) => ({
    title: p.title,
    place: rowNumber().over({ partitionBy: p.status, orderBy: [p.views.desc(), p.id.asc()] }),
  }));
  print(
    "first of each status",
    await from(ranked.as("ranked"))
      .where((r) => r.place.eq(1))
      .orderBy((r) => r.title),
  );
  const names = Author.all().select((a) => ({ name: a.name }));
  print(
    "one list of two",
    await names
      .union(Tag.all().select((t) => ({ name: t.label })))
      .orderBy((r) => r.name)
      .limit(3),
  );
  const titled = prepare({ title: str() }, ($) => Post.where((p) => p.title.eq($.title)).select("views"));
  print("prepared", [await titled.first({ title: "Compilers" }), await titled.first({ title: "None" })]);
  print("returned", await Comment.where({ text: "it is" }).returning("text").update({ text: "it was" }));
}

async function changingMany(db: Engine, print: Print): Promise<void> {
  await Author.upsert(
    [
      { name: "Ada King", email: "ada@example.com", password: "x" },
      { name: "Alan Turing", email: "alan@example.com", password: "z" },
    ],
    { on: ["email"], update: ["name"] },
  );
  print(
    "upserted",
    await Author.all()
      .orderBy((a) => a.id)
      .pluck((a) => a.name),
  );
  print("published", await Post.where((p) => p.published.not()).update((p) => ({ views: p.views.add(1), published: true })));
  await Post.all()
    .allRows()
    .update((p) => ({ price: p.price.mul("0.97") }));
  print("3 % off", await Post.all().pluck((p) => p.price));

  await db.transaction(async () => {
    const post = await Post.where({ title: "Notes" }).forUpdate().get();
    post.views += 1;
    await post.save();
  });
  const undone = db.transaction(async () => {
    await Post.all().allRows().delete();
    throw new Error("changed my mind");
  });
  print("rolled back", await undone.catch((error: Error) => error.message));
  print("still there", await Post.count());

  await (await Post.get({ title: "Orphan" })).delete();
  print("raw", await db.sql<{ title: string }>`select title from tour_post where views > ${50} order by title`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await using db = await connect(process.argv[2] ?? "sqlite::memory:");
  await tour(db, (title, value) => console.log(`${title}:`, value));
}
