/** A migrator that was killed after the server had made a step and before it was noted: the step is found made. */
import { afterEach, describe, expect, it } from "vitest";
import { diffStates } from "../../migrations/diff.ts";
import { MigrationRecord } from "../../migrations/history.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
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
  dropForeignKey,
  dropIndex,
  dropTable,
  dropUnique,
  type Operation,
  renameColumn,
  renameTable,
  runSql,
} from "../../migrations/operations.ts";
import { type PlannedMigration, replay } from "../../migrations/plan.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { MigrationError, sql } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

const id = { name: "id", type: "bigint", identity: true } as const;
const tables = ["mig_step", "mig_steps", "mig_other", "mig_new", "kakaorm_migrations"];
const codec = { type: "int" } as const;
const positive = (name: string, column: string) => ({
  name,
  condition: {
    kind: "compare",
    op: ">",
    left: { kind: "column", column, codec },
    right: { kind: "value", value: 0, codec },
  },
});
const toOther = (name: string, column: string) => ({ name, columns: [column], target: "mig_other", targetColumns: ["id"] });

const start: readonly Operation[] = [
  createTable("mig_other", { columns: [id], primaryKey: ["id"] }),
  createTable("mig_new", { columns: [id], primaryKey: ["id"] }),
  createTable("mig_step", {
    columns: [
      id,
      { name: "n", type: "int" },
      { name: "note", type: "string", length: 40, nullable: true },
      { name: "other_id", type: "bigint", nullable: true },
      { name: "second_id", type: "bigint", nullable: true },
    ],
    primaryKey: ["id"],
    uniques: [{ name: "mig_step_n_key", columns: ["n"] }],
    indexes: [{ name: "mig_step_note_idx", columns: ["note"] }],
    checks: [positive("mig_step_n_check", "n")],
    foreignKeys: [toOther("mig_step_other_fkey", "other_id")],
  } as Parameters<typeof createTable>[1]),
];

const steps: Readonly<Record<string, Operation>> = {
  createTable: createTable("mig_steps", { columns: [id], primaryKey: ["id"] }),
  dropTable: dropTable("mig_new"),
  renameTable: renameTable("mig_new", "mig_steps"),
  addColumn: addColumn("mig_step", { name: "title", type: "string", length: 20, nullable: true }),
  dropColumn: dropColumn("mig_step", "second_id"),
  renameColumn: renameColumn("mig_step", "second_id", "third_id"),
  alterColumn: alterColumn("mig_step", "note", { type: { type: "string", length: 80 } }),
  addIndex: addIndex("mig_step", { name: "mig_step_second_idx", columns: ["second_id"] }),
  dropIndex: dropIndex("mig_step", "mig_step_note_idx"),
  addUnique: addUnique("mig_step", { name: "mig_step_second_key", columns: ["second_id"] }),
  dropUnique: dropUnique("mig_step", "mig_step_n_key"),
  addCheck: addCheck("mig_step", positive("mig_step_second_check", "second_id") as Parameters<typeof addCheck>[1]),
  dropCheck: dropCheck("mig_step", "mig_step_n_check"),
  addForeignKey: addForeignKey("mig_step", toOther("mig_step_second_fkey", "second_id")),
  dropForeignKey: dropForeignKey("mig_step", "mig_step_other_fkey"),
};

function file(name: string, operations: readonly Operation[], parents: readonly string[]): LoadedMigration {
  return { name, path: "", checksum: name.padEnd(64, "0"), parents, operations, replaces: [], transaction: true };
}

export function suite(t: TargetContext): void {
  describe("migrations that were broken off", () => {
    afterEach(async () => {
      const db = t.engine();
      for (const name of tables) await db.execute`drop table if exists ${sql.id(name)}`;
    });

    it.for(Object.entries(steps))("%s: made already, not yet noted", async ([, operation]) => {
      const db = t.engine();
      // Elsewhere a step and its note are one transaction.
      if (!db.dialect.transaction.ddlCommits) return;
      const files = [file("1_a", start, []), file("2_b", [operation], ["1_a"])];
      await runMigrations(db, files);
      const finishedAt = null;
      await MigrationRecord.using(db).where({ name: "2_b" }).update({ status: "running", done: 0, begun: 1, finishedAt });
      expect(await runMigrations(db, files, { resume: true })).toEqual({ applied: ["2_b"], reverted: [] });
      const wanted = replay(files);
      expect(diffStates(onlyTables(await liveState(db, wanted), wanted), wanted).operations).toEqual([]);
    });

    it("are asked about before they go on", async () => {
      const db = t.engine();
      const late = runSql("insert into mig_steps (id) values (1)", { down: "delete from mig_steps" });
      const own = createTable("mig_new", { columns: [id], primaryKey: ["id"] });
      // Step by step everywhere.
      const files = [file("1_a", [own], []), { ...file("2_b", [late, dropTable("mig_new")], ["1_a"]), transaction: false }];
      const asked: (readonly string[])[] = [];
      const no = (plan: readonly PlannedMigration[]): void => {
        asked.push(plan.flatMap(({ destroys }) => destroys));
        throw new MigrationError("no");
      };
      const names = async () => (await (await db.dialect.inspector()).tableNames(db)).map(({ name }) => name);
      await expect(runMigrations(db, files)).rejects.toThrow(/2_b, step 1 of 2/);
      await db.execute`create table mig_steps (id int)`;
      await expect(runMigrations(db, files, { resume: true, approve: no })).rejects.toThrow("no");
      expect(asked).toEqual([["drops the table mig_new with all its rows"]]);
      expect(await names()).toContain("mig_new");
      expect(await db.sql`select id from mig_steps`).toEqual([]);
      expect((await runMigrations(db, files, { resume: true })).applied).toEqual(["2_b"]);
      expect(await names()).not.toContain("mig_new");
    });
  });
}
