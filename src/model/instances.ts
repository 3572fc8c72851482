/** Checks of what a caller says is a row. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { ModelBase, metaOfInstance, stateOf } from "./base.ts";
import type { ModelMeta } from "./meta.ts";

/** @throws UsageError unless it is a saved row of this model */
export function assertSame(meta: ModelMeta, item: unknown): asserts item is ModelBase {
  if (!(item instanceof ModelBase) || metaOfInstance(item) !== meta)
    throw new UsageError(`this takes rows of ${meta.name}, got ${kindOf(item)}`);
  if (stateOf(item).status !== "saved") throw new UsageError(`${String(item)} is not in the database`, { hint: "save() it first" });
}
