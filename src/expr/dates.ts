/** Arithmetic of the calendar: spans and differences as nodes. Layer 2. */
import type { CastNode, DateDifferenceNode, DateShiftNode, ExprNode } from "../ast/expr.ts";
import type { Codec } from "../codec/codec.ts";
import { floatCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import type { DifferenceUnit } from "./expr.types.ts";

/** How many months, days or seconds one of a unit is. */
const units: Readonly<Record<string, { readonly of: "months" | "days" | "seconds"; readonly each: number }>> = {
  years: { of: "months", each: 12 },
  months: { of: "months", each: 1 },
  weeks: { of: "days", each: 7 },
  days: { of: "days", each: 1 },
  hours: { of: "seconds", each: 3600 },
  minutes: { of: "seconds", each: 60 },
  seconds: { of: "seconds", each: 1 },
};
/** Ten thousand years: more than the calendar of any database holds. */
const most = { months: 120_000, days: 3_660_000, seconds: 316_224_000_000 } as const;

/** @throws UsageError for unknown units, fractions, spans longer than the calendar, and times of day added to a date */
export function shifted(item: ExprNode, codec: Codec, span: unknown, sign: 1 | -1, label: string): DateShiftNode {
  const method = sign === 1 ? "plus" : "minus";
  if (typeof span !== "object" || span === null || Array.isArray(span) || span instanceof Date) {
    throw new UsageError(`${label}: ${method} takes a span, got ${kindOf(span)}`, {
      hint: span instanceof Date ? 'for the time between two use since(other, "days")' : `write ${method}({ days: 1 })`,
    });
  }
  const entries = Object.entries(span);
  if (entries.length === 0) throw new UsageError(`${label}: ${method} was given an empty span`);
  const total = { months: 0, days: 0, seconds: 0 };
  for (const [name, count] of entries) {
    const unit = Object.hasOwn(units, name) ? units[name] : undefined;
    if (unit === undefined || (unit.of === "seconds" && codec.family === "date")) {
      throw new UsageError(`${label}: ${method} has no unit ${name} here`, {
        hint: unit === undefined ? `units are ${Object.keys(units).join(", ")}` : "a date has no time of day: cast it to datetime() first",
      });
    }
    if (typeof count !== "number" || !Number.isSafeInteger(count))
      throw new UsageError(`${label}: ${method} takes a whole number of ${name}, got ${typeof count === "number" ? count : kindOf(count)}`);
    total[unit.of] += sign * count * unit.each;
  }
  for (const part of ["months", "days", "seconds"] as const)
    if (Math.abs(total[part]) > most[part]) throw new UsageError(`${label}: ${method} of more than the calendar holds`);
  return { kind: "dateShift", item, months: total.months + 0, days: total.days + 0, seconds: total.seconds + 0, codec };
}

const milliseconds: Readonly<Record<DifferenceUnit, number>> = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };

/** @throws UsageError for other units */
export function difference(left: ExprNode, right: ExprNode, codec: Codec, unit: unknown, label: string): DateDifferenceNode {
  if (typeof unit !== "string" || !Object.hasOwn(milliseconds, unit))
    throw new UsageError(`${label}: since takes one of ${Object.keys(milliseconds).join(", ")}`);
  // A parameter between two operators would have no type.
  const typed: ExprNode = right.kind === "value" ? ({ kind: "cast", item: right, codec } satisfies CastNode) : right;
  return { kind: "dateDifference", left, right: typed, unit: milliseconds[unit as DifferenceUnit], codec: floatCodec };
}
