/** One value against its column: what the type takes, then the rules. Layer 5. */
import type { Codec } from "../codec/codec.ts";
import { stringifyJson } from "../codec/json.ts";
import { ValueError } from "../errors.ts";
import { addAbsence, addBroken, addRefusal, addThrown, assertNoPromise, type Findings } from "./broken.ts";
import type { Rule } from "./rule.ts";

/** What is asked of a column here. */
export interface CheckedColumn {
  readonly property: string;
  readonly label: string;
  readonly codec: Codec;
  readonly declaration: {
    readonly nullable: boolean;
    readonly rules: readonly Rule[];
    readonly validators: readonly ((value: never) => void)[];
  };
}

/** The value's normal form. @throws whatever says that it is not valid: `checkValue` tells all of it */
export function passedValue(column: CheckedColumn, value: unknown): unknown {
  const { nullable, rules, validators } = column.declaration;
  if (value === null) {
    if (nullable) return null;
    throw new ValueError(`${column.label} cannot be null`);
  }
  const accepted = column.codec.accept(value, column.label);
  // By index: most lists are empty, and an iterator for each of them is what many rows cost.
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] as Rule;
    if (!rule.test(accepted)) throw new ValueError(`${column.label} breaks the rule ${rule.rule}`);
  }
  for (let i = 0; i < validators.length; i++) assertNoPromise(validators[i]?.(value as never), column.label);
  return accepted;
}

/** A document is written as JSON when it is sent, which some cannot be. */
function assertWritable(codec: Codec, value: unknown, label: string): void {
  if (codec.type.word === "json" && codec.custom === undefined && value !== null) stringifyJson(value, label);
}

/** The same, where a second look at documents costs nothing that counts. */
export function writableValue(column: CheckedColumn, value: unknown): unknown {
  const accepted = passedValue(column, value);
  assertWritable(column.codec, accepted, column.label);
  return accepted;
}

/** Adds everything that is wrong with a value: rules are asked whenever the value is of the right kind. */
export function checkValue(column: CheckedColumn, value: unknown, found: Findings, index?: number): void {
  const { property: field, label, codec, declaration } = column;
  const place = { field, label, index };
  if (value === null) {
    if (declaration.nullable) return;
    found.hint ??= "declare it with .nullable(), or give it a value";
    return addAbsence(found, place, "not_null", `${label} cannot be null`);
  }
  let accepted: unknown = value;
  try {
    accepted = codec.accept(value, label);
    assertWritable(codec, value, label);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    addRefusal(found, place, error, value);
    if (found.detail.at(-1)?.rule === "type") return;
  }
  for (const rule of declaration.rules) if (!rule.test(accepted)) addBroken(found, place, rule, accepted);
  for (const validate of declaration.validators) {
    try {
      assertNoPromise(validate(value as never), label);
    } catch (error) {
      addThrown(found, place, error, value);
    }
  }
}
