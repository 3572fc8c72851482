/** Numbers: exact where SQL is exact. Layer 1. */
import type { Codec } from "./codec.ts";
import { refuse, refuseBecause } from "./refuse.ts";

function integer(word: "smallint" | "int" | "bigint", low: number, high: number): Codec<number> {
  return {
    type: { word },
    family: "int",
    accept(value, label) {
      if (typeof value !== "number") return refuse(label, "an integer", value);
      if (!Number.isInteger(value)) return refuseBecause(label, "takes an integer, got a number with a fraction or not finite");
      if (value < low || value > high) return refuseBecause(label, `the number is outside ${low} to ${high}`);
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

export const bigintCodec: Codec<bigint> = {
  type: { word: "bigint" },
  family: "bigint",
  accept(value, label) {
    if (typeof value !== "bigint")
      return refuse(label, "a bigint", value, typeof value === "number" ? "write 5n, or BigInt(value)" : undefined);
    if (value < low64 || value > high64) return refuseBecause(label, "the bigint does not fit in 64 bits");
    return value;
  },
};

export const floatCodec: Codec<number> = {
  type: { word: "float" },
  family: "float",
  accept(value, label) {
    if (typeof value !== "number" || !Number.isFinite(value)) return refuse(label, "a finite number", value);
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
  return {
    type: { word: "decimal", precision, scale },
    family: "decimal",
    accept(value, label) {
      if (typeof value !== "string") return refuse(label, "a decimal as a string", value, 'write "9.50", not 9.5: numbers lose digits');
      const canonical = canonicalDecimal(value, scale);
      if (canonical === null) return refuseBecause(label, "the string is not a decimal number");
      if (canonical.digits > precision - scale) return refuseBecause(label, `more than ${precision - scale} digits before the point`);
      if (canonical.fraction > scale)
        return refuseBecause(label, `more than ${scale} digits after the point`, "round it before it is stored");
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
