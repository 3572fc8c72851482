/** PostgreSQL: every value travels as text, both ways. Layer 4. */
import type { WireCodec } from "../../codec/codec.ts";
import { parseJson, stringifyJson } from "../../codec/json.ts";
import { canonicalDecimal } from "../../codec/number.ts";
import { canonicalTime } from "../../codec/temporal.ts";
import { ValueError } from "../../errors.ts";
import { asIs, readInstant, type WireTable, wireOf, writeInstant } from "../wire.ts";

const number: WireCodec = { encode: (value: number) => String(value), decode: (raw: string) => Number(raw) };

/** One level of an array literal into its items; null for the unquoted word NULL. */
function readArrayItems(raw: string): (string | null)[] {
  if (!raw.startsWith("{") || raw.startsWith("{{"))
    throw new ValueError("a stored array has more than one dimension or a custom lower bound");
  const items: (string | null)[] = [];
  let i = 1;
  while (i < raw.length - 1) {
    if (raw[i] === '"') {
      let text = "";
      for (i++; raw[i] !== '"'; i++) {
        if (raw[i] === "\\") i++;
        text += raw[i];
      }
      items.push(text);
      i++;
    } else {
      const end = raw.indexOf(",", i) === -1 ? raw.length - 1 : raw.indexOf(",", i);
      const text = raw.slice(i, end);
      items.push(text === "NULL" ? null : text);
      i = end;
    }
    i++;
  }
  return items;
}

/** An item of an array literal. Most have nothing to escape. */
function quoted(item: string): string {
  return `"${item.includes('"') || item.includes("\\") ? item.replace(/["\\]/g, "\\$&") : item}"`;
}

const array = (element: WireCodec): WireCodec => {
  const encode = element.encode as ((value: unknown) => unknown) | null;
  const decode = element.decode as ((raw: unknown) => unknown) | null;
  return {
    encode(items: readonly unknown[]) {
      let text = "{";
      for (let i = 0; i < items.length; i++) {
        if (i > 0) text += ",";
        const item = items[i];
        text += item === null ? "NULL" : quoted(String(encode === null ? item : encode(item)));
      }
      return `${text}}`;
    },
    decode: (raw: string) => readArrayItems(raw).map((item) => (item === null || decode === null ? item : decode(item))),
  };
};

const table: WireTable = {
  smallint: number,
  int: number,
  bigint: { encode: (value: bigint | number) => String(value), decode: (raw: string) => BigInt(raw) },
  float: number,
  decimal: (scale) => ({ encode: null, decode: (raw: string) => canonicalDecimal(raw, scale)?.text ?? raw }),
  bool: { encode: (value: boolean) => (value ? "t" : "f"), decode: (raw: string) => raw === "t" || raw === "true" },
  string: asIs,
  text: asIs,
  uuid: asIs,
  enum: asIs,
  datetime: { encode: (value: Date) => `${writeInstant(value, "T")}Z`, decode: readInstant },
  date: asIs,
  time: { encode: null, decode: (raw: string) => canonicalTime(raw) ?? raw },
  json: { encode: (value: unknown) => stringifyJson(value, "a json value"), decode: parseJson },
  bytes: {
    encode: (value: Uint8Array) => `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`,
    decode: (raw: string) => new Uint8Array(Buffer.from(raw.slice(2), "hex")),
  },
  array,
};

export const wire = wireOf(table);
