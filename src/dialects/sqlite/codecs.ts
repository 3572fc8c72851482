/** SQLite: integers, reals, text and blobs; everything else is text in one fixed, sortable form. Layer 4. */
import { parseJson, stringifyJson } from "../../codec/json.ts";
import { canonicalDecimal } from "../../codec/number.ts";
import { canonicalTime } from "../../codec/temporal.ts";
import { asIs, exactBigint, exactNumber, readInstant, type WireTable, wireOf, writeInstant } from "../wire.ts";

const table: WireTable = {
  smallint: { encode: null, decode: exactNumber },
  int: { encode: null, decode: exactNumber },
  // Selected as text (see the renderer): no SQLite client delivers 64 bits exactly by default.
  bigint: { encode: null, decode: exactBigint },
  float: asIs,
  decimal: (scale) => ({ encode: null, decode: (raw: string | number) => canonicalDecimal(String(raw), scale)?.text ?? String(raw) }),
  bool: { encode: (value: boolean) => (value ? 1 : 0), decode: (raw: number | bigint) => raw === 1 || raw === 1n },
  string: asIs,
  text: asIs,
  uuid: asIs,
  enum: asIs,
  datetime: { encode: (value: Date) => `${writeInstant(value, "T")}Z`, decode: readInstant },
  date: asIs,
  time: { encode: null, decode: (raw: string) => canonicalTime(raw) ?? raw },
  json: { encode: (value: unknown) => stringifyJson(value, "a json value"), decode: parseJson },
  bytes: { encode: null, decode: (raw: Uint8Array) => new Uint8Array(raw) },
  array: null,
};

export const wire = wireOf(table);
