/** Entries of a ValidationError. Layer 5. */
import type { ValidationDetail } from "../errors.ts";
import { messageFor } from "./messages.ts";
import type { Rule } from "./rule.ts";

/** What a value is, in one word: never the value. */
export function kindWord(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  return typeof value;
}

/** The entry of a rule that a value broke. */
export function brokenRule(rule: Rule, field: string, value: unknown): ValidationDetail {
  const facts = { rule: rule.rule, ...rule.expected };
  const received = rule.received?.(value as never) ?? kindWord(value);
  return { field, rule: rule.rule, message: rule.message ?? messageFor(facts), ...rule.expected, received };
}
