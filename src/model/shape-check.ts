/** Checks what came from outside against a shape, and tells everything that is wrong with it at once. Layer 6. */
import { jsonForm, type WrittenAs } from "../codec/json-form.ts";
import type { ValidationDetail } from "../errors.ts";
import { kindWord, noFindings } from "../validate/broken.ts";
import { checkValue, passedValue } from "../validate/check.ts";
import { messageFor } from "../validate/messages.ts";
import type { ModelShape, ShapeField } from "./shape.ts";

/** Unknown names are the sender's: so many of them are told, and so much of each. */
const MOST_NAMED = 20;
const LONGEST_NAME = 60;

export type Checked = { readonly value: Record<string, unknown> } | { readonly detail: readonly ValidationDetail[] };

type Input = Readonly<Record<string, unknown>>;

function isRecord(input: unknown): input is Input {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function isInput(input: unknown, as: WrittenAs): input is Input {
  if (!isRecord(input)) return false;
  if (as === "text") return true;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

/** Nothing is written into what was given; properties that it inherits are none of it. */
export function checkShape(shape: ModelShape, input: unknown, as: WrittenAs, strict = shape.kind !== "row"): Checked {
  // What a server makes of an address has a prototype of the server's own.
  if (!isInput(input, as)) return { detail: [wrongType("*", "object", input)] };
  const value: Record<string, unknown> = {};
  const detail: ValidationDetail[] = [];
  for (const field of shape.fields) {
    const given = Object.hasOwn(input, field.property) ? input[field.property] : undefined;
    if (given === undefined) {
      if (!field.optional) detail.push(entry(field.property, "required"));
      continue;
    }
    const checked = checkField(field, given, as);
    if ("value" in checked) value[field.property] = checked.value;
    else detail.push(...checked.detail);
  }
  for (const { name, relation, shape: far } of shape.nested) {
    const given = Object.hasOwn(input, name) ? input[name] : undefined;
    const checked = checkNested(far, relation.many, name, given, as);
    if ("value" in checked) value[name] = checked.value;
    else detail.push(...checked.detail);
  }
  if (strict) detail.push(...unknownNames(shape, input));
  return detail.length === 0 ? { value } : { detail };
}

function entry(field: string, rule: string): ValidationDetail {
  return { field, rule, message: messageFor({ rule }) };
}

function wrongType(field: string, expectedType: string, given: unknown): ValidationDetail {
  const facts = { rule: "type", expectedType };
  return { field, ...facts, message: messageFor(facts), received: kindWord(given) };
}

function checkNested(
  far: ModelShape,
  many: boolean,
  name: string,
  given: unknown,
  as: WrittenAs,
): { value: unknown } | { detail: readonly ValidationDetail[] } {
  if (!many) return given === null ? { value: null } : under(name, checkShape(far, given, as));
  if (!Array.isArray(given)) return { detail: [wrongType(name, "array", given)] };
  const rows = given.map((row: unknown, i) => under(`${name}.${i}`, checkShape(far, row, as)));
  const detail = rows.flatMap((row) => ("detail" in row ? row.detail : []));
  return detail.length === 0 ? { value: rows.map((row) => ("value" in row ? row.value : null)) } : { detail };
}

function under(name: string, checked: Checked): Checked {
  if ("value" in checked) return checked;
  return { detail: checked.detail.map((one) => ({ ...one, field: one.field === "*" ? name : `${name}.${one.field}` })) };
}

function checkField({ column }: ShapeField, given: unknown, as: WrittenAs): { value: unknown } | { detail: readonly ValidationDetail[] } {
  const { decode } = jsonForm(column.codec);
  const value = decode === null || given === null ? given : decode(given, as);
  try {
    return { value: passedValue(column, value) };
  } catch (error) {
    const found = noFindings();
    checkValue(column, value, found);
    if (found.detail.length === 0) throw error;
    return { detail: found.detail.map(inJson) };
  }
}

/** What JSON has another type for is asked for in that one. */
const jsonTypes: Readonly<Record<string, string>> = { datetime: "iso_datetime", bigint: "digits", bytes: "base64" };

function inJson(detail: ValidationDetail): ValidationDetail {
  const expectedType = detail.rule === "type" ? jsonTypes[String(detail.expectedType)] : undefined;
  return expectedType === undefined ? detail : { ...detail, expectedType, message: messageFor({ rule: "type", expectedType }) };
}

function unknownNames(shape: ModelShape, input: object): ValidationDetail[] {
  const names = new Set(shape.fields.map(({ property }) => property));
  const unknown = Object.keys(input).filter((name) => !names.has(name));
  return unknown.slice(0, MOST_NAMED).map((name) => {
    const field = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME).toWellFormed()}...` : name;
    return entry(field, "unknown");
  });
}
