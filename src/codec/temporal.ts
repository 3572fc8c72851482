/** Instants, calendar dates and clock times. Only instants are Dates: a date has no time zone to drift in. Layer 1. */
import { types } from "node:util";
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause } from "./refuse.ts";

const firstInstant = Date.parse("0001-01-01T00:00:00.000Z");
const lastInstant = Date.parse("9999-12-31T23:59:59.999Z");
const outside = { rule: "range", expectedMin: new Date(firstInstant).toISOString(), expectedMax: new Date(lastInstant).toISOString() };

/** The Date's own instant, whatever a subclass says; NaN where it has none. Null: no Date, which proxies are not either. */
export function instantOf(value: unknown): number | null {
  return types.isDate(value) ? Date.prototype.getTime.call(value) : null;
}

export const datetimeCodec: Codec<Date> = {
  type: { word: "datetime" },
  family: "timestamp",
  accept(value, label) {
    const instant = instantOf(value);
    if (instant === null) return refuse(label, "datetime", value);
    if (Number.isNaN(instant)) return refuseBecause(label, "the Date is invalid", { rule: "type", expectedType: "datetime" });
    if (instant < firstInstant || instant > lastInstant) return refuseBecause(label, "the Date is outside the years 1 to 9999", outside);
    return new Date(instant);
  },
};

const notDate = { rule: "type", expectedType: "date" } as const;
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;

export const dateCodec: Codec<string> = {
  type: { word: "date" },
  family: "date",
  accept(value, label) {
    if (typeof value !== "string") return refuse(label, "date", value);
    const match = datePattern.exec(value);
    if (match === null || value < "0001") return refuseBecause(label, 'the string is not a date of the form "YYYY-MM-DD"', notDate);
    const probe = new Date(`${value}T00:00:00Z`);
    if (Number.isNaN(probe.getTime()) || probe.getUTCDate() !== Number(match[3]))
      return refuseBecause(label, "there is no such day in the calendar", notDate);
    return value;
  },
};

const timePattern = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/;

/** `HH:MM:SS`, then a fraction without trailing zeros. Null: no time of day. */
export function canonicalTime(text: string): string | null {
  const match = timePattern.exec(text);
  if (match === null) return null;
  const fraction = (match[4] ?? "").replace(/0+$/, "");
  return `${match[1]}:${match[2]}:${match[3] ?? "00"}${fraction === "" ? "" : `.${fraction}`}`;
}

export const timeCodec: Codec<string> = {
  type: { word: "time" },
  family: "time",
  accept(value, label) {
    if (typeof value !== "string") return refuse(label, "time", value);
    const text = canonicalTime(value);
    if (text === null)
      return refuseBecause(label, 'the string is not a time of the form "HH:MM:SS"', { rule: "type", expectedType: "time" });
    if (text.length > 12) return refuseBecause(label, "more than 3 digits of a second", { rule: "scale", expectedDigits: 3 });
    return text;
  },
};
