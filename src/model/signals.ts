/** Receivers of what happens to rows of any engine. Layer 6. */
import type { AnyRow, Session } from "../engine/session.ts";
import { type HookContext, type Receive, type SignalAnswer, type SignalName, Signals, type Subscription } from "../engine/signals.ts";
import { UsageError } from "../errors.ts";
import type { ModelBase } from "./base.ts";
import { metaOf } from "./meta.ts";
import type { AnyModel } from "./types/model.types.ts";
import { sourceOf } from "./view.ts";

const everywhere = new Signals();

/**
 * Calls the function whenever this happens to a row: of one model, its subclasses and variants, or of every model. Receivers run
 * within the transaction of the write, after the model's own hook of that name, one after the other, and are awaited; `false` of
 * a before-event and every error stop the write and undo it. What is returned ends it; `engine.on` hears of one engine alone.
 *
 * @throws UsageError for an unknown event
 * @example
 * const off = on("afterSave", Post, async (post, { changes }) => {
 *   if (changes.title) await index(post);
 * });
 */
export function on<E extends SignalName, M extends AnyModel>(
  event: E,
  model: M,
  receiver: (row: InstanceType<M>, context: HookContext<Session, keyof M["$specs"]>) => SignalAnswer<E>,
): Subscription;
export function on<E extends SignalName>(
  event: E,
  receiver: (row: AnyRow, context: HookContext<Session, string>) => SignalAnswer<E>,
): Subscription;
export function on(event: string, ...given: readonly unknown[]): Subscription {
  const [model] = given;
  if (given.length > 1) {
    metaOf(model, `on("${event}")`);
    if (sourceOf(model as never) !== model)
      throw new UsageError(`on("${event}") hears of every engine`, { hint: "give it the class itself, or use engine.on(...)" });
  }
  return everywhere.on(event, given);
}

/** The receivers that are told of this row, in order: those of every engine, then those of this one. */
export function receiversOf(event: SignalName, row: ModelBase, session: Session): readonly Receive[] {
  const own = session.core.events.signals;
  if (everywhere.count === 0 && own.count === 0) return [];
  return [...everywhere.of(event, row), ...own.of(event, row)];
}

export function anyReceiver(session: Session): boolean {
  return everywhere.count > 0 || session.core.events.signals.count > 0;
}

export function isHeard(event: SignalName, row: ModelBase, session: Session): boolean {
  return everywhere.hears(event, row) || session.core.events.signals.hears(event, row);
}
