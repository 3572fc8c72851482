/** Relations on an instance: queries that know their owner, and what prefetch has loaded. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { NotLoadedError, UsageError } from "../errors.ts";
import { columnValue, type ModelBase, metaOfInstance, stateOf } from "../model/base.ts";
import type { ColumnMeta } from "../model/meta.ts";
import { ModelQuery } from "../model/query-set.ts";
import { newQuery } from "../model/query-state.ts";
import { type SessionRef, sessionOf } from "../model/reading.ts";
import { selectFrom } from "../model/selection.ts";
import { sessionKey } from "../model/view.ts";
import type { ModelConstructor } from "../model/whole-row.ts";
import { LazyPromise } from "../util/awaitable.ts";
import { type AnyDefinition, targetOfRow } from "./any.ts";
import type { RelationDefinition, Through } from "./definition.ts";
import { noticeLoad, type Watch, watch } from "./guard.ts";
import { isLinkOption, Links, linkValues } from "./links.ts";
import { forgetLoaded, isLoaded, loadedOf, nameOf, signature } from "./loaded.ts";
import { Owned } from "./owned.ts";

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
  readonly #watch: Watch | null;
  constructor(relation: RelationDefinition, owner: ModelBase) {
    super(relatedTo(relation, owner).state);
    this.#relation = relation;
    this.#owner = owner;
    this.#watch = watch(owner, methodOf(owner, relation));
  }

  /** The rows that prefetch has loaded. @throws NotLoadedError naming the prefetch to add */
  get loaded(): unknown[] {
    return loaded(this.#relation, this.#owner) as unknown[];
  }

  override execute(): Promise<unknown[]> {
    if (isLoaded(this.#relation, this.#owner)) return Promise.resolve(this.loaded);
    const refused = this.state.never ? null : notice(this.#watch, this.#relation, this.#owner);
    return refused === null ? super.execute() : Promise.reject(refused);
  }

  /** Inserts a related row, its key filled in; one behind a table of pairs is linked. */
  async create(values: Record<string, unknown>, o?: unknown): Promise<unknown> {
    const { model, foreign, through, fixed } = this.#relation;
    const key = this.#key("create related rows");
    const session = sessionOf(homeOf(this.#owner));
    const on = (to: Session) => (model as unknown as { using(session: Session): Creating }).using(to);
    if (through === null) {
      if (o !== undefined) throw new UsageError(`${this.#name}.create takes the values of a row and nothing else`);
      forgetLoaded(this.#owner);
      const filled = Object.fromEntries(foreign.map((column, i) => [column.property, key[i]]));
      return on(session).create({ ...values, ...fixed, ...filled });
    }
    const link = linkValues(o, through);
    return session.transaction(async (tx) => {
      const row = await on(tx).create(values);
      await this.#links("create").add([row], link);
      return row;
    });
  }

  /** Links rows, given as such or by their keys; those that are linked already stay so. Owned rows are taken over. */
  async add(...given: readonly unknown[]): Promise<void> {
    const owned = this.#owned();
    if (owned !== null) return owned.add(given);
    const links = this.#links("add");
    const o = isLinkOption(given.at(-1)) ? given.at(-1) : undefined;
    await links.add(o === undefined ? given : given.slice(0, -1), linkValues(o, this.#relation.through as Through));
  }

  async remove(...items: readonly unknown[]): Promise<void> {
    await (this.#owned() ?? this.#links("remove")).remove(items);
  }

  /** Links exactly these rows. */
  async set(items: readonly unknown[], o?: unknown): Promise<void> {
    const owned = this.#owned();
    const links = owned ?? this.#links("set");
    if (!Array.isArray(items)) throw new UsageError(`${this.#name}.set takes an array of rows, got ${kindOf(items)}`);
    await links.set(items, owned !== null ? {} : linkValues(o, this.#relation.through as Through));
  }

  /** Removes every link of the owner; the rows themselves stay. */
  async clear(): Promise<void> {
    await (this.#owned() ?? this.#links("clear")).clear();
  }

  get #name(): string {
    return `${metaOfInstance(this.#owner).name}.${nameOf(this.#relation, this.#owner)}`;
  }
  #key(what: string): unknown[] {
    const key = ownerKey(this.#relation, this.#owner);
    if (key === null) throw new UsageError(`${String(this.#owner)} cannot ${what} before it is saved`, { hint: "save() it first" });
    return key;
  }
  #owned(): Owned | null {
    if (this.#relation.orphans === null) return null;
    const key = this.#key("have rows");
    return new Owned(this.#relation, this.#owner, key, sessionOf(homeOf(this.#owner)), relatedTo(this.#relation, this.#owner).state);
  }
  #links(verb: string): Links {
    const { through, foreign, meta } = this.#relation;
    if (through !== null) return new Links(this.#relation, through, this.#owner, this.#key("link rows"), sessionOf(homeOf(this.#owner)));
    const keys = foreign.map(({ label }) => label).join(" and ");
    throw new UsageError(`${this.#name} has no ${verb}: rows of ${meta.name} hold the key themselves, there is no link`, {
      hint: `assign ${keys} and save(), update() them in a query, create() new ones, or declare the relation with orphans: "delete"`,
    });
  }
}

interface Creating {
  create(values: Record<string, unknown>): Promise<unknown>;
}

/** `hasOne` and `belongsTo` on an instance: awaited, the related row or null. */
export class OneRelation extends LazyPromise<unknown> {
  readonly #relation: RelationDefinition;
  readonly #owner: ModelBase;
  readonly #watch: Watch | null;
  constructor(relation: RelationDefinition, owner: ModelBase, watched = watch(owner, methodOf(owner, relation))) {
    super();
    this.#relation = relation;
    this.#owner = owner;
    this.#watch = watched;
  }
  get loaded(): unknown {
    return loaded(this.#relation, this.#owner);
  }
  execute(): Promise<unknown> {
    if (isLoaded(this.#relation, this.#owner)) return Promise.resolve(this.loaded);
    const query = relatedTo(this.#relation, this.#owner);
    const refused = query.state.never ? null : notice(this.#watch, this.#relation, this.#owner);
    return refused === null ? query.first() : Promise.reject(refused);
  }
}

/** `belongsToAny` on an instance: awaited, the row that it leads to, or null. */
export class AnyRelation extends LazyPromise<unknown> {
  readonly #relation: AnyDefinition;
  readonly #owner: ModelBase;
  readonly #watch: Watch | null;
  constructor(relation: AnyDefinition, owner: ModelBase) {
    super();
    this.#relation = relation;
    this.#owner = owner;
    this.#watch = watch(owner, methodOf(owner, relation));
  }
  get loaded(): unknown {
    return this.#one()?.loaded ?? null;
  }
  async execute(): Promise<unknown> {
    return this.#one();
  }
  #one(): OneRelation | null {
    const target = targetOfRow(this.#relation, this.#owner);
    return target === null ? null : new OneRelation(target, this.#owner, this.#watch);
  }
}

/** The method that a getter called: where the stack of its caller begins. */
function methodOf(owner: ModelBase, { kind }: Pick<RelationDefinition | AnyDefinition, "kind">): unknown {
  return (owner as unknown as Record<string, unknown>)[kind];
}

function notice(watched: Watch | null, relation: RelationDefinition, owner: ModelBase): NotLoadedError | null {
  return watched === null ? null : noticeLoad(watched, owner, signature(relation), () => nameOf(relation, owner));
}

function loaded(relation: RelationDefinition, owner: ModelBase): unknown {
  if (isLoaded(relation, owner)) return loadedOf(relation, owner);
  const name = nameOf(relation, owner);
  throw new NotLoadedError(`${String(owner)}: ${name} was not loaded`, { hint: `add .prefetch("${name}") to the query, or await it` });
}
