/** Values as the evaluation holds them: null is NULL, an instant is its ISO text, a decimal a whole number and its digits. */
export type Kind = "int" | "bigint" | "float" | "decimal" | "text" | "bool" | "date" | "datetime" | "json";

/** `digits` of `n` stand behind the point. */
export interface Decimal {
  readonly n: bigint;
  readonly digits: number;
}
export type Json = null | number | string | boolean | readonly Json[] | { readonly [key: string]: Json };
/** What an operator is given that is no expression: digits, a pattern, a list. */
export type Parameter = Json | readonly bigint[];
export type Value = null | number | bigint | string | boolean | Decimal | { readonly json: Json };
export type Row = Readonly<Record<string, Value>>;

/** In what databases differ, as README says. */
export interface Facts {
  /** Where NULLs stand in ascending order. */
  readonly nulls: "first" | "last";
  /** Only letters of ASCII have a case. */
  readonly asciiCase: boolean;
}

export function isDecimal(value: Value): value is Decimal {
  return typeof value === "object" && value !== null && "n" in value;
}

export function decimal(text: string): Decimal {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const n = BigInt(whole + fraction);
  return { n: text.startsWith("-") ? -n : n, digits: fraction.length };
}

export function decimalText({ n, digits }: Decimal): string {
  const text = String(n < 0n ? -n : n).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return `${n < 0n ? "-" : ""}${text.slice(0, cut)}${digits === 0 ? "" : `.${text.slice(cut)}`}`;
}

/** The quotient, rounded half away from zero. */
export function divided(n: bigint, by: bigint): bigint {
  const negative = n < 0n !== by < 0n;
  const [a, b] = [n < 0n ? -n : n, by < 0n ? -by : by];
  const whole = (2n * a + b) / (2n * b);
  return negative ? -whole : whole;
}

/** With so many digits, rounded half away from zero where it has more. */
export function withDigits({ n, digits }: Decimal, wanted: number): Decimal {
  if (wanted >= digits) return { n: n * 10n ** BigInt(wanted - digits), digits: wanted };
  return { n: divided(n, 10n ** BigInt(digits - wanted)), digits: wanted };
}

/** The decimal that a double is written as. */
export function decimalOfFloat(value: number): Decimal {
  const text = String(value);
  return decimal(text.includes("e") ? value.toFixed(30) : text);
}

/** Texts by their code points. */
function comparedTexts(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const distance = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (distance !== 0) return distance;
  }
  return x.length - y.length;
}

/** Below, above or zero, of two values of one kind. */
export function compared(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (isDecimal(a) && isDecimal(b)) {
    const digits = Math.max(a.digits, b.digits);
    return compared(withDigits(a, digits).n, withDigits(b, digits).n);
  }
  if (typeof a === "string" && typeof b === "string") return comparedTexts(a, b);
  if (a === b) return 0;
  return (a as number) < (b as number) ? -1 : 1;
}

/** What equal values, and NULLs, share: for groups, distinct rows and set operations. */
export function keyOf(value: Value): string {
  if (value === null) return "null";
  if (isDecimal(value)) return `d${decimalText(value)}`;
  if (typeof value === "number") return `n${Number(value.toPrecision(10)) + 0}`;
  if (typeof value === "object") return `j${JSON.stringify(value)}`;
  return `${typeof value}${String(value)}`;
}

export function rowKey(row: Row): string {
  return Object.values(row).map(keyOf).join("\u0001");
}
