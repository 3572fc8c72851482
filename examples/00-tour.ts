/** A tour of the public surface, from tables to transactions: `npm run example -- 00-tour [url]`. */
import { fileURLToPath } from "node:url";
import {
  avg,
  bool,
  connect,
  count,
  datetime,
  decimal,
  type Engine,
  exists,
  foreignKey,
  int,
  json,
  lag,
  Model,
  max,
  oneOf,
  rowNumber,
  rows,
  sql,
  str,
  sum,
  text,
  UniqueViolation,
  upper,
  when,
} from "kakaorm";

class Author extends Model("tour_author", {
  name: str({ length: 100 }),
  email: str().unique(),
  bio: text().nullable(),
  password: str().hidden(),
}) {
  get firstName() {
    return this.name.split(" ")[0] ?? "";
  }
  static named(name: string) {
    return this.where((author) => author.name.eq(name));
  }
}

const timestamps = { createdAt: datetime().autoNowAdd(), updatedAt: datetime().autoNow() };

class Post extends Model(
  "tour_post",
  {
    ...timestamps,
    title: str({ length: 200 }),
    status: oneOf("draft", "live").default("draft"),
    views: int()
      .default(0)
      .check((views) => views.gte(0)),
    price: decimal({ precision: 10, scale: 2 }).nullable(),
    published: bool().default(false),
    meta: json<{ address: { city: string }; tags: string[] }>().nullable(),
    authorId: foreignKey(() => Author, { onDelete: "set null" }).nullable(),
  },
  {
    indexes: (post) => [[post.authorId, post.views]],
    orderBy: (post) => [post.title.asc()],
  },
) {}

class Tag extends Model("tour_tag", { label: str().unique() }) {}
class PostTag extends Model("tour_post_tag", {
  postId: foreignKey(() => Post, { onDelete: "cascade" }).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
class Country extends Model("tour_country", { code: str({ length: 2 }).primaryKey(), name: str() }) {}

type Print = (title: string, value: unknown) => void;

/** Makes its tables on the default engine, shows each step with `print`, and drops them. */
export async function tour(db: Engine, print: Print): Promise<void> {
  await db.createTable(Author, Post, Tag, PostTag, Country);
  try {
    await writing(print);
    await reading(print);
    await counting(print);
    await nesting(print);
    await joining(print);
    await ranking(print);
    await changingMany(db, print);
  } finally {
    await db.dropTable(Author, Post, Tag, PostTag, Country);
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
