/** A one-off default as it is typed on a terminal. */
import { UsageError } from "../src/errors.ts";
import type { ColumnState, DefaultData, PlainValue } from "./state.ts";
import { codecOf, storedValue, typePart } from "./types.ts";

/** The expression behind the word `now`. */
const now = { expression: { kind: "call", name: "now", args: [], codec: { type: "datetime" } } } as const;

/**
 * `0`, `true`, `draft`, `2026-01-01T00:00:00Z`, `now` for instants, `sql:lower(title)` for an expression.
 * @throws UsageError when the text is no value of the column's type
 */
export function parseDefault(text: string, column: ColumnState, label: string): DefaultData {
  if (text.startsWith("sql:")) return { sql: text.slice("sql:".length) };
  if (text === "now" && column.type === "datetime") return now;
  const codec = codecOf(typePart(column), label);
  const plain = plainText(text, column, label);
  storedValue(plain, codec, label);
  return plain;
}

function plainText(text: string, column: ColumnState, label: string): PlainValue {
  switch (column.type) {
    case "smallint":
    case "int":
    case "float":
      if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
      break;
    case "bool":
      if (text === "true" || text === "false") return text === "true";
      break;
    case "array":
      try {
        return JSON.parse(text) as PlainValue;
      } catch {
        break;
      }
    default:
      return text;
  }
  throw new UsageError(`the default of ${label} is no ${column.type}`);
}
