/** A table with a column of every family, thirty rows with nulls in every column, and the same rows in JavaScript. */
import {
  bigint,
  bool,
  bytes,
  date,
  datetime,
  decimal,
  float,
  int,
  json,
  Model,
  oneOf,
  smallint,
  str,
  text,
  time,
  uuid,
} from "../../src/index.ts";

export class Thing extends Model("q_thing", {
  id: int().primaryKey(),
  small: smallint().nullable(),
  whole: int().nullable(),
  big: bigint().nullable(),
  real: float().nullable(),
  price: decimal({ precision: 10, scale: 2 }).nullable(),
  flag: bool().nullable(),
  name: str({ length: 40 }).nullable(),
  note: text().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  token: uuid().nullable(),
  word: oneOf("low", "mid", "top").nullable(),
  doc: json<{ n: number; tag: string }>().nullable(),
  blob: bytes().nullable(),
}) {}

export interface ThingRow {
  readonly id: number;
  readonly small: number | null;
  readonly whole: number | null;
  readonly big: bigint | null;
  readonly real: number | null;
  readonly price: string | null;
  readonly flag: boolean | null;
  readonly name: string | null;
  readonly note: string | null;
  readonly at: Date | null;
  readonly day: string | null;
  readonly clock: string | null;
  readonly token: string | null;
  readonly word: "low" | "mid" | "top" | null;
  readonly doc: { readonly n: number; readonly tag: string } | null;
  readonly blob: Uint8Array | null;
}

const words = ["low", "mid", "top"] as const;
// Lower-case letters only: every collation agrees about their order.
const names = ["ada", "grace", "alan", "edsger", "barbara", "kurt", "emmy"];

/** A value in all but every seventh row, each column with another gap. */
function some<T>(row: number, gap: number, value: T): T | null {
  return row % 7 === gap % 7 ? null : value;
}

export const things: readonly ThingRow[] = Array.from({ length: 30 }, (_, i): ThingRow => {
  const n = (i * 11) % 30;
  return {
    id: i + 1,
    small: some(i, 0, n - 15),
    whole: some(i, 1, (n - 15) * 1_000_003),
    big: some(i, 2, BigInt(n - 15) * 9_007_199_254_740_993n),
    real: some(i, 3, (n - 15) / 8),
    price: some(i, 4, ((n - 15) * 1.25).toFixed(2)),
    flag: some(i, 5, n % 2 === 0),
    name: some(i, 6, names[n % names.length] as string),
    note: some(i, 0, `${names[n % 5]}${names[n % 3]}`),
    at: some(i, 1, new Date(Date.UTC(2019 + (n % 4), n % 12, 28, 23 - (n % 24), 59, n, 7 * n))),
    day: some(i, 2, `20${10 + n}-0${1 + (n % 9)}-1${n % 10}`),
    clock: some(i, 3, `${String(n % 24).padStart(2, "0")}:0${n % 6}:00${n % 2 === 0 ? "" : ".5"}`),
    token: some(i, 4, `00000000-0000-4000-8000-0000000000${String(n).padStart(2, "0")}`),
    word: some(i, 5, words[n % 3] as (typeof words)[number]),
    doc: some(i, 6, { n, tag: names[n % names.length] as string }),
    blob: some(i, 0, Uint8Array.from([n, 0, 255 - n])),
  };
});

type Key = number | bigint | string | boolean;

/** What two values of a column are compared by. */
export function keyOf(column: keyof ThingRow, value: unknown): Key {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (column === "price") return Math.round(Number(value) * 100);
  return typeof value === "object" ? JSON.stringify(value) : (value as Key);
}

export const idsOf = (rows: readonly { readonly id: number }[]): number[] => rows.map(({ id }) => id);

/** The ids of the rows for which a condition is true; null is SQL's unknown. */
export function idsWhere(condition: (row: ThingRow) => boolean | null): number[] {
  return idsOf(things.filter((row) => condition(row) === true));
}
