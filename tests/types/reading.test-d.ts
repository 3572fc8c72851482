/** Reading at scale: what loops and pages give. */
import type { Cursor, ExplainedQuery, KeysetPage, PlanNode } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

export async function batches(): Promise<void> {
  for await (const post of Post.all().iterate()) check<Same<typeof post, Post>>();
  for await (const post of Post.all().iterate({ batchSize: 10 })) check<Same<typeof post, Post>>();
  for await (const posts of Post.all().inBatches({ size: 10 })) check<Same<typeof posts, Post[]>>();
  for await (const row of Author.all().select("id", "name").iterate()) check<Same<typeof row, { id: number; name: string }>>();
  // @ts-expect-error the option is called batchSize
  Post.all().iterate({ size: 10 });
  // @ts-expect-error the option is called size
  Post.all().inBatches({ batchSize: 10 });
  // @ts-expect-error a number
  Post.all().iterate({ batchSize: "10" });
}

export async function keyset(fromOutside: string): Promise<void> {
  const page = await Post.all()
    .orderBy((p) => p.views.desc())
    .keyset({ limit: 20 });
  check<Same<typeof page, KeysetPage<Post>>>();
  check<Same<typeof page.next, Cursor | null>>();
  const rows = await Author.all().select("name").keyset({ limit: 20, after: page.next, before: null });
  check<Same<typeof rows.items, { name: string }[]>>();
  await Post.all().keyset({ limit: 20, after: fromOutside });
  // A cursor is text wherever text goes.
  page.next?.length;
  // @ts-expect-error text is no cursor by itself
  const cursor: Cursor = fromOutside;
  void cursor;
  // @ts-expect-error how many rows must be said
  await Post.all().keyset({ after: fromOutside });
  // @ts-expect-error not a position
  await Post.all().keyset({ limit: 20, after: 5 });
  // @ts-expect-error no such option
  await Post.all().keyset({ limit: 20, page: 2 });
}

export async function locks(): Promise<void> {
  const locked = await Post.where({ id: 1 }).forUpdate({ skipLocked: true }).first();
  check<Same<typeof locked, Post | null>>();
  const joined = Post.all().join(Author, (p, a) => p.authorId.eq(a.id));
  joined.forUpdate({ of: (p, a) => [p, a] }).forShare({ of: (p) => p, noWait: true });
  // @ts-expect-error a column is no source
  joined.forUpdate({ of: (p) => [p.id] });
  // @ts-expect-error no such option
  joined.forUpdate({ skiplocked: true });
  // @ts-expect-error true or false
  joined.forShare({ noWait: "yes" });
}

export async function limits(): Promise<void> {
  const rows = await Post.where({ id: 1 }).timeout(50).signal(new AbortController().signal).select("title");
  check<Same<typeof rows, { title: string }[]>>();
  const explained = await Post.all().explain({ analyze: true });
  check<Same<typeof explained, ExplainedQuery>>();
  check<Same<typeof explained.plan.children, readonly PlanNode[]>>();
  // @ts-expect-error milliseconds
  Post.all().timeout("50");
  // @ts-expect-error the controller's signal, not the controller
  Post.all().signal(new AbortController());
  // @ts-expect-error no such option
  Post.all().explain({ analyse: true });
}

export async function relatedRows(): Promise<void> {
  const rows = await Post.all().select((p) => ({ title: p.title, author: p.author, of: { bio: p.author.profile.bio } }));
  check<Same<(typeof rows)[number], { title: string; author: Author | null; of: { bio: string | null } }>>();
}
