/** Numbers: exact where SQL is exact. Layer 1. */
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause } from "./refuse.ts";

const notInteger = { rule: "type", expectedType: "integer" } as const;

function integer(word: "smallint" | "int" | "bigint", low: number, high: number): Codec<number> {
  const outside = { rule: "range", expectedMin: low, expectedMax: high };
  return {
    type: { word },
    family: "int",
    accept(value, label) {
      if (typeof value !== "number") return refuse(label, "integer", value);
      if (!Number.isInteger(value)) return refuseBecause(label, "takes an integer, got a number with a fraction or not finite", notInteger);
      if (value < low || value > high) return refuseBecause(label, `the number is outside ${low} to ${high}`, outside);
      return Object.is(value, -0) ? 0 : value;
    },
  };
}

export const smallintCodec = integer("smallint", -32_768, 32_767);
export const intCodec = integer("int", -2_147_483_648, 2_147_483_647);
/** 64-bit in the database, a JavaScript number as long as it is a safe integer; reading a larger one is an error. */
export const safeIntCodec = integer("bigint", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

const low64 = -(2n ** 63n);
const high64 = 2n ** 63n - 1n;
const outside64 = { rule: "range", expectedMin: String(low64), expectedMax: String(high64) };

export const bigintCodec: Codec<bigint> = {
  type: { word: "bigint" },
  family: "bigint",
  accept(value, label) {
    if (typeof value !== "bigint")
      return refuse(label, "bigint", value, typeof value === "number" ? "write 5n, or BigInt(value)" : undefined);
    if (value < low64 || value > high64) return refuseBecause(label, "the bigint does not fit in 64 bits", outside64);
    return value;
  },
};

export const floatCodec: Codec<number> = {
  type: { word: "float" },
  family: "float",
  accept(value, label) {
    if (typeof value !== "number" || !Number.isFinite(value)) return refuse(label, "number", value);
    return Object.is(value, -0) ? 0 : value;
  },
};

const decimalPattern = /^[+-]?(\d+)(?:\.(\d+))?$/;

/** The one spelling of a decimal: no plus, no leading zeros, exactly `scale` digits after the point. Null: no decimal. */
export function canonicalDecimal(text: string, scale: number): { text: string; digits: number; fraction: number } | null {
  const match = decimalPattern.exec(text);
  if (match === null) return null;
  const whole = (match[1] as string).replace(/^0+(?=\d)/, "");
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  const padded = fraction.padEnd(scale, "0");
  const zero = whole === "0" && fraction === "";
  const sign = text.startsWith("-") && !zero ? "-" : "";
  return {
    text: sign + (padded === "" ? whole : `${whole}.${padded}`),
    digits: whole === "0" ? 0 : whole.length,
    fraction: fraction.length,
  };
}

export function decimalCodec(precision: number, scale: number): Codec<string> {
  const tooWide = { rule: "precision", expectedDigits: precision - scale };
  const tooFine = { rule: "scale", expectedDigits: scale };
  return {
    type: { word: "decimal", precision, scale },
    family: "decimal",
    accept(value, label) {
      if (typeof value !== "string") return refuse(label, "decimal", value, 'write "9.50", not 9.5: numbers lose digits');
      const canonical = canonicalDecimal(value, scale);
      if (canonical === null) return refuseBecause(label, "the string is not a decimal number", { rule: "type", expectedType: "decimal" });
      if (canonical.digits > precision - scale)
        return refuseBecause(label, `more than ${precision - scale} digits before the point`, tooWide);
      if (canonical.fraction > scale)
        return refuseBecause(label, `more than ${scale} digits after the point`, tooFine, "round it before it is stored");
      return canonical.text;
    },
  };
}

/** Reads each of these decimals: with the digits of the one that has most of them. Whole numbers have none. */
export function commonDecimal(codecs: readonly Codec[]): Codec {
  const first = codecs[0] as Codec;
  const { precision, scale } = first.type;
  if (codecs.every(({ type }) => type.precision === precision && type.scale === scale)) return first;
  return decimalCodec(1000, Math.max(...codecs.map(({ type }) => type.scale ?? 0)));
}

/** A finite number without exponent, as decimal text. */
export function decimalOf(value: number): string {
  const text = String(value);
  if (!/e/i.test(text)) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, "");
}
