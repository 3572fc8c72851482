/** Which rows a write is about: found, locked, and told by key. Layer 6. */
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { keyText } from "./key-text.ts";
import { keysClause } from "./keys.ts";
import { lockedForUpdate } from "./lock.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { readGenerated } from "./persistence.ts";
import { orderOf, type QueryState, selectTree } from "./query-state.ts";
import { runNode } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";

/** As many keys as stand in one statement; keys of several columns are written out one by one. */
export function* chunksOfKeys<T>(keys: readonly T[], width = 1): Generator<readonly T[]> {
  const most = width === 1 ? 10_000 : 500;
  for (let i = 0; i < keys.length; i += most) yield keys.slice(i, i + most);
}

/** Rows of a table as they are: what was found is not looked at twice. Others are locked by key once they are known. */
export async function lockedKeys(
  tx: Session,
  meta: ModelMeta,
  state: QueryState,
  more: readonly ColumnMeta[] = [],
): Promise<(readonly unknown[])[]> {
  if (state.never) return [];
  const columns = [...meta.primaryKey, ...more];
  const plain = state.sources.every(({ node }) => node.kind === "table");
  const cut = state.limit !== null || state.offset !== null;
  const asked = plain ? columns : meta.primaryKey;
  const tree = selectTree(
    { ...state, lock: plain ? lockedForUpdate : null },
    selectColumns(meta, asked).columns,
    cut ? orderOf(state, true) : [],
  );
  const found = distinct(meta, readGenerated(tx, asked, (await runNode(tx, tree, meta, state.signal)).rows));
  if (plain) return found;
  const locked: unknown[][] = [];
  for (const keys of chunksOfKeys(found, meta.primaryKey.length)) {
    const where: Clause[] = [keysClause(meta, meta.primaryKey, keys)];
    const node = {
      ...selectFrom(meta, selectColumns(meta, columns).columns, where, meta.reading(state.kept, false)),
      lock: lockedForUpdate,
    };
    locked.push(...readGenerated(tx, columns, (await runNode(tx, node, meta, state.signal)).rows));
  }
  return locked;
}

/** A join gives a row several times. */
function distinct(meta: ModelMeta, rows: unknown[][]): unknown[][] {
  const byKey = new Map<string, unknown[]>();
  for (const row of rows) byKey.set(keyText(row.slice(0, meta.primaryKey.length)), row);
  return [...byKey.values()];
}
