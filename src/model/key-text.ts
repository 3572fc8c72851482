/** Keys as texts, by which rows are found again in memory. Layer 6. */

/** Equal for equal keys of the same columns, and for no others: the values are in their codecs' one form. */
export function keyText(values: readonly unknown[]): string {
  return values.length === 1 ? textOf(values[0]) : JSON.stringify(values.map(textOf));
}

function textOf(value: unknown): string {
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  // A type of the caller's own.
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}
