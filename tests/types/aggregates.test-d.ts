/** What the types of aggregates promise. */
import { avg, count, jsonAgg, max, min, rowNumber, stddev, stringAgg, sum, when } from "kakaorm";
import { check, type Same } from "./assert.ts";
import { Author, Post } from "./models.ts";

export async function aggregates(): Promise<void> {
  const found = await Post.all()
    .groupBy((p) => p.authorId)
    .select((p) => ({
      authors: count(p.authorId).distinct(),
      live: count().filter(p.published),
      views: sum(p.views).filter(p.published).distinct(),
      price: sum(p.price).filter(p.views.gt(1)),
      mean: avg(p.views).distinct(),
      last: max(p.createdAt).filter(p.published),
      least: min(p.title),
      spread: stddev(p.views).filter(p.published),
      titles: stringAgg(p.title, ", ", { orderBy: p.views.desc() }),
      list: jsonAgg(p.price),
      words: jsonAgg(p.status).distinct(),
      rows: jsonAgg(
        { title: p.title, at: p.createdAt, more: { author: p.authorId, meta: p.meta } },
        { orderBy: [p.views, p.id.desc()] },
      ).filter(p.published),
    }));
  type Found = {
    authors: number;
    live: number;
    views: number | null;
    price: string | null;
    mean: number | null;
    last: Date | null;
    least: string | null;
    spread: number | null;
    titles: string | null;
    list: (string | null)[];
    words: ("draft" | "live")[];
    rows: { title: string; at: Date; more: { author: number | null; meta: { address: { city: string }; tags: string[] } | null } }[];
  };
  check<Same<typeof found, Found[]>>();
  const windows = await Post.all().select((p) => ({
    n: count().filter(p.published).over({ partitionBy: p.authorId }),
    titles: stringAgg(p.title, ",").over(),
    prices: jsonAgg(p.price).over(),
  }));
  check<Same<typeof windows, { n: number; titles: string | null; prices: (string | null)[] }[]>>();
  await Post.all()
    .groupBy((p) => p.authorId)
    .having((p) => count().filter(p.published).gt(1).and(stringAgg(p.title, ",").like("A%")))
    .orderBy((p) => sum(p.price).filter(p.published).desc())
    .select((p) => ({ id: p.authorId, ratio: sum(p.views).div(count()) }));
  const joined = await Author.all()
    .leftJoin(Post, (a, p) => p.authorId.eq(a.id))
    .groupBy((a) => a.id)
    .select((a, p) => ({ id: a.id, posts: jsonAgg({ title: p.title }).filter(p.id.isNotNull()) }));
  check<Same<typeof joined, { id: number; posts: { title: string | null }[] }[]>>();
  // @ts-expect-error a filter is a condition
  Post.all().aggregate((p) => ({ n: count().filter(p.views) }));
  // @ts-expect-error texts only
  Post.all().aggregate((p) => ({ n: stringAgg(p.views, ",") }));
  // @ts-expect-error a separator is needed
  Post.all().aggregate((p) => ({ n: stringAgg(p.title) }));
  // @ts-expect-error nothing reaches into a list
  Post.all().aggregate((p) => ({ n: jsonAgg(p.meta).path(0) }));
  // @ts-expect-error databases do not agree on that
  Post.all().aggregate((p) => ({ n: stddev(p.views).distinct() }));
  // @ts-expect-error an aggregate of numbers has no order inside
  Post.all().aggregate((p) => ({ n: sum(p.views).orderBy(p.id) }));
}

export async function misusedGroups(): Promise<void> {
  // @ts-expect-error windows are made after WHERE: in a derived table they can be asked for
  Post.where(() => rowNumber().over().lte(3));
  // @ts-expect-error the same on a query
  Post.all().where((p) => sum(p.views).over({ partitionBy: p.authorId }).gt(1));
  // @ts-expect-error conditions on aggregates go into having()
  Post.where((p) => sum(p.views).gt(1));
  // @ts-expect-error a join is made of rows
  Post.all().join(Author, (p, a) => count(a.id).eq(p.id));
  Post.all()
    .groupBy((p) => p.authorId)
    .having((p) => sum(p.views).gt(1))
    .select((p) => ({ author: p.authorId, big: when(rowNumber().over().lte(3), true).otherwise(false) }));
  const groups = Post.all().groupBy((p) => p.title);
  // @ts-expect-error a group is no post: what is selected of it must be said
  groups.first();
  // @ts-expect-error nor can groups be read
  (await groups).length;
  // @ts-expect-error nor changed
  groups.update({ views: 1 });
}
