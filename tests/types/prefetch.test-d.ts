/** prefetch and joined: names are checked at any depth, lambdas see the related rows, plain rows have no relations. */
import { check, type Same } from "./assert.ts";
import { Author, Comment, Post } from "./models.ts";

export async function prefetching(): Promise<void> {
  const [post] = await Post.all().prefetch("author.profile", {
    comments: (q) =>
      q
        .where((c) => c.text.contains("x"))
        .where({ postId: 1 })
        .orderBy((c) => c.id.desc())
        .limit(3)
        .offset(1)
        .prefetch("post", { replies: (r) => r.limit(1) }),
    tags: true,
  });
  check<Same<NonNullable<typeof post>, Post>>();
  check<Same<NonNullable<typeof post>["comments"]["loaded"], Comment[]>>();
  check<Same<NonNullable<typeof post>["author"]["loaded"], Author | null>>();

  // any depth, any mixture
  Author.all().prefetch({ posts: { comments: { post: { author: { posts: { comments: { post: { tags: true } } } } } } } });
  Author.all().prefetch({ posts: "comments.replies", profile: "author" }, "livePosts.tags");
  Author.all().prefetch({ posts: { comments: (q) => q.limit(1), author: true, tags: (tag) => tag.where((x) => x.label.eq("x")) } });
  Author.all().prefetch({ posts: (q) => q.annotate((p) => ({ twice: p.views.mul(2) })) });
  Author.all().prefetch({ posts: (q) => q.join(Comment, (p, c) => c.postId.eq(p.id)).where((p, c) => c.id.gt(p.id)) });
  Author.all().prefetch({ profile: (q) => q.where({ bio: "x" }) });

  // @ts-expect-error unknown relation
  Author.all().prefetch({ nope: true });
  // @ts-expect-error unknown relation below
  Author.all().prefetch({ posts: { nope: true } });
  // @ts-expect-error unknown relation far below
  Author.all().prefetch({ posts: { comments: { post: { author: { nope: true } } } } });
  // @ts-expect-error unknown path below
  Author.all().prefetch({ posts: "comments.nope" });
  // @ts-expect-error a getter that is no relation
  Author.all().prefetch({ firstName: true });
  // @ts-expect-error a column is no relation
  Author.all().prefetch({ name: true });
  // @ts-expect-error false says nothing: leave it out
  Author.all().prefetch({ posts: false });
  // @ts-expect-error the lambda sees the columns of the target
  Author.all().prefetch({ posts: (q) => q.where((p) => p.nope.eq(1)) });
  // @ts-expect-error the lambda gives rows of the target
  Author.all().prefetch({ posts: () => Comment.all() });
  // @ts-expect-error instances, not plain rows
  Author.all().prefetch({ posts: (q) => q.select("id") });
  // @ts-expect-error not awaited
  Author.all().prefetch({ posts: (q) => q.first() });
  // @ts-expect-error plain rows have no relations
  Author.all().select("id").prefetch("posts");
  // @ts-expect-error plain rows have no relations
  Author.all().select("id").prefetch({ posts: true });
  const plain = Author.all().select((a) => ({ id: a.id, posts: a.posts.count() }));
  // @ts-expect-error a selected value is no relation
  plain.prefetch({ posts: true });
}

export async function joining(): Promise<void> {
  const [comment] = await Comment.all().joined("post.author.profile", "parent");
  check<Same<NonNullable<typeof comment>, Comment>>();
  check<Same<NonNullable<typeof comment>["post"]["loaded"], Post>>();
  check<Same<NonNullable<typeof comment>["parent"]["loaded"], Comment | null>>();
  // Lambdas see no more sources than before.
  Comment.all()
    .joined("post")
    .join(Author, (c, a) => c.id.eq(a.id))
    .where((c, a) => c.id.eq(a.id));
  // @ts-expect-error many rows
  Post.all().joined("comments");
  // @ts-expect-error many rows at the end
  Comment.all().joined("post.tags");
  // @ts-expect-error unknown relation
  Comment.all().joined("post.nope");
  // @ts-expect-error paths only
  Comment.all().joined({ post: true });
  // @ts-expect-error plain rows have no relations
  Comment.all().select("id").joined("post");
}
