/** Migrations on a database: up, down, plans, history, data steps, refusals. */
import { afterEach, describe, expect, it } from "vitest";
import { diffStates } from "../../migrations/diff.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
import { takeLock } from "../../migrations/lock.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import { MigrationPlan, Migrator } from "../../migrations/migrator.ts";
import {
  addColumn,
  addIndex,
  alterColumn,
  createTable,
  dropColumn,
  dropTable,
  type Operation,
  renameColumn,
  renameTable,
  run,
  runSql,
  separateState,
} from "../../migrations/operations.ts";
import { replay } from "../../migrations/plan.ts";
import type { RunOptions } from "../../migrations/run-options.ts";
import { previewMigrations, runMigrations } from "../../migrations/runner.ts";
import { migrationStatus } from "../../migrations/status.ts";
import { dedicatedEngine } from "../../src/engine/dedicated.ts";
import { connect, foreignKey, int, LockTimeout, MigrationError, Model, sql, str } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

const id = { name: "id", type: "bigint", identity: true } as const;
const tables = ["mig_leaf", "mig_child", "mig_parent", "mig_article", "mig_old", "kakaorm_migrations"];

function file(
  name: string,
  operations: readonly Operation[],
  parents: readonly string[],
  o: Partial<LoadedMigration> = {},
): LoadedMigration {
  return { name, path: "", checksum: name.padEnd(64, "0"), parents, operations, replaces: [], transaction: true, ...o };
}

const parent = createTable("mig_parent", {
  columns: [id, { name: "title", type: "string", length: 40 }],
  primaryKey: ["id"],
  uniques: [{ name: "mig_parent_title_key", columns: ["title"] }],
});
const child = createTable("mig_child", {
  columns: [id, { name: "parent_id", type: "bigint" }],
  primaryKey: ["id"],
  foreignKeys: [
    { name: "mig_child_parent_fkey", columns: ["parent_id"], target: "mig_parent", targetColumns: ["id"], onDelete: "cascade" },
  ],
});

