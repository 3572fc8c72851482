/**
 * What a relation getter says: which model, over which columns. Read from the getter itself, run on a probe instead of an
 * instance. Layer 6.
 */
import type { OrderNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, OrderTerm } from "../expr/expression.ts";
import { type ColumnMeta, type ModelClassLike, type ModelMeta, metaKey, metaOf } from "../model/meta.ts";
import { isReserved } from "../model/reserved.ts";

export type RelationKind = "hasMany" | "hasOne" | "belongsTo" | "manyToMany";

/** The link table of a many-to-many relation. */
export interface Through {
  readonly meta: ModelMeta;
  readonly model: ModelClassLike;
  /** Columns of the link that hold the owner's and the target's key. */
  readonly ours: readonly ColumnMeta[];
  readonly theirs: readonly ColumnMeta[];
}

export class RelationDefinition {
  readonly kind: RelationKind;
  readonly model: ModelClassLike;
  readonly meta: ModelMeta;
  /** Pairs of columns that are equal: the owner's and the target's (many to many: both sides' keys). */
  readonly local: readonly ColumnMeta[];
  readonly foreign: readonly ColumnMeta[];
  readonly through: Through | null;
  /** Standing conditions and order, with one token for the target. */
  readonly where: readonly Clause[];
  readonly orderBy: readonly Clause<OrderNode>[] | null;

  constructor(parts: Pick<RelationDefinition, "kind" | "model" | "meta" | "local" | "foreign" | "through" | "where" | "orderBy">) {
    this.kind = parts.kind;
    this.model = parts.model;
    this.meta = parts.meta;
    this.local = parts.local;
    this.foreign = parts.foreign;
    this.through = parts.through;
    this.where = parts.where;
    this.orderBy = parts.orderBy;
  }

  get many(): boolean {
    return this.kind === "hasMany" || this.kind === "manyToMany";
  }
}

/** What pickers see: the names of columns. */
class KeyRef {
  readonly column: ColumnMeta;
  constructor(column: ColumnMeta) {
    this.column = column;
  }
}

function pickKeys(meta: ModelMeta, picker: unknown, what: string): ColumnMeta[] {
  if (typeof picker !== "function")
    throw new UsageError(`${what} takes a lambda that picks the key, got ${kindOf(picker)}`, { hint: "write (post) => post.authorId" });
  const keys: Record<string, KeyRef> = {};
  for (const column of meta.columns.values()) keys[column.property] = new KeyRef(column);
  const picked: unknown = picker(keys);
  const list = Array.isArray(picked) ? picked : [picked];
  return list.map((key: unknown) => {
    if (!(key instanceof KeyRef)) throw new UsageError(`${what}: the lambda picked ${kindOf(key)}, not a column of ${meta.name}`);
    return key.column;
  });
}

export interface RelationOptions {
  readonly where?: (theirs: never) => unknown;
  readonly orderBy?: (theirs: never) => unknown;
}

function standing(meta: ModelMeta, o: RelationOptions | undefined, what: string): Pick<RelationDefinition, "where" | "orderBy"> {
  const scope = meta.scope(meta.token) as never;
  const tokens = [meta.token];
  const condition = o?.where?.(scope);
  if (condition !== undefined && !(condition instanceof Condition))
    throw new UsageError(`${what}: where must give a condition, got ${kindOf(condition)}`);
  const order = o?.orderBy?.(scope);
  const terms = order === undefined ? null : [order].flat();
  return {
    where: condition === undefined ? [] : [{ tokens, node: condition.node }],
    orderBy:
      terms?.map((term: unknown) => {
        if (!OrderTerm.is(term)) throw new UsageError(`${what}: orderBy takes columns with asc() or desc()`);
        return { tokens, node: term.node };
      }) ?? null,
  };
}

function sameLength(a: readonly unknown[], b: readonly unknown[], what: string): void {
  if (a.length !== b.length)
    throw new UsageError(`${what}: ${a.length} key columns meet ${b.length}`, {
      hint: "pick one column for each column of the key, as an array",
    });
}

