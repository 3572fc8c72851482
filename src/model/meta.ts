/**
 * What is known of a model: table, columns, keys. One object per table declaration, inherited by every class made of it.
 * Columns are resolved at first use: a foreign key's type is its target's, and targets may be declared later. Layer 6.
 */
import type { ColumnNode, ColumnRef, OrderNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, TableRef, TableSource } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { acceptText } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { OrderTerm } from "../expr/expression.ts";
import { snakeCase } from "../util/names.ts";
import { suggestion } from "../util/suggest.ts";
import { ColumnBuilder, type ColumnDeclaration, implicitId } from "./columns.ts";
import { scopeClass } from "./model-scope.ts";
import { assertPropertyName } from "./reserved.ts";
import { declaredScope, deletedAt, deletedScope, kindScope } from "./standing-scopes.ts";
import { assertOptions, assertRebase, type Behaviour, plainBehaviour, type TableOptions, versionProperty } from "./table-options.ts";

/** One column, ready for use. */
export interface ColumnMeta {
  readonly index: number;
  readonly property: string;
  /** `Post.title`, for messages. */
  readonly label: string;
  readonly ref: ColumnRef;
  readonly codec: Codec;
  readonly declaration: ColumnDeclaration;
}

export type ModelClassLike = abstract new (...args: never[]) => object;

/** Which rows of a model that keeps deleted ones. */
export type Kept = "live" | "deleted" | "all";

export interface KindOf {
  readonly base: ModelMeta;
  readonly value: string;
}

export class ModelMeta {
  readonly table: TableRef;
  readonly options: TableOptions;
  readonly builders: ReadonlyMap<string, ColumnBuilder>;
  readonly primaryProperties: readonly string[];
  /** The class name once a class is known, the table's before. */
  name: string;
  /** The class of its rows, once one is known. */
  model: ModelClassLike | null = null;
  readonly behaviour: Behaviour;
  /** The table in FROM, with its standing conditions. */
  readonly source: TableSource;
  /** The table in FROM, whatever its rows are. */
  readonly bare: TableSource;
  /** What whole rows are selected with. */
  readonly token: ScopeToken;
  /** The model that this one is a kind of, and the value that tells its rows. */
  readonly kind: KindOf | null;
  #variants: readonly ModelMeta[] | null = null;
  #columns: ReadonlyMap<string, ColumnMeta> | null = null;
  #list: readonly ColumnMeta[] | null = null;
  #ownColumns: readonly ColumnMeta[] | null = null;
  #timed: readonly ColumnMeta[] | null = null;
  #visible: readonly ColumnMeta[] | null = null;
  #primaryKey: readonly ColumnMeta[] | null = null;
  #scopeClass: (new (token: ColumnNode["token"]) => object) | null = null;
  #order: readonly Clause<OrderNode>[] | null = null;

  constructor(
    table: string,
    columns: Readonly<Record<string, unknown>>,
    options: TableOptions,
    behaviour: Behaviour = plainBehaviour,
    kind: KindOf | null = null,
  ) {
    this.kind = kind;
    this.table = kind?.base.table ?? {
      name: acceptName(table, "a table"),
      schema: options.schema === undefined ? null : acceptName(options.schema, "a schema"),
    };
    this.behaviour = behaviour;
    this.bare = { kind: "table", table: this.table };
    assertOptions(table, options);
    this.options = options;
    this.name = table;
    this.token = { kind: "scope", label: table };
    this.source = this.reading("live", true);
    if (typeof columns !== "object" || columns === null)
      throw new UsageError(`model "${table}" needs its columns`, { hint: 'write Model("post", { title: str() })' });
    const builders = new Map<string, ColumnBuilder>();
    for (const [property, builder] of Object.entries(columns)) {
      assertPropertyName(property, table);
      if (!(builder instanceof ColumnBuilder))
        throw new UsageError(`model "${table}": ${property} is not a column`, { hint: "write str(), int(), foreignKey(() => Model) ..." });
      builders.set(property, builder);
    }
    if (![...builders.values()].some((builder) => builder.declaration.primaryKey)) {
      if (builders.has("id"))
        throw new UsageError(`model "${table}": the column id is not the primary key`, { hint: "add .primaryKey() to it, or rename it" });
      builders.delete("id");
      this.builders = new Map([["id", implicitId()], ...builders]);
    } else this.builders = builders;
    this.primaryProperties = [...this.builders].filter(([, builder]) => builder.declaration.primaryKey).map(([property]) => property);
    this.behaviour = { ...behaviour, version: versionProperty(table, this.builders) };
    assertRebase(table, this.builders, this.behaviour.version, options.rebase);
  }

