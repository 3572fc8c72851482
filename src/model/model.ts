/** The statics and the methods that every model class has. Layer 6. */
import type { TableDefinition } from "../ast/ddl.ts";
import { kindOf } from "../codec/refuse.ts";
import { engineOf } from "../engine/engine.ts";
import { tableDefinitions, truncateTable } from "../engine/schema.ts";
import type { Session } from "../engine/session.ts";
import { loadReceivers } from "../engine/signals.ts";
import { UsageError } from "../errors.ts";
import { rawNode } from "../expr/sql-tag.ts";
import { anyDefinition, hasRelation } from "../relations/any.ts";
import {
  belongsToDefinition,
  manyToManyDefinition,
  probing,
  type RelationDefinition,
  type RelationOptions,
} from "../relations/definition.ts";
import { forgetLoaded } from "../relations/loaded.ts";
import { AnyRelation, ManyRelation, OneRelation } from "../relations/related.ts";
import { type Findings, noFindings } from "../validate/broken.ts";
import { checkClean, checkColumns, checkNewRow, hasClean, throwFound } from "./accept.ts";
import { tellLoaded } from "./after-load.ts";
import { archiveDefinition } from "./archived-rows.ts";
import { inputKeys, lookedAt, ModelBase, metaOfInstance, stateOf } from "./base.ts";
import { bulkInsert } from "./bulk.ts";
import { hooksAsked, upsertMany, writeMany } from "./bulk-hooks.ts";
import { bulkUpdate } from "./bulk-update.ts";
import { changedFields, cloneValues, diff, revert } from "./change-tracking.ts";
import { fillerOf, type Input } from "./filler.ts";
import { getOrCreate, updateOrCreate } from "./find-or-create.ts";
import { checkedRow, type InputOptions, rowFromInput } from "./from-input.ts";
import { instancesFrom } from "./from-sql.ts";
import { hooksOf } from "./hooks.ts";
import { insertRow, removeRow, updateRow } from "./instance-writes.ts";
import { findRow, keyValues } from "./keys.ts";
import { ModelMeta, metaKey, metaOf, registerTable } from "./meta.ts";
import { refreshInstance } from "./persistence.ts";
import { ModelQuery } from "./query-set.ts";
import { newQuery } from "./query-state.ts";
import { type SessionRef, sessionOf } from "./reading.ts";
import { tableDefinitionOf } from "./schema.ts";
import { type DictOptions, dictOf } from "./serialize.ts";
import { type StandardShape, wholeShape } from "./standard-shape.ts";
import type { Behaviour, TableOptions } from "./table-options.ts";
import { checkUnique } from "./unique-check.ts";
import { givenNames, type UpsertOptions, upsertRows } from "./upsert.ts";
import { sessionKey, sourceOf, viewOf } from "./view.ts";
import type { ModelConstructor } from "./whole-row.ts";

interface BulkUpdateOptions {
  readonly fields?: readonly string[];
  readonly hooks?: boolean;
}

/** A new instance goes to the default engine (or its view's), a loaded one back to where it came from. */
function homeOf(instance: ModelBase): Session {
  return stateOf(instance).engine ?? sessionOf((instance.constructor as { [sessionKey]?: SessionRef })[sessionKey] ?? null);
}

abstract class ModelStatics extends ModelBase {
  declare static readonly [metaKey]: ModelMeta;
  declare static readonly [sessionKey]: SessionRef;

  static get c(): object {
    const meta = metaOf(this);
    return meta.scope({ kind: "table", table: meta.table });
  }
  static get insert(): StandardShape {
    return wholeShape(this, "insert");
  }
  static get update(): StandardShape {
    return wholeShape(this, "update");
  }
  static get "~standard"(): object {
    return wholeShape(this, "row")["~standard"];
  }
  static [tableDefinitions](): TableDefinition[] {
    const own = metaOf(this);
    const meta = own.kind?.base ?? own;
    const live = tableDefinitionOf(meta);
    return meta.behaviour.deletion === "archive" ? [live, archiveDefinition(meta, live)] : [live];
  }

