/** What a row sends: the values of an insert or an update, each checked. Layer 6. */
import { UsageError } from "../errors.ts";
import { noFindings } from "../validate/broken.ts";
import { passedValue } from "../validate/check.ts";
import { checkColumns, checkNewRow, invalid } from "./accept.ts";
import { changedOf, columnValue, type ModelBase, setValue } from "./base.ts";
import { cleanRow } from "./checked.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { assertPinned, type Pins, pinsOf } from "./scope-values.ts";

/** The columns an insert sends, with accepted values. */
export interface InsertValues {
  readonly columns: readonly ColumnMeta[];
  readonly values: unknown[];
  /** Filled by the database. */
  readonly generated: readonly ColumnMeta[];
}

/** Automatic timestamps, and what the scopes hold to one value. */
function fillIn(instance: ModelBase, column: ColumnMeta, now: Date, pins: Pins): void {
  const { declaration } = column;
  if (declaration.autoNow || (declaration.autoNowAdd && (columnValue(instance, column) ?? null) === null))
    setValue(instance, column, new Date(now));
  if (columnValue(instance, column) === undefined && pins.has(column)) setValue(instance, column, pins.get(column)?.value);
}

/**
 * Fills in what the row does not bring, and checks every value. `like`: what an earlier row of this model gave.
 * @throws UsageError, ValidationError
 */
export function insertValues(
  meta: ModelMeta,
  instance: ModelBase,
  now: Date,
  like: InsertValues | undefined,
  pins: Pins = pinsOf(meta),
): InsertValues {
  try {
    return (like === undefined ? null : valuesLike(meta, instance, now, like, pins)) ?? passedValues(meta, instance, now, pins);
  } catch (error) {
    const found = noFindings();
    checkNewRow(meta, instance, found);
    throw invalid(meta, found) ?? error;
  }
}

function passedValues(meta: ModelMeta, instance: ModelBase, now: Date, pins: Pins): InsertValues {
  const columns: ColumnMeta[] = [];
  const values: unknown[] = [];
  const generated: ColumnMeta[] = [];
  for (const column of meta.list) {
    const { declaration } = column;
    fillIn(instance, column, now, pins);
    const value = columnValue(instance, column);
    if (value !== undefined) {
      columns.push(column);
      const accepted = passedValue(column, value);
      if (pins.size > 0) assertPinned(meta, pins, column, accepted);
      values.push(accepted);
    } else if (declaration.identity || declaration.dbDefault !== null) generated.push(column);
    else if (declaration.nullable) {
      columns.push(column);
      values.push(null);
    } else throw new UsageError(`${meta.name} needs ${column.property}`);
  }
  return { columns, values, generated };
}

/** The same for a row that names the columns of another one, whose lists it shares; null: it names others. */
function valuesLike(meta: ModelMeta, instance: ModelBase, now: Date, like: InsertValues, pins: Pins): InsertValues | null {
  const { columns, generated } = like;
  const filled = pins.size > 0 ? meta.list : meta.timed;
  for (let i = 0; i < filled.length; i++) fillIn(instance, filled[i] as ColumnMeta, now, pins);
  for (let i = 0; i < generated.length; i++) if (columnValue(instance, generated[i] as ColumnMeta) !== undefined) return null;
  const values = new Array<unknown>(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i] as ColumnMeta;
    const value = columnValue(instance, column);
    if (value === undefined) {
      const { nullable, identity, dbDefault } = column.declaration;
      if (!nullable || identity || dbDefault !== null) return null;
      values[i] = null;
      continue;
    }
    values[i] = passedValue(column, value);
    if (pins.size > 0) assertPinned(meta, pins, column, values[i]);
  }
  return { columns, values, generated };
}

/** Fills in what the row does not bring, and asks its `clean()`. @throws ValidationError */
export async function cleanNewRow(meta: ModelMeta, instance: ModelBase, now: Date): Promise<void> {
  const pins = pinsOf(meta);
  for (const column of meta.list) fillIn(instance, column, now, pins);
  await cleanRow(meta, instance, (row, found) => checkNewRow(meta, row, found));
}

export function changedColumns(instance: ModelBase, only: ReadonlySet<string> | null): ColumnMeta[] {
  const changed = changedOf(instance);
  return only === null ? changed : changed.filter(({ property }) => only.has(property));
}

/** The values that these columns are to have. @throws ValidationError; UsageError for a column without one */
export function changedValues(meta: ModelMeta, instance: ModelBase, columns: readonly ColumnMeta[]): unknown[] {
  for (const column of columns)
    if (columnValue(instance, column) === undefined) throw new UsageError(`${column.label} is undefined`, { hint: "write null for NULL" });
  try {
    return columns.map((column) => passedValue(column, columnValue(instance, column)));
  } catch (error) {
    const found = noFindings();
    checkColumns(columns, instance, found);
    throw invalid(meta, found) ?? error;
  }
}