  /** The table with the standing conditions that are asked for. `scoped`: those of the model's own, such as a tenant; `reason`: why not. */
  reading(kept: Kept, scoped: boolean, reason: string | null = null): TableSource {
    const { deletion, scopes } = this.behaviour;
    const standing = scoped ? Object.entries(scopes).map(([name, scope]) => declaredScope(this, name, scope)) : [];
    if (deletion === "soft" && kept !== "all") {
      const column = () => this.node(this.column(deletedAt), this.token);
      standing.push(deletedScope(this.token, column, kept === "deleted"));
    }
    if (this.kind !== null) standing.push(kindScope(this.token, () => this.node(this.discriminator, this.token), this.kind.value));
    if (standing.length === 0 && reason === null) return this.bare;
    return { ...this.bare, ...(standing.length === 0 ? {} : { scopes: standing }), ...(reason === null ? {} : { unscoped: reason }) };
  }

  /** The models whose rows this one's table holds as well, each told by a value. @throws UsageError for classes that are none */
  get variants(): readonly ModelMeta[] {
    this.#variants ??= this.options.discriminator === undefined || this.kind !== null ? [] : variantsOf(this);
    return this.#variants;
  }

  /** The column that tells the variants. */
  get discriminator(): ColumnMeta {
    return this.column((this.kind?.base ?? this).options.discriminator as string);
  }

  /** By property, in declared order; those of variants last. */
  get columns(): ReadonlyMap<string, ColumnMeta> {
    this.#columns ??= this.#resolve();
    return this.#columns;
  }

  /** In declared order. */
  get list(): readonly ColumnMeta[] {
    this.#list ??= [...this.columns.values()];
    return this.#list;
  }
  /** Without those that only a variant has. */
  get ownColumns(): readonly ColumnMeta[] {
    this.#ownColumns ??= this.list.filter(({ property }) => this.builders.has(property));
    return this.#ownColumns;
  }

  /** Those that get the time of a write. */
  get timed(): readonly ColumnMeta[] {
    this.#timed ??= this.list.filter(({ declaration }) => declaration.autoNow || declaration.autoNowAdd);
    return this.#timed;
  }

  /** The columns that a row has unless it asks for more. */
  get visible(): readonly ColumnMeta[] {
    this.#visible ??= this.list.filter((column) => !column.declaration.hidden);
    return this.#visible;
  }

  get primaryKey(): readonly ColumnMeta[] {
    this.#primaryKey ??= this.primaryProperties.map((property) => this.column(property));
    return this.#primaryKey;
  }

  /** @throws UsageError with the nearest name */
  column(property: string): ColumnMeta {
    const found = this.columns.get(property);
    if (found !== undefined) return found;
    throw this.unknownColumn(property);
  }

  unknownColumn(property: string): UsageError {
    return new UsageError(`${this.name} has no column ${JSON.stringify(property)}`, {
      model: this.name,
      hint: suggestion(property, [...this.columns.keys()]) ?? `it has ${[...this.columns.keys()].join(", ")}`,
    });
  }

  /** The columns of one source, as a lambda's parameter sees them. */
  scope(token: ColumnNode["token"]): object {
    return new this.scopeClass(token);
  }

  get scopeClass(): new (
    token: ColumnNode["token"],
  ) => object {
    this.#scopeClass ??= scopeClass(this);
    return this.#scopeClass;
  }

  /** The order of queries that say none. */
  get defaultOrder(): readonly Clause<OrderNode>[] {
    if (this.#order !== null) return this.#order;
    const given = this.options.orderBy?.(this.scope({ kind: "table", table: this.table }) as never);
    const terms = given === undefined ? [] : Array.isArray(given) ? given : [given];
    this.#order = terms.map((term: unknown) => {
      if (!OrderTerm.is(term)) throw new UsageError(`${this.name}: orderBy takes columns with asc() or desc()`);
      return { tokens: [], node: term.node };
    });
    return this.#order;
  }

  node(column: Pick<ColumnMeta, "ref" | "codec">, token: ColumnNode["token"]): ColumnNode {
    return { kind: "column", token, column: column.ref, codec: column.codec };
  }

  #resolve(): ReadonlyMap<string, ColumnMeta> {
    const columns = new Map<string, ColumnMeta>();
    const { naming } = this.options;
    const nameOf =
      naming === undefined || naming === "snake_case" ? snakeCase : naming === "preserve" ? (property: string) => property : naming;
    for (const [property, { declaration }] of [...this.builders, ...variantColumns(this)]) {
      const label = `${this.name}.${property}`;
      const name = acceptName(declaration.name ?? nameOf(property), label);
      const ref = { property, name, explicit: declaration.name !== null || naming !== undefined };
      columns.set(property, {
        index: columns.size,
        property,
        label,
        ref,
        codec: declaration.codec ?? this.#keyCodec(declaration, label),
        declaration,
      });
    }
    const names = new Set<string>();
    for (const { ref, label } of columns.values()) {
      if (names.has(ref.name)) throw new UsageError(`${label}: another column has the name ${JSON.stringify(ref.name)} already`);
      names.add(ref.name);
    }
    return columns;
  }

  #keyCodec(declaration: ColumnDeclaration, label: string): Codec {
    const { reference } = declaration;
    if (reference === null) throw new UsageError(`${label} has no type`);
    const target = targetOf(reference.target, this, label);
    return referencedProperty(
      target,
      reference.column,
      label,
      (builder) => builder.declaration.codec ?? target.column(target.primaryProperties[0] as string).codec,
    );
  }
}

