/** The plan of whole rows: made once per class, dialect and engine naming, and kept. Layer 6. */
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { compileRows } from "../hydrate/jit.ts";
import type { InstanceTarget, RowReader, RowShape } from "../hydrate/row-plan.ts";
import { attachRow, hydrating, type ModelBase } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { wireAccess } from "./reading.ts";
import { type Field, type FieldShape, type QuerySource, type Selection, selectColumns } from "./selection.ts";
import type { RowLayout } from "./state.ts";

export type ModelConstructor = new (values?: never) => ModelBase;

function layoutOf(meta: ModelMeta, columns: readonly ColumnMeta[], session: Session, firstSlot: number): RowLayout {
  const slots: (number | undefined)[] = new Array(meta.columns.size).fill(undefined);
  columns.forEach((column, slot) => {
    slots[column.index] = firstSlot + slot;
  });
  const access = wireAccess(session);
  const decode = (column: ColumnMeta, raw: unknown): unknown => {
    const decoder = access.decode(column.codec);
    return decoder === null ? raw : decoder(raw as never);
  };
  return { slots, decode, aliased: access.aliased };
}

function targetOf(model: QuerySource["model"], layout: RowLayout, session: Session): InstanceTarget {
  const engine = engineOf(session);
  return {
    construct: model as never,
    mark: hydrating,
    attach: (instance, row) => attachRow(instance as ModelBase, row as never, layout, engine),
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
  const target = targetOf(model, layoutOf(meta, columns, session, 0), session);
  return {
    kind: "instance",
    target,
    fields: bindFields(selection.fields, session),
    missing: outer ? columns.indexOf(meta.primaryKey[0] as ColumnMeta) : null,
  };
}

/** Selected values with their whole rows bound to this database. */
export function bindFields(fields: readonly Field[], session: Session): (readonly [string, RowShape])[] {
  return fields.map(([name, shape]) => [name, bindShape(shape, session)]);
}

function bindShape(shape: FieldShape, session: Session): RowShape {
  if (shape.kind === "value") return shape;
  if (shape.kind === "object") return { kind: "object", fields: bindFields(shape.fields, session) };
  const { source, firstSlot } = shape;
  const { meta } = source;
  const fields = selectColumns(meta, meta.visible, firstSlot).fields;
  const key = meta.visible.indexOf(meta.primaryKey[0] as ColumnMeta);
  const missing = source.outer && key !== -1 ? firstSlot + key : null;
  return {
    kind: "instance",
    target: targetOf(source.model, layoutOf(meta, meta.visible, session, firstSlot), session),
    fields: bindFields(fields, session),
    missing,
  };
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
