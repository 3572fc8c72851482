/** What a candidate must be able to do. Each method runs a whole batch, in the way its library is meant to be used. */
import type { PlainRow, Values } from "./data.ts";

export interface Adapter {
  readonly name: string;
  /** One row by key, once per id. Answers the sum of the rows' `views`. */
  lookup(ids: readonly number[]): number | Promise<number>;
  /** The first `rows` rows by key, `times` times. Answers the sum of all `views`. */
  list(rows: number, times: number): number | Promise<number>;
  /** One INSERT per item. Answers how many distinct keys came back. */
  insert(items: readonly Values[]): number | Promise<number>;
  /** Sets `views` of one row per call: row `ids[i]` to `views[i]`. Answers the number of rows that were hit. */
  update(ids: readonly number[], views: readonly number[]): number | Promise<number>;
  /** All items at once, `times` times, all or none. Answers the number of rows. */
  bulk(items: readonly Values[], times: number): number | Promise<number>;
  /** The answers of `lookup` and `list` as they are compared. */
  rows(first: number): Promise<PlainRow[]>;
  row(id: number): Promise<PlainRow | null>;
  /** Builds and renders a query of medium size without sending it. Answers the length of all texts. Query builders only. */
  compile?(times: number): number;
  close(): Promise<void>;
}

/** The database as the bench itself prepares and checks it. */
export interface Bench {
  readonly adapters: readonly Adapter[];
  /** Empties the table that is written to. */
  clear(): Promise<void>;
  /** Every row of that table in the order of its keys. */
  written(): Promise<PlainRow[]>;
  /** The same for the table that is read; updates happen here. */
  seeded(): Promise<PlainRow[]>;
  close(): Promise<void>;
}
