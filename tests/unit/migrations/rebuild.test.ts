/** SQLite tables made anew: with cascades, self references, partial and expression indexes, triggers, views, numbers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoadedMigration } from "../../../migrations/migration.ts";
import { addCheck, addColumn, addUnique, alterColumn, createTable, dropColumn, type Operation } from "../../../migrations/operations.ts";
import { runMigrations } from "../../../migrations/runner.ts";
import { connect, type Engine, MigrationError } from "../../../src/index.ts";
import { randomFrom } from "../../migrations/random-schema.ts";

const id = { name: "id", type: "bigint", identity: true } as const;

function file(name: string, operations: readonly Operation[], parents: readonly string[]): LoadedMigration {
  return { name, path: "", checksum: name, parents, operations, replaces: [], transaction: true };
}

const first = file(
  "1_first",
  [
    createTable("node", {
      columns: [
        id,
        { name: "parent_id", type: "bigint", nullable: true },
        { name: "name", type: "string", length: 40 },
        { name: "gone", type: "datetime", nullable: true },
        { name: "extra", type: "int", nullable: true },
      ],
      primaryKey: ["id"],
      foreignKeys: [{ name: "node_parent_fkey", columns: ["parent_id"], target: "node", targetColumns: ["id"], onDelete: "cascade" }],
      indexes: [
        {
          name: "node_live_idx",
          columns: ["name"],
          where: { kind: "isNull", item: { kind: "column", column: "gone", codec: { type: "datetime" } }, negated: false },
        },
      ],
    }),
    createTable("leaf", {
      columns: [id, { name: "node_id", type: "bigint" }],
      primaryKey: ["id"],
      foreignKeys: [{ name: "leaf_node_fkey", columns: ["node_id"], target: "node", targetColumns: ["id"], onDelete: "cascade" }],
    }),
    createTable("log", { columns: [id, { name: "text", type: "text" }], primaryKey: ["id"] }),
  ],
  [],
);

/** Changes that cannot be made in place, each leaving the rows as they are. */
const changes: readonly Operation[] = [
  alterColumn("node", "name", { default: "x" }),
  alterColumn("node", "extra", { type: { type: "bigint" }, default: "5" }),
  addCheck("node", {
    name: "node_name_check",
    condition: {
      kind: "compare",
      op: "<>",
      left: { kind: "column", column: "name", codec: { type: "text" } },
      right: { kind: "value", value: "zz", codec: { type: "text" } },
    },
  }),
  addUnique("node", { name: "node_name_key", columns: ["name"] }),
  addColumn("node", { name: "rank", type: "int" }, { fill: 3 }),
  addColumn("node", { name: "flag", type: "bool" }, { fill: { sql: "id % 2 = 0" } }),
  dropColumn("node", "extra"),
];

describe("a table made anew in SQLite", () => {
  let db: Engine;
  beforeEach(async () => {
    db = await connect("sqlite::memory:", { name: "rebuild", default: false });
    await runMigrations(db, [first]);
    for (let i = 1; i <= 9; i++)
      await db.execute`insert into node (id, parent_id, name) values (${i}, ${i === 1 ? null : Math.ceil(i / 2)}, ${`n${i}`})`;
    for (let i = 1; i <= 9; i++) await db.execute`insert into leaf (node_id) values (${i})`;
    // The greatest number was given out and taken back: it must not be given out again.
    await db.execute`insert into node (id, name) values (50, 'gone')`;
    await db.execute`delete from node where id = 50`;
    await db.execute`create index node_lower on node (lower(name))`;
    await db.execute`create trigger node_log after insert on node begin insert into log (text) values (new.name); end`;
    await db.execute`create trigger leaf_log after insert on leaf begin update node set gone = null where id = new.node_id; end`;
    await db.execute`create view live_node as select id, name from node where gone is null`;
  });
  afterEach(() => db.disconnect());

  const objects = async () =>
    (
      await db.sql<{
        what: string;
      }>`select type || ' ' || name || ': ' || coalesce(sql, '') as what from sqlite_schema where type in ('trigger', 'view') or name in ('node_lower', 'node_live_idx') order by 1`
    ).map(({ what }) => what);
  const rows = () =>
    db.sql`select n.id, n.parent_id, n.name, count(l.id) as leaves from node n left join leaf l on l.node_id = n.id group by n.id order by n.id`;

  it("loses nothing, in 300 random orders of changes", async () => {
    const before = [await objects(), await rows()];
    const r = randomFrom(7);
    for (let round = 0; round < 300; round++) {
      const left = [...changes];
      const operations: Operation[] = [];
      for (let n = 1 + r.below(3); n > 0 && left.length > 0; n--) {
        const at = r.below(left.length);
        const [operation] = left.splice(at, 1);
        if (operation?.op === "dropColumn" && operations.some((one) => "column" in one && one.column === "extra")) continue;
        if (operation?.op === "alterColumn" && operation.column === "extra" && operations.some(({ op }) => op === "dropColumn")) continue;
        operations.push(operation as Operation);
      }
      const files = [first, file("2_second", operations, ["1_first"])];
      await runMigrations(db, files);
      expect([await objects(), await rows()]).toEqual(before);
      expect(await db.scalar`pragma foreign_keys`).toBe(1);
      expect(await db.sql`pragma foreign_key_check`).toEqual([]);
      await runMigrations(db, files, { direction: "down" });
      expect([await objects(), await rows()]).toEqual(before);
    }
    await db.execute`insert into node (name) values ('next')`;
    expect(await db.scalar`select max(id) from node`).toBe(51);
    // The keys still work.
    await db.execute`delete from node where id = 1`;
    expect(Number(await db.scalar`select count(*) from leaf`)).toBe(0);
  }, 120_000);

  it("is refused when something would be lost, and everything stays", async () => {
    const second = (operation: Operation) => runMigrations(db, [first, file("2_second", [operation], ["1_first"])]);
    const before = [await objects(), await rows()];
    await db.execute`create view uses_extra as select extra from node`;
    await expect(second(dropColumn("node", "extra"))).rejects.toThrow(/the view uses_extra does not fit the changed table node/);
    await db.execute`drop view uses_extra`;
    await db.execute`create index uses_extra on node (abs(extra))`;
    await expect(second(dropColumn("node", "extra"))).rejects.toThrow(/the index uses_extra of node does not fit/);
    await db.execute`drop index uses_extra`;
    await db.execute`alter table node add column twice integer generated always as (id * 2) virtual`;
    await expect(second(alterColumn("node", "name", { default: "y" }))).rejects.toThrow(/has a column twice that no migration declares/);
    await db.execute`alter table node drop column twice`;
    await db.execute`insert into node (name) values ('n1')`;
    await expect(second(addUnique("node", { name: "node_name_key", columns: ["name"] }))).rejects.toThrow(MigrationError);
    await db.execute`delete from node where id > 9`;
    await expect(db.transaction(() => runMigrations(db, [first]))).rejects.toThrow(/inside a transaction/);
    expect([await objects(), await rows()]).toEqual(before);
    expect(await db.scalar`pragma foreign_keys`).toBe(1);
    expect(await db.sql`select name from kakaorm_migrations`).toEqual([{ name: "1_first" }]);
  });
});
