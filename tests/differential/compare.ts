/** Are a database's rows those of the evaluation? */
import { inspect } from "node:util";
import type { Answer } from "./evaluate.ts";
import { decimalText, isDecimal, type Row, type Value } from "./values.ts";

/** Doubles are added up in whatever order a database likes. */
const tolerance = 1e-9;

/** A value as the builder gives it to the caller; instants stay texts. */
function outside(value: Value): unknown {
  if (value === null || typeof value !== "object") return value;
  return isDecimal(value) ? decimalText(value) : value.json;
}
function inside(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

function same(expected: unknown, found: unknown): boolean {
  if (typeof expected === "number" && typeof found === "number") {
    return expected === found || Math.abs(expected - found) <= tolerance * Math.max(Math.abs(expected), Math.abs(found));
  }
  if (typeof expected === "object" && expected !== null) return inspect(sorted(expected)) === inspect(sorted(found));
  return expected === found;
}
/** Documents are equal whatever the order of their keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, sorted(item)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function sortKey(row: readonly unknown[]): string {
  return row.map((value) => (typeof value === "number" ? Number(value.toPrecision(9)) : inspect(sorted(value)))).join("\u0001");
}
const bySortKey = (a: readonly unknown[], b: readonly unknown[]): number => {
  const [x, y] = [sortKey(a), sortKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** What differs first, in words; null where nothing does. */
export function difference(answer: Answer, found: readonly Readonly<Record<string, unknown>>[], names: readonly string[]): string | null {
  const expected = answer.rows.map((row: Row) => names.map((name) => outside(row[name] as Value)));
  const given = found.map((row) => names.map((name) => inside(row[name])));
  if (expected.length !== given.length)
    return `${given.length} rows instead of ${expected.length}: ${inspect(given)} instead of ${inspect(expected)}`;
  if (!answer.ordered) {
    expected.sort(bySortKey);
    given.sort(bySortKey);
  }
  for (const [r, row] of expected.entries())
    for (const [c, value] of row.entries())
      if (!same(value, given[r]?.[c])) return `${names[c]} in row ${r} is ${inspect(given[r]?.[c])} instead of ${inspect(value)}`;
  return null;
}
