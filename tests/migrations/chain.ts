/** A chain of migrations with every kind of step, for runs that are broken off or compete. Each step leaves a row behind. */
import type { LoadedMigration } from "../../migrations/migration.ts";
import {
  addCheck,
  addColumn,
  addForeignKey,
  addIndex,
  addUnique,
  alterColumn,
  createTable,
  dropCheck,
  dropColumn,
  dropIndex,
  type Operation,
  renameColumn,
  run,
  runSql,
} from "../../migrations/operations.ts";
import { sql } from "../../src/index.ts";

const mark = (name: string): Operation => runSql(`insert into chain_log (step) values ('${name}')`, { down: [] });
const id = { name: "id", type: "bigint", identity: true } as const;

const chain: readonly (readonly Operation[])[] = [
  [
    createTable("chain_log", { columns: [id, { name: "step", type: "string", length: 40 }], primaryKey: ["id"] }),
    createTable("chain_parent", { columns: [id, { name: "name", type: "string", length: 40 }], primaryKey: ["id"] }),
    mark("first"),
  ],
  [
    createTable("chain_child", {
      columns: [id, { name: "parent_id", type: "bigint" }, { name: "note", type: "string", length: 40, nullable: true }],
      primaryKey: ["id"],
      foreignKeys: [
        { name: "chain_child_parent_fkey", columns: ["parent_id"], target: "chain_parent", targetColumns: ["id"], onDelete: "cascade" },
      ],
    }),
    run(async (db) => {
      for (let i = 1; i <= 20; i++) await db.execute`insert into chain_parent (id, name) values (${i}, ${`name ${i}`})`;
      for (let i = 1; i <= 60; i++) await db.execute`insert into chain_child (id, parent_id) values (${i}, ${(i % 20) + 1})`;
    }),
    mark("filled"),
  ],
  [
    addColumn("chain_parent", { name: "grade", type: "int" }, { fill: 7 }),
    addIndex("chain_parent", { name: "chain_parent_grade_idx", columns: ["grade"] }),
    mark("grade"),
    addColumn("chain_parent", { name: "title", type: "string", length: 60 }, { fill: { sql: "lower(name)" } }),
  ],
  [
    renameColumn("chain_child", "note", "remark"),
    mark("renamed"),
    alterColumn("chain_child", "remark", { type: { type: "string", length: 80 }, nullable: false, default: "none" }, { fill: "empty" }),
    addCheck("chain_child", {
      name: "chain_child_remark_check",
      condition: {
        kind: "compare",
        op: "<>",
        left: { kind: "column", column: "remark", codec: { type: "string", length: 80 } },
        right: { kind: "value", value: "zz", codec: { type: "string", length: 80 } },
      },
    }),
  ],
  [
    run(async (db, { batches }) => {
      const next = sql.unsafe("select id from (select id from chain_parent where grade = 7 order by id limit 5) x");
      await batches(() => db.execute`update chain_parent set grade = 8 where id in (${next})`);
    }),
    mark("ranked"),
    dropIndex("chain_parent", "chain_parent_grade_idx"),
    addUnique("chain_parent", { name: "chain_parent_name_key", columns: ["name"] }),
    dropCheck("chain_child", "chain_child_remark_check"),
    dropColumn("chain_parent", "title"),
  ],
  [
    createTable("chain_leaf", { columns: [id, { name: "child_id", type: "bigint" }], primaryKey: ["id"] }),
    addForeignKey("chain_leaf", { name: "chain_leaf_child_fkey", columns: ["child_id"], target: "chain_child", targetColumns: ["id"] }),
    mark("last"),
  ],
];

/** What is in `chain_log` in the end, whatever happened on the way. */
export const marks = ["first", "filled", "grade", "renamed", "ranked", "last"];

export const chainFiles: readonly LoadedMigration[] = chain.map((operations, i) => ({
  name: `${i}_chain`,
  path: "",
  checksum: String(i).padEnd(64, "0"),
  parents: i === 0 ? [] : [`${i - 1}_chain`],
  operations,
  replaces: [],
  transaction: true,
}));
