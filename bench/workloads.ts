/** What is measured. Each workload first proves that the adapter does the work, then runs batches of it. */
import { deepStrictEqual, strictEqual } from "node:assert";
import type { Adapter, Bench } from "./adapter.ts";
import { plainOf, SEEDED, valuesOf } from "./data.ts";

export interface Workload {
  readonly name: string;
  /** False: this adapter has no such work. All have it when this is left out. */
  suits?(adapter: Adapter): boolean;
  /** Compares the adapter's answers and effects with what they must be. @throws AssertionError */
  verify(bench: Bench, adapter: Adapter): Promise<void>;
  /** Does the work `times` times. What it needs is made before; its answer is checked after the clock has stopped. */
  batch(bench: Bench, adapter: Adapter, times: number): Batch | Promise<Batch>;
  /** Undoes what a batch left behind; not timed. */
  reset?(bench: Bench): Promise<void>;
}

export interface Batch {
  run(): number | Promise<number>;
  /** What `run` must answer. */
  readonly expected: number;
}

const LISTED = 100;
const MANY = 1000;

let turn = 0;
const idsOf = (times: number) => Array.from({ length: times }, () => (turn++ % SEEDED) + 1);
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const itemsOf = (times: number) => Array.from({ length: times }, (_, i) => valuesOf(i));

async function verifyWritten(bench: Bench, count: number): Promise<void> {
  const rows = await bench.written();
  deepStrictEqual(
    rows,
    rows.map((row, i) => plainOf(row.id, valuesOf(i))),
  );
  strictEqual(rows.length, count);
  await bench.clear();
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: "key-lookup",
    async verify(bench, adapter) {
      deepStrictEqual(await adapter.row(7), (await bench.seeded())[6]);
      strictEqual(await adapter.row(SEEDED + 1), null);
    },
    async batch(bench, adapter, times) {
      const ids = idsOf(times);
      const rows = await bench.seeded();
      return { run: () => adapter.lookup(ids), expected: sum(ids.map((id) => rows[id - 1]?.views ?? 0)) };
    },
  },
  {
    name: "rows-100",
    async verify(bench, adapter) {
      deepStrictEqual(await adapter.rows(LISTED), (await bench.seeded()).slice(0, LISTED));
    },
    async batch(bench, adapter, times) {
      const rows = (await bench.seeded()).slice(0, LISTED);
      return { run: () => adapter.list(LISTED, times), expected: times * sum(rows.map((row) => row.views)) };
    },
  },
  {
    name: "insert-one",
    async verify(bench, adapter) {
      strictEqual(await adapter.insert(itemsOf(20)), 20);
      await verifyWritten(bench, 20);
    },
    batch(_bench, adapter, times) {
      const items = itemsOf(times);
      return { run: () => adapter.insert(items), expected: times };
    },
    reset: (bench) => bench.clear(),
  },
  {
    name: "update-one",
    async verify(bench, adapter) {
      const ids = [3, 5, 8];
      for (const change of [1, 0]) {
        const views = ids.map((id) => valuesOf(id).views + change);
        strictEqual(await adapter.update(ids, views), ids.length);
        const rows = await bench.seeded();
        deepStrictEqual(
          ids.map((id) => rows[id - 1]?.views),
          views,
        );
      }
    },
    batch(_bench, adapter, times) {
      const ids = idsOf(times);
      const views = ids.map(() => turn++ % 1_000_000);
      return { run: () => adapter.update(ids, views), expected: times };
    },
  },
  {
    name: "bulk-1000",
    async verify(bench, adapter) {
      strictEqual(await adapter.bulk(itemsOf(MANY), 1), MANY);
      await verifyWritten(bench, MANY);
    },
    batch(_bench, adapter, times) {
      const items = itemsOf(MANY);
      return { run: () => adapter.bulk(items, times), expected: MANY * times };
    },
    reset: (bench) => bench.clear(),
  },
  {
    name: "compile",
    suits: (adapter) => adapter.compile !== undefined,
    async verify(_bench, adapter) {
      strictEqual(compile(adapter, 3), compile(adapter, 1) * 3);
    },
    batch: (_bench, adapter, times) => ({ run: () => compile(adapter, times), expected: times * compile(adapter, 1) }),
  },
];

function compile(adapter: Adapter, times: number): number {
  return adapter.compile?.(times) ?? 0;
}
