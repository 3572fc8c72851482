/** Rows that are marked as deleted instead of removed, and what belongs to them. Layer 6. */
import type { Assignment, UpdateNode } from "../ast/dml.ts";
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { type RelationDefinition, relationOf } from "../relations/definition.ts";
import { type ModelBase, metaOfInstance, stateOf } from "./base.ts";
import { keptRows, ownRows } from "./kept-rows.ts";
import { keysClause } from "./keys.ts";
import { chunksOfKeys, lockedKeys } from "./locked-keys.ts";
import type { ColumnMeta, ModelClassLike, ModelMeta } from "./meta.ts";
import { keyClauses, markSaved, readGenerated, restoreOnRollback, rowClauses } from "./persistence.ts";
import { modelOf, newQuery, type QueryState } from "./query-state.ts";
import { assertWritable, chosenRows, deleteNode, updateOf } from "./query-writes.ts";
import { runNode, sessionOf } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { deletedAt } from "./standing-scopes.ts";
import { counted, counterOf, staleError } from "./versions.ts";
import type { ModelConstructor } from "./whole-row.ts";

type Keys = readonly (readonly unknown[])[];

/** `deletedAt` and the columns that note every change. */
function marks(meta: ModelMeta, at: Date | null): { column: ColumnMeta; value: Date | null }[] {
  const now = new Date();
  const noted = meta.list.filter(({ declaration, property }) => declaration.autoNow && property !== deletedAt);
  return [{ column: meta.column(deletedAt), value: at }, ...noted.map((column) => ({ column, value: now }))];
}

function assignments(meta: ModelMeta, at: Date | null): Assignment[] {
  return marks(meta, at).map(({ column: { ref, codec }, value }) => ({
    column: ref,
    codec,
    value: value === null ? { kind: "null" } : { kind: "value", value, codec },
  }));
}

/** The relations whose rows are deleted and restored with a model's. @throws UsageError */
function cascades(meta: ModelMeta, model: ModelClassLike): RelationDefinition[] {
  return (meta.options.cascade ?? []).map((name) => {
    const relation = relationOf(model, name);
    if (relation === null || relation.through !== null || relation.kind === "belongsTo")
      throw new UsageError(`${meta.name}: cascade names hasMany and hasOne relations, ${JSON.stringify(name)} is none`);
    if (relation.meta.behaviour.deletion !== "soft")
      throw new UsageError(`${meta.name}: cascade to ${relation.meta.name}, whose rows are not soft-deleted`, {
        hint: "make it a SoftDeleteModel, or leave its rows alone",
      });
    return relation;
  });
}

/** When rows of a model were last deleted by a delete of their own, in milliseconds. */
const lastDeleted = new WeakMap<ModelMeta, number>();

/**
 * The time to note for a delete. What a delete takes along is told by its time from what was deleted before: it is
 * later than every delete of its own that the models below it have seen, whatever the clock's resolution.
 */
function timeOfDeletion(meta: ModelMeta, model: ModelConstructor): Date {
  let at = Date.now();
  const below = new Set<ModelMeta>();
  const visit = (from: ModelMeta, owner: ModelClassLike): void => {
    for (const relation of cascades(from, owner)) {
      if (below.has(relation.meta)) continue;
      below.add(relation.meta);
      at = Math.max(at, (lastDeleted.get(relation.meta) ?? 0) + 1);
      visit(relation.meta, relation.model);
    }
  };
  visit(meta, model);
  lastDeleted.set(meta, at);
  return new Date(at);
}

/** Live rows among those of the query, which may be a set operation. */
export function livingRows(state: QueryState, meta: ModelMeta, model: ModelConstructor): QueryState {
  if (meta.behaviour.deletion !== "soft") return state;
  if (state.sources[0]?.node.kind === "table") return keptRows(state, "live");
  const { session, signal } = state;
  return { ...newQuery(meta, model, session), where: [chosenRows(state, meta)], signal };
}

export async function softDeleteRows(state: QueryState): Promise<number> {
  assertWritable(state, "delete");
  const { meta, model } = modelOf(state, "delete");
  const related = cascades(meta, model);
  if (state.never) return 0;
  const session = sessionOf(state.session);
  const live = livingRows(state, meta, model);
  const at = timeOfDeletion(meta, model);
  if (related.length === 0) return (await runNode(session, updateOf(live, meta, [], assignments(meta, at)), meta, state.signal)).affected;
  return session.transaction((tx) => markAll(tx, meta, model, { ...live, session: tx }, at));
}

/** Takes the marks away; what was deleted together with a row comes back with it. */
export async function restoreSoftRows(state: QueryState): Promise<number> {
  const deleted = keptRows(state, "deleted");
  assertWritable(state, "restore");
  const { meta, model } = modelOf(state, "restore");
  const related = cascades(meta, model);
  if (state.never) return 0;
  const session = sessionOf(state.session);
  if (related.length === 0)
    return (await runNode(session, updateOf(deleted, meta, [], assignments(meta, null)), meta, state.signal)).affected;
  return session.transaction((tx) => restoreAll(tx, meta, model, { ...deleted, session: tx }));
}

/** Removes rows that are marked; live ones are never touched. */
export async function purgeSoftRows(state: QueryState): Promise<number> {
  const deleted = keptRows(state, "deleted");
  assertWritable(state, "purge");
  if (state.never) return 0;
  return (await runNode(sessionOf(state.session), deleteNode(deleted, "purge"), deleted.meta, state.signal)).affected;
}

