/** The column that counts the changes of a row, and what is said of a row that others have changed. Layer 6. */
import type { Assignment } from "../ast/dml.ts";
import type { ExprNode } from "../ast/expr.ts";
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import { columnValue, type ModelBase, metaOfInstance, stateOf } from "./base.ts";
import { keyText } from "./key-text.ts";
import { keysClause } from "./keys.ts";
import { lockedForUpdate } from "./lock.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { runNode, wireAccess } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";

/** Null: the rows are not counted. */
export function counterOf(meta: ModelMeta): ColumnMeta | null {
  const { version } = meta.behaviour;
  return version === null ? null : meta.column(version);
}

/** `version = version + 1` for whatever changes rows without reading them first; none where the rows are not counted. */
export function counted(meta: ModelMeta, set: readonly Assignment[]): Assignment[] {
  const counter = counterOf(meta);
  if (counter === null) return [];
  const { ref, codec } = counter;
  if (set.some(({ column }) => column === ref)) return [];
  const left = meta.node({ ref, codec }, { kind: "table", table: meta.table });
  const right: ExprNode = { kind: "value", value: 1, codec };
  return [{ column: ref, codec, value: { kind: "arithmetic", op: "+", left, right, codec } }];
}

/** The version that a change is based on: the one that was read, unless another was assigned. @throws UsageError where it was not read */
export function versionOf(instance: ModelBase, counter: ColumnMeta): number {
  const version = columnValue(instance, counter);
  if (typeof version === "number") return version;
  throw new UsageError(`${String(instance)} was read without its ${counter.property}`, {
    hint: `leave ${counter.property} where it is: what a change is based on is told by it`,
  });
}

/** The versions in the database, whatever an older snapshot of the transaction shows; null: the row is gone. */
export async function versionsNow(
  session: Session,
  instances: readonly ModelBase[],
  counter: ColumnMeta,
): Promise<readonly (number | null)[]> {
  const meta = metaOfInstance(instances[0] as ModelBase);
  const columns = [...meta.primaryKey, counter];
  const keys = instances.map((instance) => meta.primaryKey.map((column) => stateOf(instance).saved(column)));
  const select = selectFrom(meta, selectColumns(meta, columns).columns, [keysClause(meta, meta.primaryKey, keys)], meta.bare);
  const { rows } = await runNode(session, session.inTransaction ? { ...select, lock: lockedForUpdate } : select, meta);
  const access = wireAccess(session);
  const read = columns.map(({ codec }, slot) => interpretRows({ kind: "value", slot, codec }, access));
  const found = new Map<string, number>();
  for (const row of rows) {
    const values = read.map((one) => one(row as never));
    found.set(keyText(values.slice(0, -1)), values.at(-1) as number);
  }
  return keys.map((key) => found.get(keyText(key)) ?? null);
}

/** Why a row was not written: it is gone, or others have changed it since. */
export async function staleError(instance: ModelBase, session: Session, verb: string, gone = "somebody else deleted it") {
  const meta = metaOfInstance(instance);
  const counter = counterOf(meta);
  const found = counter === null ? null : ((await versionsNow(session, [instance], counter))[0] ?? null);
  const why = found === null ? "its row is gone" : "somebody else has changed it";
  return new StaleObjectError(`${String(instance)} was not ${verb}: ${why}`, {
    model: meta.name,
    outcome: "not_applied",
    hint: found === null ? gone : "refresh() and try again",
    found,
    ...(counter === null ? {} : { expected: versionOf(instance, counter) }),
  });
}
