/**
 * `afterLoad`: rows are made by readers that cannot wait, so they are noted where they are made and told of it once the query
 * has everything. Layer 6.
 */
import type { Session } from "../engine/session.ts";
import type { ModelBase } from "./base.ts";
import { takeLoaded } from "./loaded-rows.ts";
import { callsOf } from "./row-events.ts";

/** One row after the other, those that were read first at first. */
export async function tellLoaded(rows: readonly ModelBase[], session: Session): Promise<void> {
  const context = { operation: "load", changes: {}, engine: session } as const;
  for (const row of rows) {
    for (const call of callsOf("afterLoad", row, session)) {
      const answer = call(context);
      if (answer instanceof Promise) await answer;
    }
  }
}

/** Tells the instances that were made just now; null where there is nobody to tell. */
export function toldLoaded(session: Session): Promise<void> | null {
  const rows = takeLoaded();
  return rows === null ? null : tellLoaded(rows, session);
}
