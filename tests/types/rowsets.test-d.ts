/** Queries that read from others, and writes of them: what is inferred, and what does not compile. */
import { allOf, anyOf, count, cte, exists, from, int, prepare, recursiveCte, rowNumber, scalar, str, sum } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

export async function rowsets(): Promise<void> {
  const rich = cte(
    "rich",
    Post.where((p) => p.views.gte(1)).select((p) => ({ authorId: p.authorId, price: p.price, at: { title: p.title } })),
  );
  const rows = await from(rich);
  check<Same<typeof rows, { authorId: number | null; price: string | null; at: { title: string } }[]>>();
  const joined = await Author.all()
    .leftJoin(rich, (a, r) => r.authorId.eq(a.id))
    .select((a, r) => ({ name: a.name, title: r.at.title, r }));
  check<
    Same<
      typeof joined,
      { name: string; title: string | null; r: { authorId: number | null; price: string | null; at: { title: string | null } } }[]
    >
  >();
  // A source on the left of a join stays an instance.
  const authors = await Author.all().join(rich, (a, r) => r.authorId.eq(a.id));
  check<Same<typeof authors, Author[]>>();
  // @ts-expect-error the cte has no such column
  from(rich).where((r) => r.views.gt(1));
  // @ts-expect-error a decimal has no like
  from(rich).where((r) => r.price.like("1"));
  await from(rich).where({ authorId: 1 });
  // @ts-expect-error another type
  from(rich).where({ authorId: "1" });
  // @ts-expect-error rows of a query have no relations
  from(rich).prefetch("author");

  const models = cte("live", Post.where({ status: "live" }));
  const titles = await from(models).pluck((p) => p.title);
  check<Same<typeof titles, string[]>>();

  const ranked = Post.all()
    .select((p) => ({ id: p.id, place: rowNumber().over({ partitionBy: p.authorId, orderBy: p.views.desc() }) }))
    .as("ranked");
  const top = await from(ranked)
    .where((r) => r.place.lte(3))
    .groupBy((r) => r.place)
    .select((r) => ({ place: r.place, n: count(), total: sum(r.id) }));
  check<Same<typeof top, { place: number; n: number; total: number | null }[]>>();

  const line = recursiveCte(
    "line",
    Author.where({ id: 1 }).select((a) => ({ id: a.id, name: a.name })),
    (self) =>
      Author.all()
        .join(self, (a, before) => a.id.eq(before.id))
        .select((a) => ({ id: a.id, name: a.name })),
  );
  check<Same<Awaited<ReturnType<typeof namesOf>>, string[]>>();
  function namesOf() {
    return from(line).pluck((l) => l.name);
  }
  recursiveCte("wrong", Author.all().select("id"), () =>
    // @ts-expect-error the step has other columns than the seed
    Author.all().select("name"),
  );
}

export async function setOperations(): Promise<void> {
  const posts = await Post.where({ status: "live" })
    .union(Post.where({ published: true }))
    .orderBy((p) => p.views.desc())
    .prefetch("author");
  check<Same<typeof posts, Post[]>>();
  const names = await Author.all()
    .select((a) => ({ name: a.name }))
    .unionAll(Post.all().select((p) => ({ name: p.title })))
    .where((r) => r.name.startsWith("A"))
    .orderBy((r) => r.name);
  check<Same<typeof names, { name: string }[]>>();
  // @ts-expect-error rows of another shape
  Author.all().select("name").union(Post.all().select("title"));
  // @ts-expect-error rows of another model
  Author.all().union(Post.all());
  const two = Author.all().select("name").union(Author.all().select("name"));
  // @ts-expect-error the table's other columns are gone
  two.orderBy((r) => r.email);
}

