/** Relations that lead to rows of several tables: one column says to which, others hold the key. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { columnValue, type ModelBase } from "../model/base.ts";
import { type ColumnMeta, type ModelClassLike, type ModelMeta, metaOf } from "../model/meta.ts";
import { getterNames, hasDefinition, pickKeys, probing, RelationDefinition, type RelationOptions, relationOf } from "./definition.ts";

export class AnyDefinition {
  readonly kind = "belongsToAny";
  /** The column that says to which model the row belongs. */
  readonly tells: ColumnMeta;
  readonly local: readonly ColumnMeta[];
  /** By the value of that column. */
  readonly targets: ReadonlyMap<string, RelationDefinition>;

  constructor(tells: ColumnMeta, local: readonly ColumnMeta[], targets: ReadonlyMap<string, RelationDefinition>) {
    this.tells = tells;
    this.local = local;
    this.targets = targets;
  }
}

/** `models`: in a list each is told by its table's name; in an object by the name given. */
export function anyDefinition(owner: ModelMeta, models: unknown, picker: unknown): AnyDefinition {
  const what = `${owner.name}.belongsToAny`;
  const [tells, ...local] = pickKeys(owner, picker, what);
  if (tells === undefined || local.length === 0)
    throw new UsageError(`${what}: the lambda picks [kind, key] of ${owner.name}`, { hint: "write (c) => [c.kind, c.targetId]" });
  if (!["text", "enum"].includes(tells.codec.family))
    throw new UsageError(`${tells.label} tells the kinds of ${what}: it must hold text`, {
      hint: 'declare it as str() or oneOf("post", "video")',
    });
  const targets = new Map<string, RelationDefinition>();
  for (const [told, model] of namedModels(models, what)) {
    const meta = metaOf(model, what);
    const name = told ?? meta.table.name;
    if (targets.has(name))
      throw new UsageError(`${what}: two models are told by ${JSON.stringify(name)}`, { hint: "give each a name: { post: Post }" });
    if ([...targets.values()].some((target) => target.meta === meta)) throw new UsageError(`${what} lists ${meta.name} twice`);
    assertFitting(local, meta, what);
    tells.codec.accept(name, `${what}: the name of ${meta.name}`);
    targets.set(
      name,
      new RelationDefinition({
        kind: "belongsTo",
        model: model as ModelClassLike,
        meta,
        local,
        foreign: meta.primaryKey,
        through: null,
        where: [],
        orderBy: null,
      }),
    );
  }
  return new AnyDefinition(tells, local, targets);
}

function namedModels(models: unknown, what: string): readonly (readonly [string | null, unknown])[] {
  const prototype = typeof models === "object" && models !== null ? Object.getPrototypeOf(models) : undefined;
  const named = Array.isArray(models)
    ? models.map((model: unknown) => [null, model] as const)
    : prototype === Object.prototype || prototype === null
      ? Object.entries(models as object)
      : [];
  if (named.length === 0)
    throw new UsageError(
      `${what} takes [Post, Video] or { post: Post, film: Video }, got ${named === models ? "nothing" : kindOf(models)}`,
    );
  return named;
}

/** One column holds the keys of all: they must be of one type. */
function assertFitting(local: readonly ColumnMeta[], meta: ModelMeta, what: string): void {
  const { primaryKey } = meta;
  if (primaryKey.length !== local.length)
    throw new UsageError(
      `${what}: the key of ${meta.name} has ${primaryKey.length} columns, the lambda picks ${local.length} after the kind`,
    );
  for (const [i, column] of primaryKey.entries()) {
    const own = local[i] as ColumnMeta;
    if (own.codec.family !== column.codec.family)
      throw new UsageError(`${what}: ${own.label} cannot hold ${column.label}, which is of another type`, {
        hint: "the keys of all models of such a relation have one type",
      });
  }
}

