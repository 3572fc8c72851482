/** What a writer of schema changes must know of the engine. Layer 4. */
import type { Naming } from "../render/naming.ts";
import type { Traits } from "../render/traits.ts";

export interface DdlOptions {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly ifNotExists?: boolean;
}
