/** What a candidate must be able to do. Each method does one unit of a workload in the way its library is meant to be used. */
import type { ItemValues } from "./data.ts";

export const DATABASES = ["sqlite", "postgres", "mysql"] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** Where an adapter finds its database. `path` is the file of SQLite. */
export interface Place {
  readonly database: DatabaseName;
  readonly url: string;
  readonly path: string;
  /** `sqlite`, `postgres`, `mysql` or `mariadb`. */
  readonly flavour: string;
}

/** What the filter looks for: `country = ? and active and credit >= ? and name like ?`, the first 50 by key. */
export interface FilterInput {
  readonly country: string;
  readonly credit: number;
  readonly prefix: string;
}

export interface ViewsOf {
  readonly id: number;
  readonly views: number;
}

/** Connections of each adapter at most; all of them together must fit a server with its default limit. */
export const POOL = 5;

type Answer = unknown;

export interface Adapter {
  readonly name: string;
  /** `raw`: a client library by itself. Ratios are taken to the fastest of those. */
  readonly kind: "raw" | "builder" | "orm";
  /** A customer by key, or nothing. */
  lookup(id: number): Answer;
  /** The first customers by key. */
  list(rows: number): Answer;
  filter(input: FilterInput): Answer;
  /** One item; answers its new key. */
  insert(item: ItemValues): Answer;
  /** Many new items at once, all or none. */
  bulk(items: readonly ItemValues[]): Answer;
  /** Sets `views` of one item. */
  update(id: number, views: number): Answer;
  /** Sets `views` of many items, each to its own number. */
  bulkUpdate(rows: readonly ViewsOf[]): Answer;
  /** Deletes one item by key. */
  remove(id: number): Answer;
  /** Customers with keys in `from .. from + count - 1`, each with `orders`, each of these with `lines`. */
  tree(from: number, count: number): Answer;
  /** Of one country: `{ city, orders, revenue }` for each city in order; revenue is the sum of quantity times price of the lines. */
  totals(country: string): Answer;
  /** In one transaction: insert an item, read it, update its views, read it, delete it. Answers what the second read saw. */
  transaction(item: ItemValues, views: number): Answer;
  /** Items by `sku`: new ones inserted, known ones given the new `views`. */
  upsert(items: readonly ItemValues[]): Answer;
  /** The first `rows` lines by key, never all of them in memory. Answers the sum of `quantity`. */
  stream(rows: number): Promise<number>;
  /** A customer by key, for many at once; a raw driver may use a pool here. */
  concurrent?(id: number): Answer;
  /** Builds and renders a query of medium size without sending it. Answers its text. */
  compile?(credit: number): string;
  /** Makes ready what `update` needs, not timed. */
  prepare?(): Promise<void>;
  close(): Promise<void>;
}

export type OpenAdapter = (place: Place) => Promise<Adapter>;

/** For libraries without streams: pages by key. */
export async function streamByKey(
  rows: number,
  page: (after: number, size: number) => PromiseLike<readonly object[]>,
  size = 1000,
): Promise<number> {
  let sum = 0;
  let after = 0;
  for (let left = rows; left > 0; ) {
    const found = (await page(after, Math.min(size, left))) as readonly { readonly id: number; readonly quantity: number }[];
    if (found.length === 0) break;
    for (const line of found) sum += line.quantity;
    after = (found[found.length - 1] as { readonly id: number }).id;
    left -= found.length;
  }
  return sum;
}
