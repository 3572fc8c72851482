/**
 * Archive moves and restores on several connections against writers: every row that was written is either live or archived.
 * 3 seconds for each database, 30 with KAKA_FULL=1.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ArchiveModel, connect, type Engine, int, RetryableError } from "../src/index.ts";
import { selectTargets } from "./targets/all.ts";

class Item extends ArchiveModel("race_item", { id: int().primaryKey(), bucket: int(), touched: int().default(0) }) {}

const seconds = process.env.KAKA_FULL === "1" ? 30 : 3;
const places: ReadonlySet<string> = new Set(["sqlite-file", "postgres", "postgres-new", "mariadb", "mysql-new"]);
const buckets = 4;
const { running } = await selectTargets();

/** What the workers have done; refused: statements that lost a deadlock or waited too long, and were not made. */
interface Tally {
  written: number;
  moved: number;
  restored: number;
  touched: number;
  refused: number;
}

async function race(engines: readonly Engine[]): Promise<{ tally: Tally; ids: Set<number> }> {
  const tally: Tally = { written: 0, moved: 0, restored: 0, touched: 0, refused: 0 };
  const ids = new Set<number>();
  const end = performance.now() + seconds * 1000;
  let next = 0;
  const again = async (work: () => Promise<void>): Promise<void> => {
    while (performance.now() < end) {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        tally.refused++;
      }
      // A file has one lock and no queue for it: whoever never pauses leaves nothing to the others.
      await pause(Math.random() * 10);
    }
  };
  const bucket = () => next % buckets;
  const workers = engines.flatMap((engine) => {
    const model = Item.using(engine);
    const write = () =>
      again(async () => {
        const rows = Array.from({ length: 5 }, () => ({ id: ++next, bucket: next % buckets }));
        await model.bulkCreate(rows);
        for (const { id } of rows) ids.add(id);
        tally.written += rows.length;
      });
    // Rows come into the condition and leave it while others move what meets it.
    const touch = () =>
      again(async () => {
        const from = bucket();
        const touched = await model
          .where((item) => item.bucket.eq(from).and(item.touched.lt(3)))
          .limit(20)
          .update((item) => ({ bucket: (from + 1) % buckets, touched: item.touched.add(1) }));
        tally.touched += touched;
      });
    const archive = () =>
      again(async () => {
        const moved = await model.where({ bucket: bucket() }).limit(50).delete();
        tally.moved += moved;
      });
    const restore = () =>
      again(async () => {
        const restored = await model.onlyDeleted().where({ bucket: bucket() }).limit(30).restore();
        tally.restored += restored;
      });
    return [write(), write(), touch(), archive(), archive(), restore(), restore()];
  });
  await Promise.all(workers);
  return { tally, ids };
}

const raced = running.filter(({ name }) => places.has(name));
if (raced.length === 0) it.skip("no database among KAKA_TARGETS that takes several connections", () => {});
for (const target of raced) {
  describe(`the archive on ${target.name}`, () => {
    const engines: Engine[] = [];

    beforeAll(async () => {
      const url = await target.url();
      for (const name of ["one", "two"]) engines.push(await connect(url, { name: `${target.name} ${name}`, default: false }));
      await engines[0]?.createTable(Item);
    });
    afterAll(async () => {
      await engines[0]?.dropTable(Item);
      for (const engine of engines) await engine.disconnect();
      await target.dispose();
    });

    it(
      "neither loses nor doubles a row",
      async () => {
        const { tally, ids } = await race(engines);
        const item = Item.using(engines[0] as Engine);
        const live = await item.all().pluck((row) => row.id);
        const archived = await item.onlyDeleted().pluck((row) => row.id);
        console.log(
          `archive race on ${target.name}, ${seconds} s:`,
          JSON.stringify({ ...tally, live: live.length, archived: archived.length }),
        );
        expect(new Set([...live, ...archived]).size, "in both, or twice in one").toBe(live.length + archived.length);
        const found = new Set([...live, ...archived]);
        expect(
          [...ids].filter((id) => !found.has(id)),
          "written and in none",
        ).toEqual([]);
        expect(found.size, "there and never written").toBe(ids.size);
        expect(tally.moved - tally.restored).toBe(archived.length);
        expect(Math.min(tally.written, tally.moved, tally.restored, tally.touched)).toBeGreaterThan(0);
      },
      seconds * 1000 + 60_000,
    );
  });
}
