/** Text, identifiers as text, and closed sets of words. Layer 1. */
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause, refuseWord } from "./refuse.ts";

const wellFormed = { rule: "well_formed" } as const;

/** A string every database can keep unchanged: well-formed and without NUL. */
export function acceptText(value: unknown, label: string): string {
  if (typeof value !== "string") return refuse(label, "string", value);
  if (value.includes("\0")) return refuseBecause(label, "the text holds a NUL character, which databases cannot store", wellFormed);
  if (!value.isWellFormed())
    return refuseBecause(label, "the text holds half of a surrogate pair", wellFormed, "it was probably cut in the middle of an emoji");
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
      if (!longerThan(text, length)) return text;
      const refusal = { rule: "max_length", expectedMax: length, received: charactersOf(text) };
      return refuseBecause(label, `the text is longer than ${length} characters`, refusal);
    },
  };
}

export const textCodec: Codec<string> = { type: { word: "text" }, family: "text", accept: acceptText };

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const uuidCodec: Codec<string> = {
  type: { word: "uuid" },
  family: "uuid",
  accept(value, label) {
    if (typeof value !== "string") return refuse(label, "uuid", value);
    const text = value.toLowerCase();
    if (uuidPattern.test(text)) return text;
    return refuseBecause(label, "the string is not a uuid of the form 8-4-4-4-12 hexadecimal digits", {
      rule: "type",
      expectedType: "uuid",
    });
  },
};

export function enumCodec(values: readonly string[]): Codec<string> {
  const allowed = new Set(values);
  return {
    type: { word: "enum", values },
    family: "enum",
    accept(value, label) {
      return typeof value === "string" && allowed.has(value) ? value : refuseWord(label, values, value);
    },
  };
}

export const boolCodec: Codec<boolean> = {
  type: { word: "bool" },
  family: "bool",
  accept(value, label) {
    return typeof value === "boolean" ? value : refuse(label, "boolean", value);
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
    return isBytes(value) ? value : refuse(label, "bytes", value);
  },
};
