/** The plan of whole rows: made once per class, dialect and engine naming, and kept. Layer 6. */
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { loadReceivers } from "../engine/signals.ts";
import { compileRows } from "../hydrate/jit.ts";
import type { InstanceTarget, RowReader, RowShape, WireAccess } from "../hydrate/row-plan.ts";
import { attachRow, hydrating, type ModelBase } from "./base.ts";
import { hooksOf } from "./hooks.ts";
import { noteLoaded } from "./loaded-rows.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { readerOf, wireAccess } from "./reading.ts";
import { type Field, type FieldShape, type Selection, selectColumns } from "./selection.ts";
import type { QuerySource } from "./source.ts";
import type { RowLayout } from "./state.ts";

export type ModelConstructor = new (values?: never) => ModelBase;

function layoutAt(meta: ModelMeta, places: ReadonlyMap<ColumnMeta, number>, access: WireAccess): RowLayout {
  const keys: (string | number | undefined)[] = new Array(meta.columns.size).fill(undefined);
  const decoders: RowLayout["decoders"][number][] = new Array(meta.columns.size).fill(null);
  for (const [column, slot] of places) {
    keys[column.index] = access.aliased ? `c${slot}` : slot;
    decoders[column.index] = access.decode(column.codec) as RowLayout["decoders"][number];
  }
  return { keys, decoders };
}

function targetOf(model: NonNullable<QuerySource["model"]>, layout: RowLayout, session: Session): InstanceTarget {
  const engine = engineOf(session);
  const hears = hooksOf(model)?.has("afterLoad") === true;
  return {
    construct: model as never,
    mark: hydrating,
    attach: (instance, row) => {
      attachRow(instance as ModelBase, row as never, layout, engine);
      if (hears || loadReceivers.count > 0) noteLoaded(instance as ModelBase);
    },
  };
}

/** The shape of instances of `model` that hold these columns and whatever else is selected beside them. */
export function instanceShape(
  model: ModelConstructor,
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  selection: Selection,
  session: Session,
  outer = false,
): RowShape {
  const places = new Map(columns.map((column, slot) => [column, slot]));
  const missing = outer ? columns.indexOf(meta.primaryKey[0] as ColumnMeta) : null;
  return shapeAt(model, meta, places, wireAccess(session), bindFields(selection.fields, session), missing, session);
}

type InstanceShape = Extract<RowShape, { kind: "instance" }>;

/** Fields that are no columns are what the query computes beside them: rows of every class have those. */
function shapeAt(
  model: NonNullable<QuerySource["model"]>,
  meta: ModelMeta,
  places: ReadonlyMap<ColumnMeta, number>,
  access: WireAccess,
  fields: InstanceShape["fields"],
  missing: number | null,
  session: Session,
): RowShape {
  const target = targetOf(model, layoutAt(meta, places, access), session);
  const tells = meta.variants.length === 0 ? undefined : places.get(meta.discriminator);
  if (tells === undefined) return { kind: "instance", target, fields, missing };
  const more = fields.filter(([name]) => !meta.columns.has(name));
  const shapes = meta.variants.map((variant): [unknown, RowShape] => {
    const own = variant.list.flatMap((column): [ColumnMeta, number][] => {
      const slot = places.get(meta.column(column.property));
      return slot === undefined ? [] : [[column, slot]];
    });
    const columns = own.map(([{ property, codec }, slot]) => [property, { kind: "value", slot, codec }] as const);
    const of = shapeAt(variant.model as never, variant, new Map(own), access, [...columns, ...more], null, session);
    return [variant.kind?.value, of];
  });
  const common = fields.filter(([name]) => !meta.columns.has(name) || meta.builders.has(name));
  const { codec } = meta.discriminator;
  return {
    kind: "instance",
    target,
    fields: common,
    missing,
    variants: { tells: { kind: "value", slot: tells, codec }, shapes: new Map(shapes) },
  };
}

/** Reads instances of rows that come by position whatever the driver, with each column at a place of its own. */
export function positionedReader(
  model: ModelConstructor,
  meta: ModelMeta,
  places: ReadonlyMap<ColumnMeta, number>,
  session: Session,
  rows: number,
): RowReader {
  const access = { ...wireAccess(session), aliased: false };
  const fields = [...places].map(([column, slot]): Field => [column.property, { kind: "value", slot, codec: column.codec }]);
  return readerOf(shapeAt(model, meta, places, access, bindFields(fields, session), null, session), access, rows);
}

/** Selected values with their whole rows bound to this database. */
export function bindFields(fields: readonly Field[], session: Session): (readonly [string, RowShape])[] {
  return fields.map(([name, shape]) => [name, bindShape(shape, session)]);
}

function bindShape(shape: FieldShape, session: Session): RowShape {
  if (shape.kind === "value") return shape;
  if (shape.kind === "object") return { kind: "object", fields: bindFields(shape.fields, session) };
  const { source, firstSlot } = shape;
  const meta = source.meta as ModelMeta;
  const key = meta.visible.indexOf(meta.primaryKey[0] as ColumnMeta);
  const missing = source.outer && key !== -1 ? firstSlot + key : null;
  return besideShape(source.model as NonNullable<QuerySource["model"]>, meta, firstSlot, missing, session);
}

/** Instances of visible columns that stand from this slot on; null where the slot `missing` is. */
export function besideShape(
  model: NonNullable<QuerySource["model"]>,
  meta: ModelMeta,
  firstSlot: number,
  missing: number | null,
  session: Session,
): RowShape {
  const { fields } = selectColumns(meta, meta.visible, firstSlot);
  const places = new Map(meta.visible.map((column, i) => [column as ColumnMeta, firstSlot + i]));
  return shapeAt(model, meta, places, wireAccess(session), bindFields(fields, session), missing, session);
}

const readers = new WeakMap<object, WeakMap<object, RowReader>>();

/** The reader of rows that hold the visible columns and nothing else. */
export function wholeReader(model: ModelConstructor, meta: ModelMeta, selection: Selection, session: Session): RowReader {
  let bySession = readers.get(model);
  if (bySession === undefined) {
    bySession = new WeakMap();
    readers.set(model, bySession);
  }
  let reader = bySession.get(session.core);
  if (reader === undefined) {
    reader = compileRows(instanceShape(model, meta, meta.visible, selection, session), wireAccess(session));
    bySession.set(session.core, reader);
  }
  return reader;
}
