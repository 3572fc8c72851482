/** Instances that were made just now and are to be told of it. Layer 6. */
import type { ModelBase } from "./base.ts";

let noted: ModelBase[] | null = null;

/** For each instance that a reader makes while somebody waits for such. */
export function noteLoaded(instance: ModelBase): void {
  noted ??= [];
  noted.push(instance);
}

/** The instances made since it was last asked, which is in the same turn as they were made; null: none is waited for. */
export function takeLoaded(): readonly ModelBase[] | null {
  const taken = noted;
  noted = null;
  return taken;
}
