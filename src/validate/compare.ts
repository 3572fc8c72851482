/** Which of two values of a column is the higher one. Layer 5. */

import type { Codec } from "../codec/codec.ts";
import { canonicalDecimal } from "../codec/number.ts";

function compareDecimals(a: string, b: string): number {
  const scale = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const [left, right] = [a, b].map((text) => BigInt((canonicalDecimal(text, scale)?.text ?? "0").replace(".", "")));
  return (left as bigint) < (right as bigint) ? -1 : (left as bigint) > (right as bigint) ? 1 : 0;
}

/** Below zero when `a` comes first; both are values that the codec has accepted. */
export function compareValues(codec: Codec, a: unknown, b: unknown): number {
  if (codec.family === "decimal") return compareDecimals(a as string, b as string);
  // Dates by their instant; days and times of day are spelled so that their text has their order.
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
