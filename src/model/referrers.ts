/** Which rows go with a row that is deleted, and which stand in its way, as the models declare it. Layer 6. */
import type { TableRef } from "../ast/select.ts";
import { type RelationDefinition, relationOf } from "../relations/definition.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { metaOf, registeredModels, targetOf } from "./meta.ts";

/** Rows of `meta` whose `columns` hold what `targets` hold in the row that is referred to. */
export interface Edge {
  readonly meta: ModelMeta;
  readonly columns: readonly ColumnMeta[];
  readonly targets: readonly ColumnMeta[];
}
export interface Reach {
  readonly cascades: readonly Edge[];
  readonly protects: readonly Edge[];
}

interface Declared extends Edge {
  readonly onDelete: string;
}
interface Known {
  /** Of these models. */
  readonly models: ReadonlySet<ModelMeta>;
  readonly edges: readonly Declared[];
}
const known = new WeakMap<ModelMeta, Known>();

/** Foreign keys that point at a model. A model that cannot be resolved has no table, and no rows. */
function referrers(target: ModelMeta): Known["edges"] {
  const models = registeredModels();
  const found = known.get(target);
  if (found?.models === models) return found.edges;
  const edges = [...models].flatMap((meta) => {
    try {
      return [...columnEdges(meta, target), ...tableEdges(meta, target)];
    } catch {
      return [];
    }
  });
  known.set(target, { models, edges });
  return edges;
}

function* columnEdges(meta: ModelMeta, target: ModelMeta): Generator<Declared> {
  // The columns themselves are resolved where a key points here alone: a class that nobody has used yet has no name.
  const variants = meta.options.discriminator === undefined ? [] : meta.variants;
  const builders = new Map([...variants.flatMap((variant) => [...variant.builders]), ...meta.builders]);
  for (const [property, { declaration }] of builders) {
    const { reference } = declaration;
    if (reference === null || !pointsAt(reference.target, meta, target)) continue;
    const named = reference.column ?? (target.primaryProperties[0] as string);
    yield { meta, columns: [meta.column(property)], targets: [target.column(named)], onDelete: reference.onDelete };
  }
}

function* tableEdges(meta: ModelMeta, target: ModelMeta): Generator<Declared> {
  for (const { on, target: pointed, references, onDelete = "no action" } of meta.options.foreignKeys ?? []) {
    if (!pointsAt(pointed, meta, target)) continue;
    const targets = references === undefined ? target.primaryKey : references.map((property) => target.column(property));
    yield { meta, columns: on.map((property) => meta.column(property)), targets, onDelete };
  }
}

function pointsAt(given: (() => unknown) | string, meta: ModelMeta, target: ModelMeta): boolean {
  const { name, schema } = target.table;
  try {
    if (typeof given !== "string") return metaOf(given()).table === target.table;
    const { table } = targetOf(given, meta, meta.name);
    return table.name === name && table.schema === schema;
  } catch {
    return false;
  }
}

/** @throws UsageError where the option cascade names something else than a relation of soft-deleted rows */
export function reachOf(meta: ModelMeta, removed: boolean): Reach {
  const edges = referrers(meta);
  const cascades = removed
    ? edges.filter(({ onDelete }) => onDelete === "cascade")
    : markedWith(meta).map(({ meta, foreign, local }): Edge => ({ meta, columns: foreign, targets: local }));
  return { cascades, protects: edges.filter(({ onDelete }) => onDelete === "protect") };
}

function markedWith(meta: ModelMeta): RelationDefinition[] {
  const { model } = meta;
  if (model === null || meta.behaviour.deletion !== "soft") return [];
  return (meta.options.cascade ?? []).map((name) => relationOf(model, name)).filter((relation) => relation !== null);
}

/** The tables whose rows the database takes along, or changes, when it removes rows of this one. */
export function goneWith(meta: ModelMeta): ReadonlySet<TableRef> {
  const tables = new Set<TableRef>();
  const look = (each: ModelMeta): void => {
    for (const { meta: other, onDelete } of referrers(each)) {
      if (!followed.has(onDelete) || tables.has(other.table)) continue;
      tables.add(other.table);
      if (onDelete === "cascade") look(other);
    }
  };
  look(meta);
  return tables;
}
const followed: ReadonlySet<string> = new Set(["cascade", "set null", "set default"]);

const guards = new WeakMap<ModelMeta, { readonly models: ReadonlySet<ModelMeta>; readonly guarded: boolean }>();

/** True when deleting a row may be refused on somebody else's behalf. */
export function isGuarded(meta: ModelMeta): boolean {
  const models = registeredModels();
  const found = guards.get(meta);
  if (found?.models === models) return found.guarded;
  const removed = meta.behaviour.deletion !== "soft";
  const guarded = isGuardedNow(meta, removed);
  // Which relations a soft delete follows is known when their classes are.
  if (removed) guards.set(meta, { models, guarded });
  return guarded;
}

function isGuardedNow(meta: ModelMeta, removed: boolean): boolean {
  const seen = new Set<ModelMeta>();
  const look = (each: ModelMeta): boolean => {
    if (seen.has(each)) return false;
    seen.add(each);
    const { cascades, protects } = reachOf(each, removed);
    return protects.length > 0 || cascades.some((edge) => look(edge.meta));
  };
  return look(meta);
}
