/** What an instance remembers beside its columns: its database, and the row as it was last read or written. Layer 6. */

import { datetimeCodec } from "../codec/temporal.ts";
import type { Engine } from "../engine/engine.ts";
import { keepSpecimen } from "../util/specimen.ts";
import type { ColumnMeta } from "./meta.ts";

/** Marks a column whose stored value is not known. */
export const notLoaded: unique symbol = Symbol("not loaded");

/** How the raw rows of one plan are compared with. */
export interface RowLayout {
  /** Where each column's value lies in a row, by its index; undefined where it was not selected. */
  readonly keys: readonly (string | number | undefined)[];
  /** By the column's index; null where the raw value is the value. */
  readonly decoders: readonly (((raw: unknown) => unknown) | null)[];
}

export type InstanceStatus = "new" | "saved" | "deleted";

export class InstanceState {
  status: InstanceStatus = "new";
  engine: Engine | null = null;
  /** The row as it came; null: it was not read but written. */
  row: Readonly<Record<string | number, unknown>> | null = null;
  layout: RowLayout | null = null;
  /** What was written since, by column index. Replaced, never changed. */
  written: readonly unknown[] | null = null;
  /** What the rows of its result have in common, where loads row by row are noticed. */
  result: object | null = null;
  /** What was loaded of its relations. */
  relations: Map<string, unknown> | null = null;

  /** True where this is another value than the one in the database as last seen; of a new row, where it is one at all. */
  differs(column: ColumnMeta, now: unknown): boolean {
    const { row, layout, written } = this;
    const own = written === null ? undefined : written[column.index];
    if (own !== undefined) return !sameValue(own, now);
    const key = layout === null ? undefined : layout.keys[column.index];
    if (row === null || layout === null || key === undefined) return now !== undefined && !(this.status === "new" && now === null);
    const raw = row[key];
    if (raw === null || raw === undefined) return now !== null;
    if (isInstant(raw, column)) return !(now instanceof Date && now.getTime() === raw);
    const decode = layout.decoders[column.index];
    return !sameValue(decode === null || decode === undefined ? raw : decode(raw), now);
  }

  /** The value in the database as last seen, or `notLoaded`. */
  saved(column: ColumnMeta): unknown {
    const { row, layout, written } = this;
    const own = written?.[column.index];
    if (own !== undefined) return own;
    if (row === null || layout === null) return notLoaded;
    const key = layout.keys[column.index];
    if (key === undefined) return notLoaded;
    const raw = row[key];
    if (raw === null || raw === undefined) return null;
    if (isInstant(raw, column)) return new Date(raw);
    const decode = layout.decoders[column.index];
    return decode === null || decode === undefined ? raw : decode(raw);
  }
}

/** A reader of many rows leaves the milliseconds of an instant instead of its text. */
function isInstant(raw: unknown, column: ColumnMeta): raw is number {
  return typeof raw === "number" && column.codec === datetimeCodec;
}

/** A value that later changes of the instance cannot reach. */
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Uint8Array) return value.slice();
  return structuredCloneOr(value);
}

// A custom codec may use a class of its own that cannot be cloned: then only assignment is noticed.
function structuredCloneOr(value: object): object {
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) return value;
  try {
    return structuredClone(value);
  } catch {
    // It holds something that only JSON can copy, such as an object with a toJSON of its own.
    return jsonCopyOr(value);
  }
}

function jsonCopyOr(value: object): object {
  try {
    return JSON.parse(JSON.stringify(value)) as object;
  } catch {
    return value;
  }
}

/** Deep equality of column values. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Uint8Array) return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

keepSpecimen(new InstanceState());
