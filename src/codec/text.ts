/** Text, identifiers as text, and closed sets of words. Layer 1. */
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause } from "./refuse.ts";

/** A string every database can keep unchanged: well-formed and without NUL. */
export function acceptText(value: unknown, label: string): string {
  if (typeof value !== "string") return refuse(label, "a string", value);
  if (value.includes("\0")) return refuseBecause(label, "the text holds a NUL character, which databases cannot store");
  if (!value.isWellFormed())
    return refuseBecause(label, "the text holds half of a surrogate pair", "it was probably cut in the middle of an emoji");
  return value;
}

/** How many characters a text has, as databases count: an emoji of two UTF-16 units is one. */
export function charactersOf(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}

export function longerThan(text: string, length: number): boolean {
  if (text.length <= length) return false;
  let points = 0;
  for (const _ of text) if (++points > length) return true;
  return false;
}

export function stringCodec(length: number): Codec<string> {
  return {
    type: { word: "string", length },
    family: "text",
    accept(value, label) {
      const text = acceptText(value, label);
      if (longerThan(text, length)) return refuseBecause(label, `the text is longer than ${length} characters`);
      return text;
    },
  };
}

export const textCodec: Codec<string> = { type: { word: "text" }, family: "text", accept: acceptText };

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const uuidCodec: Codec<string> = {
  type: { word: "uuid" },
  family: "uuid",
  accept(value, label) {
    if (typeof value !== "string") return refuse(label, "a uuid as a string", value);
    const text = value.toLowerCase();
    return uuidPattern.test(text) ? text : refuseBecause(label, "the string is not a uuid of the form 8-4-4-4-12 hexadecimal digits");
  },
};

export function enumCodec(values: readonly string[]): Codec<string> {
  const allowed = new Set(values);
  return {
    type: { word: "enum", values },
    family: "enum",
    accept(value, label) {
      if (typeof value !== "string") return refuse(label, `one of ${values.join(", ")}`, value);
      return allowed.has(value) ? value : refuseBecause(label, `the string is not one of ${values.join(", ")}`);
    },
  };
}

export const boolCodec: Codec<boolean> = {
  type: { word: "bool" },
  family: "bool",
  accept(value, label) {
    return typeof value === "boolean" ? value : refuse(label, "true or false", value);
  },
};

/** False for proxies and for objects that merely inherit: no client library can read those. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && value instanceof Uint8Array;
}

export const bytesCodec: Codec<Uint8Array> = {
  type: { word: "bytes" },
  family: "bytes",
  accept(value, label) {
    return isBytes(value) ? value : refuse(label, "a Uint8Array", value);
  },
};
