/** UPDATE and DELETE of a query row by row, so that each row's hooks run. Layer 6. */
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { inputOf, type ModelBase, stateOf } from "./base.ts";
import { removeRow, updateRow } from "./instance-writes.ts";
import { keptRows, ownRows } from "./kept-rows.ts";
import { keysClause } from "./keys.ts";
import { lockedForUpdate } from "./lock.ts";
import { lockedKeys } from "./locked-keys.ts";
import type { ModelMeta } from "./meta.ts";
import { modelOf, type QueryState } from "./query-state.ts";
import { assertWritable } from "./query-writes.ts";
import { sessionOf } from "./reading.ts";

type Read = (state: QueryState) => Promise<unknown[]>;

/** As many instances as are held at once. */
const mostRows = 500;

/** The values of an update whose rows are written one by one. @throws UsageError for what only the database can calculate */
function plainValues(meta: ModelMeta, values: unknown): Record<string, unknown> {
  const refuse = (): never => {
    throw new UsageError(`${meta.name}.update with hooks takes values, nothing that the database calculates`, {
      hint: "leave { hooks: true } out, or loop over the rows and save() them",
    });
  };
  if (typeof values === "function") return refuse();
  const input = inputOf(meta, values);
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw new UsageError(`${meta.name}.update was given nothing to set`);
  for (const [name, value] of given) {
    if (Expression.is(value)) refuse();
    const column = meta.column(name);
    if (column.declaration.primaryKey) throw new UsageError(`${column.label} is the primary key: keys are not updated`);
  }
  return Object.fromEntries(given);
}

/** Resolves to the number of rows that the query means, whether or not they had the values already. */
export async function updateEach(state: QueryState, values: unknown, read: Read): Promise<number> {
  assertWritable(state, "update");
  const { meta } = modelOf(state, "update");
  if (meta.behaviour.deletion === "archive" && state.kept !== "live")
    throw new UsageError(`${meta.name}: update of archived rows`, { hint: "restore() them first" });
  const given = plainValues(meta, values);
  return eachRow(state, meta, read, async (row, tx) => {
    Object.assign(row, given);
    await updateRow(row, tx, null);
    return true;
  });
}

/** Resolves to the number of rows deleted here: what went along with another row of the query is not counted again. */
export async function deleteEach(state: QueryState, read: Read): Promise<number> {
  assertWritable(state, "delete");
  const { meta } = modelOf(state, "delete");
  return eachRow(state, meta, read, async (row, tx) => {
    try {
      await removeRow(row, tx, "delete");
    } catch (error) {
      if (!(error instanceof StaleObjectError) || typeof error.found === "number") throw error;
      stateOf(row).status = "deleted";
      return false;
    }
    return true;
  });
}

/** The rows are locked first, then read and written in parts, in one transaction. */
async function eachRow(
  state: QueryState,
  meta: ModelMeta,
  read: Read,
  write: (row: ModelBase, tx: Session) => Promise<boolean>,
): Promise<number> {
  if (state.never) return 0;
  const { model } = modelOf(state, "reading");
  return sessionOf(state.session).transaction(async (tx) => {
    const keys = await lockedKeys(tx, meta, { ...state, session: tx });
    let done = 0;
    for (let from = 0; from < keys.length; from += mostRows) {
      const where = [keysClause(meta, meta.primaryKey, keys.slice(from, from + mostRows))];
      const own = ownRows(meta, model, tx, where);
      const rows = meta.behaviour.deletion === "remove" ? own : keptRows(own, state.kept);
      for (const row of (await read({ ...rows, lock: lockedForUpdate, signal: state.signal })) as ModelBase[])
        if (await write(row, tx)) done++;
    }
    return done;
  });
}