function variantsOf(base: ModelMeta): ModelMeta[] {
  if (base.model === null) throw new UsageError(`the class of ${base.table.name} is not known yet: refer to it by () => Model`);
  const listed = (base.model as { readonly variants?: unknown }).variants ?? [];
  if (!Array.isArray(listed)) throw new UsageError(`${base.name}.variants is an array of classes`);
  const found = listed.map((model: unknown) => metaOf(model, `${base.name}.variants`));
  for (const meta of found) {
    if (meta.kind?.base !== base)
      throw new UsageError(`${base.name}.variants: ${meta.name} is none`, {
        hint: `make it: class ${meta.name} extends ${base.name}.variant("...", {})`,
      });
    if (found.some((other) => other !== meta && other.kind?.value === meta.kind?.value))
      throw new UsageError(`${base.name}.variants: two classes are told by the same value`);
  }
  return found;
}

/** Columns that only some rows of the table have a value in. @throws UsageError where two variants mean different ones */
function variantColumns(base: ModelMeta): Map<string, ColumnBuilder> {
  const columns = new Map<string, ColumnBuilder>();
  const sources = new Map<string, ColumnBuilder>();
  for (const { builders, name } of base.variants) {
    for (const [property, builder] of builders) {
      if (base.builders.has(property)) continue;
      if ((sources.get(property) ?? builder) !== builder)
        throw new UsageError(`${name}.${property}: another variant of ${base.name} has a column of that name`, {
          hint: "share one declaration, or call it otherwise",
        });
      sources.set(property, builder);
      columns.set(property, builder.nullable());
    }
  }
  return columns;
}

function referencedProperty<T>(target: ModelMeta, property: string | null, label: string, read: (builder: ColumnBuilder) => T): T {
  if (property === null && target.primaryProperties.length !== 1) {
    throw new UsageError(`${label}: ${target.name} has a primary key of several columns`, {
      hint: "declare the key with the table option foreignKeys",
    });
  }
  const builder = target.builders.get(property ?? (target.primaryProperties[0] as string));
  if (builder === undefined) throw new UsageError(`${label}: ${target.name} has no column ${JSON.stringify(property)} to refer to`);
  return read(builder);
}

function acceptName(name: unknown, what: string): string {
  const text = acceptText(name, `the name of ${what}`);
  if (text === "" || text.trim() !== text || /\p{Cc}/u.test(text)) {
    throw new UsageError(`the name of ${what} is empty, has blanks around it or holds control characters`);
  }
  return text;
}

/** The static under which a class carries its meta. A module's own symbol: see `secondCopy` for classes of another copy. */
export const metaKey: unique symbol = Symbol("meta");

/** By `table`, or by `schema.table`: two schemas may have tables of one name. */
const byTable = new Map<string, ModelMeta>();

function fullName({ table: { schema, name } }: ModelMeta): string {
  return schema === null ? name : `${schema}.${name}`;
}

let registered: ReadonlySet<ModelMeta> | null = null;

export function registerTable(meta: ModelMeta): void {
  byTable.set(fullName(meta), meta);
  registered = null;
}

/** Every table's model, the one that was declared last. The same set as long as none is declared. */
export function registeredModels(): ReadonlySet<ModelMeta> {
  registered ??= new Set(byTable.values());
  return registered;
}

/** The meta of a model class. @throws UsageError for anything else */
export function metaOf(model: unknown, label = "this"): ModelMeta {
  if (typeof model === "function" && metaKey in model) {
    const meta = model[metaKey] as ModelMeta;
    // The factory's class has no name of its own: the first named class that is used gives its.
    if (meta.model === null && model.name !== "") meta.model = (model.prototype as { constructor: ModelClassLike }).constructor;
    if (meta.name === meta.table.name && typeof model.name === "string" && model.name !== "" && model.name !== "ModelBase")
      meta.name = model.name;
    return meta;
  }
  if (typeof model === "function" && "$specs" in model) {
    throw new UsageError(`${label}: the model comes from another copy of kakaorm`, {
      hint: "two copies are installed: run `npm ls kakaorm` and dedupe",
    });
  }
  throw new UsageError(`${label} takes a model class`, { hint: "a class that extends Model(table, columns)" });
}

/** The model that a foreign key points at: given by a function, or by table name. A bare name means a table without a schema first. */
export function targetOf(target: (() => unknown) | string, self: ModelMeta, label: string): ModelMeta {
  if (typeof target === "function") return metaOf(target(), label);
  if (target === self.table.name || target === fullName(self)) return self;
  const found = byTable.get(target) ?? [...byTable.values()].findLast(({ table }) => table.name === target);
  if (found === undefined) {
    throw new UsageError(`${label} refers to the table ${JSON.stringify(target)}, and no model declares it`, {
      hint: "import the model's file before the first query, or refer to it by () => Model",
    });
  }
  return found;
}
