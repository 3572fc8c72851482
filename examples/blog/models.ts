/** A blog: authors, posts, comments as a tree, tags. */
import { foreignKey, int, Model, str, text } from "kakaorm";

export class Author extends Model("blog_author", { name: str({ length: 100 }) }) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
}

export class Post extends Model("blog_post", { title: str({ length: 200 }), views: int().default(0), authorId: foreignKey(() => Author) }) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
  get comments() {
    return this.hasMany(Comment, (comment) => comment.postId);
  }
  get tags() {
    return this.manyToMany(Tag, PostTag, (link) => [link.postId, link.tagId], { orderBy: (tag) => tag.label.asc() });
  }
}

export class Comment extends Model("blog_comment", {
  body: text(),
  postId: foreignKey(() => Post),
  parentId: foreignKey("blog_comment").nullable(),
}) {
  get post() {
    return this.belongsTo(Post, (comment) => comment.postId);
  }
  get replies() {
    return this.hasMany(Comment, (comment) => comment.parentId);
  }
}

export class Tag extends Model("blog_tag", { label: str({ length: 50 }).unique() }) {}

export class PostTag extends Model("blog_post_tag", {
  postId: foreignKey(() => Post).primaryKey(),
  tagId: foreignKey(() => Tag).primaryKey(),
}) {}