  static all(): ModelQuery {
    return new ModelQuery(newQuery(metaOf(this), sourceOf(this as never) as ModelConstructor, this[sessionKey] ?? null));
  }
  static where(condition: unknown): ModelQuery {
    return this.all().where(condition);
  }
  static exclude(condition: unknown): ModelQuery {
    return this.all().exclude(condition);
  }
  static includeDeleted(): ModelQuery {
    return this.all().includeDeleted();
  }
  static onlyDeleted(): ModelQuery {
    return this.all().onlyDeleted();
  }
  static unscoped(reason: unknown): ModelQuery {
    return this.all().unscoped(reason);
  }
  static orderByInput(text: unknown, options: unknown): ModelQuery {
    return this.all().orderByInput(text, options);
  }
  static variant(value: unknown, columns: unknown): unknown {
    return defineVariant(this, value, columns);
  }
  static fromSQL(texts: TemplateStringsArray, ...values: unknown[]): Promise<unknown[]> {
    const node = rawNode(texts, values);
    return instancesFrom(sourceOf(this as never) as ModelConstructor, metaOf(this), sessionOf(this[sessionKey] ?? null), node);
  }
  static using(session: unknown): unknown {
    return viewOf(this, session);
  }
  static first(): Promise<unknown> {
    return this.all().first();
  }
  static last(): Promise<unknown> {
    return this.all().last();
  }
  static count(): Promise<number> {
    return this.all().count();
  }
  static async find(key: unknown): Promise<unknown> {
    const meta = metaOf(this);
    const values = keyValues(meta, key);
    return findRow(sourceOf(this as never) as ModelConstructor, meta, sessionOf(this[sessionKey] ?? null), values);
  }
  static get(condition: unknown): Promise<unknown> {
    return this.all().get(condition);
  }
  static getOrNull(condition: unknown): Promise<unknown> {
    return this.all().getOrNull(condition);
  }
  static validate(input: unknown, o: InputOptions = {}): unknown {
    if (input instanceof sourceOf(this)) return checkedRow(metaOf(this), input as ModelBase, columnFindings(input as ModelBase));
    return rowFromInput(metaOf(this), input, o, (values) => {
      const row = instantiate(this, values);
      const session = this[sessionKey] ?? null;
      // As a row made with `new`: it is saved where the view leads.
      if (session !== null) stateOf(row).engine = engineOf(sessionOf(session));
      return row;
    });
  }
  static modelValidate(input: unknown, o?: InputOptions): unknown {
    return this.validate(input, o);
  }
  static async create(values: unknown): Promise<unknown> {
    const instance = instantiate(this, values);
    await insertRow(instance, sessionOf(this[sessionKey] ?? null));
    return instance;
  }
  static async bulkCreate(rows: unknown, o: { batchSize?: number; hooks?: boolean } = {}): Promise<unknown[]> {
    const meta = metaOf(this);
    if (!Array.isArray(rows)) throw new UsageError(`${meta.name}.bulkCreate takes an array, got ${kindOf(rows)}`);
    const { batchSize = 10_000 } = o;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new UsageError("batchSize is a whole number from 1");
    const source = sourceOf(this);
    const instances = rows.map((row: unknown) => (row instanceof source ? (row as ModelBase) : instantiate(this, row)));
    assertOwn(meta, instances, "bulkCreate");
    const session = sessionOf(this[sessionKey] ?? null);
    const insert = (on: Session): Promise<void> => bulkInsert(meta, instances, on, batchSize);
    await (hooksAsked(o, `${meta.name}.bulkCreate`, ["batchSize"])
      ? writeMany(instances, session, "insert", null, insert)
      : insert(session));
    return instances;
  }
  static getOrCreate(lookup: unknown, defaults: unknown = {}): Promise<unknown> {
    return getOrCreate(this.all(), lookup, defaults, (values) => this.create(values), sessionOf(this[sessionKey] ?? null));
  }
  static updateOrCreate(lookup: unknown, values: unknown): Promise<unknown> {
    return updateOrCreate(this.all(), lookup, values, (all) => this.create(all), sessionOf(this[sessionKey] ?? null));
  }
  static async upsert(rows: unknown, o: UpsertOptions): Promise<unknown[]> {
    const meta = metaOf(this);
    if (!Array.isArray(rows)) throw new UsageError(`${meta.name}.upsert takes an array, got ${kindOf(rows)}`);
    const instances = rows.map((row: unknown) => instantiate(this, row));
    const given = givenNames(rows);
    const session = sessionOf(this[sessionKey] ?? null);
    const write = (on: Session, all: readonly (readonly string[])[]): Promise<unknown[]> =>
      upsertRows(meta, instances, all, on, o, sourceOf(this) as never);
    return o?.hooks === true ? upsertMany(meta, instances, given, session, write) : write(session, given);
  }
  static async bulkUpdate(rows: unknown, given: readonly string[] | BulkUpdateOptions = {}): Promise<number> {
    const source = sourceOf(this);
    const wrong = Array.isArray(rows) && rows.every((row) => row instanceof source) ? null : rows;
    if (wrong !== null) return Promise.reject(new UsageError(`${metaOf(this).name}.bulkUpdate takes an array of its instances`));
    const meta = metaOf(this);
    const instances = rows as ModelBase[];
    assertOwn(meta, instances, "bulkUpdate");
    const session = sessionOf(this[sessionKey] ?? null);
    const o = Array.isArray(given) ? { fields: given as readonly string[] } : (given as BulkUpdateOptions);
    const update = (on: Session, fields: readonly string[] | null): Promise<number> => bulkUpdate(meta, instances, on, fields);
    const hooks = hooksAsked(o, `${meta.name}.bulkUpdate`, ["fields"]);
    return hooks ? writeMany(instances, session, "update", o.fields ?? null, update) : update(session, o.fields ?? null);
  }
  static async truncate(): Promise<void> {
    await truncateTable(sessionOf(this[sessionKey] ?? null), this);
  }

