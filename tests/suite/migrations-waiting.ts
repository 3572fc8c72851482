/** Migrations that somebody waits for: who is at it, what becomes of a killed one, and what readers notice. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { diffStates } from "../../migrations/diff.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
import { takeLock } from "../../migrations/lock.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import { addColumn, addIndex, createTable, type Operation, run } from "../../migrations/operations.ts";
import { replay } from "../../migrations/plan.ts";
import { runMigrations } from "../../migrations/runner.ts";
import { migrationStatus } from "../../migrations/status.ts";
import { dedicatedEngine } from "../../src/engine/dedicated.ts";
import { connect, LockTimeout, sql } from "../../src/index.ts";
import { root } from "../support/docs.ts";
import type { TargetContext } from "../targets/target.ts";

const file = (name: string, operations: readonly Operation[], parents: readonly string[]): LoadedMigration => ({
  name,
  path: "",
  checksum: name.padEnd(64, "0"),
  parents,
  operations,
  replaces: [],
  transaction: true,
});
const table = createTable("waited", { columns: [{ name: "id", type: "bigint", identity: true }], primaryKey: ["id"] });
const wider = addColumn("waited", { name: "n", type: "int", nullable: true });

export function suite(t: TargetContext): void {
  const served = (t.family === "postgres" || t.family === "mysql") && t.name !== "pglite";
  describe.runIf(served)("migrations that are waited for", () => {
    afterEach(async () => {
      for (const name of ["waited", "kakaorm_migrations"]) await t.engine().execute`drop table if exists ${sql.id(name)}`;
    });

    it("are told to be running, by whom, as long as somebody is at them", async () => {
      const seen: unknown[] = [];
      const look = run(async () => void seen.push(...(await migrationStatus(t.engine(), files))), { down: async () => {} });
      // Outside of a transaction, so that what is noted is seen by others on every database.
      const files = [{ ...file("1_a", [look], []), transaction: false }];
      await runMigrations(t.engine(), files);
      expect(seen).toEqual([
        { name: "1_a", state: "running", appliedAt: null, detail: expect.stringMatching(/^applying, in step 1 of 1, by session \d+ \(/) },
      ]);
      expect((await migrationStatus(t.engine(), files))[0]?.state).toBe("applied");
    });

    it("stop when the session has lost the lock, as behind a pooler that changes sessions", async () => {
      const mine = dedicatedEngine(t.engine(), { lockTimeoutMs: 1000 });
      try {
        const lock = await takeLock(mine, { waitMs: 0, waiting: () => {} });
        await lock.check();
        await mine.execute`select ${sql.unsafe(t.family === "postgres" ? "pg_advisory_unlock_all()" : "release_all_locks()")}`;
        await expect(lock.check()).rejects.toThrow(/has lost the lock .*a connection pooler that changes sessions/);
      } finally {
        await mine.disconnect();
      }
    });

    it.runIf(t.family === "postgres")("end on the server soon after their process was killed", async () => {
      const args = ["--import", "tsx", join(root, "tests/migrations/sleeper.ts"), t.url(), "select pg_sleep(60)"];
      const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
      const asleep = () =>
        t.engine().sql`select 1 as n from pg_stat_activity where application_name = 'kaka sleeper' and wait_event = 'PgSleep'`;
      while ((await asleep()).length === 0 && child.exitCode === null) await sleep(50);
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      const mine = dedicatedEngine(t.engine(), { lockTimeoutMs: 1000 });
      const told: string[] = [];
      const started = performance.now();
      const lock = await takeLock(mine, { waitMs: 20_000, waiting: (holder) => void told.push(holder) });
      expect(performance.now() - started).toBeLessThan(15_000);
      expect(told[0]).toMatch(/^session \d+ \(kaka sleeper/);
      await lock.release();
      await mine.disconnect();
    });

    it("build an index anew after a build was broken off", async () => {
      const db = t.engine();
      const unique = { name: "waited_n_key", columns: ["n"], unique: true };
      const files = [file("1_a", [table, wider], []), file("2_b", [addIndex("waited", unique, { concurrently: true })], ["1_a"])];
      await runMigrations(db, files.slice(0, 1));
      await db.execute`insert into waited (n) values (1), (1)`;
      await expect(runMigrations(db, files)).rejects.toThrow(/2_b, step 1 of 1 \(adds the index waited_n_key to waited\)/);
      expect((await migrationStatus(db, files))[1]).toMatchObject({ state: "dirty", detail: "applying broken off in step 1 of 1" });
      await db.execute`delete from waited`;
      expect((await runMigrations(db, files, { resume: true })).applied).toEqual(["2_b"]);
      // One that its build left behind would count as another index.
      const wanted = replay(files);
      expect(diffStates(onlyTables(await liveState(db, wanted), wanted), wanted).operations).toEqual([]);
      await runMigrations(db, files, { direction: "down" });
    });

    it.runIf(t.family === "postgres")(
      "build an index while others write, and anew after one that took too long to wait for",
      async () => {
        const index = addIndex("waited", { name: "waited_n_idx", columns: ["n"] }, { concurrently: true });
        const files = [file("1_a", [table, wider], []), file("2_b", [index], ["1_a"])];
        await runMigrations(t.engine(), files.slice(0, 1));
        const other = await connect(t.url(), { name: `builds ${t.name}`, default: false, lockTimeoutMs: 500 });
        let retries = 0;
        const begun: Promise<unknown>[] = [];
        try {
          await t.engine().transaction(async (tx) => {
            await tx.execute`insert into waited (n) values (1)`;
            begun.push(runMigrations(other, files, { onEvent: ({ kind }) => void (kind === "retry" && retries++) }));
            for (let rounds = 0; retries === 0 && rounds < 200; rounds++) {
              const started = performance.now();
              await other.execute`insert into waited (n) values (2)`;
              expect(performance.now() - started).toBeLessThan(500);
              await sleep(50);
            }
          });
          expect(await begun[0]).toEqual({ applied: ["2_b"], reverted: [] });
          expect(retries).toBeGreaterThan(0);
          expect(await t.engine().scalar`select indisvalid from pg_index where indexrelid = 'waited_n_idx'::regclass`).toBe(true);
        } finally {
          await Promise.allSettled(begun);
          await other.disconnect();
        }
      },
      30_000,
    );

    it("give up behind a reader, and hold up 20 others no longer than the limit", async () => {
      const limit = 1000;
      const migrating = await connect(t.url(), { name: `waiting ${t.name}`, default: false, lockTimeoutMs: limit, pool: { max: 2 } });
      const readers = await connect(t.url(), { name: `readers ${t.name}`, default: false, pool: { max: 20 } });
      const files = [file("1_a", [table], []), file("2_b", [wider], ["1_a"])];
      try {
        await runMigrations(migrating, files.slice(0, 1));
        const retries: number[] = [];
        const slowest = await t.engine().transaction(async (tx) => {
          await tx.sql`select count(*) as n from waited`;
          const onEvent = ({ kind }: { kind: string }): void => void (kind === "retry" && retries.push(performance.now()));
          let over = false;
          const tried = runMigrations(migrating, files, { attempts: 2, onEvent }).finally(() => {
            over = true;
          });
          const failed = expect(tried).rejects.toThrow(LockTimeout);
          const waits = await Promise.all(
            Array.from({ length: 20 }, async () => {
              let longest = 0;
              while (!over) {
                const started = performance.now();
                await readers.sql`select count(*) as n from waited`;
                longest = Math.max(longest, performance.now() - started);
              }
              return longest;
            }),
          );
          await failed;
          return Math.max(...waits);
        });
        expect(retries).toHaveLength(1);
        expect(slowest).toBeLessThan(limit + 1500);
        // The reader is gone: it goes on where it was.
        expect((await runMigrations(migrating, files, { resume: true })).applied).toEqual(["2_b"]);
      } finally {
        await migrating.disconnect();
        await readers.disconnect();
      }
    });
  });
}
