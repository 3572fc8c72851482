/** Whether the unique keys of a row are free, asked before it is written. Layer 6. */
import type { ColumnRef } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { addTaken, type Findings } from "../validate/broken.ts";
import { columnValue, type ModelBase, stateOf } from "./base.ts";
import { keysClause } from "./keys.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { runNode } from "./reading.ts";
import { tableDefinitionOf } from "./schema.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { deletedAt } from "./standing-scopes.ts";
import { sameValue } from "./state.ts";

interface UniqueKey {
  readonly columns: readonly ColumnMeta[];
  /** Deleted rows stand in nobody's way, where the database has such keys. */
  readonly live: boolean;
}

/** Indexes of a part of the rows are left to the database: whether this row is in it, only the database can tell. */
function uniqueKeys(meta: ModelMeta, isNew: boolean): UniqueKey[] {
  const { primaryKey, uniques, indexes } = tableDefinitionOf(meta);
  const own = (refs: readonly ColumnRef[]) => refs.map((ref) => meta.list.find((column) => column.ref === ref) as ColumnMeta);
  return [
    ...(isNew ? [{ columns: own(primaryKey), live: false }] : []),
    ...uniques.map(({ columns, among }) => ({ columns: own(columns), live: (among ?? null) !== null })),
    ...indexes
      .filter(({ unique, where }) => unique && where === null)
      .map(({ columns }) => ({ columns: own(columns.map(({ column }) => column)), live: false })),
  ];
}

/** Adds the keys that another row has; one statement for each key that is new or was changed. */
export async function checkUnique(meta: ModelMeta, row: ModelBase, session: Session, found: Findings): Promise<void> {
  const state = stateOf(row);
  const isNew = state.status !== "saved";
  // What is known to be no value of its column is in no row.
  const wrong = new Set(found.detail.map(({ field }) => field));
  for (const { columns, live } of uniqueKeys(meta, isNew)) {
    const key = columns.map((column) => columnValue(row, column) ?? null);
    const changed = isNew || columns.some((column, i) => !sameValue(state.saved(column), key[i]));
    if (!changed || key.includes(null) || columns.some(({ property }) => wrong.has(property))) continue;
    const deleted = live && session.traits.partialIndexes ? meta.column(deletedAt) : null;
    if (deleted !== null && (columnValue(row, deleted) ?? null) !== null) continue;
    const tokens = [meta.token];
    const where: Clause[] = [keysClause(meta, columns, [columns.map((column, i) => column.codec.accept(key[i], column.label))])];
    if (deleted !== null) where.push({ tokens, node: { kind: "isNull", item: meta.node(deleted, meta.token), negated: false } });
    if (!isNew) {
      const own = keysClause(meta, meta.primaryKey, [meta.primaryKey.map((column) => state.saved(column))]);
      where.push({ tokens, node: { kind: "not", item: own.node } });
    }
    const node = { ...selectFrom(meta, selectColumns(meta, meta.primaryKey).columns, where, meta.bare), limit: 1 };
    const { rows } = await runNode(session, node, meta);
    if (rows.length > 0)
      addTaken(
        found,
        meta.name,
        columns.map(({ property }) => property),
      );
  }
}
