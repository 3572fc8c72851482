/** The rules that columns know by name: one entry each, made when a column is declared. Layer 5. */
import type { Codec } from "../codec/codec.ts";
import { canonicalDecimal } from "../codec/number.ts";
import { charactersOf, longerThan } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { compareValues } from "./compare.ts";
import type { Rule } from "./rule.ts";
import { isAddress, isEmail, isSlug, isUrl } from "./text-formats.ts";

type Message = string | null;

function length(given: unknown, what: string, least: number): number {
  if (!Number.isSafeInteger(given) || (given as number) < least) throw new UsageError(`${what} takes a whole number from ${least}`);
  return given as number;
}

/** The bound as the column's values are spelled. @throws ValueError for another type */
function bound(codec: Codec, given: unknown, what: string): unknown {
  // A decimal bound may have more digits than the column.
  if (codec.family === "decimal" && typeof given === "string" && canonicalDecimal(given, 0) !== null) return given;
  return codec.accept(given, what);
}

function jsonOf(value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value instanceof Date ? value.toISOString() : value;
}

function keyword(name: string, value: unknown): Rule["schema"] {
  return typeof value === "number" ? { [name]: value } : null;
}

export function minLength(given: unknown, message: Message): Rule {
  const min = length(given, "minLength", 0);
  const test = (text: string) => min === 0 || longerThan(text, min - 1);
  return {
    rule: "min_length",
    expected: { expectedMin: min },
    message,
    schema: { minLength: min },
    received: charactersOf,
    test: test as never,
  };
}

export function maxLength(given: unknown, message: Message): Rule {
  const max = length(given, "maxLength", 1);
  const test = (text: string) => !longerThan(text, max);
  return {
    rule: "max_length",
    expected: { expectedMax: max },
    message,
    schema: { maxLength: max },
    received: charactersOf,
    test: test as never,
  };
}

export function minValue(codec: Codec, given: unknown, message: Message): Rule {
  const min = bound(codec, given, "minValue");
  const test = (value: unknown) => compareValues(codec, value, min) >= 0;
  return { rule: "min_value", expected: { expectedMin: jsonOf(min) }, message, schema: keyword("minimum", min), test };
}

export function maxValue(codec: Codec, given: unknown, message: Message): Rule {
  const max = bound(codec, given, "maxValue");
  const test = (value: unknown) => compareValues(codec, value, max) <= 0;
  return { rule: "max_value", expected: { expectedMax: jsonOf(max) }, message, schema: keyword("maximum", max), test };
}

export function regex(given: unknown, message: Message): Rule {
  if (!(given instanceof RegExp)) throw new UsageError("regex takes a regular expression", { hint: "write .regex(/^[A-Z]{3}$/)" });
  // With g or y an expression remembers where it stopped: every other value would fail.
  const pattern = new RegExp(given.source, given.flags.replace(/[gy]/g, ""));
  // JSON Schema has no flags; the u of its own is implied.
  const schema = /^u?$/.test(pattern.flags) ? { pattern: pattern.source } : null;
  return { rule: "regex", expected: { expectedPattern: pattern.source }, message, schema, test: (text) => pattern.test(text as string) };
}

export function oneOf(codec: Codec, given: unknown, message: Message): Rule {
  if (!Array.isArray(given) || given.length === 0)
    throw new UsageError("oneOf takes an array of at least one value", { hint: 'write .oneOf(["draft", "published"])' });
  const values = given.map((value: unknown) => bound(codec, value, "oneOf"));
  const test = (value: unknown) => values.some((one) => compareValues(codec, value, one) === 0);
  const json = values.map(jsonOf);
  // A decimal may be spelled in several ways; the others have one form in JSON.
  const schema = codec.family === "decimal" ? null : { enum: json };
  return { rule: "one_of", expected: { expectedValues: json }, message, schema, test };
}

export function email(message: Message): Rule {
  return { rule: "email", expected: {}, message, schema: { format: "email" }, test: (text) => isEmail(text as string) };
}

export function url(message: Message, protocols: unknown = ["http", "https"]): Rule {
  if (!Array.isArray(protocols) || protocols.length === 0 || !protocols.every((name) => /^[a-z][a-z\d+.-]*$/.test(String(name))))
    throw new UsageError('url: protocols is an array such as ["https"]');
  const names: readonly string[] = [...protocols];
  const test = (text: string) => isUrl(text, names);
  return { rule: "url", expected: { expectedProtocols: names }, message, schema: { format: "uri" }, test: test as never };
}

export function slug(message: Message): Rule {
  const schema = { pattern: "^[a-z0-9]+(?:[-_][a-z0-9]+)*$" };
  return { rule: "slug", expected: {}, message, schema, test: (text) => isSlug(text as string) };
}

export function ip(message: Message, version: unknown = null): Rule {
  if (version !== null && version !== 4 && version !== 6) throw new UsageError("ip: version is 4 or 6");
  const schema = version === null ? { anyOf: [{ format: "ipv4" }, { format: "ipv6" }] } : { format: `ipv${version}` };
  const expected: Rule["expected"] = version === null ? {} : { expectedVersion: version };
  return { rule: "ip", expected, message, schema, test: (text) => isAddress(text as string, version) };
}

/** A rule of the caller's own with a name. */
export function named(name: unknown, given: unknown, message: Message): Rule {
  if (typeof name !== "string" || name === "" || typeof given !== "function")
    throw new UsageError("rule takes a name and a function", { hint: 'write .rule("even", (n) => n % 2 === 0, "must be even")' });
  return {
    rule: name,
    expected: {},
    message,
    schema: null,
    test(value) {
      const passed: unknown = given(value);
      // A promise would be true whatever it resolves to.
      if (typeof passed === "boolean") return passed;
      throw new UsageError(`the rule ${name} answers true or false`, { hint: "what must be looked up is for clean(), which may be async" });
    },
  };
}
