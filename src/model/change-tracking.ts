/** What a row has that its database has not, and rows compared with each other. Layer 6. */
import { UsageError } from "../errors.ts";
import { columnValue, inputOf, type ModelBase, metaOfInstance, setValue, stateOf } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { deletedAt } from "./standing-scopes.ts";
import { frozenCopy, notLoaded, sameValue } from "./state.ts";

export function changedFields(instance: ModelBase): string[] {
  return Object.keys(instance.changes);
}

/** What was not loaded is unknown again. @throws UsageError for a row that was never saved */
export function revert(instance: ModelBase, fields: readonly string[]): void {
  const meta = metaOfInstance(instance);
  const state = stateOf(instance);
  if (state.status === "new")
    throw new UsageError(`${String(instance)} was never saved: there is nothing to go back to`, { model: meta.name });
  for (const field of fields.length > 0 ? fields : changedFields(instance)) {
    const column = meta.column(field);
    const saved = state.saved(column);
    setValue(instance, column, saved === notLoaded ? undefined : frozenCopy(saved));
  }
}

/** Columns that one of the two has not loaded are left out, and those that say which row it is, and how often it was written. @throws UsageError for a row of another model */
export function diff(mine: ModelBase, theirs: unknown): Record<string, [unknown, unknown]> {
  const meta = metaOfInstance(mine);
  if (!(typeof theirs === "object" && theirs !== null && theirs.constructor === mine.constructor))
    throw new UsageError(`${meta.name}.diff takes another ${meta.name}`);
  const found: Record<string, [unknown, unknown]> = {};
  for (const column of meta.list) {
    if (column.declaration.primaryKey || column.declaration.version) continue;
    const pair: [unknown, unknown] = [columnValue(mine, column), columnValue(theirs as ModelBase, column)];
    if (pair.includes(undefined) && column.declaration.hidden) continue;
    if (!sameValue(...pair)) found[column.property] = pair;
  }
  return found;
}

/** What tells of this row alone: whose row it is, when it was written, how often, and what nobody may copy by accident. */
function staysBehind(meta: ModelMeta, { property, declaration }: ColumnMeta): boolean {
  const { primaryKey, autoNow, autoNowAdd, serverOnly } = declaration;
  if (primaryKey || autoNow || autoNowAdd || serverOnly || property === meta.behaviour.version) return true;
  return meta.behaviour.deletion === "soft" && property === deletedAt;
}

/** The values of a new row that is like this one. @throws UsageError for unknown and server-only columns */
export function cloneValues(instance: ModelBase, overrides: unknown): Record<string, unknown> {
  const meta = metaOfInstance(instance);
  const values: Record<string, unknown> = {};
  for (const column of meta.list) {
    const value = columnValue(instance, column);
    if (value !== undefined && !staysBehind(meta, column)) values[column.property] = frozenCopy(value);
  }
  for (const [property, value] of Object.entries(overrides === undefined ? {} : inputOf(meta, overrides)))
    if (value !== undefined) values[property] = value;
  return values;
}
