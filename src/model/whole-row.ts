/** The plan of whole rows: made once per class, dialect and engine naming, and kept. Layer 6. */
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { compileRows } from "../hydrate/jit.ts";
import type { InstanceTarget, RowReader, RowShape } from "../hydrate/row-plan.ts";
import { attachRow, hydrating, type ModelBase } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { wireAccess } from "./reading.ts";
import { addSelection, type Selection, selectColumns } from "./selection.ts";
import type { RowLayout } from "./state.ts";

export type ModelConstructor = new (values?: never) => ModelBase;

function layoutOf(meta: ModelMeta, columns: readonly ColumnMeta[], session: Session): RowLayout {
  const slots: (number | undefined)[] = new Array(meta.columns.size).fill(undefined);
  columns.forEach((column, slot) => {
    slots[column.index] = slot;
  });
  const access = wireAccess(session);
  const decode = (column: ColumnMeta, raw: unknown): unknown => {
    const decoder = access.decode(column.codec);
    return decoder === null ? raw : decoder(raw as never);
  };
  return { slots, decode, aliased: access.aliased };
}

/** The shape of instances of `model` that hold these columns and whatever else is selected beside them. */
export function instanceShape(
  model: ModelConstructor,
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  selection: Selection,
  session: Session,
): RowShape {
  const layout = layoutOf(meta, columns, session);
  const engine = engineOf(session);
  const target: InstanceTarget = {
    construct: model as never,
    mark: hydrating,
    attach: (instance, row) => attachRow(instance as ModelBase, row as never, layout, engine),
  };
  return { kind: "instance", target, fields: selection.fields };
}

export function wholeSelection(meta: ModelMeta, columns: readonly ColumnMeta[], also: Selection | null): Selection {
  const whole = selectColumns(meta, columns);
  return also === null ? whole : addSelection(whole, also);
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
