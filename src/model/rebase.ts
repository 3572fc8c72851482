/** A save that finds its row changed by others, and makes its changes to the row as it is now, where the model says it may. Layer 6. */
import type { Session } from "../engine/session.ts";
import { StaleObjectError } from "../errors.ts";
import { columnValue, type ModelBase, metaOfInstance, setValue, stateOf } from "./base.ts";
import { keyCondition } from "./keys.ts";
import { lockedForUpdate } from "./lock.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { addition } from "./number-delta.ts";
import { markSaved, readGenerated, updateInstance } from "./persistence.ts";
import { runNode } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { deletedAt } from "./standing-scopes.ts";
import { frozenCopy, notLoaded, sameValue } from "./state.ts";
import type { RebaseOptions } from "./table-options.ts";
import { counterOf } from "./versions.ts";

/** The same as `updateInstance` where the model has nothing to say of changes by others. */
export function updateRebased(instance: ModelBase, session: Session, fields: readonly string[] | null): Promise<void> {
  const { rebase } = metaOfInstance(instance).options;
  return rebase === undefined ? updateInstance(instance, session, fields) : updateOrRebase(instance, session, fields, rebase);
}

/** @throws StaleObjectError for changes that the model does not rebase; the instance is as it was then */
async function updateOrRebase(
  instance: ModelBase,
  session: Session,
  fields: readonly string[] | null,
  rebase: RebaseOptions,
): Promise<void> {
  const meta = metaOfInstance(instance);
  // Before the write stamps it.
  const { changes } = instance;
  const stamps = meta.list
    .filter(({ declaration }) => declaration.autoNow)
    .map((column) => [column, columnValue(instance, column)] as const);
  try {
    await updateInstance(instance, session, fields);
  } catch (error) {
    for (const [column, value] of stamps) setValue(instance, column, value);
    if (!(error instanceof StaleObjectError) || typeof error.found !== "number") throw error;
    const counter = counterOf(meta) as ColumnMeta;
    // A version that was assigned is another base than the values that were read.
    if (counter.property in changes) throw error;
    await writeAgain(instance, session, fields, rebase, changes, error);
  }
}

async function writeAgain(
  instance: ModelBase,
  session: Session,
  fields: readonly string[] | null,
  rebase: RebaseOptions,
  changes: Readonly<Record<string, readonly [unknown, unknown]>>,
  stale: StaleObjectError,
): Promise<void> {
  const meta = metaOfInstance(instance);
  const state = stateOf(instance);
  const columns = meta.list.filter((column) => !column.declaration.hidden || state.saved(column) !== notLoaded);
  const fresh = await freshRow(instance, session, columns);
  if (fresh === null) throw stale;
  const mine = rebased(meta, rebase, changes, (column) => state.saved(column), fresh);
  if (mine === null) throw stale;
  const { status, row, layout, written, engine } = state;
  const values = columns.map((column) => columnValue(instance, column));
  markSaved(
    instance,
    session,
    columns,
    columns.map((column) => fresh.get(column)),
  );
  for (const [column, value] of mine) setValue(instance, column, value);
  try {
    await updateInstance(instance, session, fields);
  } catch (error) {
    // Once is enough: whoever looks at the instance finds it as it was left.
    Object.assign(state, { status, row, layout, written, engine });
    columns.forEach((column, i) => {
      setValue(instance, column, values[i]);
    });
    throw error;
  }
}

/** The row as it is now, kept from others until the transaction ends; null: it is gone. */
async function freshRow(instance: ModelBase, session: Session, columns: readonly ColumnMeta[]): Promise<Map<ColumnMeta, unknown> | null> {
  const meta = metaOfInstance(instance);
  const key = meta.primaryKey.map((column) => stateOf(instance).saved(column));
  const select = selectFrom(meta, selectColumns(meta, columns).columns, [keyCondition(meta, key)], meta.bare);
  const { rows } = await runNode(session, session.inTransaction ? { ...select, lock: lockedForUpdate } : select, meta);
  const [values] = readGenerated(session, columns, rows);
  return values === undefined ? null : new Map(columns.map((column, i) => [column, values[i]]));
}

/** What each changed column becomes; null where one of them cannot be rebased. */
function rebased(
  meta: ModelMeta,
  { disjoint = false, deltas = {} }: RebaseOptions,
  changes: Readonly<Record<string, readonly [unknown, unknown]>>,
  base: (column: ColumnMeta) => unknown,
  fresh: ReadonlyMap<ColumnMeta, unknown>,
): Map<ColumnMeta, unknown> | null {
  // A row that was deleted meanwhile, or is another tenant's, is not written to.
  const decisive = [...meta.behaviour.pinned, ...(meta.behaviour.deletion === "soft" ? [deletedAt] : [])];
  for (const property of decisive) {
    const column = meta.column(property);
    if (!sameValue(base(column), fresh.get(column))) return null;
  }
  const result = new Map<ColumnMeta, unknown>();
  for (const [property, [, mine]] of Object.entries(changes)) {
    const column = meta.column(property);
    if (column.declaration.autoNow) continue;
    const before = base(column);
    const limit = deltas[property];
    if (limit !== undefined) {
      const sum = addition(column, before, mine, fresh.get(column), limit);
      if (sum !== null) {
        result.set(column, sum);
        continue;
      }
    }
    // What was not loaded cannot be told from what others have written.
    if (!disjoint || before === notLoaded || !sameValue(before, fresh.get(column))) return null;
    result.set(column, frozenCopy(mine));
  }
  return result;
}
