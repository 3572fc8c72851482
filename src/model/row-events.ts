/** What happens to a row, who is told of it, and with which words. Layer 6. */
import type { Session } from "../engine/session.ts";
import type { HookContext, RowOperation, SignalName } from "../engine/signals.ts";
import type { ModelBase } from "./base.ts";
import { hooksOf } from "./hooks.ts";
import { receiversOf } from "./signals.ts";

export type WriteOperation = Exclude<RowOperation, "load">;
export type Changes = Readonly<Record<string, readonly [unknown, unknown]>>;
type Context = HookContext<Session, string>;

interface Events {
  readonly before: readonly SignalName[];
  readonly after: readonly SignalName[];
}

export function writesValues(operation: WriteOperation): boolean {
  return operation === "insert" || operation === "update" || operation === "upsert";
}

/** In the order in which they run. */
export const eventsOf: Readonly<Record<WriteOperation, Events>> = {
  insert: { before: ["beforeSave", "beforeInsert"], after: ["afterInsert", "afterSave"] },
  update: { before: ["beforeSave", "beforeUpdate"], after: ["afterUpdate", "afterSave"] },
  upsert: { before: ["beforeSave"], after: ["afterSave"] },
  delete: { before: ["beforeDelete"], after: ["afterDelete"] },
  restore: { before: ["beforeRestore"], after: ["afterRestore"] },
  purge: { before: ["beforePurge"], after: ["afterPurge"] },
};

/** The model's own hook, then the receivers in the order in which they came. */
export function callsOf(event: SignalName, instance: ModelBase, session: Session): readonly ((context: Context) => unknown)[] {
  const receivers = receiversOf(event, instance, session).map((receive) => (context: Context) => receive(instance, context));
  if (hooksOf(instance.constructor)?.has(event) !== true) return receivers;
  const own = instance as unknown as Readonly<Record<string, (context: Context) => unknown>>;
  return [(context) => own[event]?.(context), ...receivers];
}

/** Resolves to false as soon as somebody has said so. */
export async function tell(event: SignalName, instance: ModelBase, session: Session, context: Context): Promise<boolean> {
  for (const call of callsOf(event, instance, session)) if ((await call(context)) === false) return false;
  return true;
}

/** For events after the fact: nobody is asked. */
export async function report(event: SignalName, instance: ModelBase, session: Session, context: Context): Promise<void> {
  for (const call of callsOf(event, instance, session)) await call(context);
}

export function contextOf(instance: ModelBase, operation: WriteOperation, session: Session, changes?: Changes): Context {
  if (changes !== undefined) return { operation, engine: session, changes };
  return {
    operation,
    engine: session,
    // As it is when it is asked for: hooks change values.
    get changes() {
      return writesValues(operation) ? instance.changes : {};
    },
  };
}
