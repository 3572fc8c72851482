/** Data steps in batches: rows change, progress is told, and a run that is broken off is undone or taken up. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  createTable,
  type DataStep,
  type LoadedMigration,
  loadMigrations,
  type MigrationEvent,
  type Operation,
  type RunOptions,
  run,
  runMigrations,
} from "../../migrations/index.ts";
import { migrationStatus } from "../../migrations/status.ts";
import { int, Model, sql } from "../../src/index.ts";
import { blocksOf, root } from "../support/docs.ts";
import type { TargetContext } from "../targets/target.ts";

class Item extends Model("batch_item", { score: int().dbDefault(0), round: int().dbDefault(-1) }) {}

const table = createTable("batch_item", {
  columns: [
    { name: "id", type: "bigint", identity: true },
    { name: "score", type: "int", default: 0 },
    { name: "round", type: "int", default: -1 },
  ],
  primaryKey: ["id"],
});
const fill = run(
  async (db) => void (await Item.using(db).bulkCreate(Array.from({ length: 25 }, (_, i) => ({ score: i % 5 === 4 ? 9 : 0 })))),
  {
    down: (db) => Item.using(db).all().delete(),
  },
);
/** Ten rows without a score at a time. */
const score: DataStep = async (db, { batches, progress }) => {
  const next = sql`select id from (select id from batch_item where score = 0 order by id limit 10) as next`;
  const changed = await batches((batch) => db.execute`update batch_item set score = 1, round = ${batch} where id in (${next})`);
  progress(changed, 20);
};
const unscore: DataStep = async (db, { batches }) => {
  const next = sql`select id from (select id from batch_item where score = 1 order by id desc limit 8) as next`;
  await batches(() => db.execute`update batch_item set score = 0, round = -1 where id in (${next})`);
};

function file(name: string, operations: readonly Operation[], parents: readonly string[]): LoadedMigration {
  return { name, path: "", checksum: name.padEnd(64, "0"), parents, operations, replaces: [], transaction: true };
}

export function suite(t: TargetContext): void {
  describe("data steps", () => {
    const folder = join(root, ".tmp", `data_${process.pid}_${t.name}`);
    afterEach(async () => {
      rmSync(folder, { recursive: true, force: true });
      for (const name of ["batch_item", "tag", "post", "kakaorm_migrations"])
        await t.engine().execute`drop table if exists ${sql.id(name)}`;
    });
    const files = [file("1_table", [table, fill], []), file("2_score", [run(score, { down: unscore })], ["1_table"])];
    const rows = async (): Promise<[number, number][]> =>
      (
        await Item.using(t.engine())
          .all()
          .orderBy((item) => item.id.asc())
      ).map((item) => [item.score, item.round]);
    const told = async (o: RunOptions): Promise<(readonly [number, number | null])[]> => {
      const events: MigrationEvent[] = [];
      await runMigrations(t.engine(), files, { ...o, onEvent: (event) => void events.push(event) });
      return events.flatMap((event) => (event.kind === "progress" ? [[event.done, event.total] as const] : []));
    };

    it("change rows batch by batch, tell how many, and go back the same way", async () => {
      expect(await told({ to: "1_table" })).toEqual([]);
      const untouched = await rows();
      expect(untouched).toHaveLength(25);
      expect(await told({})).toEqual([
        [10, null],
        [20, null],
        [20, 20],
      ]);
      const changed = (await rows()).filter(([, round]) => round >= 0);
      expect(changed.map(([points, round]) => [points, round])).toEqual([
        ...Array.from({ length: 10 }, () => [1, 0]),
        ...Array.from({ length: 10 }, () => [1, 1]),
      ]);
      expect((await rows()).filter(([points]) => points === 9)).toHaveLength(5);
      expect(await told({ direction: "down" })).toEqual([
        [8, null],
        [16, null],
        [20, null],
      ]);
      expect(await rows()).toEqual(untouched);
      expect((await migrationStatus(t.engine(), files)).map(({ state }) => state)).toEqual(["applied", "pending"]);
    });

    it("leave nothing of their batches when they are stopped between two, and run whole afterwards", async () => {
      await told({ to: "1_table" });
      const untouched = await rows();
      const control = new AbortController();
      const seen: number[] = [];
      const onEvent = (event: MigrationEvent): void => {
        if (event.kind === "progress") seen.push(event.done);
        if (event.kind === "progress" && event.done === 10) control.abort(new Error("enough"));
      };
      await expect(runMigrations(t.engine(), files, { signal: control.signal, onEvent })).rejects.toThrow(/enough/);
      expect(seen).toEqual([10]);
      expect(await rows()).toEqual(untouched);
      const whole = !t.engine().dialect.transaction.ddlCommits;
      expect((await migrationStatus(t.engine(), files))[1]?.state).toBe(whole ? "pending" : "dirty");
      expect(await told({ resume: true })).toEqual([
        [10, null],
        [20, null],
        [20, 20],
      ]);
      expect((await rows()).filter(([points]) => points === 1)).toHaveLength(20);
      expect((await migrationStatus(t.engine(), files))[1]?.state).toBe("applied");
    });

    it("run as the documents show them", async () => {
      const example = blocksOf("README.md").find(({ name }) => name === "migration")?.code ?? "";
      mkdirSync(folder, { recursive: true });
      const first = `createTable("post", { columns: [{ name: "id", type: "bigint", identity: true }], primaryKey: ["id"] })`;
      const posts = `runSql("insert into post (id) values (1), (2), (3)", { down: [] })`;
      const head = 'import { createTable, defineMigration, runSql } from "kakaorm/migrations";';
      writeFileSync(
        join(folder, "20260105093000_initial.ts"),
        `${head}\nexport default defineMigration({ operations: [${first}, ${posts}] });\n`,
      );
      writeFileSync(join(folder, "20260106093000_example.ts"), example);
      const shown: number[] = [];
      const loaded = await loadMigrations(folder);
      const { applied } = await runMigrations(t.engine(), loaded, {
        onEvent: (event) => void (event.kind === "progress" && shown.push(event.done)),
      });
      expect(applied).toHaveLength(2);
      expect(shown).toEqual([3]);
      expect(Number(await t.engine().scalar`select sum(score) from post`)).toBe(3);
      expect((await runMigrations(t.engine(), loaded, { direction: "down", to: "zero" })).reverted).toHaveLength(2);
    });
  });
}
