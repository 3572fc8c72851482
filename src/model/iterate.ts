/** `for await`: rows in batches, and writing inside the loop is always allowed. Layer 6. */
import type { Session } from "../engine/session.ts";
import type { RowReader } from "../hydrate/row-plan.ts";
import type { ColumnMeta } from "./meta.ts";
import { instanceColumns, orderOf, type QueryState, selectionOf, selectTree } from "./query-state.ts";
import { compileFor, readRows, runNode, sessionOf } from "./reading.ts";
import type { Selection } from "./selection.ts";
import { statementMeta } from "./violations.ts";

const batchSize = 500;
/** Loads what belongs to a batch; null when that is nothing. */
type Complete = (rows: unknown[], session: Session) => Promise<void> | null;
type ReaderFor = (session: Session, selection: Selection, rows: number) => RowReader;

export async function* iterateQuery(state: QueryState, readerFor: ReaderFor, complete: Complete): AsyncGenerator<unknown, void, undefined> {
  if (state.never) return;
  const session = sessionOf(state.session);
  const selection = selectionOf(state);
  const order = orderOf(state, false);
  const tree = selectTree(state, selection.columns, order);
  if (session.interleaves) {
    const read = readerFor(session, selection, batchSize);
    for await (const rows of session.stream(compileFor(session, tree), batchSize, statementMeta(state.meta))) {
      const batch = readRows(rows, read);
      await complete(batch, session);
      yield* batch;
    }
    return;
  }
  // Other statements have to run on this connection between two rows: no statement may stay open here.
  const key = order.length === 0 && state.limit === null && state.offset === null && state.selection === null ? keyToPageBy(state) : null;
  if (key !== null) return yield* pages(state, session, selection, key, readerFor, complete);
  const { rows } = await runNode(session, tree, state.meta);
  const all = readRows(rows, readerFor(session, selection, rows.length));
  await complete(all, session);
  yield* all;
}

function keyToPageBy(state: QueryState): ColumnMeta | null {
  const [key, ...others] = state.meta.primaryKey as [ColumnMeta, ...ColumnMeta[]];
  return others.length === 0 && state.joins.length === 0 && !state.distinct && instanceColumns(state).includes(key) ? key : null;
}

async function* pages(
  state: QueryState,
  session: Session,
  selection: Selection,
  key: ColumnMeta,
  readerFor: ReaderFor,
  complete: Complete,
): AsyncGenerator<unknown, void, undefined> {
  const { meta } = state;
  const tokens = [meta.token];
  const item = meta.node(key, meta.token);
  let last: unknown = null;
  for (;;) {
    const after = {
      tokens,
      node: { kind: "compare", op: ">", left: item, right: { kind: "value", value: last, codec: key.codec } },
    } as const;
    const page: QueryState = { ...state, where: last === null ? state.where : [...state.where, after], limit: batchSize };
    const tree = selectTree(page, selection.columns, [{ tokens, node: { item, direction: "asc", nulls: null } }]);
    const { rows } = await runNode(session, tree, meta);
    const items = readRows(rows, readerFor(session, selection, rows.length)) as Record<string, unknown>[];
    // The key is read before the rows are handed out: the loop may change or delete them.
    last = items.at(-1)?.[key.property] ?? null;
    await complete(items, session);
    yield* items;
    if (items.length < batchSize) return;
  }
}
