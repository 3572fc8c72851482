/** Models by table name, and the way from a class to its meta. Layer 6. */
import { UsageError } from "../errors.ts";
import type { ModelMeta } from "./meta.ts";

/** The static under which a class carries its meta. A module's own symbol: see `secondCopy` for classes of another copy. */
export const metaKey: unique symbol = Symbol("meta");

const byTable = new Map<string, ModelMeta>();

export function registerTable(meta: ModelMeta): void {
  byTable.set(meta.table.name, meta);
}

/** The meta of a model class. @throws UsageError for anything else */
export function metaOf(model: unknown, label = "this"): ModelMeta {
  if (typeof model === "function" && metaKey in model) {
    const meta = model[metaKey] as ModelMeta;
    // The factory's class has no name of its own: the first named class that is used gives its.
    if (meta.name === meta.table.name && typeof model.name === "string" && model.name !== "" && model.name !== "ModelBase") meta.name = model.name;
    return meta;
  }
  if (typeof model === "function" && "$specs" in model) {
    throw new UsageError(`${label}: the model comes from another copy of kakaorm`, { hint: "two copies are installed: run `npm ls kakaorm` and dedupe" });
  }
  throw new UsageError(`${label} takes a model class`, { hint: "a class that extends Model(table, columns)" });
}

/** The model that a foreign key points at: given by a function, or by table name. */
export function targetOf(target: (() => unknown) | string, self: ModelMeta, label: string): ModelMeta {
  if (typeof target === "function") return metaOf(target(), label);
  if (target === self.table.name) return self;
  const found = byTable.get(target);
  if (found === undefined) {
    throw new UsageError(`${label} refers to the table ${JSON.stringify(target)}, and no model declares it`, { hint: "import the model's file before the first query, or refer to it by () => Model" });
  }
  return found;
}
