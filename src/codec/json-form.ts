/** What a column's values are in JSON: which keywords describe them, and the way there and back. Layer 1. */
import type { Codec } from "./codec.ts";
import { instantOf } from "./temporal.ts";
import { isBytes } from "./text.ts";

/** `text`: from a query string, a path or a header, where every scalar is a string. */
export type WrittenAs = "json" | "text";

export type Keywords = Readonly<Record<string, unknown>>;

export interface JsonForm {
  /** JSON Schema, as every draft spells it. */
  readonly schema: Keywords;
  /** The value that such JSON stands for; what it cannot read stays as it is, for the codec to refuse. */
  readonly decode: ((value: unknown, as: WrittenAs) => unknown) | null;
  /** A value of the column as JSON has it. Null: it is JSON already. */
  readonly encode: ((value: never) => unknown) | null;
}

const instant = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/i;
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** The instant of an ISO text with a time zone; null for days that are not in the calendar, and for anything else. */
export function parseInstant(text: string): Date | null {
  const day = instant.exec(text)?.[1];
  if (day === undefined) return null;
  // The parser carries 30 February over into March.
  const probe = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(probe.getTime()) || probe.toISOString().slice(0, 10) !== day) return null;
  const parsed = new Date(text);
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}

function decodeInstant(value: unknown): unknown {
  return typeof value === "string" ? (parseInstant(value) ?? value) : value;
}

function decodeBigint(value: unknown): unknown {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : value;
}

function decodeBytes(value: unknown): unknown {
  return typeof value === "string" && base64.test(value) ? new Uint8Array(Buffer.from(value, "base64")) : value;
}

function decodeInteger(value: unknown, as: WrittenAs): unknown {
  return as === "text" && typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
}

function decodeFloat(value: unknown, as: WrittenAs): unknown {
  return as === "text" && typeof value === "string" && /^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : value;
}

function decodeBool(value: unknown, as: WrittenAs): unknown {
  if (as === "json") return value;
  return value === "true" ? true : value === "false" ? false : value;
}

function encodeInstant(value: unknown): unknown {
  return instantOf(value) === null ? value : (value as Date).toISOString();
}

function encodeBytes(value: unknown): unknown {
  return isBytes(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") : value;
}

const integer = (minimum: number, maximum: number): JsonForm => ({
  schema: { type: "integer", minimum, maximum },
  decode: decodeInteger,
  encode: null,
});
const string = (more: Keywords): JsonForm => ({ schema: { type: "string", ...more }, decode: null, encode: null });

const bigintForm: JsonForm = {
  schema: { type: "string", pattern: "^-?\\d{1,19}$" },
  decode: decodeBigint,
  encode: (value) => String(value),
};
const instantForm: JsonForm = { schema: { type: "string", format: "date-time" }, decode: decodeInstant, encode: encodeInstant };
const bytesForm: JsonForm = { schema: { type: "string", contentEncoding: "base64" }, decode: decodeBytes, encode: encodeBytes };

function builtIn({ type, family }: Codec): JsonForm {
  switch (family) {
    case "int":
      if (type.word === "smallint") return integer(-32_768, 32_767);
      if (type.word === "int") return integer(-2_147_483_648, 2_147_483_647);
      return { schema: { type: "integer" }, decode: decodeInteger, encode: null };
    case "bigint":
      return bigintForm;
    case "float":
      return { schema: { type: "number" }, decode: decodeFloat, encode: null };
    case "decimal":
      return string({ pattern: "^[+-]?\\d+(?:\\.\\d+)?$" });
    case "text":
      return string(type.length === undefined ? {} : { maxLength: type.length });
    case "bool":
      return { schema: { type: "boolean" }, decode: decodeBool, encode: null };
    case "timestamp":
      return instantForm;
    case "date":
      return string({ format: "date" });
    case "time":
      return string({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?$" });
    case "uuid":
      return string({ format: "uuid" });
    case "enum":
      return string({ enum: type.values });
    case "bytes":
      return bytesForm;
    case "json":
      return type.word === "array" ? arrayForm(type.element as Codec) : { schema: {}, decode: null, encode: null };
    default:
      return family satisfies never;
  }
}

function arrayForm(element: Codec): JsonForm {
  const { schema, decode, encode } = jsonForm(element);
  const each = (step: (item: never) => unknown) => (list: unknown) =>
    Array.isArray(list) ? list.map((item: unknown) => (item === null ? null : step(item as never))) : list;
  return {
    schema: { type: "array", items: nullableSchema(schema) },
    // The elements of a list are JSON wherever the list stands.
    decode: decode === null ? null : each((item) => decode(item, "json")),
    encode: encode === null ? null : each(encode),
  };
}

/** A type of one's own is in JSON what it is stored as. */
function customForm(codec: Codec): JsonForm {
  const { base, encode, decode } = codec.custom as NonNullable<Codec["custom"]>;
  const form = jsonForm(base);
  return {
    schema: form.schema,
    decode(value, as) {
      try {
        return decode(base.accept(form.decode === null ? value : form.decode(value, as), "the value"));
      } catch {
        return value; // no JSON of it: it may be a value of the type itself
      }
    },
    encode: (value) => {
      const stored = encode(value);
      return form.encode === null ? stored : form.encode(stored as never);
    },
  };
}

const forms = new WeakMap<Codec, JsonForm>();

export function jsonForm(codec: Codec): JsonForm {
  let form = forms.get(codec);
  if (form === undefined) {
    form = codec.custom === undefined ? builtIn(codec) : customForm(codec);
    forms.set(codec, form);
  }
  return form;
}

/** The same, or null, as JSON Schema from draft 6 on has it. */
export function nullableSchema(schema: Keywords): Keywords {
  const { type, enum: words } = schema;
  if (type === undefined) return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [type, "null"], ...(Array.isArray(words) ? { enum: [...words, null] } : {}) };
}
