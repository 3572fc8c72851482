import { createTable, defineMigration } from "kakaorm/migrations";

export default defineMigration({
  parents: [],
  operations: [
    createTable("tour_author", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "name", type: "string", length: 100 },
        { name: "email", type: "string", length: 255 },
        { name: "bio", type: "text", nullable: true },
        { name: "password", type: "string", length: 255 },
      ],
      primaryKey: ["id"],
      uniques: [{ name: "tour_author_email_key", columns: ["email"] }],
    }),
    createTable("tour_post", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "created_at", type: "datetime" },
        { name: "updated_at", type: "datetime" },
        { name: "title", type: "string", length: 200 },
        { name: "status", type: "enum", values: ["draft", "live"] },
        { name: "views", type: "int" },
        { name: "price", type: "decimal", precision: 10, scale: 2, nullable: true },
        { name: "published", type: "bool" },
        { name: "meta", type: "json", nullable: true },
        { name: "author_id", type: "bigint", nullable: true },
      ],
      primaryKey: ["id"],
      checks: [
        {
          name: "tour_post_views_check",
          condition: {
            kind: "compare",
            op: ">=",
            left: { kind: "column", column: "views", codec: { type: "int" } },
            right: { kind: "value", value: 0, codec: { type: "int" } },
          },
        },
      ],
      foreignKeys: [
        {
          name: "tour_post_author_id_fkey",
          columns: ["author_id"],
          target: "tour_author",
          targetColumns: ["id"],
          onDelete: "set null",
        },
      ],
      indexes: [{ name: "tour_post_author_id_views_idx", columns: ["author_id", "views"] }],
    }),
    createTable("tour_tag", {
      columns: [{ name: "id", type: "bigint", identity: true }, { name: "label", type: "string", length: 255 }],
      primaryKey: ["id"],
      uniques: [{ name: "tour_tag_label_key", columns: ["label"] }],
    }),
    createTable("tour_post_tag", {
      columns: [{ name: "post_id", type: "bigint" }, { name: "tag_id", type: "bigint" }],
      primaryKey: ["post_id", "tag_id"],
      foreignKeys: [
        {
          name: "tour_post_tag_post_id_fkey",
          columns: ["post_id"],
          target: "tour_post",
          targetColumns: ["id"],
          onDelete: "cascade",
        },
        { name: "tour_post_tag_tag_id_fkey", columns: ["tag_id"], target: "tour_tag", targetColumns: ["id"] },
      ],
    }),
    createTable("tour_comment", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "text", type: "string", length: 255 },
        { name: "post_id", type: "bigint" },
        { name: "parent_id", type: "bigint", nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [
        {
          name: "tour_comment_post_id_fkey",
          columns: ["post_id"],
          target: "tour_post",
          targetColumns: ["id"],
          onDelete: "cascade",
        },
        {
          name: "tour_comment_parent_id_fkey",
          columns: ["parent_id"],
          target: "tour_comment",
          targetColumns: ["id"],
          onDelete: "cascade",
        },
      ],
    }),
    createTable("tour_country", {
      columns: [{ name: "code", type: "string", length: 2 }, { name: "name", type: "string", length: 255 }],
      primaryKey: ["code"],
    }),
  ],
});