/** The target of a row; null where it names none. @throws UsageError for a kind that no model is told by */
export function targetOfRow({ tells, local, targets }: AnyDefinition, row: ModelBase): RelationDefinition | null {
  const told = columnValue(row, tells);
  if ([tells, ...local].map((column) => columnValue(row, column)).some((value) => value === null || value === undefined)) return null;
  const target = targets.get(String(told));
  if (target !== undefined) return target;
  throw new UsageError(`${String(row)}: its ${tells.label} is none of ${[...targets.keys()].join(", ")}`, {
    hint: "add the model to belongsToAny, or correct the row",
    columns: [tells.property],
  });
}

/** The name under which `prefetch` keeps one target of a relation that has several. */
export function targetPath(name: string, kind: string): string {
  return `${name} ${kind}`;
}

/**
 * The relation behind a name of `prefetch`, and which of the rows it concerns. Of a relation to several tables, rows of an
 * unknown kind are left out: they say so when they are asked.
 */
export function ledBy(
  model: ModelClassLike,
  path: string,
  rows: readonly ModelBase[],
): readonly [RelationDefinition, readonly ModelBase[]] {
  const plain = relationOf(model, path);
  if (plain !== null) return [plain, rows];
  const end = path.indexOf(" ");
  const { tells, targets } = anyRelationOf(model, path.slice(0, end)) as AnyDefinition;
  const kind = path.slice(end + 1);
  return [targets.get(kind) as RelationDefinition, rows.filter((row) => columnValue(row, tells) === kind)];
}

const known = new WeakMap<object, ReadonlyMap<string, AnyDefinition>>();

/** The `belongsToAny` behind a getter of this class, or null. */
export function anyRelationOf(model: ModelClassLike, name: string): AnyDefinition | null {
  return anyRelations(model).get(name) ?? null;
}

function anyRelations(model: ModelClassLike): ReadonlyMap<string, AnyDefinition> {
  let found = known.get(model);
  if (found === undefined) {
    found = readAnyRelations(model);
    known.set(model, found);
  }
  return found;
}

const others = Object.fromEntries(["hasMany", "hasOne", "belongsTo", "manyToMany"].map((name) => [name, { value: () => null }]));

function readAnyRelations(model: ModelClassLike): ReadonlyMap<string, AnyDefinition> {
  // The other relations are not made: the far side of this one is asking, and would be asked in turn.
  const probe: Record<string, unknown> = Object.create(model.prototype as object, { ...others, [probing]: { value: true } });
  const found = new Map<string, AnyDefinition>();
  for (const name of getterNames(model)) {
    try {
      const answer = probe[name];
      if (answer instanceof AnyDefinition) found.set(name, answer);
    } catch (error) {
      // As with every getter that computes something of a row's values.
      if (error instanceof UsageError) throw error;
    }
  }
  return found;
}

/** `hasMany` and `hasOne`: of rows that hold the owner's key, or its kind and its key. */
export function hasRelation(
  kind: "hasMany" | "hasOne",
  owner: ModelMeta,
  target: unknown,
  picker: unknown,
  o?: RelationOptions,
): RelationDefinition {
  const meta = metaOf(target, kind);
  const what = `${owner.name}.${kind}(${meta.name})`;
  const picked = pickKeys(meta, picker, what);
  const [tells, ...foreign] = picked as [ColumnMeta, ...ColumnMeta[]];
  const far = foreign.length === 0 ? null : farSide(target as ModelClassLike, picked);
  if (far === null) return hasDefinition(kind, owner, target, picked, o);
  const [name, { targets }] = far;
  const told = [...targets].find(([, each]) => each.meta === owner)?.[0];
  if (told === undefined)
    throw new UsageError(`${what}: ${meta.name}.${name} does not lead to ${owner.name}`, { hint: `add ${owner.name} to its belongsToAny` });
  return hasDefinition(kind, owner, target, foreign, o, { column: tells, value: tells.codec.accept(told, tells.label) });
}

/** The `belongsToAny` over exactly these columns. */
function farSide(model: ModelClassLike, picked: readonly ColumnMeta[]): readonly [string, AnyDefinition] | null {
  for (const [name, relation] of anyRelations(model)) {
    const columns = [relation.tells, ...relation.local];
    if (columns.length === picked.length && columns.every((column, i) => column === picked[i])) return [name, relation];
  }
  return null;
}
