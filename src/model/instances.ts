/** Checks of what a caller says is a row. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { ModelBase, metaOfInstance, stateOf } from "./base.ts";
import type { ModelMeta } from "./meta.ts";

/** True for the model's rows, those of its variants included. */
export function isOf(meta: ModelMeta, item: ModelBase): boolean {
  const own = metaOfInstance(item);
  return own === meta || own.kind?.base === meta;
}

/** @throws UsageError unless it is a saved row of this model */
export function assertSame(meta: ModelMeta, item: unknown): asserts item is ModelBase {
  if (!(item instanceof ModelBase) || !isOf(meta, item)) throw new UsageError(`this takes rows of ${meta.name}, got ${kindOf(item)}`);
  if (stateOf(item).status !== "saved") throw new UsageError(`${String(item)} is not in the database`, { hint: "save() it first" });
}
