/** The rules of `lint` against real servers: which locks a step takes, and whether it writes the table anew. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyAll } from "../../../migrations/apply.ts";
import { type CompileTarget, compileOperations, compileTarget } from "../../../migrations/compile.ts";
import { behaviourOf } from "../../../migrations/lint.ts";
import {
  addCheck,
  addColumn,
  addForeignKey,
  addIndex,
  addUnique,
  alterColumn,
  comment,
  createTable,
  dropColumn,
  dropIndex,
  type Operation,
  renameColumn,
  setPrimaryKey,
} from "../../../migrations/operations.ts";
import { emptyState } from "../../../migrations/state.ts";
import { connect, type Engine, sql } from "../../../src/index.ts";
import { mariadb, mysqlNew } from "../../targets/mysql.ts";
import { postgres, postgresNew } from "../../targets/postgres.ts";

const id = { name: "id", type: "bigint" } as const;
const start: readonly Operation[] = [
  createTable("lint_target", { columns: [id], primaryKey: ["id"] }),
  createTable("lint_table", {
    columns: [
      id,
      { name: "other_id", type: "bigint", nullable: true },
      { name: "name", type: "string", length: 40 },
      { name: "size", type: "int" },
      { name: "note", type: "text", nullable: true },
    ],
    primaryKey: ["id"],
    indexes: [{ name: "lint_size_idx", columns: ["size"] }],
  }),
];
const before = applyAll(emptyState, start);
const check = {
  kind: "compare",
  op: ">",
  left: { kind: "column", column: "size", codec: { type: "int" } },
  right: { kind: "value", value: -1, codec: { type: "int" } },
};

const operations: Readonly<Record<string, Operation>> = {
  "an index": addIndex("lint_table", { name: "lint_name_idx", columns: ["name"] }),
  "a unique": addUnique("lint_table", { name: "lint_name_key", columns: ["name"] }),
  "a check": addCheck("lint_table", { name: "lint_size_check", condition: check }),
  "a foreign key": addForeignKey("lint_table", { name: "lint_fkey", columns: ["other_id"], target: "lint_target", targetColumns: ["id"] }),
  "a column": addColumn("lint_table", { name: "more", type: "int", nullable: true }),
  "a column with a default": addColumn("lint_table", { name: "more", type: "int", default: 5 }),
  "a column with a constant fill": addColumn("lint_table", { name: "more", type: "int" }, { fill: 5 }),
  "a longer text": alterColumn("lint_table", "name", { type: { type: "string", length: 50 } }),
  "another type": alterColumn("lint_table", "size", { type: { type: "bigint" } }),
  "no nulls": alterColumn("lint_table", "note", { nullable: false }, { fill: "x" }),
  "another default": alterColumn("lint_table", "size", { default: 7 }),
  "a dropped column": dropColumn("lint_table", "note"),
  "a dropped index": dropIndex("lint_table", "lint_size_idx"),
  "another name": renameColumn("lint_table", "note", "remark"),
  "a comment": comment("lint_table", "said"),
  "another key": setPrimaryKey("lint_table", ["id", "size"]),
};

for (const target of [postgres, postgresNew, mariadb, mysqlNew]) {
  const absence = await target.absence();
  // Servers that are not there are named by the matrix, which fails when they are required.
  describe.skipIf(absence !== null)(`lint and the locks of ${target.name}`, () => {
    let db: Engine;
    let compiled: CompileTarget;
    const statements = (list: readonly Operation[], from = before) =>
      compileOperations(list, from, compiled).map((step) => (step.kind === "ddl" ? step.step.sql : ""));
    beforeAll(async () => {
      db = await connect(await target.url(), { name: `lint ${target.name}`, default: false, pool: { max: 2 } });
      compiled = await compileTarget(db);
      for (const text of statements(start, emptyState)) await db.execute`${sql.unsafe(text)}`;
      await db.execute`insert into lint_target (id) values (1), (2)`;
      await db.execute`insert into lint_table (id, other_id, name, size) values (1, 1, 'a', 1), (2, 2, 'b', 2)`;
    });
    afterAll(async () => {
      await db.disconnect();
      await target.dispose();
    });

    for (const [name, operation] of Object.entries(operations)) {
      it(`agree about ${name}`, async () => {
        const told = behaviourOf(operation, before, db.dialect.name);
        if (target.family === "postgres")
          expect(await postgresLocks(db, statements([operation]))).toEqual({ lock: told.lock, rewrites: told.rewrites });
        else expect(await mysqlHolds(db, statements([operation]))).toBe(told.holds !== "none");
      });
    }
  });
}

const strength = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
];

/** The strongest lock on the table while the statements are not committed, and whether its file became another one. */
async function postgresLocks(db: Engine, statements: readonly string[]): Promise<{ lock: string | null; rewrites: boolean }> {
  let found: { lock: string | null; rewrites: boolean } = { lock: null, rewrites: false };
  const undo = new Error("undo");
  await db
    .transaction(async (tx) => {
      const file = () => tx.scalar<number>`select pg_relation_filenode('lint_table')`;
      const old = await file();
      for (const text of statements) await tx.execute`${sql.unsafe(text)}`;
      const locks = await tx.sql<{
        mode: string;
      }>`select mode from pg_locks where pid = pg_backend_pid() and relation = 'lint_table'::regclass`;
      const modes = locks.map(({ mode }) => mode).sort((a, b) => strength.indexOf(b) - strength.indexOf(a));
      found = { lock: modes[0] ?? null, rewrites: (await file()) !== old };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

/** True when the server cannot do it while others write. Tried on a copy of the table, which is dropped. */
async function mysqlHolds(db: Engine, statements: readonly string[]): Promise<boolean> {
  await db.execute`create table lint_copy like lint_table`;
  try {
    for (const text of statements) {
      if (!/^alter table/.test(text)) continue;
      await db.execute`${sql.unsafe(`${text.replace("`lint_table`", "`lint_copy`")}, algorithm=inplace, lock=none`)}`;
    }
    return false;
  } catch (error) {
    if (/1845|1846|1847/.test(String((error as { nativeCode?: string }).nativeCode))) return true;
    throw error;
  } finally {
    await db.execute`drop table lint_copy`;
  }
}
