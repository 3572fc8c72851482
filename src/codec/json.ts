/** JSON documents. The codec alone serialises and parses; drivers hand over text. Layer 1. */
import { KakaError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause } from "./refuse.ts";

/** JSON's own null as a column's whole value; SQL NULL is `null`. */
export class JsonNullValue {
  toJSON(): null {
    return null;
  }
  toString(): string {
    return "JsonNull";
  }
}
/** The document `null`, as distinct from no document at all (`null`). */
export const JsonNull: JsonNullValue = Object.freeze(new JsonNullValue());

const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

const notJson = { rule: "type", expectedType: "json" } as const;

/** The document as text. @throws ValueError for what JSON or a database cannot hold. */
export function stringifyJson(value: unknown, label: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (error instanceof KakaError) throw error;
    const reason =
      error instanceof TypeError && /circular/i.test(error.message)
        ? "it refers to itself"
        : "it holds a value that JSON has no word for (a bigint?)";
    return refuseBecause(label, `the document cannot be written as JSON: ${reason}`, notJson);
  }
  if (text === undefined) return refuse(label, "json", value);
  if (text.includes("\\u") && unstorable.test(text))
    return refuseBecause(label, "the document holds a NUL character or half of a surrogate pair", { rule: "well_formed" });
  return text;
}

/** The text as a document; `null` becomes JsonNull. */
export function parseJson(text: string): unknown {
  return text === "null" ? JsonNull : JSON.parse(text);
}

export const jsonCodec: Codec = {
  type: { word: "json" },
  family: "json",
  accept(value, label) {
    if (value === undefined || typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      return refuse(label, "json", value);
    }
    if (typeof value === "number" && !Number.isFinite(value)) return refuse(label, "json", value);
    return value;
  },
};
