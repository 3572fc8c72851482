/** Rows on their way out: of each, the columns that its schema tells, and nothing else. Layer 8. */
import { jsonForm } from "../codec/json-form.ts";
import { NotLoadedError } from "../errors.ts";
import { ModelBase } from "../model/base.ts";
import { metaKey } from "../model/meta.ts";
import type { ModelShape } from "../model/shape.ts";
import { isLoaded, loadedOf } from "../relations/loaded.ts";

export type Convert = (value: unknown) => unknown;
type Row = Readonly<Record<string, unknown>>;

export function listOf(item: Convert | null): Convert | null {
  if (item === null) return null;
  return (value) => {
    if (!Array.isArray(value)) return value;
    const list = new Array<unknown>(value.length);
    for (let i = 0; i < list.length; i++) list[i] = item(value[i]);
    return list;
  };
}

export function objectOf(properties: readonly (readonly [string, Convert | null])[]): Convert | null {
  const own = properties.filter((entry): entry is readonly [string, Convert] => entry[1] !== null);
  if (own.length === 0) return null;
  return (value) => {
    if (typeof value !== "object" || value === null) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const [name, convert] of own) if (copy[name] !== undefined) copy[name] = convert(copy[name]);
    return copy;
  };
}

/**
 * A row as an object of its own: what writes the JSON asks each object for a `toJSON`, and that of a row makes two more. Dates
 * and bigints stay, the writer knows them by their schema.
 */
export function rowConverter(shape: ModelShape): Convert {
  let convert: Convert | null = null;
  return (row) => {
    if (typeof row !== "object" || row === null) return row;
    // A class with a form of its own has the last word.
    if (row instanceof ModelBase && hasOwnForm(row)) return (row as unknown as { toJSON(): unknown }).toJSON();
    convert ??= columnsOf(shape);
    return convert(row);
  };
}

const ownForms = new WeakMap<object, boolean>();

/** Whether the class, or one between it and the factory's, has a `toJSON` of its own. */
function hasOwnForm(row: ModelBase): boolean {
  const model = row.constructor;
  let known = ownForms.get(model);
  if (known === undefined) {
    let owner: object = model.prototype;
    while (!Object.hasOwn(owner, "toJSON")) owner = Object.getPrototypeOf(owner) as object;
    known = metaKey in owner.constructor;
    ownForms.set(model, known);
  }
  return known;
}

/** Made with the first row: only then every model is sure to be known. */
function columnsOf(shape: ModelShape): Convert {
  const steps = shape.fields.map(({ property, column }) => {
    const { encode } = jsonForm(column.codec);
    const { family, custom } = column.codec;
    const kept = custom === undefined && (family === "timestamp" || family === "bigint");
    return { property, encode: kept ? null : encode };
  });
  const nested = shape.nested.map(({ name, relation, shape: far }) => {
    const one = rowConverter(far);
    const convert = relation.many ? (listOf(one) as Convert) : one;
    return { name, relation, convert };
  });
  return (given) => {
    const row = given as Row;
    const out: Record<string, unknown> = {};
    for (const { property, encode } of steps) {
      const value = row[property];
      out[property] = encode === null || value === null || value === undefined ? value : encode(value as never);
    }
    for (const { name, relation, convert } of nested)
      out[name] = convert(row instanceof ModelBase ? loaded(row, relation, name) : row[name]);
    return out;
  };
}

function loaded(row: ModelBase, relation: Parameters<typeof loadedOf>[0], name: string): unknown {
  if (isLoaded(relation, row)) return loadedOf(relation, row);
  throw new NotLoadedError(`the answer has ${name} in it, which was not loaded`, { hint: `add prefetch("${name}") to the query` });
}
