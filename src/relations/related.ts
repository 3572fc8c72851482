/** Relations on an instance: queries that know their owner, and what prefetch has loaded. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import type { Engine } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { NotLoadedError, UsageError } from "../errors.ts";
import { columnValue, type ModelBase, stateOf } from "../model/base.ts";
import { assertSame } from "../model/instances.ts";
import type { ColumnMeta } from "../model/meta.ts";
import { ModelQuery } from "../model/query-set.ts";
import { newQuery } from "../model/query-state.ts";
import { type SessionRef, sessionOf } from "../model/reading.ts";
import { selectFrom } from "../model/selection.ts";
import { insertMissing } from "../model/upsert.ts";
import { sessionKey } from "../model/view.ts";
import type { ModelConstructor } from "../model/whole-row.ts";
import type { RelationDefinition } from "./definition.ts";
import { forgetLoaded, isLoaded, loadedOf, nameOf } from "./loaded.ts";

/** The owner's database: where it came from, or where a new one would go. */
function homeOf(owner: ModelBase): SessionRef {
  return stateOf(owner).engine ?? (owner.constructor as { [sessionKey]?: SessionRef })[sessionKey] ?? null;
}

/** Null when the owner has no key yet: then nothing can be related to it. */
function ownerKey(relation: RelationDefinition, owner: ModelBase): unknown[] | null {
  if (relation.kind !== "belongsTo" && stateOf(owner).status === "new") return null;
  const values = relation.local.map((column) => columnValue(owner, column));
  return values.some((value) => value === null || value === undefined) ? null : values;
}

/** The related rows of this owner as a query; one that is never sent when there can be none. */
function relatedTo(relation: RelationDefinition, owner: ModelBase): ModelQuery {
  const { meta, model, foreign, through } = relation;
  const values = ownerKey(relation, owner);
  const state = newQuery(meta, model as ModelConstructor, homeOf(owner));
  const tokens = [meta.token];
  const equal = (left: ExprNode, column: ColumnMeta, i: number): ExprNode =>
    values === null
      ? { kind: "constant", value: false }
      : { kind: "compare", op: "=", left, right: { kind: "value", value: values[i], codec: column.codec } };
  const keys: Clause[] =
    through === null
      ? foreign.map((column, i) => ({ tokens, node: equal(meta.node(column, meta.token), column, i) }))
      : [{ tokens, node: linked(relation, (column, i) => equal(through.meta.node(column, through.meta.token), column, i)) }];
  return new ModelQuery({ ...state, where: [...keys, ...relation.where], orderBy: relation.orderBy, never: values === null });
}

/** `exists (select 1 from link where link.theirs = target.key and <ours>)` */
export function linked(relation: RelationDefinition, ours: (column: ColumnMeta, i: number) => ExprNode): ExprNode {
  const { meta, foreign, through } = relation;
  if (through === null) throw new UsageError("only many-to-many relations have a link");
  const link = through.meta.token;
  const theirs = through.theirs.map(
    (column, i): ExprNode => ({
      kind: "compare",
      op: "=",
      left: through.meta.node(column, link),
      right: meta.node(foreign[i] as ColumnMeta, meta.token),
    }),
  );
  const where = [...theirs, ...through.ours.map(ours)].map((node): Clause => ({ tokens: [link], node }));
  return { kind: "exists", query: selectFrom(through.meta, [], where) };
}

/** `hasMany` and `manyToMany` on an instance. */
export class ManyRelation extends ModelQuery {
  readonly #relation: RelationDefinition;
  readonly #owner: ModelBase;
  constructor(relation: RelationDefinition, owner: ModelBase) {
    super(relatedTo(relation, owner).state);
    this.#relation = relation;
    this.#owner = owner;
  }

