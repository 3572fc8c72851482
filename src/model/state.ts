/** What an instance remembers beside its columns: its database, and the row as it was last read or written. Layer 6. */

import { datetimeCodec } from "../codec/temporal.ts";
import type { Engine } from "../engine/engine.ts";
import { keepSpecimen } from "../util/specimen.ts";
import type { ColumnMeta } from "./meta.ts";

/** Marks a column whose stored value is not known. */
export const notLoaded: unique symbol = Symbol("not loaded");

/** How the raw rows of one plan are compared with. */
export interface RowLayout {
  /** The slot of each column by its index; undefined where it was not selected. */
  readonly slots: readonly (number | undefined)[];
  /** By the column's index; null where the raw value is the value. */
  readonly decoders: readonly (((raw: unknown) => unknown) | null)[];
  readonly aliased: boolean;
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

  /** True where this is the instant in the database as last seen; false says nothing. */
  hasInstant(column: ColumnMeta, now: Date): boolean {
    const { row, layout, written } = this;
    if (row === null || layout === null || column.codec !== datetimeCodec || written?.[column.index] !== undefined) return false;
    const slot = layout.slots[column.index];
    return slot !== undefined && row[layout.aliased ? `c${slot}` : slot] === now.getTime();
  }

  /** The value in the database as last seen, or `notLoaded`. */
  saved(column: ColumnMeta): unknown {
    const { row, layout, written } = this;
    const own = written?.[column.index];
    if (own !== undefined) return own;
    if (row === null || layout === null) return notLoaded;
    const slot = layout.slots[column.index];
    if (slot === undefined) return notLoaded;
    const raw = row[layout.aliased ? `c${slot}` : slot];
    if (raw === null || raw === undefined) return null;
    // A reader of many rows leaves the milliseconds of an instant instead of its text.
    if (typeof raw === "number" && column.codec === datetimeCodec) return new Date(raw);
    const decode = layout.decoders[column.index];
    return decode === null || decode === undefined ? raw : decode(raw);
  }
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
