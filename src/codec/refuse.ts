/** The one way a codec says no: names the place and the type that was given, never the value. Layer 1. */
import { ValueError } from "../errors.ts";

/** What a value is, in words fit for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === "string" && name !== "Object" && name !== "" ? `an instance of ${name}` : "an object";
  }
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}

/** What a codec takes, in words fit for a message, by the word that entries of a ValidationError have. */
const taken = {
  string: "a string",
  integer: "an integer",
  bigint: "a bigint",
  number: "a finite number",
  decimal: "a decimal as a string",
  boolean: "true or false",
  datetime: "a Date",
  date: 'a date as "YYYY-MM-DD"',
  time: 'a time as "HH:MM:SS"',
  uuid: "a uuid as a string",
  bytes: "a Uint8Array",
  json: "a JSON document",
  array: "an array",
  custom: "what its codec can encode",
} as const;

/** What is wrong with a value, as data: the rule, what it asks for, and the size of what was given where that says more than its kind. */
export interface Refusal {
  readonly rule: string;
  readonly received?: number;
  readonly [expected: `expected${string}`]: unknown;
}

const refusals = new WeakMap<object, Refusal>();

/** Undefined for errors that no codec has thrown. */
export function refusalOf(error: object): Refusal | undefined {
  return refusals.get(error);
}

function refused(message: string, refusal: Refusal, hint: string | undefined): never {
  const error = new ValueError(message, { hint });
  refusals.set(error, refusal);
  throw error;
}

/** @throws ValueError: a value of another type */
export function refuse(label: string, type: keyof typeof taken, value: unknown, hint?: string): never {
  return refused(`${label} takes ${taken[type]}, got ${kindOf(value)}`, { rule: "type", expectedType: type }, hint);
}

/** @throws ValueError: none of a set of words */
export function refuseWord(label: string, words: readonly string[], value: unknown): never {
  const list = words.join(", ");
  const message =
    typeof value === "string" ? `${label}: the string is not one of ${list}` : `${label} takes one of ${list}, got ${kindOf(value)}`;
  return refused(message, { rule: "one_of", expectedValues: words }, undefined);
}

/** @throws ValueError: a value of the type that cannot be stored */
export function refuseBecause(label: string, reason: string, refusal: Refusal, hint?: string): never {
  return refused(`${label}: ${reason}`, refusal, hint);
}