/** The target's rows that point at the owner. */
export function hasDefinition(
  kind: "hasMany" | "hasOne",
  owner: ModelMeta,
  target: unknown,
  picker: unknown,
  o?: RelationOptions,
): RelationDefinition {
  const meta = metaOf(target, kind);
  const what = `${owner.name}.${kind}(${meta.name})`;
  const foreign = pickKeys(meta, picker, what);
  const named = foreign[0]?.declaration.reference?.column ?? null;
  const local = named === null ? owner.primaryKey : [owner.column(named)];
  sameLength(local, foreign, what);
  return new RelationDefinition({ kind, model: target as ModelClassLike, meta, local, foreign, through: null, ...standing(meta, o, what) });
}

/** The row that the owner points at. */
export function belongsToDefinition(owner: ModelMeta, target: unknown, picker: unknown): RelationDefinition {
  const meta = metaOf(target, "belongsTo");
  const what = `${owner.name}.belongsTo(${meta.name})`;
  const local = pickKeys(owner, picker, what);
  const named = local[0]?.declaration.reference?.column ?? null;
  const foreign = named === null ? meta.primaryKey : [meta.column(named)];
  sameLength(local, foreign, what);
  return new RelationDefinition({
    kind: "belongsTo",
    model: target as ModelClassLike,
    meta,
    local,
    foreign,
    through: null,
    where: [],
    orderBy: null,
  });
}

/** The rows that a link table joins with the owner. */
export function manyToManyDefinition(
  owner: ModelMeta,
  target: unknown,
  link: unknown,
  picker: unknown,
  o?: RelationOptions,
): RelationDefinition {
  const meta = metaOf(target, "manyToMany");
  const linkMeta = metaOf(link, "manyToMany");
  const what = `${owner.name}.manyToMany(${meta.name})`;
  const picked = pickKeys(linkMeta, picker, what);
  const local = owner.primaryKey;
  const foreign = meta.primaryKey;
  if (picked.length !== local.length + foreign.length) throw new UsageError(`${what}: the lambda picks [ours, theirs] of ${linkMeta.name}`);
  const through = {
    meta: linkMeta,
    model: link as ModelClassLike,
    ours: picked.slice(0, local.length),
    theirs: picked.slice(local.length),
  };
  return new RelationDefinition({
    kind: "manyToMany",
    model: target as ModelClassLike,
    meta,
    local,
    foreign,
    through,
    ...standing(meta, o, what),
  });
}

/** Marks a probe: on it the relation methods answer with their definition. */
export const probing: unique symbol = Symbol("probing");

const known = new WeakMap<object, Map<string, RelationDefinition | null>>();

/** The relation behind a getter of this class; null when the getter is none, or there is no such getter. */
export function relationOf(model: ModelClassLike, name: string): RelationDefinition | null {
  let byName = known.get(model);
  if (byName === undefined) {
    byName = new Map();
    known.set(model, byName);
  }
  let found = byName.get(name);
  if (found === undefined) {
    found = readRelation(model, name);
    byName.set(name, found);
  }
  return found;
}

function readRelation(model: ModelClassLike, name: string): RelationDefinition | null {
  if (!getterNames(model).includes(name)) return null;
  const probe: Record<string | symbol, unknown> = Object.create(model.prototype as object);
  Object.defineProperty(probe, probing, { value: true });
  try {
    const answer = probe[name];
    return answer instanceof RelationDefinition ? answer : null;
  } catch (error) {
    // A getter that computes something of a row's values finds none on a probe: it is no relation.
    if (error instanceof UsageError) throw error;
    return null;
  }
}

function freeName(name: string, model: ModelClassLike): string {
  if (!isReserved(name)) return name;
  throw new UsageError(`${model.name}: a getter cannot be called ${name}, every instance has a member of that name`, {
    hint: "give the relation another name",
  });
}

const getters = new WeakMap<object, readonly string[]>();

/** The getters of a class and the classes it extends, down to the base that carries the columns. */
export function getterNames(model: ModelClassLike): readonly string[] {
  let names = getters.get(model);
  if (names === undefined) {
    const found = new Set<string>();
    for (let proto = model.prototype as object; !Object.hasOwn(proto.constructor, metaKey); proto = Object.getPrototypeOf(proto)) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
        if (descriptor.get !== undefined) found.add(freeName(name, model));
    }
    names = [...found];
    getters.set(model, names);
  }
  return names;
}
