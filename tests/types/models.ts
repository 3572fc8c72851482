/** Models of the type tests. */
import { bool, datetime, decimal, foreignKey, int, json, Model, oneOf, str, text } from "kakaorm";

export class Author extends Model("author", {
  name: str({ length: 100 }),
  email: str().unique(),
  bio: text().nullable(),
  password: str().hidden(),
}) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
  get livePosts() {
    return this.hasMany(Post, (post) => post.authorId, { where: (post) => post.published, orderBy: (post) => post.views.desc() });
  }
  get profile() {
    return this.hasOne(Profile, (profile) => profile.authorId);
  }
  get firstName() {
    return this.name.split(" ")[0] ?? "";
  }
  static named(name: string) {
    return this.where((author) => author.name.eq(name));
  }
}

export class Profile extends Model("profile", { bio: text(), authorId: foreignKey(() => Author).unique() }) {
  get author() {
    return this.belongsTo(Author, (profile) => profile.authorId);
  }
}

const timestamps = { createdAt: datetime().autoNowAdd(), updatedAt: datetime().autoNow() };

export class Post extends Model(
  "post",
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
    role: str().default("none").serverOnly(),
    authorId: foreignKey(() => Author, { onDelete: "set null" }).nullable(),
  },
  {
    indexes: (post) => [[post.authorId, post.views]],
    orderBy: (post) => [post.createdAt.desc()],
  },
) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
  get comments() {
    return this.hasMany(Comment, (comment) => comment.postId);
  }
  get tags() {
    return this.manyToMany(Tag, PostTag, (link) => [link.postId, link.tagId]);
  }
}

export class Tag extends Model("tag", { label: str().unique() }) {
  get posts() {
    return this.manyToMany(Post, PostTag, (link) => [link.tagId, link.postId]);
  }
}
export class PostTag extends Model("post_tag", {
  postId: foreignKey(() => Post).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
export class Comment extends Model("comment", {
  text: text(),
  postId: foreignKey(() => Post),
  parentId: foreignKey("comment").nullable(),
}) {
  get post() {
    return this.belongsTo(Post, (comment) => comment.postId);
  }
  get parent() {
    return this.belongsTo(Comment, (comment) => comment.parentId);
  }
  get replies() {
    return this.hasMany(Comment, (comment) => comment.parentId);
  }
}
export class Country extends Model("country", { code: str({ length: 2 }).primaryKey(), name: str() }) {}