export async function subqueries(): Promise<void> {
  const best = await Author.all().select((a) => ({
    name: a.name,
    views: scalar(Post.where((p) => p.authorId.eq(a.id)).select("views")),
    price: scalar(Post.where((p) => p.authorId.eq(a.id)).select((p) => ({ total: sum(p.price) }))),
  }));
  check<Same<typeof best, { name: string; views: number | null; price: string | null }[]>>();
  await Post.where((p) => p.views.gt(anyOf(Post.all().select("views"))).and(p.title.eq(allOf(Author.all().select("name")))));
  await Author.where((a) => exists(Post.where((p) => p.authorId.eq(a.id))));
  // @ts-expect-error texts are not numbers
  Post.where((p) => p.views.gt(anyOf(Author.all().select("name"))));
  // @ts-expect-error between takes two values
  Post.where((p) => p.views.between(anyOf(Post.all().select("views")), 5));
  // @ts-expect-error authors are not numbers
  Post.where((p) => p.authorId.in(Author.all()));
  // @ts-expect-error two columns
  Post.where((p) => p.authorId.in(Author.all().select("id", "name")));
  // @ts-expect-error two columns of one type
  Post.where((p) => p.authorId.in(Post.all().select("id", "views")));
  // @ts-expect-error two columns of one type
  Post.where((p) => p.authorId.notIn(Post.all().select((q) => ({ id: q.id, views: q.views }))));
}

export async function prepared(): Promise<void> {
  const popular = prepare({ author: int(), title: str().nullable() }, ($) =>
    Post.where((p) => p.authorId.eq($.author)).select((p) => ({ id: p.id, title: $.title })),
  );
  const rows = await popular.all({ author: 1, title: null });
  check<Same<typeof rows, { id: number; title: string | null }[]>>();
  const first = await popular.first({ author: 1, title: "x" });
  check<Same<typeof first, { id: number; title: string | null } | null>>();
  // @ts-expect-error a parameter is missing
  popular.all({ author: 1 });
  // @ts-expect-error another type
  popular.all({ author: "1", title: null });
  // @ts-expect-error the author is not nullable
  popular.all({ author: null, title: null });
  // @ts-expect-error a text is no author
  prepare({ author: str() }, ($) => Post.where((p) => p.authorId.eq($.author)));
}

export async function writes(): Promise<void> {
  const changed = await Post.where({ id: 1 }).returning().update({ views: 1 });
  check<Same<typeof changed, Post[]>>();
  const some = await Post.where({ id: 1 }).returning("id", "title").delete();
  check<Same<typeof some, { id: number; title: string }[]>>();
  const picked = await Post.where({ id: 1 })
    .returning((p) => ({ twice: p.views.mul(2) }))
    .update((p) => ({ views: p.views.add(1) }));
  check<Same<typeof picked, { twice: number }[]>>();
  // @ts-expect-error keys are not updated
  Post.where({ id: 1 }).returning().update({ id: 2 });
  // @ts-expect-error no such column
  Post.where({ id: 1 }).returning("nope");
  const joined = await Post.all()
    .join(Author, (p, a) => p.authorId.eq(a.id))
    .where((_p, a) => a.bio.isNull())
    .update((p, a) => ({ title: a.name, views: p.views.add(1) }));
  check<Same<typeof joined, number>>();
  await Author.all()
    .select((a) => ({ title: a.name, authorId: a.id }))
    .insertInto(Post);
  const untitled = Author.all().select((a) => ({ authorId: a.id }));
  // @ts-expect-error the title is required
  untitled.insertInto(Post);
  const numbered = Author.all().select((a) => ({ title: a.id }));
  // @ts-expect-error the title is a text
  numbered.insertInto(Post);
  await Author.upsert([{ name: "a", email: "e", password: "x" }], { on: ["email"], where: (old, now) => old.name.ne(now.name) });
}

export async function annotations(): Promise<void> {
  const rows = await Author.all().annotate((a) => ({ posts_: a.posts.count(), best: a.posts.max((p) => p.views) }));
  check<Same<(typeof rows)[0]["posts_"], number>>();
  check<Same<(typeof rows)[0]["best"], number | null>>();
  check<Same<(typeof rows)[0]["name"], string>>();
  // @ts-expect-error a row has that column already
  Author.all().annotate((a) => ({ name: a.bio }));
  // @ts-expect-error a row has that member already
  Author.all().annotate((a) => ({ save: a.bio }));
  // @ts-expect-error hidden columns are asked for by name
  Author.all().alsoSelect((a) => ({ x: a.bio }));
  const plain = await Author.all().select("id");
  // @ts-expect-error plain rows are not saved
  plain[0]?.save();
  // @ts-expect-error plain rows have no relations to load
  Author.all().select("id").prefetch("posts");
}