  /** The rows that prefetch has loaded. @throws NotLoadedError naming the prefetch to add */
  get loaded(): unknown[] {
    return loaded(this.#relation, this.#owner) as unknown[];
  }

  override execute(): Promise<unknown[]> {
    return isLoaded(this.#relation, this.#owner) ? Promise.resolve(this.loaded) : super.execute();
  }

  /** Inserts a related row, its key filled in; a linked one is linked. */
  async create(values: Record<string, unknown>): Promise<unknown> {
    const { model, foreign, through } = this.#relation;
    const Target = this.#on(model) as unknown as { create(values: Record<string, unknown>): Promise<unknown> };
    const key = this.#key("create related rows");
    forgetLoaded(this.#owner);
    if (through === null) {
      const filled = Object.fromEntries(foreign.map((column, i) => [column.property, key[i]]));
      return Target.create({ ...values, ...filled });
    }
    return this.#transaction(async () => {
      const row = await Target.create(values);
      await this.add(row as ModelBase);
      return row;
    });
  }

  /** Links rows with the owner; those that are linked already stay so. */
  async add(...items: readonly ModelBase[]): Promise<void> {
    const links = this.#links(items);
    forgetLoaded(this.#owner);
    const { through } = this.#relation;
    if (through === null || links.length === 0) return;
    const Link = through.model as unknown as new (values: unknown) => ModelBase;
    const once = [...new Map(links.map((link) => [JSON.stringify(Object.values(link).map(String)), new Link(link)])).values()];
    await insertMissing(through.meta, once, [...through.ours, ...through.theirs], this.#session());
  }

  async remove(...items: readonly ModelBase[]): Promise<void> {
    forgetLoaded(this.#owner);
    await this.#transaction(async () => {
      for (const link of this.#links(items)) await this.#linkQuery().where(link).delete();
    });
  }

  /** Links exactly these rows. */
  async set(items: readonly ModelBase[]): Promise<void> {
    this.#links(items);
    await this.#transaction(async () => {
      await this.clear();
      await this.add(...items);
    });
  }

  /** Removes every link of the owner; the rows themselves stay. */
  async clear(): Promise<void> {
    const { through } = this.#relation;
    const key = this.#key("clear links");
    forgetLoaded(this.#owner);
    await this.#linkQuery()
      .where(Object.fromEntries((through?.ours ?? []).map((column, i) => [column.property, key[i]])))
      .delete();
  }

  #session(): Session {
    return sessionOf(homeOf(this.#owner));
  }
  #transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#session().transaction(work);
  }
  #on(model: unknown): { all(): ModelQuery } {
    if (model === undefined)
      throw new UsageError("this relation has no link table", { hint: "only manyToMany has add, remove, set and clear" });
    return (model as { using(session: Session | Engine): { all(): ModelQuery } }).using(this.#session());
  }
  #linkQuery(): ModelQuery {
    return this.#on(this.#relation.through?.model).all();
  }
  #key(what: string): unknown[] {
    const key = ownerKey(this.#relation, this.#owner);
    if (key === null) throw new UsageError(`${String(this.#owner)} cannot ${what} before it is saved`, { hint: "save() it first" });
    return key;
  }
  #links(items: readonly ModelBase[]): Record<string, unknown>[] {
    const { through, foreign, meta } = this.#relation;
    if (through === null)
      throw new UsageError("this relation has no link table", { hint: "only manyToMany has add, remove, set and clear" });
    const key = this.#key("link rows");
    return items.map((item) => {
      assertSame(meta, item);
      const ours = through.ours.map((column, i) => [column.property, key[i]]);
      const theirs = through.theirs.map((column, i) => [column.property, columnValue(item, foreign[i] as ColumnMeta)]);
      return Object.fromEntries([...ours, ...theirs]);
    });
  }
}

/** `hasOne` and `belongsTo` on an instance: awaited, the related row or null. */
export class OneRelation implements PromiseLike<unknown> {
  readonly #relation: RelationDefinition;
  readonly #owner: ModelBase;
  constructor(relation: RelationDefinition, owner: ModelBase) {
    this.#relation = relation;
    this.#owner = owner;
  }
  get loaded(): unknown {
    return loaded(this.#relation, this.#owner);
  }
  // biome-ignore lint/suspicious/noThenProperty: awaiting a relation reads it
  then<A, B>(
    fulfilled?: ((row: unknown) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const row = isLoaded(this.#relation, this.#owner) ? Promise.resolve(this.loaded) : relatedTo(this.#relation, this.#owner).first();
    return row.then(fulfilled, rejected);
  }
}

function loaded(relation: RelationDefinition, owner: ModelBase): unknown {
  if (isLoaded(relation, owner)) return loadedOf(relation, owner);
  const name = nameOf(relation, owner);
  throw new NotLoadedError(`${String(owner)}: ${name} was not loaded`, { hint: `add .prefetch("${name}") to the query, or await it` });
}
