/**
 * The class behind every model: what instances carry. The statics are in `model.ts`, writing is in `persistence.ts`.
 * Layer 6.
 */
import type { Engine } from "../engine/engine.ts";
import { UsageError } from "../errors.ts";
import { fillerOf, type Input } from "./filler.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { metaOf } from "./meta.ts";
import { InstanceState, notLoaded, type RowLayout } from "./state.ts";

/** Tells the constructor that a row follows: no defaults, no checks. */
export const hydrating: unique symbol = Symbol("hydrating");

const noInput: Readonly<Record<string, unknown>> = Object.create(null);

const inspect = Symbol.for("nodejs.util.inspect.custom");

/** The input whose keys the caller of the constructor has looked at. */
let looked: unknown = null;

export function lookedAt(values: unknown): void {
  looked = values;
}

export let stateOf: (instance: ModelBase) => InstanceState;
export let attachRow: (instance: ModelBase, row: InstanceState["row"], layout: RowLayout, engine: Engine) => void;

export class ModelBase {
  readonly #state = new InstanceState();

  static {
    stateOf = (instance) => instance.#state;
    attachRow = (instance, row, layout, engine) => {
      const state = instance.#state;
      state.status = "saved";
      state.row = row;
      state.layout = layout;
      state.written = null;
      state.engine = engine;
    };
  }

  constructor(values?: unknown) {
    if (values === hydrating) return;
    const meta = metaOf(new.target);
    if (values !== undefined && values !== looked) inputKeys(meta, values);
    looked = null;
    const given = (values ?? noInput) as Input;
    fillerOf(meta).fill(this, given);
  }

  /** `[before, after]` of every column that differs from the database as last read or written; of a new row, all that it has. */
  get changes(): Record<string, [unknown, unknown]> {
    const changes: Record<string, [unknown, unknown]> = {};
    for (const column of changedOf(this)) {
      const saved = this.#state.saved(column);
      changes[column.property] = [saved === notLoaded ? undefined : saved, columnValue(this, column)];
    }
    return changes;
  }

  /** A model's own rules for whole rows stand in its place. */
  clean(): unknown {
    return undefined;
  }

  toString(): string {
    const meta = metaOfInstance(this);
    const key = meta.primaryKey.map((column) => `${column.property}=${String(columnValue(this, column))}`).join(" ");
    return this.#state.status === "new" ? `<${meta.name} new>` : `<${meta.name} ${key}>`;
  }

  [inspect](): string {
    return this.toString();
  }
}

/** The columns that differ from the database as last read or written; of a new row, all that it has. */
export function changedOf(instance: ModelBase): ColumnMeta[] {
  const changed: ColumnMeta[] = [];
  const state = stateOf(instance);
  for (const column of metaOfInstance(instance).list) if (state.differs(column, columnValue(instance, column))) changed.push(column);
  return changed;
}

export function metaOfInstance(instance: ModelBase): ModelMeta {
  return metaOf(instance.constructor);
}

export function columnValue(instance: ModelBase, column: ColumnMeta): unknown {
  return (instance as unknown as Record<string, unknown>)[column.property];
}

export function setValue(instance: ModelBase, column: ColumnMeta, value: unknown): void {
  (instance as unknown as Record<string, unknown>)[column.property] = value;
}

/** A value as JSON has it; documents are what they are. */
export function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  return value;
}

/** The values of an insert, an update or a constructor. @throws UsageError for unknown and server-only columns */
export function inputOf(meta: ModelMeta, values: unknown): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const key of inputKeys(meta, values)) input[key] = (values as Record<string, unknown>)[key];
  return input;
}

/** What was given a value, by property. @throws UsageError for unknown and server-only columns */
export function inputKeys(meta: ModelMeta, values: unknown): readonly string[] {
  const prototype = typeof values === "object" && values !== null ? Object.getPrototypeOf(values) : undefined;
  if (prototype !== Object.prototype && prototype !== null) throw new UsageError(`${meta.name} takes an object of column values`);
  const keys = Object.keys(values as object);
  for (const key of keys) {
    const column = meta.column(key);
    if (column.declaration.serverOnly) {
      throw new UsageError(`${column.label} is never taken from input`, {
        hint: `assign it: ${meta.name.toLowerCase()}.${key} = ...`,
        model: meta.name,
        columns: [key],
      });
    }
  }
  return keys;
}
