/** Random values, out of a small set: equal ones meet. */
import type { Draw } from "./operator.ts";
import type { Data } from "./tables.ts";
import { decimal, type Json, type Kind, type Row, type Value } from "./values.ts";

const ints = [0, 1, 2, 3, 5, -1, -2, -7, 10, 12, 40, 1000];
const texts = ["", "a", "A", "a ", " a", "b", "B", "é", "É", "50%", "a_b", "x!y", "*[", "\\", "日本", "😀b", "12", "-3.5", "it's", "Ab "];
const decimals = ["0.00", "1.50", "-1.50", "0.01", "-0.01", "9.99", "10.00", "0.05", "-2.25", "123.45", "2.50", "0.50"];
const floats = [0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.25, 3, -7.75, 1000.125, 0.1, 2.675];
const bigints = [0n, 1n, -1n, 9007199254740993n, -9007199254740993n, 7n, 3n];
const dates = ["2024-02-29", "2024-01-31", "2023-12-31", "1999-03-01", "2024-02-28", "2000-01-01"];
const instants = [
  "2024-02-29T12:30:15.250Z",
  "2024-01-31T23:59:59.999Z",
  "2023-12-31T00:00:00.000Z",
  "1999-03-01T01:02:03.000Z",
  "2024-02-29T12:30:15.000Z",
];
const literals: Readonly<Record<Kind, readonly (number | bigint | string | boolean)[]>> = {
  int: ints,
  bigint: bigints,
  float: floats,
  decimal: decimals,
  text: texts,
  bool: [true, false],
  date: dates,
  datetime: instants,
  json: [],
};

/** From a source of whole numbers. */
export function drawFrom(whole: Draw["whole"]): Draw {
  const of = <T>(...items: readonly T[]): T => items[whole(0, items.length - 1)] as T;
  return { whole, of, literal: (kind) => of(...literals[kind]) };
}

export function drawData(draw: Draw): Data {
  const maybe = <T extends Value>(value: T): T | null => (draw.whole(0, 3) === 0 ? null : value);
  const many = (most: number, row: (id: number) => Row): Row[] =>
    Array.from({ length: draw.whole(0, 9) === 0 ? 0 : draw.whole(1, most) }, (_, i) => row(i + 1));
  const exact = (digits: number): Value => {
    const { n } = decimal(draw.literal("decimal") as string);
    return { n: digits === 3 ? n * 10n + BigInt(draw.whole(0, 9)) : n, digits };
  };
  const foreign = (rows: readonly Row[]): Value => (rows.length === 0 ? null : maybe(draw.whole(1, rows.length)));
  const owner = many(5, (id) => ({
    id,
    name: draw.literal("text"),
    score: maybe(draw.literal("int")),
    active: maybe(draw.literal("bool")),
    born: maybe(draw.literal("date")),
    parentId: maybe(draw.whole(1, 5)),
  }));
  const item = many(9, (id) => ({
    id,
    ownerId: foreign(owner),
    title: maybe(draw.literal("text")),
    qty: draw.literal("int"),
    price: maybe(exact(2)),
    ratio: maybe(draw.literal("float")),
    big: maybe(draw.literal("bigint")),
    flag: maybe(draw.literal("bool")),
    day: maybe(draw.literal("date")),
    at: maybe(draw.literal("datetime")),
    doc: maybe({ json: drawDocument(draw) }),
  }));
  const part = many(6, (id) => ({
    id,
    itemId: foreign(item),
    label: draw.literal("text"),
    weight: maybe(exact(3)),
    n: maybe(draw.literal("int")),
  }));
  return { owner, item, part };
}

function drawDocument(draw: Draw): Json {
  const members: [string, Json][] = [
    ["a", draw.of<Json>(null, 1, 2, "x", 7, true)],
    ["b", draw.of<Json>("x", "é", "", 12, false, null)],
    ["c", draw.of<Json>([], [1], ["x", 1], [true, null], 5)],
    ["d", draw.of<Json>({}, { e: true }, { e: false }, { e: null }, { e: 3 })],
  ];
  return Object.fromEntries(members.filter(() => draw.whole(0, 4) > 0));
}
