/**
 * What a relation getter says: which model, over which columns. Read from the getter itself, run on a probe instead of an
 * instance. Layer 6.
 */
import type { ExprNode, OrderNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, OrderTerm } from "../expr/expression.ts";
import { type ColumnMeta, type ModelClassLike, type ModelMeta, metaKey, metaOf, targetOf } from "../model/meta.ts";
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

type RelationParts = Omit<RelationDefinition, "many" | "fixed" | "orphans"> & Partial<Pick<RelationDefinition, "fixed" | "orphans">>;

export type Orphans = "delete" | "nullify";

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
  /** What every related row holds beside the key, by property. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** What becomes of a row that is taken out of a hasMany relation; null: nothing is taken out of it. */
  readonly orphans: Orphans | null;

  constructor(parts: RelationParts) {
    this.kind = parts.kind;
    this.model = parts.model;
    this.meta = parts.meta;
    this.local = parts.local;
    this.foreign = parts.foreign;
    this.through = parts.through;
    this.where = parts.where;
    this.orderBy = parts.orderBy;
    this.fixed = parts.fixed ?? {};
    this.orphans = parts.orphans ?? null;
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

function pick(meta: ModelMeta, picker: unknown, what: string): unknown {
  if (typeof picker !== "function")
    throw new UsageError(`${what} takes a lambda that picks the key, got ${kindOf(picker)}`, { hint: "write (post) => post.authorId" });
  const keys: Record<string, KeyRef> = {};
  for (const column of meta.columns.values()) keys[column.property] = new KeyRef(column);
  return (picker as (keys: unknown) => unknown)(keys);
}

/** One column, or an array of them. */
function columnsOf(meta: ModelMeta, picked: unknown, what: string): ColumnMeta[] {
  return [picked].flat().map((key: unknown) => {
    if (!(key instanceof KeyRef)) throw new UsageError(`${what}: the lambda picked ${kindOf(key)}, not a column of ${meta.name}`);
    return key.column;
  });
}

export function pickKeys(meta: ModelMeta, picker: unknown, what: string): ColumnMeta[] {
  return columnsOf(meta, pick(meta, picker, what), what);
}

export interface RelationOptions {
  readonly where?: (theirs: never) => unknown;
  readonly orderBy?: (theirs: never) => unknown;
  readonly orphans?: unknown;
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

/** What the picked columns refer to: by their foreign key where they have one, else the target's primary key. */
function referenced(from: ModelMeta, picked: readonly ColumnMeta[], target: ModelMeta): readonly ColumnMeta[] {
  if (picked.length === 1) {
    const named = picked[0]?.declaration.reference?.column ?? null;
    return named === null ? target.primaryKey : [target.column(named)];
  }
  for (const { on, references = target.primaryProperties, target: to } of from.options.foreignKeys ?? []) {
    const places = picked.map((column) => on.indexOf(column.property));
    if (places.includes(-1) || on.length !== picked.length || targetOf(to, from, `${from.name}: foreignKeys`) !== target) continue;
    return places.map((place) => target.column(references[place] as string));
  }
  return target.primaryKey;
}

function sameLength(a: readonly unknown[], b: readonly unknown[], what: string): void {
  if (a.length !== b.length)
    throw new UsageError(`${what}: ${a.length} key columns meet ${b.length}`, {
      hint: "pick one column for each column of the key, as an array",
    });
}

/** The target's rows that point at the owner; `fixed`: a column of theirs that tells them apart from others that do. */
export function hasDefinition(
  kind: "hasMany" | "hasOne",
  owner: ModelMeta,
  target: unknown,
  foreign: readonly ColumnMeta[],
  o?: RelationOptions,
  fixed: { readonly column: ColumnMeta; readonly value: unknown } | null = null,
): RelationDefinition {
  const meta = metaOf(target, kind);
  const what = `${owner.name}.${kind}(${meta.name})`;
  const local = referenced(meta, foreign, owner);
  sameLength(local, foreign, what);
  const { where, orderBy } = standing(meta, o, what);
  const orphans = orphansOf(o, kind === "hasMany" ? foreign : [], what);
  const parts = { kind, model: target as ModelClassLike, meta, local, foreign, through: null, orderBy, orphans };
  if (fixed === null) return new RelationDefinition({ ...parts, where });
  const { column, value } = fixed;
  const node: ExprNode = {
    kind: "compare",
    op: "=",
    left: meta.node(column, meta.token),
    right: { kind: "value", value, codec: column.codec },
  };
  return new RelationDefinition({
    ...parts,
    where: [{ tokens: [meta.token], node }, ...where],
    fixed: { [column.property]: value },
  });
}

function orphansOf(o: RelationOptions | undefined, foreign: readonly ColumnMeta[], what: string): Orphans | null {
  const orphans = o?.orphans ?? null;
  if (orphans === null || (orphans === "delete" && foreign.length > 0)) return orphans;
  if (orphans !== "nullify" || foreign.length === 0)
    throw new UsageError(`${what}: orphans is "delete" or "nullify", of a hasMany relation`);
  const kept = foreign.find(({ declaration }) => !declaration.nullable);
  if (kept === undefined) return orphans;
  throw new UsageError(`${what}: ${kept.label} cannot be null`, { hint: 'write orphans: "delete", or declare the key nullable()' });
}

/** The row that the owner points at. */
export function belongsToDefinition(owner: ModelMeta, target: unknown, picker: unknown): RelationDefinition {
  const meta = metaOf(target, "belongsTo");
  const what = `${owner.name}.belongsTo(${meta.name})`;
  const local = pickKeys(owner, picker, what);
  const foreign = referenced(owner, local, meta);
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
  const picked = pick(linkMeta, picker, what);
  if (!Array.isArray(picked) || picked.length !== 2)
    throw new UsageError(`${what}: the lambda picks [ours, theirs] of ${linkMeta.name}`, {
      hint: "a key of several columns is an array: [[link.hall, link.seat], link.tagId]",
    });
  const [ours, theirs] = [columnsOf(linkMeta, picked[0], what), columnsOf(linkMeta, picked[1], what)];
  const local = referenced(linkMeta, ours, owner);
  const foreign = referenced(linkMeta, theirs, meta);
  sameLength(local, ours, what);
  sameLength(foreign, theirs, what);
  const through = { meta: linkMeta, model: link as ModelClassLike, ours, theirs };
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

/** The class that carries the columns: a variant's stands above its base's, whose getters are its own too. */
function isRoot(model: object): boolean {
  return Object.hasOwn(model, metaKey) && (model as { [metaKey]: ModelMeta })[metaKey].kind === null;
}

const getters = new WeakMap<object, readonly string[]>();

/** The getters of a class and the classes it extends, down to the base that carries the columns. */
export function getterNames(model: ModelClassLike): readonly string[] {
  let names = getters.get(model);
  if (names === undefined) {
    const found = new Set<string>();
    for (let proto = model.prototype as object; !isRoot(proto.constructor); proto = Object.getPrototypeOf(proto)) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
        if (descriptor.get !== undefined) found.add(freeName(name, model));
    }
    names = [...found];
    getters.set(model, names);
  }
  return names;
}
