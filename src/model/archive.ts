/** Rows that move to a table of their own when they are deleted. Layer 6. */
import type { InsertColumn, InsertNode } from "../ast/dml.ts";
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, SelectNode, TableRef, TableSource } from "../ast/select.ts";
import { datetimeCodec } from "../codec/temporal.ts";
import type { Session } from "../engine/session.ts";
import { QueryError, StaleObjectError } from "../errors.ts";
import { archivedAt, archiveId, archiveOf } from "./archived-rows.ts";
import { type ModelBase, metaOfInstance, stateOf } from "./base.ts";
import { keptRows, ownRows } from "./kept-rows.ts";
import { keysClause } from "./keys.ts";
import { lockedForUpdate } from "./lock.ts";
import { chunksOfKeys, lockedKeys } from "./locked-keys.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { insertColumn, keyClauses, readGenerated, restoreOnRollback, rowClauses } from "./persistence.ts";
import { plainSelect } from "./plain-select.ts";
import { modelOf, type QueryState, selectTree } from "./query-state.ts";
import { assertWritable } from "./query-writes.ts";
import { runNode, sessionOf } from "./reading.ts";
import { selectColumns } from "./selection.ts";
import { staleError } from "./versions.ts";
import type { ModelConstructor } from "./whole-row.ts";

/** Moves the query's rows to the archive: locked by key, copied, removed, in one transaction. */
export async function archiveRows(state: QueryState): Promise<number> {
  assertWritable(state, "delete");
  const { meta } = modelOf(state, "delete");
  if (state.never) return 0;
  return sessionOf(state.session).transaction(async (tx) => {
    const at = new Date();
    let moved = 0;
    for (const keys of chunksOfKeys(await lockedKeys(tx, meta, state), meta.primaryKey.length)) {
      const where = [keysClause(meta, meta.primaryKey, keys)];
      const stamp: Clause = {
        tokens: [],
        node: { kind: "cast", item: { kind: "value", value: at, codec: datetimeCodec }, codec: datetimeCodec },
      };
      const into = [...meta.list.map(insertColumn), { column: archivedAt.ref, codec: archivedAt.codec }];
      const query = plainSelect(meta.bare, [...selectColumns(meta, meta.list).columns, stamp], where);
      moved += await move(tx, meta, archiveOf(meta), into, query, { kind: "delete", table: meta.table, where });
    }
    return moved;
  });
}

/** Copies rows and removes them where they were. @throws QueryError, and undoes all of it, when the two are not the same number */
async function move(
  tx: Session,
  meta: ModelMeta,
  table: TableRef,
  columns: readonly InsertColumn[],
  query: SelectNode,
  remove: { readonly kind: "delete"; readonly table: TableRef; readonly where: readonly Clause[] },
): Promise<number> {
  const insert: InsertNode = { kind: "insert", table, columns, rows: [], query, returning: [] };
  const copied = (await runNode(tx, insert, meta)).affected;
  const removed = (await runNode(tx, remove, meta)).affected;
  if (copied === removed) return removed;
  throw new QueryError(`${meta.name}: ${copied} rows were copied and ${removed} removed`, { model: meta.name, outcome: "not_applied" });
}

/** The numbers of the archived rows that the query means, locked. */
async function archivedIds(tx: Session, meta: ModelMeta, state: QueryState): Promise<bigint[]> {
  const column = (token: ScopeToken): ExprNode => ({ kind: "column", token, column: archiveId.ref, codec: archiveId.codec });
  const latest: QueryState["orderBy"] =
    state.limit === null ? [] : [{ tokens: [meta.token], node: { item: column(meta.token), direction: "desc", nulls: null } }];
  const found = await runNode(tx, selectTree({ ...state, lock: null }, [{ tokens: [meta.token], node: column(meta.token) }], latest), meta);
  const ids = readGenerated(tx, [archiveId as ColumnMeta], found.rows).map(([id]) => id);
  if (ids.length === 0) return [];
  // Somebody else may be moving them: what is still there once the lock is held is ours.
  const locked = await runNode(tx, { ...plainSelect(archiveSource(meta), [idClause()], [idsClause(ids)]), lock: lockedForUpdate }, meta);
  return readGenerated(tx, [archiveId as ColumnMeta], locked.rows).map(([id]) => id as bigint);
}

