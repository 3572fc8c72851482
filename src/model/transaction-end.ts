/** Tells of a row's writes once it is settled whether they stay: `afterCommit`, `afterRollback`. Layer 6. */
import { engineOf } from "../engine/engine.ts";
import { runHook } from "../engine/hooks.ts";
import type { Session } from "../engine/session.ts";
import type { ModelBase } from "./base.ts";
import { type Changes, callsOf, type WriteOperation } from "./row-events.ts";

interface Done {
  readonly operation: WriteOperation;
  readonly changes: Changes;
}
/** The writes of one row in one transaction. */
interface Writes {
  unsettled: number;
  readonly kept: Done[];
  readonly undone: Done[];
}

/** By transaction: a row is told once, however often it was written. */
const open = new WeakMap<object, Map<ModelBase, Writes>>();

/** Resolves at once in a transaction; outside of one when the row was told. */
export async function settleLater(instance: ModelBase, session: Session, done: Done): Promise<void> {
  const key = session.transactionKey;
  if (key === null) {
    await tellEnd("afterCommit", instance, session, [done]);
    return;
  }
  let byRow = open.get(key);
  if (byRow === undefined) {
    byRow = new Map();
    open.set(key, byRow);
  }
  let writes = byRow.get(instance);
  if (writes === undefined) {
    writes = { unsettled: 0, kept: [], undone: [] };
    byRow.set(instance, writes);
  }
  const { kept, undone } = writes;
  const all = writes;
  all.unsettled++;
  const settle = (list: Done[]): unknown => {
    list.push(done);
    if (--all.unsettled > 0) return undefined;
    return kept.length > 0 ? tellEnd("afterCommit", instance, session, kept) : tellEnd("afterRollback", instance, session, undone);
  };
  session.afterCommit(() => settle(kept));
  session.afterRollback(() => settle(undone));
}

async function tellEnd(event: "afterCommit" | "afterRollback", instance: ModelBase, session: Session, all: readonly Done[]) {
  const operation = operationOf(all);
  const changes = operation === "insert" || operation === "update" ? merged(all) : {};
  const context = { operation, changes, engine: engineOf(session) };
  const name = event === "afterCommit" ? "after-commit" : "after-rollback";
  // What one of them does wrong is no matter of the others.
  for (const call of callsOf(event, instance, session)) await runHook(name, () => call(context));
}

/** What became of the row: the last of its writes, but changes of a new row are part of its insert. */
function operationOf(all: readonly Done[]): WriteOperation {
  const last = all.at(-1)?.operation as WriteOperation;
  return last === "update" && all[0]?.operation === "insert" ? "insert" : last;
}

function merged(all: readonly Done[]): Changes {
  const changes: Record<string, readonly [unknown, unknown]> = {};
  for (const done of all)
    for (const [property, [before, after]] of Object.entries(done.changes))
      changes[property] = [property in changes ? changes[property]?.[0] : before, after];
  return changes;
}
