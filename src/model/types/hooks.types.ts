/** The methods that run around what happens to a row. Types only. */
import type { Session } from "../../engine/session.ts";
import type { HookContext as Context } from "../../engine/signals.ts";

/** What a hook is told beside the row. C: the model's columns. */
export type HookContext<C = Record<string, unknown>> = Context<Session, keyof C>;

/** `false`, or an error: nothing is written. */
// biome-ignore lint/suspicious/noConfusingVoidType: what a method without a return gives
type Answer = boolean | void | Promise<boolean | void>;
// biome-ignore lint/suspicious/noConfusingVoidType: the same
type Done = void | Promise<unknown>;

/**
 * Methods that a model may have. Before-hooks run before values are checked, and what they change is written; all of a write's
 * hooks and the write itself are in one transaction.
 */
export interface Hooks<C> {
  /** Before an insert or an update. */
  beforeSave?(context: HookContext<C>): Answer;
  beforeInsert?(context: HookContext<C>): Answer;
  beforeUpdate?(context: HookContext<C>): Answer;
  afterInsert?(context: HookContext<C>): Done;
  afterUpdate?(context: HookContext<C>): Done;
  /** After an insert or an update. */
  afterSave?(context: HookContext<C>): Done;
  beforeDelete?(context: HookContext<C>): Answer;
  afterDelete?(context: HookContext<C>): Done;
  /** Once the row was read, with everything that the query loads beside it. */
  afterLoad?(context: HookContext<C>): Done;
  /** Once for all writes of the row, after the outermost transaction was committed. Its errors are process warnings. */
  afterCommit?(context: HookContext<C>): Done;
  /** Once, after a write of the row was undone. Its errors are process warnings. */
  afterRollback?(context: HookContext<C>): Done;
}

/** The same for rows that can come back. */
export interface RestoreHooks<C = Record<string, unknown>> {
  beforeRestore?(context: HookContext<C>): Answer;
  afterRestore?(context: HookContext<C>): Done;
  beforePurge?(context: HookContext<C>): Answer;
  afterPurge?(context: HookContext<C>): Done;
}