/** Sets or takes away the mark of those of these rows that are not as they should be yet. */
function update(meta: ModelMeta, keys: Keys, at: Date | null): UpdateNode {
  const set = assignments(meta, at);
  const { scopes = [] } = meta.reading(at === null ? "deleted" : "live", false);
  return {
    kind: "update",
    table: meta.table,
    set: { tokens: [], node: [...set, ...counted(meta, set)] },
    where: [keysClause(meta, meta.primaryKey, keys), ...scopes.map(({ condition }) => condition())],
  };
}

/** Marks these rows and, below them, those that belong to them. Marked rows are not met again: cycles end. */
async function markAll(tx: Session, meta: ModelMeta, model: ModelConstructor, state: QueryState, at: Date): Promise<number> {
  let marked = 0;
  for (const keys of chunksOfKeys(await lockedKeys(tx, meta, state), meta.primaryKey.length)) {
    marked += (await runNode(tx, update(meta, keys, at), meta)).affected;
    for (const relation of cascades(meta, model)) {
      const below = relation.model as ModelConstructor;
      await markAll(tx, relation.meta, below, ownRows(relation.meta, below, tx, [belongingTo(relation, meta, keys)]), at);
    }
  }
  return marked;
}

async function restoreAll(tx: Session, meta: ModelMeta, model: ModelConstructor, state: QueryState): Promise<number> {
  const groups = new Map<number, unknown[][]>();
  for (const row of await lockedKeys(tx, meta, state, [meta.column(deletedAt)])) {
    const at = (row.at(-1) as Date).getTime();
    const keys = row.slice(0, -1);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [keys]);
    else group.push(keys);
  }
  let restored = 0;
  for (const [at, all] of groups) {
    for (const keys of chunksOfKeys(all, meta.primaryKey.length)) {
      restored += (await runNode(tx, update(meta, keys, null), meta)).affected;
      for (const relation of cascades(meta, model)) {
        const below = relation.model as ModelConstructor;
        const together = compareWith(relation.meta, relation.meta.column(deletedAt), new Date(at));
        const children = ownRows(relation.meta, below, tx, [belongingTo(relation, meta, keys), together]);
        await restoreAll(tx, relation.meta, below, keptRows(children, "deleted"));
      }
    }
  }
  return restored;
}

function compareWith(meta: ModelMeta, column: ColumnMeta, value: unknown): Clause {
  const right: ExprNode = { kind: "value", value, codec: column.codec };
  return { tokens: [meta.token], node: { kind: "compare", op: "=", left: meta.node(column, meta.token), right } };
}

/** True for the related rows of these owners: those that the relation leads to, and no others that hold the key. */
function belongingTo(relation: RelationDefinition, owner: ModelMeta, keys: Keys): Clause {
  const { meta, local, foreign, where } = relation;
  // A model may be related to itself: the owner's row has a token of its own.
  const token: ScopeToken = { kind: "scope", label: owner.name };
  const tied = foreign.map(
    (column, i): Clause => ({
      tokens: [token],
      node: { kind: "compare", op: "=", left: owner.node(local[i] as ColumnMeta, token), right: meta.node(column, meta.token) },
    }),
  );
  const query = selectFrom(owner, [], [keysClause(owner, owner.primaryKey, keys), ...tied], owner.bare);
  const items: ExprNode[] = [{ kind: "exists", query }, ...where.map(({ node }) => node)];
  return { tokens: [meta.token], node: items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items } };
}

/** Marks the row of an instance, or takes the mark away. @throws StaleObjectError */
export async function markInstance(instance: ModelBase, session: Session, verb: "deleted" | "restored"): Promise<void> {
  const meta = metaOfInstance(instance);
  const restores = verb === "restored";
  // Somebody else's deleting has counted as a change: it does not keep the row from coming back.
  const where = restores ? keyClauses(meta, instance, "be restored") : rowClauses(meta, instance, verb);
  const state = ownRows(meta, instance.constructor as ModelConstructor, session, where);
  const done = await (restores ? restoreSoftRows(state) : softDeleteRows(state));
  if (done === 0) throw restores ? stale(meta, instance, verb, "it is not deleted") : await staleError(instance, session, verb);
  const noted = marks(meta, null).map(({ column }) => column);
  const counter = counterOf(meta);
  if (counter !== null) noted.push(counter);
  markSaved(instance, session, noted, await storedMarks(meta, instance, session, noted), noted);
}

/** The row says when it was deleted: the statement has chosen the time. */
async function storedMarks(meta: ModelMeta, instance: ModelBase, session: Session, columns: readonly ColumnMeta[]): Promise<unknown[]> {
  const select = selectFrom(meta, selectColumns(meta, columns).columns, keyClauses(meta, instance, "be read"), meta.bare);
  const { rows } = await runNode(session, select, meta);
  return readGenerated(session, columns, rows)[0] ?? columns.map(() => null);
}

/** Removes the row of a deleted instance. @throws StaleObjectError */
export async function purgeInstance(instance: ModelBase, session: Session): Promise<void> {
  const meta = metaOfInstance(instance);
  const state = ownRows(meta, instance.constructor as ModelConstructor, session, keyClauses(meta, instance, "be purged"));
  if ((await purgeSoftRows(state)) === 0) throw stale(meta, instance, "purged", "only deleted rows are purged: delete() it first");
  restoreOnRollback(instance, session, []);
  stateOf(instance).status = "deleted";
}

function stale(meta: ModelMeta, instance: ModelBase, verb: string, hint: string): StaleObjectError {
  return new StaleObjectError(`${String(instance)} was not ${verb}`, { model: meta.name, outcome: "not_applied", hint });
}
