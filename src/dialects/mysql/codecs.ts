/** MySQL and MariaDB: the binary protocol, with dates and JSON asked for as text. Layer 4. */
import { parseJson, stringifyJson } from "../../codec/json.ts";
import { canonicalDecimal } from "../../codec/number.ts";
import { canonicalTime } from "../../codec/temporal.ts";
import { asIs, exactNumber, readInstant, type WireTable, wireOf, writeInstant } from "../wire.ts";

/**
 * Milliseconds where the driver reads them from the row's bytes; text from expressions that are text to the server; a Date should a
 * later client read its bytes in its own way.
 */
function instant(raw: number | string | Date): Date {
  if (typeof raw === "number") return new Date(raw);
  return readInstant(raw instanceof Date ? String(raw.toJSON()) : raw);
}

const table: WireTable = {
  smallint: { encode: null, decode: exactNumber },
  int: { encode: null, decode: exactNumber },
  // A sum is a decimal, and beside a parameter it has digits after the point.
  bigint: { encode: null, decode: (raw: string | number | bigint) => BigInt(typeof raw === "string" ? raw.replace(/\.0*$/, "") : raw) },
  float: { encode: null, decode: (raw: string | number) => Number(raw) },
  decimal: (scale) => ({ encode: null, decode: (raw: string | number) => canonicalDecimal(String(raw), scale)?.text ?? String(raw) }),
  bool: { encode: (value: boolean) => (value ? 1 : 0), decode: (raw: number | string) => Number(raw) !== 0 },
  string: asIs,
  text: asIs,
  uuid: asIs,
  enum: asIs,
  // DATETIME has no zone: UTC by the session's time_zone and by us.
  datetime: { encode: (value: Date) => writeInstant(value, " "), decode: instant },
  date: asIs,
  time: { encode: null, decode: (raw: string) => canonicalTime(raw) ?? raw },
  json: { encode: (value: unknown) => stringifyJson(value, "a json value"), decode: (raw: string) => parseJson(raw) },
  bytes: { encode: null, decode: (raw: Uint8Array) => new Uint8Array(raw) },
  array: null,
};

export const wire = wireOf(table);
