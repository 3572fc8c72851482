/** A part of a JSON document that a condition looks for. Stricter than what a column stores: nothing is dropped. Layer 1. */
import { JsonNullValue } from "./json.ts";
import { kindOf, refuseBecause } from "./refuse.ts";
import { acceptText } from "./text.ts";

export type JsonScalar = string | number | boolean | null;
export type JsonTree = JsonScalar | readonly JsonTree[] | { readonly [key: string]: JsonTree };

const deepest = 16;
const most = 500;
const notPart = { rule: "type", expectedType: "json" } as const;

/**
 * The part as JSON text. @throws ValueError for `undefined` in it (the condition would be wider than it looks), for what
 * JSON has no word for, and for more than 16 levels or 500 values
 */
export function jsonPartText(value: unknown, label: string): string {
  let seen = 0;
  const treeOf = (part: unknown, depth: number): JsonTree => {
    if (++seen > most) refuseBecause(label, `a condition on a document looks for at most ${most} values`, notPart);
    if (depth > deepest)
      refuseBecause(label, `a condition on a document is at most ${deepest} levels deep, and cannot hold itself`, notPart);
    if (part === null || part instanceof JsonNullValue) return null;
    if (typeof part === "string") return acceptText(part, label);
    if (typeof part === "boolean" || (typeof part === "number" && Number.isFinite(part))) return part;
    if (Array.isArray(part)) return Array.from(part, (item: unknown) => treeOf(item, depth + 1));
    if (part === undefined)
      return refuseBecause(label, "a part of the document is undefined", notPart, "leave the key out, or write null for JSON's null");
    const object = part as { toJSON?: unknown };
    if (typeof object.toJSON === "function") return treeOf(object.toJSON(), depth + 1);
    const prototype: unknown = typeof part === "object" ? Object.getPrototypeOf(part) : undefined;
    if (prototype !== Object.prototype && prototype !== null)
      return refuseBecause(label, `a document cannot hold ${kindOf(part)}`, notPart);
    // Object.fromEntries defines keys: one called __proto__ stays a key.
    return Object.fromEntries(Object.entries(part as object).map(([key, member]) => [acceptText(key, label), treeOf(member, depth + 1)]));
  };
  return JSON.stringify(treeOf(value, 0));
}
