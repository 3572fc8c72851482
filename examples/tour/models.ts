/** The models of the tour: authors, their posts with tags and comments, countries. */
import { bool, datetime, decimal, foreignKey, int, json, Model, oneOf, str, text } from "kakaorm";

export class Author extends Model("tour_author", {
  name: str({ length: 100 }),
  email: str().unique(),
  bio: text().nullable(),
  password: str().hidden(),
}) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
  get firstName() {
    return this.name.split(" ")[0] ?? "";
  }
  static named(name: string) {
    return this.where((author) => author.name.eq(name));
  }
}

const timestamps = { createdAt: datetime().autoNowAdd(), updatedAt: datetime().autoNow() };

export class Post extends Model(
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
) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
  get tags() {
    return this.manyToMany(Tag, PostTag, (link) => [link.postId, link.tagId]);
  }
  get comments() {
    return this.hasMany(Comment, (comment) => comment.postId);
  }
}

export class Tag extends Model("tour_tag", { label: str().unique() }) {}
export class PostTag extends Model("tour_post_tag", {
  postId: foreignKey(() => Post, { onDelete: "cascade" }).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
export class Comment extends Model("tour_comment", {
  text: str(),
  postId: foreignKey(() => Post, { onDelete: "cascade" }),
  parentId: foreignKey("tour_comment", { onDelete: "cascade" }).nullable(),
}) {}
export class Country extends Model("tour_country", { code: str({ length: 2 }).primaryKey(), name: str() }) {}
