/** What is measured. Each workload first proves that the adapter does the work, then is run in batches. */
import { deepStrictEqual, strictEqual } from "node:assert";
import type { Adapter } from "./adapter.ts";
import { countryOf, customerOf, ITEMS, type ItemValues, itemOf, lineOf, type Sizes, TABLES } from "./data.ts";
import {
  expectedCustomer,
  expectedItem,
  expectedTotals,
  expectedTree,
  plainCustomer,
  plainItem,
  plainTotals,
  plainTree,
} from "./digest.ts";

/** The database as the bench itself prepares and checks it. */
export interface Bench {
  readonly sizes: Sizes;
  /** Puts the table that is written to back: items 1 to `ITEMS`, nothing else. */
  reset(extra?: number): Promise<void>;
  /** Its rows by key. */
  items(): Promise<readonly object[]>;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** It changes the table of items, which is put back after each batch. */
  readonly writes?: boolean;
  /** Rows that must stand behind the usual items before a batch of this many units. */
  extra?(times: number): number;
  /** False: this adapter has no such work. */
  suits?(adapter: Adapter): boolean;
  /** Compares the adapter's answers and effects with what they must be. @throws AssertionError */
  verify(bench: Bench, adapter: Adapter): Promise<void>;
  /** Inputs for `times` units are made here, before the clock starts; what is returned does one unit. */
  batch(bench: Bench, adapter: Adapter, times: number): (n: number) => unknown;
  /** Not part of the mean of all ratios. */
  readonly apart?: boolean;
}

let turn = 0;
const next = (below: number) => (turn++ % below) + 1;
const newItem = (): ItemValues => itemOf(1_000_000 + turn++);
const newItems = (count: number) => Array.from({ length: count }, newItem);
const made = <T>(times: number, make: (n: number) => T): readonly T[] => Array.from({ length: times }, (_, i) => make(i));
const at = <T>(list: readonly T[], n: number): T => list[n] as T;

const MANY = 1000;
const TREE = 20;
const STREAMED = 100_000;
const CROWD = 50;

const filterOf = (n: number) => ({ country: countryOf(n), credit: 300, prefix: String.fromCharCode(65 + (n % 26)) });
function filtered(n: number, { customers }: Sizes): object[] {
  const { country, credit, prefix } = filterOf(n);
  const found: object[] = [];
  for (let id = 1; id <= customers && found.length < 50; id++) {
    const c = customerOf(id);
    if (c.country === country && c.active && c.credit >= credit && c.name.startsWith(prefix)) found.push(expectedCustomer(id));
  }
  return found;
}

/** Customers of a prefix share a country only where 20 and 26 allow it; the one that is asked for has some. */
const FILTERED = 4;

function listing(name: string, title: string, rows: number): Workload {
  return {
    name,
    title,
    async verify({ sizes }, adapter) {
      const found = (await adapter.list(rows)) as unknown[];
      deepStrictEqual(
        found.map(plainCustomer),
        made(Math.min(rows, sizes.customers), (i) => expectedCustomer(i + 1)),
      );
    },
    batch: (_bench, adapter) => () => adapter.list(rows),
  };
}

/** Everything after the usual items, and the items that differ from what they were. */
async function changesOf(bench: Bench): Promise<object[]> {
  const rows = (await bench.items()).map(plainItem);
  const before = new Set(made(ITEMS, (i) => JSON.stringify(expectedItem(itemOf(i + 1)))));
  return rows.filter((row) => !before.has(JSON.stringify(row)));
}
const sorted = (rows: readonly object[]) => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const ordered = ({ sku, title, views, score, published, note, createdAt }: ItemValues) => ({
  sku,
  title,
  views,
  score,
  published,
  note,
  createdAt,
});

