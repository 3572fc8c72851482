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

export function refuse(label: string, expected: string, value: unknown, hint?: string): never {
  throw new ValueError(`${label} takes ${expected}, got ${kindOf(value)}`, { hint });
}

export function refuseBecause(label: string, reason: string, hint?: string): never {
  throw new ValueError(`${label}: ${reason}`, { hint });
}
