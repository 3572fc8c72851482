/** What prefetch has put beside an instance, by relation. Layer 6. */
import type { ModelBase } from "../model/base.ts";
import { getterNames, type RelationDefinition, relationOf } from "./definition.ts";

const cache = new WeakMap<ModelBase, Map<string, unknown>>();

/** The same for two readings of one getter: what the relation leads over, not which object says so. */
function signature({ kind, meta, local, foreign, through, where, orderBy }: RelationDefinition): string {
  const names = (columns: readonly { readonly property: string }[]): string => columns.map((column) => column.property).join(",");
  const link = through === null ? "" : `${through.meta.table.name}:${names(through.ours)}:${names(through.theirs)}`;
  const text = JSON.stringify([where, orderBy], (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  return [kind, meta.table.schema, meta.table.name, names(local), names(foreign), link, text].join("|");
}

export function isLoaded(relation: RelationDefinition, owner: ModelBase): boolean {
  return cache.get(owner)?.has(signature(relation)) === true;
}

export function loadedOf(relation: RelationDefinition, owner: ModelBase): unknown {
  return cache.get(owner)?.get(signature(relation));
}

export function keepLoaded(relation: RelationDefinition, owner: ModelBase, value: unknown): void {
  let byRelation = cache.get(owner);
  if (byRelation === undefined) {
    byRelation = new Map();
    cache.set(owner, byRelation);
  }
  byRelation.set(signature(relation), value);
}

export function forgetLoaded(owner: ModelBase): void {
  cache.delete(owner);
}

/** The name of the getter that has this relation. */
export function nameOf(relation: RelationDefinition, owner: ModelBase): string {
  const model = owner.constructor as Parameters<typeof relationOf>[0];
  const wanted = signature(relation);
  return (
    getterNames(model).find((name) => {
      const found = relationOf(model, name);
      return found !== null && signature(found) === wanted;
    }) ?? relation.meta.name
  );
}
