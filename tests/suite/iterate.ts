/** Batches, writing to every row inside the loop, a pool of one, leaving early, and the memory of a long loop. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Engine, exists, foreignKey, int, Model, rowNumber, str, text } from "../../src/index.ts";
import { root } from "../support/docs.ts";
import { refused, sentBy } from "../support/sent.ts";
import type { TargetContext } from "../targets/target.ts";

class Item extends Model("i_item", { n: int(), label: str().default("") }) {}
class Cell extends Model("i_cell", { a: int().primaryKey(), b: str({ length: 20 }).primaryKey(), d: int().primaryKey(), n: int() }) {}
class Part extends Model("i_part", { itemId: foreignKey(() => Item, { onDelete: "cascade" }) }) {}
class Heavy extends Model("i_heavy", { n: int(), load: text() }) {}

const range = (length: number) => Array.from({ length }, (_, n) => n);
async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

export function suite(t: TargetContext): void {
  let one: Engine;
  const many = () => t.engine();
  const places: Record<string, () => { engine: Engine; run: <T>(work: () => Promise<T>) => Promise<T> }> = {
    "the usual pool": () => ({ engine: many(), run: (work) => work() }),
    "a transaction": () => ({ engine: many(), run: (work) => many().transaction(work) }),
  };
  // A database in memory has one connection as it is, and would be another one here.
  const shared = t.name === "sqlite-file" || (t.family !== "sqlite" && t.name !== "pglite");
  if (shared) places["a pool of one"] = () => ({ engine: one, run: (work) => work() });

  beforeAll(async () => {
    await many().createTable(Item, Cell, Part, Heavy);
    const load = "x".repeat(4000);
    await Heavy.using(many()).bulkCreate(range(5000).map((n) => ({ n, load })));
    if (shared) one = await connect(t.url(), { name: `${t.name} one`, default: false, pool: { max: 1 } });
  });
  afterAll(async () => {
    await one?.disconnect();
    await many().dropTable(Part, Item, Cell, Heavy);
  });
  beforeEach(async () => {
    for (const model of [Item, Cell, Part]) await (model as typeof Item).using(many()).all().allRows().delete();
  });
  const fill = (rows: number) => Item.using(many()).bulkCreate(range(rows).map((n) => ({ n })));

  for (const [place, at] of Object.entries(places)) {
    describe(place, () => {
      for (const size of [1, 7, 250, 251, 100_000]) {
        it(`gives each row once in batches of ${size}`, async () => {
          const { engine, run } = at();
          const rows = size === 1 ? 9 : 500;
          await fill(rows);
          await run(async () => {
            const items = Item.using(engine).all();
            expect((await collect(items.iterate({ batchSize: size }))).map(({ n }) => n).sort((a, b) => a - b)).toEqual(range(rows));
            const batches = await collect(items.inBatches({ size }));
            const lengths = range(Math.ceil(rows / size)).map((i) => Math.min(size, rows - i * size));
            expect(batches.map((batch) => batch.length)).toEqual(lengths);
            expect(batches.every((batch) => batch.every((row) => row instanceof Item))).toBe(true);
            expect(
              batches
                .flat()
                .map(({ n }) => n)
                .sort((a, b) => a - b),
            ).toEqual(range(rows));
          });
        });
      }

      it("gives orders, limits, plain rows, joins and windows in batches as await gives them", async () => {
        const { engine, run } = at();
        const made = await fill(30);
        await Part.using(many()).bulkCreate(made.flatMap((item) => (item.n % 3 === 0 ? [{ itemId: item.id }, { itemId: item.id }] : [])));
        await run(async () => {
          const items = Item.using(engine);
          const queries = [
            items
              .all()
              .orderBy((i) => i.n.desc())
              .offset(3)
              .limit(20),
            items.where((i) => i.n.gt(4)).select("label"),
            items.all().select((i) => ({ n: i.n, twice: i.n.mul(2) })),
            items
              .all()
              .select((i) => ({ label: i.label }))
              .distinct(),
            items.all().select((i) => ({ place: rowNumber().over({ orderBy: i.n.desc() }) })),
            items
              .all()
              .join(Part, (i, p) => p.itemId.eq(i.id))
              .select((i, p) => ({ n: i.n, part: p.id })),
            items.where((i) => exists(Part.where((p) => p.itemId.eq(i.id)))),
          ];
          for (const query of queries) {
            const text = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
            const whole = text((await query) as unknown[]);
            expect(text(await collect(query.iterate({ batchSize: 4 }) as AsyncIterable<unknown>))).toEqual(whole);
            expect(text((await collect(query.inBatches({ size: 4 }) as AsyncIterable<unknown[]>)).flat())).toEqual(whole);
          }
        });
      });

      it("lets the loop save, delete and make again every row", async () => {
        const { engine, run } = at();
        await fill(1001);
        const items = Item.using(engine);
        await run(async () => {
          let seen = 0;
          for await (const item of items.all()) {
            item.label = "saved";
            await item.save();
            await item.delete();
            // With its old key, and once more with a new one: the loop must see neither.
            await items.create({ id: item.id, n: item.n, label: "again" });
            await items.create({ n: item.n + 10_000, label: "new" });
            if (++seen > 1001) break;
          }
          expect(seen).toBe(1001);
        });
        expect(await items.where({ label: "again" }).count()).toBe(1001);
        expect(await items.where({ label: "new" }).count()).toBe(1001);
      });

      it("pages by a key of three columns", async () => {
        const { engine, run } = at();
        const cells = range(1203).map((n) => ({ a: n % 3, b: `k${n % 5}`, d: n, n }));
        await Cell.using(many()).bulkCreate(cells);
        await run(async () => {
          const seen: number[] = [];
          for await (const cell of Cell.using(engine)
            .where((c) => c.n.gte(0))
            .iterate({ batchSize: 100 })) {
            seen.push(cell.n);
            await cell.delete();
            await Cell.using(engine).create({ a: 9, b: "later", d: cell.d, n: 5000 + cell.n });
          }
          expect(seen.sort((a, b) => a - b)).toEqual(range(1203));
        });
        expect(await Cell.using(engine).where({ a: 9 }).count()).toBe(1203);
      });

      it("is left early by break and by throw, and the connection is free at once", async () => {
        const { engine, run } = at();
        // On a busy machine everything takes longer: then leaving is at least cheaper than reading to the end.
        const begun = performance.now();
        await run(() => collect(Heavy.using(engine).all()));
        const whole = performance.now() - begun;
        for (const how of ["break", "throw"]) {
          await run(async () => {
            const leave = async () => {
              for await (const _ of Heavy.using(engine).all()) {
                if (how === "break") break;
                throw new Error("enough");
              }
            };
            const started = performance.now();
            await leave().catch((error: Error) => expect(error.message).toBe("enough"));
            expect(await Item.using(engine).count()).toBe(0);
            expect(performance.now() - started).toBeLessThan(Math.max(250, whole));
          });
          expect(engine.poolStats()).toMatchObject({ leased: 0, waiting: 0 });
        }
      });
    });
  }

  it("sends nothing before the first row is asked for, and reads again for each loop", async () => {
    await fill(3);
    const rows = Item.using(many()).all().iterate({ batchSize: 2 });
    expect(await sentBy(many(), () => pause(5))).toEqual([]);
    expect(await collect(rows)).toHaveLength(3);
    expect(await collect(rows)).toHaveLength(3);
  });

  it("loads prefetched relations batch by batch", async () => {
    const made = await fill(10);
    await Part.using(many()).bulkCreate(made.map(({ id }) => ({ itemId: id })));
    class Owner extends Model("i_item", { n: int(), label: str().default("") }) {
      get parts() {
        return this.hasMany(Part, (part) => part.itemId);
      }
    }
    const sizes: number[] = [];
    for await (const batch of Owner.using(many()).all().prefetch("parts").inBatches({ size: 4 })) {
      sizes.push(batch.length);
      expect(batch.map((owner) => owner.parts.loaded.length)).toEqual(batch.map(() => 1));
    }
    expect(sizes).toEqual([4, 4, 2]);
  });

  it("refuses sizes that are none before anything is sent", async () => {
    const items = Item.using(many()).all();
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 100_001, "5", null, {}, 5n] as never[]) {
      if (wrong !== null) await refused(many(), () => items.iterate({ batchSize: wrong }));
      if (wrong !== null) await refused(many(), () => items.inBatches({ size: wrong }));
    }
    for (const wrong of [5, "x", null, [], { batchsize: 5 }, { size: 5 }] as never[]) await refused(many(), () => items.iterate(wrong));
    for (const wrong of [5, null, { batchSize: 5 }] as never[]) await refused(many(), () => items.inBatches(wrong));
  });

  it("reads no further ahead than a batch", async () => {
    const events: number[] = [];
    const stop = many().on("statement", ({ rows }) => void events.push(rows));
    let seen = 0;
    for await (const _ of Heavy.using(many()).all().iterate({ batchSize: 10 })) {
      if (++seen === 15) await pause(50);
      if (seen === 25) break;
    }
    stop();
    // Three batches at most were taken from the server, whether as parts of one statement or as pages.
    expect(Math.max(...events)).toBeLessThanOrEqual(30);
    expect(events.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(31);
  });

  const full = process.env.KAKA_FULL === "1";
  const rows = full ? 1_000_000 : 100_000;
  // A tenth of the rows held in memory would already take more than this.
  const mostMiB = full ? 64 : 24;
  it(`streams ${rows} rows within ${mostMiB} MiB of heap`, { timeout: 600_000 }, async () => {
    const { seen, sum, extraMiB } = await runChild(t.url(), rows);
    expect([seen, sum]).toEqual([rows, (rows * (rows - 1)) / 2]);
    if (full) console.log(`${t.name}: ${rows} rows, ${extraMiB.toFixed(1)} MiB of extra heap`);
    expect(extraMiB).toBeLessThan(mostMiB);
  });
}

interface Measured {
  readonly seen: number;
  readonly sum: number;
  readonly extraMiB: number;
}

function runChild(url: string, rows: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const script = join(root, "tests/support/stream-rows.ts");
    const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", script, url, String(rows)], { cwd: root });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => (status === 0 ? resolve(JSON.parse(stdout) as Measured) : reject(new Error(stderr))));
  });
}
