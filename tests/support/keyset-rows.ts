/** A table with a nullable column of every type that has an order, and hard values of each. */
import {
  bigint,
  bool,
  bytes,
  custom,
  date,
  datetime,
  decimal,
  float,
  foreignKey,
  int,
  json,
  Model,
  oneOf,
  str,
  text,
  time,
  uuid,
} from "../../src/index.ts";

const dashed = custom(str({ length: 20 }), {
  encode: (parts: string[]) => parts.join("-"),
  decode: (stored) => String(stored).split("-"),
});

export class Row extends Model("k_row", {
  small: int().nullable(),
  large: bigint().nullable(),
  real: float().nullable(),
  price: decimal({ precision: 20, scale: 3 }).nullable(),
  word: text().nullable(),
  kind: oneOf("one", "three", "two").nullable(),
  flag: bool().nullable(),
  at: datetime().nullable(),
  day: date().nullable(),
  clock: time().nullable(),
  token: uuid().nullable(),
  blob: bytes().nullable(),
  path: dashed.nullable(),
  must: int(),
  doc: json<{ n: number }>().nullable(),
}) {}
export class Tag extends Model("k_tag", {
  a: int().primaryKey(),
  b: str({ length: 5 }).primaryKey(),
  rowId: foreignKey(() => Row).nullable(),
}) {}

export type Field =
  | "small"
  | "large"
  | "real"
  | "price"
  | "word"
  | "kind"
  | "flag"
  | "at"
  | "day"
  | "clock"
  | "token"
  | "blob"
  | "path"
  | "must";
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
/** Three values of each column, in ascending order, each among the hard ones of its type. */
export const values = {
  small: [-2_147_483_648, 0, 7],
  large: [-9_223_372_036_854_775_808n, 9_007_199_254_740_993n, 9_007_199_254_740_994n],
  real: [-1e300, 0.1, 0.30000000000000004],
  price: ["-12345678901234567.001", "9.500", "10.000"],
  word: ["a", "ab", "b"],
  kind: ["one", "three", "two"],
  flag: [false, true, true],
  at: [new Date("1969-12-31T23:59:59.999Z"), new Date("2024-02-29T00:00:00.000Z"), new Date("2024-02-29T00:00:00.001Z")],
  day: ["0999-01-01", "2024-02-29", "2024-03-01"],
  clock: ["00:00:00", "12:30:00", "12:30:00.5"],
  token: [id(0), id(5), id(9)],
  blob: [Uint8Array.of(), Uint8Array.of(0, 255), Uint8Array.of(255)],
  path: [["a"], ["a", "b"], ["c"]],
  must: [1, 2, 3],
} as const satisfies Record<Field, readonly unknown[]>;
export const fields = Object.keys(values) as Field[];
