/** `for await`: rows in batches, and writing inside the loop is always allowed. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { childrenOf } from "../ast/shape.ts";
import { kindOf } from "../codec/refuse.ts";
import { cancelled } from "../engine/faults.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import type { RowReader } from "../hydrate/row-plan.ts";
import { limitedParts } from "./limits.ts";
import { orderOf, type QueryState, selectTree } from "./query-state.ts";
import { assertLockHolds, compileFor, readRows, runMeta, runNode, sessionOf } from "./reading.ts";
import { rowSelection } from "./row-form.ts";
import type { Selection } from "./selection.ts";
import { afterPosition, orderClauses, positionPlan, reversedTotal, type TotalOrder, totalOrder } from "./total-order.ts";

const usualBatch = 500;
/** A batch is held in memory as a whole: more would be no streaming. */
const largestBatch = 100_000;

/** How a query's rows are made. */
export interface Rows {
  reader(session: Session, selection: Selection, rows: number): RowReader;
  /** Loads what belongs to a batch; null when that is nothing. */
  complete(rows: unknown[], session: Session, signal: AbortSignal | null): Promise<void> | null;
}

type Batches = AsyncGenerator<unknown[], void, undefined>;

/** @throws UsageError unless it is a whole number within the limits */
export function batchSizeOf(o: object | undefined, key: string): number {
  if (o === undefined) return usualBatch;
  if (typeof o !== "object" || o === null || Array.isArray(o)) throw new UsageError(`this takes { ${key} }, got ${kindOf(o)}`);
  for (const name of Object.keys(o)) if (name !== key) throw new UsageError(`unknown option ${name}`, { hint: `the option is ${key}` });
  const size: unknown = (o as Record<string, unknown>)[key] ?? usualBatch;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 1 && size <= largestBatch) return size;
  throw new UsageError(`${key} takes a whole number from 1 to ${largestBatch}, got ${typeof size === "number" ? size : kindOf(size)}`);
}

export async function* iterateRows(state: QueryState, batchSize: number, rows: Rows): AsyncGenerator<unknown, void, undefined> {
  const { signal } = state;
  for await (const batch of iterateBatches(state, batchSize, rows)) {
    for (const row of batch) {
      if (signal?.aborted) throw cancelled("the loop", signal);
      yield row;
    }
  }
}

/** Arrays of `batchSize` rows; the last one may be shorter. */
export function iterateBatches(state: QueryState, batchSize: number, rows: Rows): Batches {
  return limitedParts(state, (bound) => batches(bound, batchSize, rows));
}

async function* batches(state: QueryState, batchSize: number, { reader, complete }: Rows): Batches {
  if (state.never) return;
  const session = sessionOf(state.session);
  const selection = rowSelection(state);
  const order = orderOf(state, false);
  if (session.interleaves) {
    const tree = selectTree(state, selection.columns, order);
    assertLockHolds(tree, session, state.meta);
    const read = reader(session, selection, batchSize);
    for await (const raw of session.stream(compileFor(session, tree), batchSize, runMeta(state.meta, state.signal))) {
      const batch = readRows(raw, read);
      await complete(batch, session, state.signal);
      yield batch;
    }
    return;
  }
  // Other statements have to run on this connection between two rows: no statement may stay open here.
  if (order.length === 0 && isPlain(state, selection)) return yield* pages(state, session, selection, batchSize, { reader, complete });
  const { rows } = await runNode(session, selectTree(state, selection.columns, order), state.meta, state.signal);
  for (let from = 0; from < rows.length; from += batchSize) {
    const batch = readRows(rows.slice(from, from + batchSize), reader(session, selection, rows.length));
    await complete(batch, session, state.signal);
    yield batch;
  }
}

/** True when parts of the rows, chosen by key, are what a part of the whole answer would be. */
function isPlain(state: QueryState, { columns }: Selection): boolean {
  const cut = state.limit !== null || state.offset !== null || state.distinct || state.groupBy.length > 0 || state.having.length > 0;
  const table = state.sources.length === 1 && state.sources[0]?.node.kind === "table";
  return !cut && table && !columns.some(({ node }) => looksAround(node));
}

function looksAround(node: ExprNode): boolean {
  return node.kind === "aggregate" || node.kind === "window" || node.kind === "raw" || childrenOf(node).some(looksAround);
}

/** Complete pages in the order of the primary key. */
async function* pages(state: QueryState, session: Session, selection: Selection, size: number, { reader, complete }: Rows): Batches {
  const order = totalOrder(state, [], session.traits);
  const plan = positionPlan(order, selection.columns);
  let where = state.where;
  let position: readonly unknown[] | null = null;
  do {
    const later = position === null ? where : [...where, afterPosition(order, position)];
    const tree = selectTree({ ...state, where: later, limit: size }, plan.columns, orderClauses(order));
    const { rows } = await runNode(session, tree, state.meta, state.signal);
    const batch = readRows(rows, reader(session, selection, rows.length));
    const begins = position === null;
    // The key is read before the rows are handed out: the loop may change or delete them.
    position = rows.length < size ? null : (plan.read(session, 1)(rows.at(-1) as never) as unknown[]);
    // Rows that the loop inserts get higher keys, as a rule: without a bound it would never see the end of its own work.
    if (begins && position !== null) where = [...where, await upTo(state, session, order)];
    await complete(batch, session, state.signal);
    if (batch.length > 0) yield batch;
  } while (position !== null);
}

/** The condition that no row beyond the last key of now meets. */
async function upTo(state: QueryState, session: Session, order: TotalOrder): Promise<Clause> {
  const plan = positionPlan(order, []);
  const tree = selectTree({ ...state, limit: 1, lock: null }, plan.columns, orderClauses(reversedTotal(order)));
  const { rows } = await runNode(session, tree, state.meta, state.signal);
  const [row] = rows;
  if (row === undefined) return { tokens: [], node: { kind: "constant", value: true } };
  const { tokens, node } = afterPosition(order, plan.read(session, 1)(row as never) as unknown[]);
  return { tokens, node: { kind: "not", item: node } };
}