  hasMany(model: unknown, key: unknown, o?: RelationOptions): unknown {
    return related(this, hasRelation("hasMany", metaOfInstance(this), model, key, o));
  }
  hasOne(model: unknown, key: unknown, o?: RelationOptions): unknown {
    return related(this, hasRelation("hasOne", metaOfInstance(this), model, key, o));
  }
  belongsTo(model: unknown, key: unknown): unknown {
    return related(this, belongsToDefinition(metaOfInstance(this), model, key));
  }
  belongsToAny(models: unknown, key: unknown): unknown {
    const relation = anyDefinition(metaOfInstance(this), models, key);
    return probing in this ? relation : new AnyRelation(relation, this);
  }
  manyToMany(model: unknown, link: unknown, keys: unknown, o?: RelationOptions): unknown {
    return related(this, manyToManyDefinition(metaOfInstance(this), model, link, keys, o));
  }
  async save(o: { fields?: readonly string[] } = {}): Promise<this> {
    const { status } = stateOf(this);
    if (status === "deleted") throw new UsageError(`${String(this)} was deleted`, { hint: "create a new one" });
    if (status === "new") {
      if (o.fields !== undefined) throw new UsageError(`${String(this)}: save({ fields }) is for rows that are in the database`);
      await insertRow(this, homeOf(this));
    } else await updateRow(this, homeOf(this), o.fields ?? null);
    return this;
  }
  get isDirty(): boolean {
    return changedFields(this).length > 0;
  }
  get changedFields(): string[] {
    return changedFields(this);
  }
  revert(...fields: readonly string[]): this {
    revert(this, fields);
    return this;
  }
  diff(other: unknown): Record<string, [unknown, unknown]> {
    return diff(this, other);
  }
  clone(overrides?: unknown): unknown {
    const copy = instantiate(this.constructor, cloneValues(this, overrides));
    stateOf(copy).engine = stateOf(this).engine;
    return copy;
  }
  toDict(o?: unknown): Record<string, unknown> {
    return dictOf(this, dictOptions(o), false);
  }
  /** JSON.stringify gives the name or place that the row has in the document. */
  toJSON(o?: unknown): Record<string, unknown> {
    return dictOf(this, dictOptions(o), true);
  }
  modelDump(o?: unknown): Record<string, unknown> {
    return this.toDict(o);
  }
  validate(): void {
    throwFound(metaOfInstance(this), columnFindings(this));
  }
  async validateUnique(): Promise<void> {
    const found = noFindings();
    await checkUnique(metaOfInstance(this), this, homeOf(this), found);
    throwFound(metaOfInstance(this), found);
  }
  async fullClean(): Promise<void> {
    const found = columnFindings(this);
    if (hasClean(this)) await checkClean(this, found, found.detail.length > 0);
    await checkUnique(metaOfInstance(this), this, homeOf(this), found);
    throwFound(metaOfInstance(this), found);
  }
  async delete(): Promise<void> {
    assertSaved(this, "deleted");
    await removeRow(this, homeOf(this), "delete");
  }
  async restore(): Promise<void> {
    await removeRow(this, homeOf(this), "restore");
  }
  async purge(): Promise<void> {
    await removeRow(this, homeOf(this), "purge");
  }
  async refresh(): Promise<this> {
    assertSaved(this, "refreshed");
    const session = homeOf(this);
    await refreshInstance(this, session);
    forgetLoaded(this);
    if (hooksOf(this.constructor) !== null || loadReceivers.count > 0) await tellLoaded([this], session);
    return this;
  }
}