const idToken: ScopeToken = { kind: "scope", label: "the archive" };

function archiveSource(meta: ModelMeta): TableSource {
  return { kind: "table", table: archiveOf(meta) };
}
function idClause(): Clause {
  return { tokens: [idToken], node: { kind: "column", token: idToken, column: archiveId.ref, codec: archiveId.codec } };
}
function idsClause(values: readonly unknown[]): Clause {
  return { tokens: [idToken], node: { kind: "inList", item: idClause().node, values, of: archiveId.codec, negated: false } };
}

/** Moves archived rows back. @throws UniqueViolation when a key is in use again */
export async function restoreArchived(state: QueryState): Promise<number> {
  const { meta } = modelOf(state, "restore");
  if (state.never) return 0;
  return sessionOf(state.session).transaction(async (tx) => {
    const ids = await archivedIds(tx, meta, state);
    let moved = 0;
    for (const chunk of chunksOfKeys(ids)) {
      const where = [idsClause(chunk)];
      const columns = meta.list.map((column): Clause => ({ tokens: [idToken], node: meta.node(column, idToken) }));
      const query = plainSelect(archiveSource(meta), columns, where);
      moved += await move(tx, meta, meta.table, meta.list.map(insertColumn), query, { kind: "delete", table: archiveOf(meta), where });
    }
    return moved;
  });
}

/** Removes archived rows for good. */
export async function purgeArchived(state: QueryState): Promise<number> {
  const { meta } = modelOf(state, "purge");
  if (state.never) return 0;
  return sessionOf(state.session).transaction(async (tx) => {
    const ids = await archivedIds(tx, meta, state);
    let gone = 0;
    for (const chunk of chunksOfKeys(ids)) {
      const where = [idsClause(chunk)];
      gone += (await runNode(tx, { kind: "delete", table: archiveOf(meta), where }, meta)).affected;
    }
    return gone;
  });
}

function rowOf(instance: ModelBase, session: Session, verb: string): QueryState {
  const meta = metaOfInstance(instance);
  // Archived rows do not change.
  const where = verb === "deleted" ? rowClauses(meta, instance, verb) : keyClauses(meta, instance, `be ${verb}`);
  return ownRows(meta, instance.constructor as ModelConstructor, session, where);
}

export async function archiveInstance(instance: ModelBase, session: Session): Promise<void> {
  if ((await archiveRows(rowOf(instance, session, "deleted"))) === 0) throw await staleError(instance, session, "deleted");
  restoreOnRollback(instance, session, []);
  stateOf(instance).status = "deleted";
}

/** Brings back the row that was archived last under this key. @throws StaleObjectError */
export async function restoreArchivedInstance(instance: ModelBase, session: Session): Promise<void> {
  const archived = { ...keptRows(rowOf(instance, session, "restored"), "deleted"), limit: 1 };
  if ((await restoreArchived(archived)) === 0) throw missing(instance, "restored", "it is not in the archive");
  restoreOnRollback(instance, session, []);
  stateOf(instance).status = "saved";
}

export async function purgeArchivedInstance(instance: ModelBase, session: Session): Promise<void> {
  const gone = await purgeArchived(keptRows(rowOf(instance, session, "purged"), "deleted"));
  if (gone === 0) throw missing(instance, "purged", "only archived rows are purged: delete() it first");
  restoreOnRollback(instance, session, []);
  stateOf(instance).status = "deleted";
}

function missing(instance: ModelBase, verb: string, hint: string): StaleObjectError {
  return new StaleObjectError(`${String(instance)} was not ${verb}`, {
    model: metaOfInstance(instance).name,
    outcome: "not_applied",
    hint,
  });
}
