import { createTable, defineMigration } from "kakaorm/migrations";

export default defineMigration({
  parents: [],
  operations: [
    createTable("sd_team", {
      columns: [{ name: "id", type: "bigint", identity: true }, { name: "name", type: "string", length: 255 }],
      primaryKey: ["id"],
    }),
    createTable("sd_person", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "email", type: "string", length: 255 },
        { name: "age", type: "int" },
        { name: "team_id", type: "bigint", nullable: true },
        { name: "boss_id", type: "bigint", nullable: true },
        { name: "deleted_at", type: "datetime", nullable: true },
      ],
      primaryKey: ["id"],
      uniques: [
        {
          name: "sd_person_email_key",
          columns: ["email"],
          among: {
            kind: "isNull",
            item: { kind: "column", column: "deleted_at", codec: { type: "datetime" } },
            negated: false,
          },
        },
      ],
      foreignKeys: [
        { name: "sd_person_team_id_fkey", columns: ["team_id"], target: "sd_team", targetColumns: ["id"] },
        { name: "sd_person_boss_id_fkey", columns: ["boss_id"], target: "sd_person", targetColumns: ["id"] },
      ],
    }),
    createTable("sd_note", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "text", type: "string", length: 255 },
        { name: "person_id", type: "bigint" },
        { name: "deleted_at", type: "datetime", nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [{ name: "sd_note_person_id_fkey", columns: ["person_id"], target: "sd_person", targetColumns: ["id"] }],
    }),
    createTable("sd_reply", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "text", type: "string", length: 255 },
        { name: "note_id", type: "bigint" },
        { name: "deleted_at", type: "datetime", nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [{ name: "sd_reply_note_id_fkey", columns: ["note_id"], target: "sd_note", targetColumns: ["id"] }],
    }),
    createTable("sd_badge", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "label", type: "string", length: 255 },
        { name: "deleted_at", type: "datetime", nullable: true },
      ],
      primaryKey: ["id"],
    }),
    createTable("sd_person_badge", {
      columns: [
        { name: "person_id", type: "bigint" },
        { name: "badge_id", type: "bigint" },
        { name: "deleted_at", type: "datetime", nullable: true },
      ],
      primaryKey: ["person_id", "badge_id"],
      foreignKeys: [
        { name: "sd_person_badge_person_id_fkey", columns: ["person_id"], target: "sd_person", targetColumns: ["id"] },
        { name: "sd_person_badge_badge_id_fkey", columns: ["badge_id"], target: "sd_badge", targetColumns: ["id"] },
      ],
    }),
  ],
});
