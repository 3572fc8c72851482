/** What a change has added to a number, added to another one: exactly, where the column is exact. Layer 6. */
import type { ColumnMeta } from "./meta.ts";

/**
 * `now + (mine - before)`; null where one of them is no number, or the change is larger than the limit. The sum is checked
 * like every value when it is written.
 */
export function addition(
  column: Pick<ColumnMeta, "codec" | "label">,
  before: unknown,
  mine: unknown,
  now: unknown,
  limit: unknown,
): unknown {
  const { codec } = column;
  const isNumber = (value: unknown): boolean => ["number", "bigint", "string"].includes(typeof value);
  if (![before, mine, now].every(isNumber)) return null;
  if (codec.family === "decimal") {
    const scale = codec.type.scale ?? 0;
    const [a, b, c, most] = [before, mine, now, limit].map((value) => unscaled(String(codec.accept(value, column.label)), scale)) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    return within(b - a, most) ? scaled(c + b - a, scale) : null;
  }
  if (codec.family === "bigint") {
    const [a, b, c] = [before, mine, now] as [bigint, bigint, bigint];
    return within(b - a, limit as bigint) ? c + b - a : null;
  }
  const [a, b, c] = [before, codec.accept(mine, column.label), now] as [number, number, number];
  return Math.abs(b - a) <= (limit as number) ? c + (b - a) : null;
}

function within(delta: bigint, limit: bigint): boolean {
  return delta <= limit && -delta <= limit;
}

/** The digits of a decimal with this many after the point. */
function unscaled(text: string, scale: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(scale, "0")}`);
}

function scaled(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0n ? `-${text}` : text;
}
