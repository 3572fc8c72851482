/** Between codecs and column types as data, and between values and their JSON form. */
import type { Codec } from "../src/codec/codec.ts";
import { arrayCodec } from "../src/codec/compose.ts";
import { jsonCodec, parseJson, stringifyJson } from "../src/codec/json.ts";
import { bigintCodec, decimalCodec, floatCodec, intCodec, smallintCodec } from "../src/codec/number.ts";
import { dateCodec, datetimeCodec, timeCodec } from "../src/codec/temporal.ts";
import { boolCodec, bytesCodec, enumCodec, stringCodec, textCodec, uuidCodec } from "../src/codec/text.ts";
import { MigrationError } from "../src/errors.ts";
import type { PlainValue, TypeData } from "./state.ts";

export function typeOf(codec: Codec): TypeData {
  const { word, length, precision, scale, values, element } = codec.type;
  switch (word) {
    case "string":
      return { type: word, length: length ?? 255 };
    case "decimal":
      return { type: word, precision: precision ?? 65, scale: scale ?? 0 };
    case "enum":
      return { type: word, values: values ?? [] };
    case "array":
      return { type: word, element: typeOf(element as Codec) };
    default:
      return { type: word };
  }
}

/** The type alone, of a column or of itself. */
export function typePart(data: TypeData): TypeData {
  const { type, length, precision, scale, values, element, native } = data;
  const given = Object.entries({ length, precision, scale, values, element, native }).filter(([, part]) => part !== undefined);
  return { type, ...Object.fromEntries(given) };
}

const fixed: Readonly<Record<string, Codec>> = {
  smallint: smallintCodec,
  int: intCodec,
  bigint: bigintCodec,
  float: floatCodec,
  bool: boolCodec,
  text: textCodec,
  datetime: datetimeCodec,
  date: dateCodec,
  time: timeCodec,
  uuid: uuidCodec,
  json: jsonCodec,
  bytes: bytesCodec,
};

/** @throws MigrationError for a word that is none */
export function codecOf(data: TypeData, label: string): Codec {
  const known = Object.hasOwn(fixed, data.type) ? fixed[data.type] : undefined;
  if (known !== undefined) return known;
  switch (data.type) {
    case "string":
      return stringCodec(data.length ?? 255);
    case "decimal":
      return decimalCodec(data.precision ?? 10, data.scale ?? 0);
    case "enum":
      return enumCodec(data.values ?? []);
    case "array":
      return arrayCodec(codecOf(data.element ?? { type: "text" }, label));
    case "native":
      return { ...textCodec, type: { word: "text", native: data.native ?? "" } };
    default:
      throw new MigrationError(`${label} has the unknown type ${JSON.stringify(data.type)}`);
  }
}

/** A value that its codec has accepted, in JSON form. */
export function plainOf(value: unknown, codec: Codec): PlainValue {
  if (codec.custom !== undefined) {
    const { base, encode } = codec.custom;
    return plainOf(base.accept(encode(value), "a default"), base);
  }
  switch (codec.type.word) {
    case "bigint":
      return String(value);
    case "datetime":
      return (value as Date).toISOString();
    case "bytes":
      return Buffer.from(value as Uint8Array).toString("hex");
    case "json":
      return stringifyJson(value, "a default");
    case "array":
      return (value as readonly unknown[]).map((item) => (item === null ? null : plainOf(item, codec.type.element as Codec)));
    default:
      return value as PlainValue;
  }
}

/**
 * The value that `plainOf` wrote down.
 * @throws ValueError when it does not fit its type
 */
export function storedValue(plain: PlainValue, codec: Codec, label: string): unknown {
  return codec.accept(unplain(plain, codec), label);
}

function unplain(plain: PlainValue, codec: Codec): unknown {
  switch (codec.type.word) {
    case "bigint":
      return typeof plain === "string" && /^-?\d+$/.test(plain) ? BigInt(plain) : typeof plain === "number" ? BigInt(plain) : plain;
    case "datetime":
      return typeof plain === "string" ? new Date(plain) : plain;
    case "bytes":
      return typeof plain === "string" && /^(?:[\da-f]{2})*$/i.test(plain) ? new Uint8Array(Buffer.from(plain, "hex")) : plain;
    case "json":
      return typeof plain === "string" ? parseJson(plain) : plain;
    case "array":
      return Array.isArray(plain)
        ? plain.map((item: PlainValue | null) => (item === null ? null : unplain(item, codec.type.element as Codec)))
        : plain;
    default:
      return plain;
  }
}