export const WORKLOADS: readonly Workload[] = [
  {
    name: "lookup",
    title: "one row by its key",
    async verify({ sizes }, adapter) {
      deepStrictEqual(plainCustomer(await adapter.lookup(7)), expectedCustomer(7));
      strictEqual((await adapter.lookup(sizes.customers + 1)) ?? null, null);
    },
    batch({ sizes }, adapter, times) {
      const ids = made(times, () => next(sizes.customers));
      return (n) => adapter.lookup(at(ids, n));
    },
  },
  listing("rows-100", "100 rows", 100),
  listing("rows-10k", "10,000 rows", 10_000),
  {
    name: "filter",
    title: "four conditions, up to 50 rows",
    async verify({ sizes }, adapter) {
      const found = (await adapter.filter(filterOf(FILTERED))) as unknown[];
      deepStrictEqual(found.map(plainCustomer), filtered(FILTERED, sizes));
    },
    batch: (_bench, adapter) => () => adapter.filter(filterOf(FILTERED)),
  },
  {
    name: "insert",
    title: "one new row and its key",
    writes: true,
    async verify(bench, adapter) {
      const item = newItem();
      await adapter.insert(item);
      deepStrictEqual(await changesOf(bench), [expectedItem(ordered(item))]);
    },
    batch(_bench, adapter, times) {
      const items = newItems(times);
      return (n) => adapter.insert(at(items, n));
    },
  },
  {
    name: "bulk-1000",
    title: "1,000 new rows, all or none",
    writes: true,
    async verify(bench, adapter) {
      const items = newItems(MANY);
      await adapter.bulk(items);
      deepStrictEqual(sorted(await changesOf(bench)), sorted(items.map((item) => expectedItem(ordered(item)))));
    },
    batch(_bench, adapter, times) {
      const lots = made(times, () => newItems(MANY));
      return (n) => adapter.bulk(at(lots, n));
    },
  },
  {
    name: "update",
    title: "one column of one row",
    writes: true,
    async verify(bench, adapter) {
      await adapter.update(3, 123_456);
      deepStrictEqual(await changesOf(bench), [expectedItem(itemOf(3), 123_456)]);
    },
    batch(_bench, adapter, times) {
      const ids = made(times, () => next(ITEMS));
      const views = made(times, () => 20_000 + turn++);
      return (n) => adapter.update(at(ids, n), at(views, n));
    },
  },
  {
    name: "bulk-update",
    title: "500 rows, each to a number of its own",
    writes: true,
    async verify(bench, adapter) {
      const rows = made(500, (i) => ({ id: i + 1, views: 50_000 + i }));
      await adapter.bulkUpdate(rows);
      deepStrictEqual(sorted(await changesOf(bench)), sorted(rows.map(({ id, views }) => expectedItem(itemOf(id), views))));
    },
    batch(_bench, adapter, times) {
      const lots = made(times, () => made(500, (i) => ({ id: i + 1, views: 20_000 + turn++ })));
      return (n) => adapter.bulkUpdate(at(lots, n));
    },
  },
  {
    name: "delete",
    title: "one row by its key",
    writes: true,
    extra: (times) => times,
    async verify(bench, adapter) {
      await bench.reset(1);
      await adapter.remove(ITEMS + 1);
      deepStrictEqual(await changesOf(bench), []);
    },
    batch: (_bench, adapter) => (n) => adapter.remove(ITEMS + 1 + n),
  },
  {
    name: "tree",
    title: `${TREE} customers with their orders with their lines`,
    async verify({ sizes }, adapter) {
      deepStrictEqual(plainTree(await loaded(adapter, 11)), expectedTree(11, TREE, sizes));
    },
    batch({ sizes }, adapter, times) {
      const froms = made(times, () => next(sizes.customers - TREE));
      return (n) => adapter.tree(at(froms, n), TREE);
    },
  },
  {
    name: "totals",
    title: "three tables joined, grouped, summed",
    async verify({ sizes }, adapter) {
      deepStrictEqual(plainTotals(await adapter.totals(countryOf(3))), expectedTotals(countryOf(3), sizes));
    },
    batch: (_bench, adapter) => () => adapter.totals(countryOf(next(20))),
  },
  {
    name: "transaction",
    title: "insert, read, update, read, delete",
    writes: true,
    async verify(bench, adapter) {
      strictEqual(Number(await adapter.transaction(newItem(), 77)), 77);
      deepStrictEqual(await changesOf(bench), []);
    },
    batch(_bench, adapter, times) {
      const items = newItems(times);
      return (n) => adapter.transaction(at(items, n), 77);
    },
  },
  {
    name: "upsert-1000",
    title: "1,000 rows, half of them known",
    writes: true,
    async verify(bench, adapter) {
      const fresh = newItems(MANY / 2);
      const known = made(MANY / 2, (i) => ({ ...itemOf(i + 1), views: 60_000 + i }));
      await adapter.upsert([...known, ...fresh]);
      deepStrictEqual(sorted(await changesOf(bench)), sorted([...known, ...fresh].map((item) => expectedItem(ordered(item)))));
    },
    batch(_bench, adapter, times) {
      const lots = made(times, () => [...made(MANY / 2, (i) => ({ ...itemOf(i + 1), views: 20_000 + turn++ })), ...newItems(MANY / 2)]);
      return (n) => adapter.upsert(at(lots, n));
    },
  },
  {
    name: "stream-100k",
    title: "100,000 rows, never all in memory",
    async verify({ sizes }, adapter) {
      let sum = 0;
      for (let n = 1; n <= Math.min(STREAMED, sizes.lines); n++) sum += lineOf(n, sizes).quantity;
      strictEqual(await adapter.stream(STREAMED), sum);
    },
    batch: (_bench, adapter) => () => adapter.stream(STREAMED),
  },
  {
    name: "concurrent-50",
    title: "50 rows by key at once",
    async verify(_bench, adapter) {
      const rows = await Promise.all(made(CROWD, (i) => concurrent(adapter)(i + 1)));
      deepStrictEqual(
        rows.map(plainCustomer),
        made(CROWD, (i) => expectedCustomer(i + 1)),
      );
    },
    batch({ sizes }, adapter, times) {
      const lots = made(times, () => made(CROWD, () => next(sizes.customers)));
      const one = concurrent(adapter);
      return (n) => Promise.all(at(lots, n).map(one));
    },
  },
  {
    name: "compile",
    title: "a query of medium size built and rendered, nothing sent",
    apart: true,
    suits: (adapter) => adapter.compile !== undefined,
    async verify(_bench, adapter) {
      strictEqual(adapter.compile?.(1)?.includes(TABLES.customer), true);
    },
    batch: (_bench, adapter) => (n) => adapter.compile?.(n),
  },
];

function concurrent(adapter: Adapter): (id: number) => unknown {
  return adapter.concurrent === undefined ? (id) => adapter.lookup(id) : (id) => adapter.concurrent?.(id);
}

/** kakaorm keeps what was prefetched in the relation, which is a query as well. */
async function loaded(adapter: Adapter, from: number): Promise<unknown> {
  const rows = (await adapter.tree(from, TREE)) as {
    id: number;
    name: string;
    orders: { loaded?: { id: number; total: number; lines: { loaded: object[] } }[] };
  }[];
  if (rows[0]?.orders.loaded === undefined) return rows;
  return rows.map(({ id, name, orders }) => ({
    id,
    name,
    orders: orders.loaded?.map((order) => ({ id: order.id, total: order.total, lines: order.lines.loaded })),
  }));
}
