/** What prefetch has put beside an instance, by relation. Layer 6. */
import { columnValue, type ModelBase, stateOf } from "../model/base.ts";
import { keyText } from "../model/key-text.ts";
import type { ColumnMeta } from "../model/meta.ts";
import { anyRelationOf, targetOfRow } from "./any.ts";
import { getterNames, type RelationDefinition, relationOf } from "./definition.ts";

/** What was loaded, and the owner's key at that time: of a changed key it says nothing. */
interface Loaded {
  readonly key: string | null;
  readonly value: unknown;
}

/** One string per key: both sides come from the server, in the codec's one form. */
export function ownerKey(columns: readonly ColumnMeta[], row: ModelBase): string | null {
  // Most keys are one number.
  if (columns.length === 1) {
    const value = columnValue(row, columns[0] as ColumnMeta);
    if (typeof value === "number") return String(value);
  }
  return keyOf(columns.map((column) => columnValue(row, column)));
}

/** Null where a part is NULL: such a key refers to nothing. */
export function keyOf(values: readonly unknown[]): string | null {
  return values.some((value) => value === null || value === undefined) ? null : keyText(values);
}

const signatures = new WeakMap<RelationDefinition, string>();

/** The same for two readings of one getter: what the relation leads over, not which object says so. */
export function signature(relation: RelationDefinition): string {
  let known = signatures.get(relation);
  if (known === undefined) {
    known = written(relation);
    signatures.set(relation, known);
  }
  return known;
}

function written({ kind, meta, local, foreign, through, where, orderBy }: RelationDefinition): string {
  const names = (columns: readonly { readonly property: string }[]): string => columns.map((column) => column.property).join(",");
  const link = through === null ? "" : `${through.meta.table.name}:${names(through.ours)}:${names(through.theirs)}`;
  const text = JSON.stringify([where, orderBy], (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  return [kind, meta.table.schema, meta.table.name, meta.kind?.value, names(local), names(foreign), link, text].join("|");
}

function find(relation: RelationDefinition, owner: ModelBase): Loaded | undefined {
  const found = stateOf(owner).relations?.get(signature(relation)) as Loaded | undefined;
  return found !== undefined && found.key === ownerKey(relation.local, owner) ? found : undefined;
}

export function isLoaded(relation: RelationDefinition, owner: ModelBase): boolean {
  return find(relation, owner) !== undefined;
}

export function loadedOf(relation: RelationDefinition, owner: ModelBase): unknown {
  return find(relation, owner)?.value;
}

export function keepLoaded(relation: RelationDefinition, owner: ModelBase, value: unknown): void {
  const state = stateOf(owner);
  state.relations ??= new Map();
  state.relations.set(signature(relation), { key: ownerKey(relation.local, owner), value } satisfies Loaded);
}

/** True for the name of a getter that leads to other rows. */
export function isRelation(model: Parameters<typeof relationOf>[0], name: string): boolean {
  return relationOf(model, name) !== null || anyRelationOf(model, name) !== null;
}

/** What was loaded under the name of a getter; null: nothing was. */
export function loadedBeside(owner: ModelBase, name: string): { readonly value: unknown } | null {
  const model = owner.constructor as Parameters<typeof relationOf>[0];
  const several = anyRelationOf(model, name);
  const relation = several === null ? relationOf(model, name) : targetOfRow(several, owner);
  return relation === null ? null : (find(relation, owner) ?? null);
}

/** All that was loaded beside the owner: after it was read again, or wrote through a relation. */
export function forgetLoaded(owner: ModelBase): void {
  stateOf(owner).relations = null;
}

/** The name of the getter that has this relation, as its own or as one of several that it may lead over. */
export function nameOf(relation: RelationDefinition, owner: ModelBase): string {
  const model = owner.constructor as Parameters<typeof relationOf>[0];
  const wanted = signature(relation);
  return (
    getterNames(model).find((name) => {
      const found = relationOf(model, name);
      return found !== null && signature(found) === wanted;
    }) ??
    getterNames(model).find((name) =>
      [...(anyRelationOf(model, name)?.targets.values() ?? [])].some((target) => signature(target) === wanted),
    ) ??
    relation.meta.name
  );
}
