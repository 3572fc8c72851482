/** A write with everything that runs around it: hooks, receivers, and what waits for the end of the transaction. Layer 6. */
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import type { SignalName } from "../engine/signals.ts";
import { HookAborted } from "../errors.ts";
import { type ModelBase, metaOfInstance, stateOf } from "./base.ts";
import { hooksOf } from "./hooks.ts";
import { whileWriting } from "./nested-writes.ts";
import { type Changes, contextOf, eventsOf, report, tell, type WriteOperation, writesValues } from "./row-events.ts";
import { anyReceiver, isHeard } from "./signals.ts";
import { frozenCopy } from "./state.ts";
import { settleLater } from "./transaction-end.ts";

/** Tells what was written; null: there turned out to be nothing to write. */
export type Write = (on: Session) => Promise<Changes | null>;

const ends: readonly SignalName[] = ["afterCommit", "afterRollback"];

/** What is to run around one write. */
export interface Lifecycle {
  /** Something runs within its transaction. */
  readonly around: boolean;
  /** Something waits for the end of it. */
  readonly atEnd: boolean;
}

/** Null: the write is all there is. One look-up and two comparisons where that is so. */
export function lifecycleOf(instance: ModelBase, session: Session, operation: WriteOperation): Lifecycle | null {
  const hooks = hooksOf(instance.constructor);
  if (hooks === null && !anyReceiver(session)) return null;
  const runs = (event: SignalName): boolean => hooks?.has(event) === true || isHeard(event, instance, session);
  const { before, after } = eventsOf[operation];
  const around = before.some(runs) || after.some(runs);
  const atEnd = ends.some(runs);
  return around || atEnd ? { around, atEnd } : null;
}

/** @throws HookAborted */
export async function tellBefore(instance: ModelBase, session: Session, operation: WriteOperation): Promise<void> {
  const state = stateOf(instance);
  // Relations of a new row lead to where the row will be.
  state.engine ??= engineOf(session);
  for (const event of eventsOf[operation].before) {
    if (await tell(event, instance, session, contextOf(instance, operation, session))) continue;
    const { name } = metaOfInstance(instance);
    throw new HookAborted(`${String(instance)}: ${event} said no to the ${operation}`, {
      model: name,
      event,
      outcome: "not_applied",
      retryable: false,
      hint: "it returned false, and nothing was written",
    });
  }
}

export async function tellAfter(instance: ModelBase, session: Session, operation: WriteOperation, changes: Changes): Promise<void> {
  const context = contextOf(instance, operation, session, changes);
  for (const event of eventsOf[operation].after) await report(event, instance, session, context);
}

/** What a write is about to change, as it is now. */
export function changesNow(instance: ModelBase, operation: WriteOperation, fields: readonly string[] | null = null): Changes {
  if (!writesValues(operation)) return {};
  const changes: Record<string, readonly [unknown, unknown]> = {};
  for (const [property, [before, after]] of Object.entries(instance.changes))
    if (fields === null || fields.includes(property)) changes[property] = [before, frozenCopy(after)];
  return changes;
}

/**
 * Before-hooks, the write, after-hooks, in one transaction; a savepoint where one is open already.
 */
export async function writeInLifecycle(
  lifecycle: Lifecycle,
  instance: ModelBase,
  session: Session,
  operation: WriteOperation,
  write: Write,
): Promise<void> {
  if (!lifecycle.around) {
    await writeToEnd(lifecycle, instance, session, operation, write);
    return;
  }
  await whileWriting(instance, operation, (phase) =>
    session.transaction(async (tx) => {
      await tellBefore(instance, tx, operation);
      phase("write");
      const changes = await writeToEnd(lifecycle, instance, tx, operation, write);
      phase("after");
      if (changes !== null) await tellAfter(instance, tx, operation, changes);
    }),
  );
}

/** The write itself, and what waits for the end of its transaction. */
async function writeToEnd({ atEnd }: Lifecycle, instance: ModelBase, session: Session, operation: WriteOperation, write: Write) {
  const changes = await write(session);
  if (changes !== null && atEnd) await settleLater(instance, session, { operation, changes });
  return changes;
}
