/** From a dialect's table of type words to the wire form of any codec. Layer 4. */
import type { JsonShape, TypedCodec, TypeWord } from "../ast/type.ts";
import type { Codec, WireCodec } from "../codec/codec.ts";
import { ValueError } from "../errors.ts";

export type WireTable = Readonly<Record<Exclude<TypeWord, "array" | "decimal">, WireCodec>> & {
  readonly decimal: (scale: number) => WireCodec;
  readonly array: ((element: WireCodec) => WireCodec) | null;
};

export const asIs: WireCodec = { encode: null, decode: null };

/** Reads a whole number that must be exact as a JavaScript number. @throws ValueError for one that is not */
export function exactNumber(raw: string | number | bigint): number {
  const value = Number(raw);
  if (Number.isSafeInteger(value)) return value;
  throw inexactInteger();
}

/** Reads a 64-bit integer. @throws ValueError for a number that has lost digits on its way */
export function exactBigint(raw: string | number | bigint): bigint {
  if (typeof raw !== "number" || Number.isSafeInteger(raw)) return BigInt(raw);
  throw new ValueError("an integer beyond 2^53 was delivered as a number, which may have lost digits", {
    hint: "read it as text: cast(x as text) as x",
  });
}

export function inexactInteger(): ValueError {
  return new ValueError("a stored integer does not fit in a JavaScript number exactly", { hint: "declare the column as bigint()" });
}

function customWire(wire: WireCodec, codec: Codec): WireCodec {
  const custom = codec.custom;
  if (custom === undefined) return wire;
  const encode = wire.encode as ((value: unknown) => unknown) | null;
  const decode = wire.decode as ((raw: unknown) => unknown) | null;
  const label = "a custom column";
  return {
    encode: (value: unknown) => {
      const stored = custom.base.accept(custom.encode(value), label);
      return encode === null ? stored : encode(stored);
    },
    decode: (raw: unknown) => custom.decode(decode === null ? raw : decode(raw)),
  } as WireCodec;
}

/** Reads a list that a query made of values in their JSON form. */
function listReader(items: JsonShape, wire: (codec: TypedCodec) => WireCodec): (raw: string) => unknown[] {
  const read = memberReader(items, wire);
  return (raw) => (JSON.parse(raw) as unknown[]).map(read);
}

function memberReader(shape: JsonShape, wire: (codec: TypedCodec) => WireCodec): (value: unknown) => unknown {
  if (shape.kind === "object") {
    const fields = shape.fields.map(([name, field]) => [name, memberReader(field, wire)] as const);
    return (value) => Object.fromEntries(fields.map(([name, read]) => [name, read((value as Record<string, unknown>)[name])]));
  }
  const codec = shape.codec as Codec;
  const { word, items } = codec.type;
  const own = (codec.custom?.decode ?? null) as ((stored: unknown) => unknown) | null;
  let read = wire(codec).decode as ((value: unknown) => unknown) | null;
  // These are no text of their own inside a document.
  if (word === "bytes") read = (value) => own?.(fromHex(value as string)) ?? fromHex(value as string);
  if (word === "json") read = items === undefined ? own : (value) => (value as unknown[]).map(memberReader(items, wire));
  return (value) => (value === null || value === undefined ? null : read === null ? value : read(value));
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** A function from codec to wire form that remembers its answers. */
export function wireOf(table: WireTable): (codec: TypedCodec) => WireCodec {
  const known = new WeakMap<TypedCodec, WireCodec>();
  const find = (codec: TypedCodec): WireCodec => {
    const { word } = codec.type;
    const family = (codec as Codec).family;
    if (word === "decimal") return table.decimal(codec.type.scale ?? 0);
    if (word === "json" && codec.type.items !== undefined) return { encode: null, decode: listReader(codec.type.items, wire) };
    if (word === "array") {
      if (table.array === null) throw new ValueError("this dialect has no array columns");
      return table.array(wire(codec.type.element as TypedCodec));
    }
    // The same 64-bit column is read as a bigint or as an exact number: the family says which.
    if (word === "bigint" && family === "int")
      return { encode: table.bigint.encode === null ? null : table.int.encode, decode: exactNumber };
    return table[word];
  };
  const wire = (codec: TypedCodec): WireCodec => {
    let found = known.get(codec);
    if (found === undefined) {
      found = customWire(find(codec), codec as Codec);
      known.set(codec, found);
    }
    return found;
  };
  return wire;
}

const instantPattern = /^(\d{4,})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?)?$/;

