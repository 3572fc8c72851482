import { createTable, defineMigration } from "kakaorm/migrations";

export default defineMigration({
  parents: [],
  operations: [
    createTable("blog_author", {
      columns: [{ name: "id", type: "bigint", identity: true }, { name: "name", type: "string", length: 100 }],
      primaryKey: ["id"],
    }),
    createTable("blog_post", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "title", type: "string", length: 200 },
        { name: "views", type: "int" },
        { name: "author_id", type: "bigint" },
      ],
      primaryKey: ["id"],
      foreignKeys: [{ name: "blog_post_author_id_fkey", columns: ["author_id"], target: "blog_author", targetColumns: ["id"] }],
    }),
    createTable("blog_comment", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "body", type: "text" },
        { name: "post_id", type: "bigint" },
        { name: "parent_id", type: "bigint", nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [
        { name: "blog_comment_post_id_fkey", columns: ["post_id"], target: "blog_post", targetColumns: ["id"] },
        { name: "blog_comment_parent_id_fkey", columns: ["parent_id"], target: "blog_comment", targetColumns: ["id"] },
      ],
    }),
    createTable("blog_tag", {
      columns: [{ name: "id", type: "bigint", identity: true }, { name: "label", type: "string", length: 50 }],
      primaryKey: ["id"],
      uniques: [{ name: "blog_tag_label_key", columns: ["label"] }],
    }),
    createTable("blog_post_tag", {
      columns: [{ name: "post_id", type: "bigint" }, { name: "tag_id", type: "bigint" }],
      primaryKey: ["post_id", "tag_id"],
      foreignKeys: [
        { name: "blog_post_tag_post_id_fkey", columns: ["post_id"], target: "blog_post", targetColumns: ["id"] },
        { name: "blog_post_tag_tag_id_fkey", columns: ["tag_id"], target: "blog_tag", targetColumns: ["id"] },
      ],
    }),
  ],
});
