/** What columns and rows take, before anything is sent. Layer 6. */
import { UsageError, ValidationError, ValueError } from "../errors.ts";
import { addAbsence, addMessages, errorOf, type Findings, noFindings } from "../validate/broken.ts";
import { checkValue, passedValue } from "../validate/check.ts";
import { columnValue, ModelBase, metaOfInstance } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

/** Null where nothing was found. */
export function invalid(meta: ModelMeta, found: Findings): ValidationError | null {
  const columns = [...new Set(found.detail.map(({ field }) => field))].filter((field) => meta.columns.has(field));
  return errorOf(found, meta.name, columns.length === 0 ? undefined : columns);
}

/** @throws ValidationError where something was found */
export function throwFound(meta: ModelMeta, found: Findings): void {
  const error = invalid(meta, found);
  if (error !== null) throw error;
}

/** The value's normal form. @throws ValidationError */
export function acceptValue(meta: ModelMeta, column: ColumnMeta, value: unknown): unknown {
  try {
    return passedValue(column, value);
  } catch (error) {
    const found = noFindings();
    checkValue(column, value, found);
    throw invalid(meta, found) ?? error;
  }
}

/**
 * What a statement threw; a value that turned out not to be writable, such as a document with a bigint in it, as an error of its row.
 */
export function writingError(error: unknown, meta: ModelMeta, check: (found: Findings) => void): unknown {
  if (!(error instanceof ValueError)) return error;
  const found = noFindings();
  check(found);
  return invalid(meta, found) ?? error;
}

/** Whether an insert needs no value of the row in this column. */
function isFilledIn(meta: ModelMeta, { property, declaration }: ColumnMeta): boolean {
  const { identity, dbDefault, nullable, autoNow, autoNowAdd } = declaration;
  return identity || dbDefault !== null || nullable || autoNow || autoNowAdd || meta.behaviour.pinned.includes(property);
}

/** Adds what is wrong with a row that is to be inserted. `early`: columns that are never taken from input may still be assigned. */
export function checkNewRow(meta: ModelMeta, instance: ModelBase, found: Findings, index?: number, early = false): void {
  for (const column of meta.list) {
    const { autoNow, autoNowAdd } = column.declaration;
    const value = columnValue(instance, column);
    if (autoNow || (autoNowAdd && value === null)) continue;
    if (value !== undefined) checkValue(column, value, found, index);
    else if (!isFilledIn(meta, column) && !(early && column.declaration.serverOnly)) {
      found.hint ??= "give a value, or declare the column with .default() or .nullable()";
      addAbsence(found, { field: column.property, label: column.label, index }, "required", `${meta.name} needs ${column.property}`);
    }
  }
}

/** Adds what is wrong with these columns of a row that is there already; those that were not loaded are passed over. */
export function checkColumns(columns: readonly ColumnMeta[], instance: ModelBase, found: Findings, index?: number): void {
  for (const column of columns) {
    const value = columnValue(instance, column);
    if (value !== undefined) checkValue(column, value, found, index);
  }
}

/** Whether the class has rules of its own for whole rows. */
export function hasClean(instance: ModelBase): boolean {
  return instance.clean !== ModelBase.prototype.clean;
}

/** Adds what `clean()` finds; a promise where it answers later. `wrong`: columns of the row are known to be. */
export function checkClean(instance: ModelBase, found: Findings, wrong: boolean, index?: number): void | PromiseLike<void> {
  const take = (answer: unknown): void => {
    if (answer === undefined || answer === null) return;
    if (typeof answer !== "object" || Array.isArray(answer))
      throw new UsageError(`clean() of ${metaOfInstance(instance).name} returns messages by field, or nothing`, {
        hint: 'write return { endsAt: "must be after the start" }',
      });
    const messages = Object.entries(answer).filter(([, message]) => message !== undefined && message !== null);
    const error = new ValidationError(Object.fromEntries(messages));
    if (error.detail.length > 0) addMessages(found, error, metaOfInstance(instance).name, index);
  };
  const refuse = (error: unknown): void => {
    if (error instanceof ValidationError) addMessages(found, error, metaOfInstance(instance).name, index);
    // It may have stumbled over a value that is known to be wrong.
    else if (!wrong) throw error;
  };
  let answer: unknown;
  try {
    answer = instance.clean();
  } catch (error) {
    return refuse(error);
  }
  if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === "function")
    return (answer as PromiseLike<unknown>).then(take, refuse);
  take(answer);
}
