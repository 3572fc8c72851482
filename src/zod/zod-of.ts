/** Schemas of zod from models: built of the columns' types and rules, and checked by them. Layer 8. */
import * as z from "zod";
import type { Codec } from "../codec/codec.ts";
import { jsonForm } from "../codec/json-form.ts";
import { UsageError } from "../errors.ts";
import type { ColumnMeta } from "../model/meta.ts";
import type { ModelShape } from "../model/shape.ts";
import { shapeIn, shapeOf } from "../model/standard-shape.ts";
import type { NestedNames, OutOf, ShapeOf, ShapeOptions, ShapeSource } from "../model/types/shape.types.ts";
import { noFindings } from "../validate/broken.ts";
import { checkValue, passedValue } from "../validate/check.ts";
import type { ZodOf } from "./zod.types.ts";

/** Strings of JSON, and what they stand for. */
function codecOf(inner: z.ZodType, outer: z.ZodType, codec: Codec): z.ZodType {
  const { decode, encode } = jsonForm(codec);
  return z.codec(inner, outer, {
    decode: (text: unknown) => (decode === null ? text : decode(text, "json")) as never,
    encode: (value: unknown) => (encode === null ? value : encode(value as never)) as never,
  });
}

const bytes = (): z.ZodType => z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected Uint8Array");

/** The type alone; length, range, rules and normal form are the column's to check. */
function typeOf(codec: Codec, json: boolean): z.ZodType {
  if (codec.custom !== undefined) {
    const value = z.unknown();
    return json ? codecOf(typeOf(codec.custom.base, false), value, codec) : value;
  }
  const { family, type } = codec;
  switch (family) {
    case "int":
      return z.int();
    case "float":
      return z.number();
    case "bool":
      return z.boolean();
    case "bigint":
      return json ? codecOf(z.string().regex(/^-?\d{1,19}$/), z.bigint(), codec) : z.bigint();
    case "timestamp":
      return json ? codecOf(z.iso.datetime({ offset: true }), z.date(), codec) : z.date();
    case "bytes":
      return json ? codecOf(z.base64(), bytes(), codec) : bytes();
    case "enum":
      return z.enum(type.values as readonly [string, ...string[]]);
    case "json":
      return type.word === "array" ? z.array(typeOf(type.element as Codec, json).nullable()) : z.unknown();
    case "text":
    case "decimal":
    case "date":
    case "time":
    case "uuid":
      return z.string();
    default:
      return family satisfies never;
  }
}

/** The keywords that zod does not find by itself, for its JSON Schema. */
function keywordsOf({ codec, declaration }: ColumnMeta, json: boolean): Record<string, unknown> {
  const told =
    codec.family === "text" || codec.family === "int" || codec.family === "date" || codec.family === "uuid" || codec.family === "time";
  const { type: _, ...own } = told || json ? jsonForm(codec).schema : {};
  return Object.assign({}, own, ...declaration.rules.map(({ schema }) => schema ?? {}));
}

/** Everything that the column refuses, and its normal form in the value's place. */
function checkOf(column: ColumnMeta): (payload: z.core.ParsePayload) => void {
  return (payload) => {
    try {
      payload.value = passedValue(column, payload.value);
    } catch (error) {
      const found = noFindings();
      checkValue(column, payload.value, found);
      if (found.detail.length === 0) throw error;
      for (const { message, ...params } of found.detail) payload.issues.push({ code: "custom", message, params, input: payload.value });
    }
  };
}

function columnSchema(column: ColumnMeta, json: boolean): z.ZodType {
  const keywords = keywordsOf(column, json);
  const checked = typeOf(column.codec, json).check(checkOf(column) as never);
  const schema = Object.keys(keywords).length === 0 ? checked : checked.meta(keywords);
  return column.declaration.nullable ? schema.nullable() : schema;
}

function objectOf(shape: ModelShape, json: boolean): z.ZodObject {
  const fields = shape.fields.map(({ property, column, optional }): [string, z.ZodType] => {
    const schema = columnSchema(column, json);
    return [property, optional ? schema.exactOptional() : schema];
  });
  const nested = shape.nested.map(({ name, relation, shape: far }): [string, z.ZodType] => {
    const row = objectOf(far, json);
    return [name, relation.many ? z.array(row) : row.nullable()];
  });
  const all = Object.fromEntries([...fields, ...nested]);
  return shape.kind === "row" ? z.object(all) : z.strictObject(all);
}

export interface ZodOptions<P, O, T extends boolean, N, J extends boolean> extends ShapeOptions<P, O, T, N> {
  /** Of JSON: ISO text for Dates, digits for bigints, base64 for bytes. `z.encode` writes them, `parse` reads them. */
  readonly json?: J;
}

/**
 * The zod schema of a model's rows, of `Model.insert` or of `Model.update`. It refuses what writing would refuse, by the same
 * rules and with the same messages. Inserts and updates refuse unknown keys; server-only columns and keys that the database
 * makes are unknown to them, and rows have no hidden columns.
 * @throws UsageError for names that the model has no column or relation of
 * @example
 * const NewPost = zodOf(Post.insert, { omit: ["views"], json: true });
 * const post = await Post.create(NewPost.parse(JSON.parse(text)));
 */
export function zodOf<
  S extends ShapeSource,
  const P extends keyof OutOf<S> & string = never,
  const O extends keyof OutOf<S> & string = never,
  T extends boolean = false,
  const N extends NestedNames<S> = never,
  J extends boolean = false,
>(source: S, o: ZodOptions<P, O, T, N, J> = {}): ZodOf<ShapeOf<S, P, O, T, N>, J> {
  const { json, ...choice } = o;
  const shape = shapeIn(shapeIn(source) === null ? null : shapeOf(source, choice as ShapeOptions<P, O, T, N>));
  if (shape === null) throw new UsageError("zodOf takes a model, Model.insert or Model.update");
  return objectOf(shape, json === true) as never;
}
