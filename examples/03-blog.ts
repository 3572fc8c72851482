/** Authors, posts, comments as a tree, tags: relations on rows and in queries, and how many statements each part took. */
import { connect, count } from "kakaorm";
import { Author, Comment, Post, PostTag, Tag } from "./blog/models.ts";

const tables = [Author, Post, Comment, Tag, PostTag] as const;

await using db = await connect(process.argv[2] ?? "sqlite::memory:");
await db.dropTableIfExists(...tables);
await db.createTable(...tables);

let statements = 0;
db.on("statement", (event) => {
  if (event.operation !== "transaction") statements++;
});
async function part<T>(name: string, work: () => PromiseLike<T>): Promise<T> {
  statements = 0;
  const result = await work();
  console.log(`${name}: ${statements} statement${statements === 1 ? "" : "s"}`);
  return result;
}

const [ada] = await part("two authors", () => Author.bulkCreate([{ name: "Ada" }, { name: "Grace" }]));
if (ada === undefined) throw new Error("no author");
const notes = await part("a post of hers", () => ada.posts.create({ title: "Notes", views: 120 }));
await part("a comment and a reply", async () => {
  const first = await notes.comments.create({ body: "Great!" });
  await first.replies.create({ body: "Indeed", postId: notes.id });
});
await part("two tags", async () => {
  for (const label of ["math", "engines"]) await notes.tags.create({ label });
});

const found = await part("posts by their author's name, with a comment that says great", () =>
  Post.where((p) => p.author.name.eq("Ada").and(p.comments.some((c) => c.body.contains("great", { ignoreCase: true })))),
);
console.log(
  "  ",
  found.map((post) => post.title),
);

const busy = await part("authors with the number of their posts", () =>
  Author.all()
    .orderBy((a) => a.name)
    .select((a) => ({ name: a.name, posts: a.posts.count(), views: a.posts.sum((p) => p.views) })),
);
console.log("  ", busy);

const joined = await part("a join: tags by how many posts have them", () =>
  Tag.all()
    .join(PostTag, (tag, link) => link.tagId.eq(tag.id))
    .groupBy((tag) => tag.label)
    .orderBy((tag) => tag.label)
    .select((tag) => ({ label: tag.label, posts: count() })),
);
console.log("  ", joined);

await part("1,000 authors with a post and a comment each", async () => {
  const authors = await Author.bulkCreate(Array.from({ length: 1000 }, (_, i) => ({ name: `Author ${i}` })));
  const posts = await Post.bulkCreate(authors.map((author) => ({ title: `Post of ${author.name}`, authorId: author.id })));
  await Comment.bulkCreate(posts.map((post) => ({ body: `On ${post.title}`, postId: post.id })));
});
const all = await part("all of them with posts, comments and replies", () => Author.all().prefetch("posts.comments.replies", "posts.tags"));
const comments = all.flatMap((author) => author.posts.loaded).flatMap((post) => post.comments.loaded);
console.log("  ", all.length, "authors,", comments.length, "comments");

await part("more posts of hers, and five comments on each", async () => {
  const posts = await Post.bulkCreate(["Sketch", "Letter"].map((title, i) => ({ title, views: 10 * i, authorId: ada.id })));
  await Comment.bulkCreate(posts.flatMap((post) => [1, 2, 3, 4, 5].map((n) => ({ body: `${n} on ${post.title}`, postId: post.id }))));
});
const newest = await part("of each author the two most read posts, of each post the last two comments", () =>
  Author.where((a) => a.name.in(["Ada", "Grace"])).prefetch({
    posts: (posts) =>
      posts
        .orderBy((p) => p.views.desc())
        .limit(2)
        .prefetch({ comments: (comments) => comments.orderBy((c) => c.id.desc()).limit(2), tags: true }),
  }),
);
for (const author of newest)
  for (const post of author.posts.loaded)
    console.log(
      "  ",
      post.title,
      post.tags.loaded.map((tag) => tag.label),
      post.comments.loaded.map((comment) => comment.body),
    );

const latest = await part("the last comments with post and author, joined", () =>
  Comment.all()
    .orderBy((c) => c.id.desc())
    .limit(2)
    .joined("post.author"),
);
for (const comment of latest) console.log("  ", comment.body, "to", comment.post.loaded.author.loaded.name);

await db.dropTable(...tables);