const everyColumn: DictOptions = {};

function dictOptions(given: unknown): DictOptions {
  return typeof given === "object" && given !== null ? given : everyColumn;
}

/** Of a row that was read, the columns that it has. */
function columnFindings(row: ModelBase): Findings {
  const meta = metaOfInstance(row);
  const found = noFindings();
  if (stateOf(row).status === "new") checkNewRow(meta, row, found);
  else checkColumns(meta.list, row, found);
  return found;
}

/** On the probe that reads a getter, its definition; on a row, the related rows. */
function related(row: ModelBase, relation: RelationDefinition): unknown {
  if (probing in row) return relation;
  return relation.many ? new ManyRelation(relation, row) : new OneRelation(relation, row);
}

/** @throws UsageError for rows of a variant, which have columns of their own */
function assertOwn(meta: ModelMeta, rows: readonly ModelBase[], verb: string): void {
  const other = rows.map(metaOfInstance).find((own) => own !== meta);
  if (other !== undefined)
    throw new UsageError(`${meta.name}.${verb} was given rows of ${other.name}`, { hint: `give those to ${other.name}.${verb}` });
}

function assertSaved(instance: ModelBase, verb: string): void {
  const { status } = stateOf(instance);
  if (status !== "saved")
    throw new UsageError(`${String(instance)} cannot be ${verb}: it ${status === "new" ? "was never saved" : "was deleted"}`, {
      model: metaOfInstance(instance).name,
    });
}

function instantiate(model: unknown, values: unknown): ModelBase {
  const make = sourceOf(model as never) as unknown as new (values: unknown) => ModelBase;
  const meta = metaOf(model);
  if (values === undefined) throw new UsageError(`${meta.name}.create takes an object of column values, got undefined`);
  // Checked here as well: a class may have a constructor of its own that drops what it is given.
  inputKeys(meta, values);
  lookedAt(values);
  let instance: ModelBase;
  try {
    instance = new make(values);
  } finally {
    // A constructor that throws before it hands them over has not looked at them.
    lookedAt(null);
  }
  const lost = fillerOf(meta).lost(instance, values as Input);
  if (lost === undefined) return instance;
  throw new UsageError(`${lost.label} was given a value, and the new instance has none`, {
    hint: `a class field ${lost.property} hides the column: columns are declared in Model() only`,
  });
}

/** A class of some of the base's rows. @throws UsageError without a discriminator, and for columns that the base has */
function defineVariant(model: typeof ModelStatics, value: unknown, columns: unknown): unknown {
  const base = metaOf(model);
  const { discriminator, ...options } = base.options;
  if (discriminator === undefined || base.kind !== null)
    throw new UsageError(`${base.name} has no discriminator to tell variants by`, {
      hint: 'name a column in the options: Model("animal", { kind: str(), ... }, { discriminator: "kind" })',
    });
  if (typeof value !== "string" || value === "")
    throw new UsageError(`${base.name}.variant takes the value of ${discriminator} first, got ${kindOf(value)}`);
  const own = (columns ?? {}) as Readonly<Record<string, unknown>>;
  const told = base.builders.get(discriminator);
  if (told === undefined) throw base.unknownColumn(discriminator);
  for (const property of Object.keys(own))
    if (base.builders.has(property))
      throw new UsageError(`${base.name}.variant("${value}"): ${property} is a column of ${base.name} already`);
  const all = { ...Object.fromEntries(base.builders), [discriminator]: told.default(value), ...own };
  const behaviour = { ...base.behaviour, pinned: [...base.behaviour.pinned, discriminator] };
  const meta = new ModelMeta(base.table.name, all, options, behaviour, { base, value });
  class VariantWithColumns extends model {
    static override readonly [metaKey] = meta;
    static readonly $specs = all;
  }
  Object.defineProperty(VariantWithColumns, "name", { value: "" });
  return VariantWithColumns;
}

/** The class that a model extends. @throws UsageError for names that instances use themselves, and for unknown options */
export function defineModel(
  table: string,
  columns: Readonly<Record<string, unknown>>,
  options: TableOptions,
  behaviour: Behaviour,
): typeof ModelStatics {
  const meta = new ModelMeta(table, columns, options, behaviour);
  registerTable(meta);
  class ModelWithColumns extends ModelStatics {
    static override readonly [metaKey] = meta;
    static readonly $specs = columns;
  }
  // The factory's own class gives no name to messages.
  Object.defineProperty(ModelWithColumns, "name", { value: "" });
  return ModelWithColumns;
}
