/** The model of the suites of hand-written SQL, and its rows. */
import {
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  type Engine,
  float,
  int,
  json,
  Model,
  oneOf,
  str,
  time,
  uuid,
} from "../../src/index.ts";

export class Item extends Model("rf_item", {
  id: int().primaryKey(),
  someLabel: str().nullable(),
  n: int().default(0),
  big: bigint().nullable(),
  real: float().nullable(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  flag: bool().default(true),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  key: uuid().nullable(),
  kind: oneOf("a", "b").default("a"),
  doc: json<unknown>().nullable(),
  blob: bytes().nullable(),
  other: str({ column: "Other Name" }).default("o"),
  secret: str().default("hush").hidden(),
}) {}

export const nasty = `'; drop table rf_item; -- " \` \\ ? ?? $1 :a @p 😀`;
export const at = new Date("2024-02-29T12:34:56.789Z");

export const full = {
  someLabel: "one",
  n: 10,
  big: 12n,
  real: 1.5,
  price: "9.50",
  at,
  day: "2024-02-29",
  clock: "12:30:00",
  key: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  kind: "b" as const,
  doc: { a: [true, null] },
  blob: Uint8Array.from([0, 255]),
  other: "x",
};

/** Makes the table with three rows in it. */
export async function createItems(engine: Engine): Promise<void> {
  await engine.createTable(Item);
  await Item.using(engine).bulkCreate([
    { id: 1, ...full },
    { id: 2, flag: false, n: 20 },
    { id: 3, someLabel: nasty, n: 30, price: "100.00" },
  ]);
}
