import { createTable, defineMigration } from "kakaorm/migrations";

export default defineMigration({
  parents: [],
  operations: [
    createTable("va_home", {
      columns: [{ name: "id", type: "bigint", identity: true }, { name: "city", type: "string", length: 255 }],
      primaryKey: ["id"],
    }),
    createTable("va_animal", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "kind", type: "string", length: 255 },
        { name: "name", type: "string", length: 255 },
        { name: "home_id", type: "bigint", nullable: true },
        { name: "deleted_at", type: "datetime", nullable: true },
        { name: "breed", type: "string", length: 255, nullable: true },
        { name: "size", type: "int", nullable: true },
        { name: "lives", type: "int", nullable: true },
        { name: "color", type: "enum", values: ["black", "white"], nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [{ name: "va_animal_home_id_fkey", columns: ["home_id"], target: "va_home", targetColumns: ["id"] }],
    }),
    createTable("va_toy", {
      columns: [
        { name: "id", type: "bigint", identity: true },
        { name: "label", type: "string", length: 255 },
        { name: "dog_id", type: "bigint" },
      ],
      primaryKey: ["id"],
      foreignKeys: [
        {
          name: "va_toy_dog_id_fkey",
          columns: ["dog_id"],
          target: "va_animal",
          targetColumns: ["id"],
          onDelete: "cascade",
        },
      ],
    }),
  ],
});