/** The digits from one place to before another as a number; -1 when something else stands there. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Nearly every stored instant is written in one way, and read here without a pattern. NaN for every other form. */
function plainInstant(raw: string): number {
  const { length } = raw;
  const pointed = raw.charCodeAt(19) === 46;
  const fraction = pointed ? digits(raw, 20, 23) : 0;
  const end = pointed ? 23 : 19;
  const utc = length === end || (length === end + 1 && raw.charCodeAt(end) === 90) || (length === end + 3 && raw.endsWith("+00"));
  const between = raw.charCodeAt(10);
  if (!utc || (between !== 32 && between !== 84) || raw.charCodeAt(4) !== 45 || raw.charCodeAt(7) !== 45) return Number.NaN;
  if (raw.charCodeAt(13) !== 58 || raw.charCodeAt(16) !== 58) return Number.NaN;
  const year = digits(raw, 0, 4);
  const month = digits(raw, 5, 7);
  const day = digits(raw, 8, 10);
  const hour = digits(raw, 11, 13);
  const minute = digits(raw, 14, 16);
  const second = digits(raw, 17, 19);
  // Years that a Date takes for others, days that not every month has and all that is out of range are left to its own parser.
  const usual = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? 28 : 30) && hour >= 0 && hour < 24;
  if (!usual || minute < 0 || minute > 59 || second < 0 || second > 59 || fraction < 0) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction);
}

const numbered = (count: number, width: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => String(n).padStart(width, "0"));
const [twoDigits, threeDigits] = [numbered(60, 2), numbered(1000, 3)];
const DAY = 86_400_000;
/** Of the instant that was written last: instants of one day come together. */
let writtenDay = Number.NaN;
let writtenDate = "";

/** `2024-02-29T12:30:00.123`, in UTC and with this between date and time: a third of what `toISOString` costs. */
export function writeInstant(value: Date, between: "T" | " "): string {
  const instant = value.getTime();
  const day = Math.floor(instant / DAY);
  if (day !== writtenDay) {
    writtenDate = value.toISOString().slice(0, 10);
    writtenDay = day;
  }
  const ofDay = instant - day * DAY;
  const seconds = Math.floor(ofDay / 1000);
  const minutes = Math.floor(seconds / 60);
  const clock = `${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`;
  return `${writtenDate}${between}${clock}.${threeDigits[ofDay - seconds * 1000]}`;
}

/** An instant from the text forms that databases use; no zone means UTC. @throws ValueError for infinity, BC and zero dates */
export function readInstant(raw: string): Date {
  const plain = plainInstant(raw);
  if (!Number.isNaN(plain)) return new Date(plain);
  const match = instantPattern.exec(raw);
  if (match !== null) {
    const zone = match[8] ?? "Z";
    const milliseconds = (match[7] ?? "").slice(0, 3).padEnd(3, "0");
    const text = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.${milliseconds}`;
    const date = new Date(zone === "Z" || zone === "+00" ? `${text}Z` : `${text}${zone.length === 3 ? `${zone}:00` : zone.slice(0, 6)}`);
    if (!Number.isNaN(date.getTime()) && match[1] !== "0000") return date;
  }
  throw new ValueError("a stored timestamp is not an instant that a Date can hold", {
    hint: "infinity, years before 1 or after 9999 and zero dates have no Date",
  });
}
