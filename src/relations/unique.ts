/** How many rows a to-one relation can lead to. Layer 6. */
import type { ColumnMeta, ModelMeta } from "../model/meta.ts";
import { tableDefinitionOf } from "../model/schema.ts";
import type { RelationDefinition } from "./definition.ts";

const known = new WeakMap<RelationDefinition, boolean>();

/** True when no two live rows of the target belong to one owner: a key of the table says so. */
export function leadsToOne(relation: RelationDefinition): boolean {
  let one = known.get(relation);
  if (one === undefined) {
    one = relation.kind === "belongsTo" || (relation.kind === "hasOne" && tellsApart(relation.meta, relation.foreign));
    known.set(relation, one);
  }
  return one;
}

/** True when the columns of the target that point back are, or hold, its primary key. */
export function leadsToKey({ meta, foreign }: RelationDefinition): boolean {
  return holdsPrimaryKey(meta, foreign);
}

/** True when no two (live) rows have the same values in these columns. */
export function tellsApart(meta: ModelMeta, columns: readonly ColumnMeta[]): boolean {
  if (holdsPrimaryKey(meta, columns)) return true;
  const ours = new Set(columns.map((column) => column.ref));
  const { uniques, indexes } = tableDefinitionOf(meta);
  // An index of a part of the rows says nothing of the others.
  const whole = indexes.filter(({ unique, where }) => unique && where === null);
  const keys = [...uniques.map((unique) => unique.columns), ...whole.map((index) => index.columns.map(({ column }) => column))];
  return keys.some((key) => key.every((column) => ours.has(column)));
}

function holdsPrimaryKey({ primaryKey }: ModelMeta, columns: readonly ColumnMeta[]): boolean {
  return primaryKey.every((column) => columns.includes(column));
}
