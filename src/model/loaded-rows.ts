/** Instances that were made just now and are to be told of it. Layer 6. */
import { loadReceivers } from "../engine/signals.ts";
import type { ModelBase } from "./base.ts";
import { hooksOf } from "./hooks.ts";

let noted: ModelBase[] | null = null;

/** What is done with each instance that a reader of this class makes; null: nothing. */
export function loadNoteOf(model: object): (instance: ModelBase) => void {
  const own = hooksOf(model)?.has("afterLoad") === true;
  return (instance) => {
    if (!own && loadReceivers.count === 0) return;
    noted ??= [];
    noted.push(instance);
  };
}

/** The instances made since it was last asked, which is in the same turn as they were made; null: none is waited for. */
export function takeLoaded(): readonly ModelBase[] | null {
  const taken = noted;
  noted = null;
  return taken;
}
