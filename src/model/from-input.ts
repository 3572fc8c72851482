/** A new row from what somebody sent. Layer 6. */
import type { Codec } from "../codec/codec.ts";
import { jsonForm } from "../codec/json-form.ts";
import { UsageError } from "../errors.ts";
import { addAbsence, addWrongInput, type Findings, noFindings } from "../validate/broken.ts";
import { passedValue } from "../validate/check.ts";
import { checkClean, checkNewRow, hasClean, throwFound } from "./accept.ts";
import { columnValue, type ModelBase, setValue } from "./base.ts";
import type { ModelMeta } from "./meta.ts";

export interface InputOptions {
  /** The input went through JSON: instants are ISO text, bigints and bytes text, as `toJSON()` writes them. */
  readonly json?: boolean;
}

/** Names come from whoever sent the input: the error is not to be as long as they like. */
const longestName = 64;

/** What `toJSON()` has made of a value, undone; anything else stays, for the codec to refuse. */
function fromJson(codec: Codec, value: unknown): unknown {
  // A type of one's own is in `toJSON()` what JSON makes of it.
  const { decode } = codec.custom === undefined ? jsonForm(codec) : { decode: null };
  return decode === null ? value : decode(value, "json");
}

/**
 * An unsaved row of the input, once its columns and `clean()` have nothing against it; a promise where `clean()` answers later.
 * @throws ValidationError, which lists keys that are no columns as well
 */
export function rowFromInput(
  meta: ModelMeta,
  input: unknown,
  o: InputOptions,
  make: (values: Record<string, unknown>) => ModelBase,
): ModelBase | Promise<ModelBase> {
  if (o.json !== undefined && typeof o.json !== "boolean") throw new UsageError(`${meta.name}.validate: json is true or false`);
  const found = noFindings();
  const values: [string, unknown][] = [];
  if (typeof input !== "object" || input === null || Array.isArray(input)) addWrongInput(found, meta.name, input);
  else
    for (const [key, value] of Object.entries(input)) {
      const column = meta.builders.has(key) ? meta.columns.get(key) : undefined;
      if (column !== undefined && !column.declaration.serverOnly)
        values.push([key, o.json === true ? fromJson(column.codec, value) : value]);
      else {
        const field = key.length > longestName ? `${key.slice(0, longestName)}...` : key;
        addAbsence(found, { field, label: `${meta.name}.${field}` }, "unknown", `${meta.name} takes no ${JSON.stringify(field)}`);
      }
    }
  if (found.detail.some(({ rule }) => rule === "type")) throwFound(meta, found);
  const row = make(Object.fromEntries(values));
  checkNewRow(meta, row, found, undefined, true);
  return checkedRow(meta, row, found);
}

/** The row with its values in their normal form, once `clean()` is asked and nothing was found. @throws ValidationError */
export function checkedRow(meta: ModelMeta, row: ModelBase, found: Findings): ModelBase | Promise<ModelBase> {
  const finish = (): ModelBase => {
    throwFound(meta, found);
    for (const column of meta.list) {
      const value = columnValue(row, column);
      // What is set by itself may be missing yet.
      if (value !== undefined && value !== null) setValue(row, column, passedValue(column, value));
    }
    return row;
  };
  const later = hasClean(row) ? checkClean(row, found, found.detail.length > 0) : undefined;
  return later === undefined ? finish() : Promise.resolve(later).then(finish);
}
