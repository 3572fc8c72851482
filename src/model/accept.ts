/** What a column takes, before anything is sent. Layer 6. */
import { KakaError, UsageError, ValidationError } from "../errors.ts";
import { brokenRule } from "../validate/broken.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

/** The value's normal form. @throws ValueError, ValidationError */
export function acceptValue(meta: ModelMeta, column: ColumnMeta, value: unknown): unknown {
  const { nullable, rules, validators } = column.declaration;
  if (value === null) {
    if (nullable) return null;
    throw new UsageError(`${column.label} cannot be null`, {
      hint: "declare it with .nullable(), or give it a value",
      model: meta.name,
      columns: [column.property],
    });
  }
  const accepted = column.codec.accept(value, column.label);
  if (rules.length > 0) {
    const broken = rules.filter((rule) => !rule.test(accepted));
    if (broken.length > 0)
      throw new ValidationError(
        broken.map((rule) => brokenRule(rule, column.property, accepted)),
        { model: meta.name },
      );
  }
  for (const rule of validators) {
    try {
      rule(value as never);
    } catch (error) {
      if (error instanceof KakaError) throw error;
      throw new ValidationError(`${column.label}: ${error instanceof Error ? error.message : "the value breaks a rule"}`, {
        model: meta.name,
        columns: [column.property],
      });
    }
  }
  return accepted;
}
