/** `npm run growth`: how the cost of kakaorm grows when everything becomes ten times as much. SQLite in memory, processor time. */
import { buildKaka } from "./build.ts";

await buildKaka();
const { connect, int, Model, str } = await import("kakaorm");

interface Growth {
  readonly name: string;
  /** Two sizes, the second ten times the first, and the work to be timed at each. */
  readonly sizes: readonly [number, number];
  /** Makes everything ready; the returned function does the work once. */
  readonly make: (size: number) => Promise<() => unknown>;
}

const db = await connect("sqlite::memory:");
let tables = 0;

function modelOf(columns: number) {
  const names = Array.from({ length: columns }, (_, i) => [`c${i}x`, i % 2 === 0 ? int() : str()] as const);
  return Model(`grow${tables++}`, Object.fromEntries(names));
}

async function filled(columns: number, rows: number) {
  class Grown extends modelOf(columns) {}
  await db.createTable(Grown);
  const row = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}x`, i % 2 === 0 ? i : `text ${i}`]));
  await Grown.bulkCreate(Array.from({ length: rows }, () => row) as never);
  return Grown;
}

class Small extends Model("grow_small", { name: str(), other: int() }) {}
await db.createTable(Small);
const first = await Small.create({ name: "a", other: 1 });
await Small.bulkCreate(Array.from({ length: 20_000 }, (_, i) => ({ name: `n${i}`, other: i })));

const GROWTHS: readonly Growth[] = [
  { name: "rows read", sizes: [1000, 10_000], make: async (n) => () => Small.all().limit(n) },
  {
    name: "rows inserted",
    sizes: [500, 5000],
    make: async (n) => () => Small.bulkCreate(Array.from({ length: n }, (_, i) => ({ name: "x", other: i }))),
  },
  {
    name: "columns read",
    sizes: [10, 100],
    make: async (n) => {
      const model = await filled(n, 300);
      return () => model.all();
    },
  },
  {
    name: "conditions",
    sizes: [15, 150],
    make: async (n) => () => Small.where((s) => s.other.eq(0).or(...Array.from({ length: n }, (_, i) => s.other.eq(-i)))).toSQL(),
  },
  {
    name: "joins",
    sizes: [3, 30],
    make: async (n) => () => {
      let query = Small.all();
      for (let i = 0; i < n; i++) query = query.join(Small, (a, b) => a.id.eq(b.id)) as never;
      return query.toSQL();
    },
  },
  {
    name: "models declared",
    sizes: [30, 300],
    make: async (n) => () => {
      for (let i = 0; i < n; i++) {
        class One extends modelOf(10) {}
        One.where({ c0x: i }).toSQL();
      }
    },
  },
  {
    name: "concurrent lookups",
    sizes: [50, 500],
    make: async (n) => () => Promise.all(Array.from({ length: n }, () => Small.find(first.id))),
  },
];

/** Processor microseconds of one run, the least of several: the others met more of what else the machine does. */
async function timed(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    let times = 0;
    do {
      await work();
      times++;
    } while (process.cpuUsage(before).user < 20_000);
    least = Math.min(least, process.cpuUsage(before).user / times);
  }
  return least;
}

/** Bytes that the heap holds beyond what it held before, at most, while all rows of a table are streamed. */
async function streamed(rows: number): Promise<number> {
  const model = await filled(4, rows);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  let seen = 0;
  for await (const _row of model.all()) {
    if (++seen % 1500 !== 0) continue;
    globalThis.gc?.();
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }
  return most;
}

console.log("| ten times the | µs | µs | exponent |\n| --- | --: | --: | --: |");
for (const { name, sizes, make } of GROWTHS) {
  const [small, large] = [await timed(await make(sizes[0])), await timed(await make(sizes[1]))];
  const cells = [`${name} (${sizes.join(" to ")})`, small.toFixed(0), large.toFixed(0), Math.log10(large / small).toFixed(2)];
  console.log(`| ${cells.join(" | ")} |`);
}
const [few, many] = [await streamed(2000), await streamed(20_000)];
console.log(`\nA stream of 2,000 rows holds ${(few / 1024).toFixed(0)} kB at most, one of 20,000 rows ${(many / 1024).toFixed(0)} kB.`);
await db.disconnect();