export function suite(t: TargetContext): void {
  describe("migrations", () => {
    afterEach(async () => {
      const db = t.engine();
      for (const name of tables) await db.execute`drop table if exists ${sql.id(name)}`;
    });

    const migrate = (files: readonly LoadedMigration[], o: RunOptions = {}) => runMigrations(t.engine(), files, o);
    const rows = (text: string) => t.engine().sql<Record<string, unknown>>`${sql.unsafe(text)}`;
    async function drift(files: readonly LoadedMigration[]): Promise<unknown> {
      const wanted = replay(files);
      return diffStates(onlyTables(await liveState(t.engine(), wanted), wanted), wanted).operations;
    }
    async function refusal(work: () => Promise<unknown>): Promise<string> {
      const error = await work().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(MigrationError);
      return (error as Error).message;
    }

    it("are applied once, in order, and taken back", async () => {
      const files = [file("1_a", [parent], []), file("2_b", [child], ["1_a"])];
      expect(await migrate(files)).toEqual({ applied: ["1_a", "2_b"], reverted: [] });
      expect(await migrate(files)).toEqual({ applied: [], reverted: [] });
      expect(await drift(files)).toEqual([]);
      expect((await migrationStatus(t.engine(), files)).map(({ state }) => state)).toEqual(["applied", "applied"]);
      expect(await migrate(files, { direction: "down" })).toEqual({ applied: [], reverted: ["2_b"] });
      expect((await migrationStatus(t.engine(), files)).map(({ state }) => state)).toEqual(["applied", "pending"]);
      expect(await migrate(files, { to: "2_b" })).toEqual({ applied: ["2_b"], reverted: [] });
      expect(await migrate(files, { direction: "down", to: "zero" })).toEqual({ applied: [], reverted: ["2_b", "1_a"] });
    });

    it("keep the rows of a table and of those that refer to it, whatever is changed", async () => {
      const files = [
        file("1_a", [parent, child], []),
        file(
          "2_b",
          [
            addColumn("mig_parent", { name: "score", type: "int" }, { fill: 3 }),
            alterColumn("mig_parent", "title", { type: { type: "string", length: 80 }, nullable: true }),
            renameColumn("mig_parent", "title", "headline"),
            addIndex("mig_child", { name: "mig_child_parent_idx", columns: ["parent_id"] }),
          ],
          ["1_a"],
        ),
      ];
      await migrate(files.slice(0, 1));
      const db = t.engine();
      const labels: string[] = [];
      await db.execute`insert into mig_parent (id, title) values (1, ${"a"}), (2, ${"b"})`;
      await db.execute`insert into mig_child (id, parent_id) values (1, 1), (2, 1), (3, 2)`;
      await migrate(files, { onEvent: (event) => void (event.kind === "step" && labels.push(event.label)) });
      // Each step tells which changes it makes, whatever statements they take here.
      expect([...new Set(labels.flatMap((label) => label.split(/, (?=adds|changes|renames)/)))]).toEqual([
        "adds the column mig_parent.score",
        "changes the column mig_parent.title (type, nullable)",
        "renames the column mig_parent.title to headline",
        "adds the index mig_child_parent_idx to mig_child",
      ]);
      expect(await drift(files)).toEqual([]);
      expect((await rows("select headline, score from mig_parent order by id")).map(Object.values)).toEqual([
        ["a", 3],
        ["b", 3],
      ]);
      expect(await rows("select id from mig_child")).toHaveLength(3);
      await migrate(files, { direction: "down" });
      expect((await rows("select title from mig_parent order by id")).map(({ title }) => title)).toEqual(["a", "b"]);
      expect(await rows("select id from mig_child")).toHaveLength(3);
      // The keys are on again: the children go with their parent.
      await db.execute`delete from mig_parent where id = 1`;
      expect(await rows("select id from mig_child")).toHaveLength(1);
    });

    it("rename tables with what refers to them", async () => {
      const files = [file("1_a", [parent, child], []), file("2_b", [renameTable("mig_parent", "mig_article")], ["1_a"])];
      await migrate(files);
      expect(await drift(files)).toEqual([]);
      await migrate(files, { direction: "down" });
      expect(await drift(files.slice(0, 1))).toEqual([]);
    });

    it("fail with the step's name, and leave what the database can undo undone", async () => {
      const broken = file("1_a", [parent, runSql("insert into mig_nowhere values (1)", { down: [] })], []);
      expect(await refusal(() => migrate([broken]))).toMatch(/1_a, step 2 of 2 \(runs SQL\)/);
      const whole = !t.engine().dialect.transaction.ddlCommits;
      const status = await migrationStatus(t.engine(), [broken]);
      expect(status[0]?.state).toBe(whole ? "pending" : "dirty");
      if (whole) return;
      // Nothing else runs until somebody says how it goes on.
      expect(await refusal(() => migrate([broken]))).toMatch(/was broken off in step 2 of 2/);
      await t.engine().execute`create table mig_old (id int)`;
      expect(await refusal(() => migrate([broken], { resume: true }))).toMatch(/1_a/);
      expect(await migrate([broken], { resolve: "applied" })).toEqual({ applied: ["1_a"], reverted: [] });
    });

    it("run code with batches, and SQL of this database's own", async () => {
      const progress: number[] = [];
      const files = [
        file("1_a", [parent], []),
        file(
          "2_b",
          [
            run(
              async (db) => {
                for (let i = 1; i <= 5; i++) await db.execute`insert into mig_parent (id, title) values (${i}, ${`t${i}`})`;
              },
              { down: (db) => db.execute`delete from mig_parent where id > 0` },
            ),
            run(
              async (db, { batches }) => {
                await batches(() => db.execute`update mig_parent set title = ${"x"} where title = ${"none"}`);
              },
              { down: async () => {} },
            ),
            runSql(
              {
                postgres: "update mig_parent set title = 'pg' where id = 1",
                sqlite: "update mig_parent set title = 'lite' where id = 1",
                mysql: "update mig_parent set title = 'my' where id = 1",
              },
              { down: [] },
            ),
          ],
          ["1_a"],
        ),
      ];
      await migrate(files, { onEvent: (event) => void (event.kind === "progress" && progress.push(event.done)) });
      const [first] = await rows("select title from mig_parent where id = 1");
      expect(first?.["title"]).toBe({ postgres: "pg", sqlite: "lite", mysql: "my" }[t.family]);
      expect(progress).toEqual([]);
      await migrate(files, { direction: "down" });
      expect(await rows("select id from mig_parent")).toEqual([]);
    });

    it("tell state and database apart where the author says so", async () => {
      await t.engine().execute`create table mig_old (id int)`;
      const files = [
        file("1_a", [separateState({ state: [createTable("mig_old", { columns: [{ name: "id", type: "int", nullable: true }] })] })], []),
        file("2_b", [addColumn("mig_old", { name: "n", type: "int", nullable: true })], ["1_a"]),
      ];
      await migrate(files);
      expect(await drift(files)).toEqual([]);
    });

    it("are noted without being run, and planned without being noted", async () => {
      const files = [file("1_a", [parent], [])];
      const plan = await previewMigrations(t.engine(), files);
      expect(plan.map(({ migration }) => migration.name)).toEqual(["1_a"]);
      expect(await (await t.engine().dialect.inspector()).tableNames(t.engine())).not.toContainEqual({
        name: "kakaorm_migrations",
        schema: null,
      });
      await migrate(files, { fake: true });
      expect((await migrationStatus(t.engine(), files))[0]?.state).toBe("applied");
      expect((await (await t.engine().dialect.inspector()).tableNames(t.engine())).map(({ name }) => name)).not.toContain("mig_parent");
      await migrate(files, { fake: true, direction: "down" });
      expect((await migrationStatus(t.engine(), files))[0]?.state).toBe("pending");
    });

    it("refuse edited, missing, unordered and two-headed files, and touch nothing", async () => {
      const files = [file("1_a", [parent], []), file("3_c", [child], ["1_a"])];
      await migrate(files);
      const edited = [{ ...(files[0] as LoadedMigration), checksum: "x".repeat(64) }, files[1] as LoadedMigration];
      expect(await refusal(() => migrate(edited))).toMatch(/1_a was changed after it was applied/);
      expect(await refusal(() => migrate(files.slice(0, 1)))).toMatch(/3_c was applied, and its file is missing/);
      const late = [
        file("1_a", [parent], []),
        file("2_b", [addColumn("mig_parent", { name: "n", type: "int", nullable: true })], ["1_a"]),
        file("3_c", [child], ["2_b"]),
      ];
      expect(await refusal(() => migrate(late))).toMatch(/2_b is not applied, and 3_c, which follows it, is/);
      expect(await migrate(late, { outOfOrder: true })).toEqual({ applied: ["2_b"], reverted: [] });
      const heads = [...late, file("4_d", [], ["3_c"]), file("4_e", [], ["3_c"])];
      expect(await refusal(() => migrate(heads))).toMatch(/have 2 ends: 4_d, 4_e/);
      expect(await refusal(() => migrate([...heads, file("5_f", [], ["4_d", "4_e"])], { to: "nowhere" }))).toMatch(
        /there is no migration nowhere/,
      );
    });

    it("refuse what cannot be undone, and to drop a table that others refer to", async () => {
      const files = [file("1_a", [parent, runSql("update mig_parent set title = 'x'")], [])];
      await migrate(files);
      expect(await refusal(() => migrate(files, { direction: "down" }))).toMatch(/1_a cannot be undone: runSql was given no `down`/);
      const drop = [...files, file("2_b", [child], ["1_a"]), file("3_c", [dropTable("mig_parent")], ["2_b"])];
      expect(await refusal(() => migrate(drop))).toMatch(/mig_parent is dropped while mig_child refers to it/);
      expect((await migrationStatus(t.engine(), drop)).map(({ state }) => state)).toEqual(["applied", "pending", "pending"]);
    });

    it("note a squashed file where its originals were applied", async () => {
      const originals = [file("1_a", [parent], []), file("2_b", [child], ["1_a"])];
      await migrate(originals);
      const squashed = file("3_squashed", [parent, child], [], { replaces: ["1_a", "2_b"] });
      const next = file("4_d", [addColumn("mig_parent", { name: "n", type: "int", nullable: true })], ["3_squashed"]);
      expect(await migrate([...originals, squashed, next])).toEqual({ applied: ["4_d"], reverted: [] });
      expect(await migrate([squashed, next])).toEqual({ applied: [], reverted: [] });
      // What was taken back is not there for the originals' sake: it is made again.
      expect(await migrate([squashed, next], { direction: "down", to: "zero" })).toEqual({ applied: [], reverted: ["4_d", "3_squashed"] });
      expect((await migrationStatus(t.engine(), [squashed, next])).map(({ state }) => state)).toEqual(["pending", "pending"]);
      expect(await migrate([squashed, next])).toEqual({ applied: ["3_squashed", "4_d"], reverted: [] });
      expect(await drift([squashed, next])).toEqual([]);
    });

    it("do nothing twice when several run at once in one process", async () => {
      const files = [
        file("1_a", [parent, child], []),
        file("2_b", [addIndex("mig_child", { name: "mig_child_parent_idx", columns: ["parent_id"] })], ["1_a"]),
      ];
      // A database with one connection has no room for two.
      const runs = t.engine().core.pool.topology === "single" ? 1 : 3;
      const done = await Promise.all(Array.from({ length: runs }, () => migrate(files)));
      expect(done.flatMap(({ applied }) => applied).sort()).toEqual(["1_a", "2_b"]);
    });

    it("say who holds the lock, and give up on a table that somebody reads", async () => {
      // Elsewhere the file is the lock, or there is one connection and nobody to wait for.
      if (t.engine().core.pool.topology !== "many") return;
      const other = await connect(t.url(), { name: `other ${t.name}`, default: false, lockTimeoutMs: 1000, pool: { max: 2 } });
      try {
        const files = [
          file("1_a", [parent], []),
          file("2_b", [addColumn("mig_parent", { name: "n", type: "int", nullable: true })], ["1_a"]),
        ];
        await migrate(files.slice(0, 1));
        const events: string[] = [];
        const dedicated = dedicatedEngine(t.engine(), { lockTimeoutMs: 1000 });
        const lock = await takeLock(dedicated, { waitMs: 0, waiting: () => {} });
        const waiting = runMigrations(other, files, { waitMs: 200, onEvent: (event) => void events.push(event.kind) });
        await expect(waiting).rejects.toThrow(/are locked by session \d+/);
        expect(events).toEqual(["waiting"]);
        await lock.release();
        await dedicated.disconnect();
        await t.engine().transaction(async (tx) => {
          await tx.sql`select count(*) as n from mig_parent`;
          const tried = runMigrations(other, files, { attempts: 2, onEvent: (event) => void events.push(event.kind) });
          await expect(tried).rejects.toThrow(LockTimeout);
        });
        expect(events.filter((kind) => kind === "retry")).toHaveLength(1);
        const resumed = await runMigrations(other, files, { resume: true });
        expect(resumed.applied).toEqual(["2_b"]);
      } finally {
        await other.disconnect();
      }
    });

    it("plan models against a live database, apply and take back", async () => {
      class Parent extends Model("mig_parent", { title: str({ length: 40 }) }) {}
      class Child extends Model("mig_child", { parentId: foreignKey(() => Parent) }) {}
      const migrator = new Migrator(t.engine());
      const plan = await migrator.plan([Child, Parent]);
      expect(plan).toBeInstanceOf(MigrationPlan);
      expect(plan.changes).toEqual(["creates the table mig_parent", "creates the table mig_child"]);
      expect(plan.sql).toMatch(/create table/);
      expect(plan.downSql).toMatch(/drop table/);
      await plan.apply();
      expect((await migrator.plan([Child, Parent])).isEmpty).toBe(true);
      expect((await migrator.plan([Child, Parent])).sql).toBe("-- no changes");
      class Wider extends Model("mig_parent", { title: str({ length: 60 }), rank: int().dbDefault(0) }) {}
      class Fewer extends Model("mig_child", {}) {}
      const careful = await migrator.plan([Wider, Fewer]);
      expect(careful.kept).toEqual(["drops the column mig_child.parent_id"]);
      await (await migrator.planWithDrop([Wider, Fewer])).apply();
      expect((await migrator.planWithDrop([Wider, Fewer])).isEmpty).toBe(true);
    });

    it("drop a column only when nothing uses it any more", async () => {
      const files = [file("1_a", [parent], []), file("2_b", [dropColumn("mig_parent", "title")], ["1_a"])];
      expect(await refusal(() => migrate(files))).toMatch(/title is dropped while mig_parent_title_key still uses it/);
    });
  });
}
