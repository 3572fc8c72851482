/** Pages by position instead of by number: each starts where the one before ended, whatever was written meanwhile. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { orderFingerprint, readCursor, writeCursor } from "./cursor.ts";
import type { Rows } from "./iterate.ts";
import { orderOf, type QueryState, selectTree, wholeNumber } from "./query-state.ts";
import { readRows, runNode, sessionOf } from "./reading.ts";
import { rowSelection } from "./row-form.ts";
import { afterPosition, orderClauses, positionPlan, reversedTotal, totalOrder } from "./total-order.ts";
import type { Cursor } from "./types/query.types.ts";

export interface KeysetAnswer {
  readonly items: unknown[];
  readonly next: Cursor | null;
  readonly previous: Cursor | null;
}

interface Asked {
  readonly limit: number;
  readonly after: unknown;
  readonly before: unknown;
}

const optionNames: ReadonlySet<string> = new Set(["limit", "after", "before"]);

function optionsOf(given: unknown): Asked {
  if (typeof given !== "object" || given === null) throw new UsageError(`keyset takes { limit, after, before }, got ${kindOf(given)}`);
  for (const name of Object.keys(given)) {
    if (!optionNames.has(name)) throw new UsageError(`keyset: unknown option ${name}`, { hint: `known: ${[...optionNames].join(", ")}` });
  }
  const { limit, after = null, before = null } = given as Record<string, unknown>;
  if (after !== null && before !== null)
    throw new UsageError("keyset takes after or before, not both", { hint: "after: page.next goes on, before: page.previous goes back" });
  // One row more is read to see whether there is a further page.
  return { limit: wholeNumber(wholeNumber(limit, "limit", 1) + 1, "limit", 2) - 1, after, before };
}

/** @throws UsageError for a query whose rows have no position of their own */
function assertPageable({ meta, limit, offset, distinct, groupBy }: QueryState): void {
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${meta.name}: keyset of ${what}`, { hint });
  };
  if (limit !== null || offset !== null) refuse("a limited query", "the number of rows is keyset's own option");
  if (distinct) refuse("distinct rows, which have no key", "use paginate()");
  if (groupBy.length > 0) refuse("groups, which have no key", "use paginate()");
}

export async function keysetPage(state: QueryState, given: unknown, { reader, complete }: Rows): Promise<KeysetAnswer> {
  const { limit, after, before } = optionsOf(given);
  assertPageable(state);
  const { meta } = state;
  const session = sessionOf(state.session);
  const order = totalOrder(state, orderOf(state, false), session.traits);
  const fingerprint = orderFingerprint(state, session, order);
  const back = before !== null;
  const text = after ?? before;
  const walk = back ? reversedTotal(order) : order;
  const from = text === null ? [] : [afterPosition(walk, readCursor(text, fingerprint, order, `${meta.name}.keyset`))];
  if (state.never) return { items: [], next: null, previous: null };
  const selection = rowSelection(state);
  const plan = positionPlan(order, selection.columns);
  const tree = selectTree({ ...state, where: [...state.where, ...from], limit: limit + 1 }, plan.columns, orderClauses(walk));
  const { rows: found } = await runNode(session, tree, meta, state.signal);
  const more = found.length > limit;
  const kept = found.slice(0, limit);
  if (back) kept.reverse();
  const cursorAt = (row: (typeof found)[number] | undefined): Cursor | null =>
    row === undefined ? null : writeCursor(fingerprint, order, plan.read(session, 1)(row as never) as unknown[]);
  const next = back || more ? cursorAt(kept.at(-1)) : null;
  const previous = (back ? more : text !== null) ? cursorAt(kept[0]) : null;
  const items = readRows(kept, reader(session, selection, kept.length));
  if (items.length > 0) await complete(items, session, state.signal);
  return { items, next, previous };
}
