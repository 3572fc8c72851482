/** A model as a class: its statics and what every row has. Types only. */
import type { Session } from "../../engine/session.ts";
import type { Expr, Ordering, RowClause, WhereClause } from "../../expr/expr.types.ts";
import type { DeletableStatics } from "./factory.types.ts";
import type { Hooks } from "./hooks.types.ts";
import type { OrderInput, QuerySet, Scope } from "./query.types.ts";
import type { KeyRef, Keys, Many, ManyToMany, ModelsOf, One, Owned, OwnedOptions, RelationOptions, ValueOfRef } from "./relation.types.ts";
import type { Either, InsertShape, JsonRowOf, StandardProps, UpdateShape } from "./shape.types.ts";
import type {
  ColumnSpec,
  Columns,
  EqualityOf,
  InsertOf,
  KeyNames,
  NoKeySpec,
  NumberNames,
  OnDelete,
  OnUpdate,
  PartOf,
  RowOf,
  Specs,
  ValueOf,
} from "./spec.types.ts";

declare const implicit: unique symbol;

/** Any model class; constraints look at nothing but the columns. */
export interface AnyModel {
  new (...args: any[]): any;
  readonly $specs: any;
}

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;
/** The key's value; an object of the keys where there are several. */
export type PrimaryKeyOf<M> = M extends { readonly $specs: { readonly id: ImplicitId } } ? number : DeclaredKeyOf<M>;
type DeclaredKeyOf<M> = M extends { readonly $specs: infer C }
  ? true extends IsUnion<KeyNames<C>>
    ? { [K in KeyNames<C>]: ValueOf<C[K]> }
    : ValueOf<C[KeyNames<C>]>
  : never;

/** What writes of many rows take beside their own options. */
export interface HooksOption {
  /**
   * Run each row's hooks, and tell receivers: default false. `update` and `delete` of a query then lock and read its rows, and
   * write them one by one, in one transaction; `update` takes plain values.
   */
  hooks?: boolean;
}

/** What a row is in JSON. */
export type JsonOf<C> = { [K in keyof RowOf<C>]: JsonValueOf<RowOf<C>[K]> };
type JsonValueOf<T> = T extends Date | bigint | Uint8Array ? string : T;

export interface DictOptions<C = Record<string, unknown>> {
  /** These columns alone. */
  readonly include?: readonly (keyof C & string)[];
  readonly exclude?: readonly (keyof C & string)[];
  /** Leaves out what is null. */
  readonly excludeNull?: boolean;
  /** Rows that were loaded beside this one: all of them, those of some relations, or each with options of its own. */
  readonly relations?: true | readonly string[] | Readonly<Record<string, true | DictOptions>>;
}

/** What `clean()` finds: messages by field, `*` for those of no one field. */
// biome-ignore lint/suspicious/noConfusingVoidType: a method that finds nothing has no return
type Cleaned<C> = void | { readonly [K in keyof C | "*"]?: string | readonly string[] | undefined };

/** What every instance has beside its columns. */
export interface Instance<C> extends Hooks<C> {
  /**
   * Inserts a new instance, or updates the changed columns of a loaded one. Resolves to the instance.
   * @throws StaleObjectError when the row is gone, or was changed by others and counts its changes
   */
  save(o?: { fields?: (keyof C)[] }): Promise<this>;
  /** Deletes the row. @throws StaleObjectError when it is gone already */
  delete(): Promise<void>;
  /** Reads every column again, dropping unsaved changes. @throws NotFoundError */
  refresh(): Promise<this>;
  /**
   * Loaded, visible columns; Dates as ISO text, bigints as text, bytes as base64. Hidden columns are never among them. Loaded
   * relations are, where they are asked for: `toJSON({ exclude: ["body"], relations: { author: { include: ["name"] } } })`.
   */
  toJSON(key?: string): JsonOf<C>;
  toJSON(o: DictOptions<C>): Partial<JsonOf<C>> & Record<string, unknown>;
  /** Loaded, visible columns as they are. */
  toDict(): RowOf<C>;
  toDict(o: DictOptions<C>): Partial<RowOf<C>> & Record<string, unknown>;
  /** The same as `toDict`. */
  modelDump(): RowOf<C>;
  modelDump(o: DictOptions<C>): Partial<RowOf<C>> & Record<string, unknown>;
  /**
   * Rules across columns, asked before every insert and update of a row. Returns messages by field (`*`: of no one field), or
   * throws a ValidationError; it may change the row, and may be async.
   */
  clean(): Cleaned<C> | Promise<Cleaned<C>>;
  /** Asks the rules of the columns; of a row that was read, of those that it has. @throws ValidationError */
  validate(): void;
  /** Asks the database whether the row's unique keys are free, with one statement for each that is new or changed. @throws ValidationError */
  validateUnique(): Promise<void>;
  /** The rules of the columns, `clean()` and the unique keys, in one error. @throws ValidationError */
  fullClean(): Promise<void>;
  /**
   * The rows of another model that point here: `get posts() { return this.hasMany(Post, (post) => post.authorId); }`. Of a
   * model that points at several with `belongsToAny`, the lambda picks the same columns as there.
   */
  hasMany<M extends AnyModel, K>(
    model: M,
    key: (theirs: Keys<M["$specs"]>) => KeyRef<K, any> | readonly KeyRef<K, any>[],
    o: OwnedOptions<M>,
  ): Owned<M, K>;
  hasMany<M extends AnyModel, K>(
    model: M,
    key: (theirs: Keys<M["$specs"]>) => KeyRef<K, any> | readonly KeyRef<K, any>[],
    o?: RelationOptions<M>,
  ): Many<M, K>;
  /** The one row of another model that points here; with an order, the first of them. */
  hasOne<M extends AnyModel, K>(
    model: M,
    key: (theirs: Keys<M["$specs"]>) => KeyRef<K, any> | readonly KeyRef<K, any>[],
    o?: RelationOptions<M>,
  ): One<M, null>;
  /** The row that this one points at; null where it may be deleted. */
  belongsTo<M extends AnyModel, R extends KeyRef<any, any> | readonly KeyRef<any, any>[]>(
    model: M,
    key: (ours: Keys<C>) => R,
  ): One<M, (null extends ValueOfRef<R> ? null : never) | (M extends { readonly $deletable: true } ? null : never)>;
  /**
   * The row of one of several models that this one points at: the lambda picks the column that says which, then the key.
   * The column holds the table's name; an object gives the models other names: `{ article: Post, film: Video }`. Null where
   * the row is gone, since no foreign key can guard it.
   * @throws UsageError for a row whose kind is none of these
   */
  belongsToAny<const M extends readonly AnyModel[] | Readonly<Record<string, AnyModel>>>(
    models: M,
    key: (ours: Keys<C>) => readonly [kind: KeyRef<any, any>, key: KeyRef<any, any>, ...more: KeyRef<any, any>[]],
  ): One<ModelsOf<M>, null, "any">;
  /**
   * Rows linked through a table of pairs: the lambda picks our column of it, then theirs; a key of several columns is an
   * array: `(link) => [[link.hall, link.seat], link.tagId]`.
   */
  manyToMany<M extends AnyModel, J extends AnyModel, K>(
    model: M,
    through: J,
    keys: (
      link: Keys<J["$specs"]>,
    ) => readonly [ours: KeyRef<K, any> | readonly KeyRef<K, any>[], theirs: KeyRef<K, any> | readonly KeyRef<K, any>[]],
    o?: RelationOptions<M>,
  ): ManyToMany<M, J, K>;
  /** What differs from the database as last read or written; of a new row, every value that it has. */
  readonly changes: Partial<Record<keyof C, [before: unknown, after: unknown]>>;
  /** True when there are changes. */
  readonly isDirty: boolean;
  /** The columns that have changed, in declared order. */
  readonly changedFields: (keyof C & string)[];
  /** Gives the changed columns, or these of them, back what the database had. @throws UsageError for a row that was never saved */
  revert(...fields: (keyof C)[]): this;
  /** The columns that differ from another row's, key and version left out. @throws UsageError for a row of another model */
  diff(other: Instance<C>): Partial<Record<keyof C, [mine: unknown, theirs: unknown]>>;
  /**
   * A new row with the same values, not saved: without key, version and times, without server-only columns, and not deleted.
   * @example
   * const copy = await post.clone({ title: `Copy of ${post.title}` }).save();
   */
  clone(overrides?: PartOf<C>): this;
}

/** The class of a variant. C: all its columns, V: those that it adds. */
export type VariantClass<M extends AnyModel, C, V> = Statics<C> &
  (M extends DeletableStatics ? DeletableStatics : unknown) &
  (new (
    values?: PartOf<C>,
  ) => InstanceType<M> & RowOf<V>);

type Checked<I> = I extends { clean(): PromiseLike<unknown> } ? Promise<I> : I;

export interface Statics<C> {
  readonly $specs: C;
  /** The columns, for clauses that are kept and reused. */
  readonly c: Columns<C>;
  /**
   * What `create` takes from outside, as a schema that checks it: for routes, forms and other tools of Standard Schema. Unknown
   * columns are refused; server-only columns and keys that the database or the model makes are unknown.
   */
  readonly insert: InsertShape<C>;
  /** The same of an update: every column but the key, and each may be missing. */
  readonly update: UpdateShape<C>;
  /** The model as a schema of its rows: every column that is not hidden. */
  readonly "~standard": StandardProps<Either<RowOf<C>, JsonRowOf<C>>, RowOf<C>>;
  all<M extends AnyModel>(this: M): QuerySet<[M], InstanceType<M>, Columns<C>>;
  where<M extends AnyModel>(
    this: M,
    condition: NoInfer<RowClause | EqualityOf<C> | ((scope: Scope<M>) => RowClause)>,
  ): QuerySet<[M], InstanceType<M>, Columns<C>>;
  exclude<M extends AnyModel>(
    this: M,
    condition: NoInfer<RowClause | EqualityOf<C> | ((scope: Scope<M>) => RowClause)>,
  ): QuerySet<[M], InstanceType<M>, Columns<C>>;
  /** The rows in the order that a user asked for: `orderByInput("-views,title", { allow: ["views", "title"] })`. */
  orderByInput<M extends AnyModel>(
    this: M,
    text: string | null | undefined,
    o: OrderInput<[M]>,
  ): QuerySet<[M], InstanceType<M>, Columns<C>>;
  /**
   * Instances from hand-written SQL, every hole bound: the result has exactly the model's columns, by their names in the
   * database and in any order. Hidden ones may be among them, and are not read.
   * @throws UsageError naming the columns that are missing or not the model's
   * @example
   * await Post.fromSQL`select * from post where views > ${10}`;
   */
  fromSQL<M extends AnyModel>(this: M, texts: TemplateStringsArray, ...values: unknown[]): Promise<InstanceType<M>[]>;
  /**
   * Some of the rows of this table as a class of their own, told by the model's `discriminator`: it reads and makes those alone. Its
   * columns may be NULL in the table, since other rows have none of them.
   */
  variant<M extends AnyModel, const V extends Specs = Record<never, never>>(this: M, value: string, columns?: V): VariantClass<M, C & V, V>;
  /** This model on another engine or transaction handle: the same class to `instanceof`. */
  using<M extends AnyModel>(this: M, engine: Session | string): M;
  /** Rows whatever the model's scopes say. @throws UsageError without a reason, which is for whoever reads the code */
  unscoped<M extends AnyModel>(this: M, reason: string): QuerySet<[M], InstanceType<M>, Columns<C>>;
  first<M extends AnyModel>(this: M): Promise<InstanceType<M> | null>;
  last<M extends AnyModel>(this: M): Promise<InstanceType<M> | null>;
  count(): Promise<number>;
  /**
   * An unsaved row of plain input, once its columns and its `clean()` have nothing against it; a promise where `clean()` is
   * async. `json`: the input went through JSON, its instants are ISO text, its bigints text and its bytes base64.
   * @throws ValidationError that tells everything, keys that are no columns included
   */
  validate<M extends AnyModel>(this: M, input: unknown, o?: { json?: boolean }): Checked<InstanceType<M>>;
  /** The same as `validate`. */
  modelValidate<M extends AnyModel>(this: M, input: unknown, o?: { json?: boolean }): Checked<InstanceType<M>>;
  /** Inserts one row. @throws ValidationError that tells all that is wrong with it, before anything is sent */
  create<M extends AnyModel>(this: M, values: InsertOf<C>): Promise<InstanceType<M>>;
  /** Inserts all rows or none, in as few statements as the dialect's limits allow. */
  bulkCreate<M extends AnyModel>(
    this: M,
    rows: readonly (InsertOf<C> | InstanceType<M>)[],
    o?: { batchSize?: number } & HooksOption,
  ): Promise<InstanceType<M>[]>;
  find<M extends AnyModel>(this: M, key: PrimaryKeyOf<M>): Promise<InstanceType<M> | null>;
  get<M extends AnyModel>(
    this: M,
    condition: NoInfer<RowClause | EqualityOf<C> | ((scope: Scope<M>) => RowClause)>,
  ): Promise<InstanceType<M>>;
  getOrNull<M extends AnyModel>(
    this: M,
    condition: NoInfer<RowClause | EqualityOf<C> | ((scope: Scope<M>) => RowClause)>,
  ): Promise<InstanceType<M> | null>;
  /**
   * The row that has these values, or a new one of them and the defaults. Two callers at once get the same row when a
   * unique key covers the lookup.
   */
  getOrCreate<M extends AnyModel>(this: M, lookup: EqualityOf<C>, defaults?: PartOf<C>): Promise<[InstanceType<M>, created: boolean]>;
  /** The same, and an existing row gets the values. */
  updateOrCreate<M extends AnyModel>(this: M, lookup: EqualityOf<C>, values: PartOf<C>): Promise<[InstanceType<M>, created: boolean]>;
  /**
   * Inserts rows; where a key of the `on` columns is there already, its `update` columns take the new values (all given
   * ones unless said, `[]` leaves the row as it is), if the row that is there meets `where`. Resolves to the rows as they are then, in the order given. MySQL
   * and MariaDB look at every unique key of the table, not only at `on`.
   */
  upsert<M extends AnyModel>(
    this: M,
    rows: readonly InsertOf<C>[],
    o: { on: (keyof C)[]; update?: (keyof C)[]; where?: NoInfer<(existing: Scope<M>, incoming: Columns<C>) => WhereClause> } & HooksOption,
  ): Promise<InstanceType<M>[]>;
  /**
   * Writes the changed columns (or `fields`) of many instances, one statement per chunk, all or none. Resolves to their
   * number. @throws StaleObjectError when a row is gone, or was changed by others and counts its changes
   */
  bulkUpdate<M extends AnyModel>(
    this: M,
    rows: readonly InstanceType<M>[],
    o?: (keyof C)[] | ({ fields?: (keyof C)[] } & HooksOption),
  ): Promise<number>;
  /** Empties the table and restarts its numbering. */
  truncate(): Promise<void>;
}

type DeclaredId = ColumnSpec<number, "int", true, false, true>;
/** The key of a model that declares none. */
interface ImplicitId extends DeclaredId {
  readonly [implicit]: true;
}
export type WithId<C> = C[keyof C] extends NoKeySpec ? { id: ImplicitId } & C : C extends { readonly id: ImplicitId } ? Taken<C> : C;
/** Columns of another model, its key among them, which may be a part of a larger key here. */
type Taken<C> = [KeyNames<C>] extends ["id"] ? C : { readonly [K in keyof C]: C[K] extends ImplicitId ? DeclaredId : C[K] };

export interface IndexOptions<C> {
  on: (keyof C)[];
  unique?: boolean;
  name?: string;
  /** Partial index: only rows that meet this. */
  where?: (columns: Columns<C>) => WhereClause;
}
export interface ForeignKeyOptions<C> {
  on: (keyof C)[];
  /** The model, or its table's name: for a table that refers to itself. */
  target: (() => AnyModel) | string;
  /** Properties of the target; its primary key when absent. */
  references?: string[];
  onDelete?: OnDelete;
  onUpdate?: OnUpdate;
  name?: string;
}
/** Which changes are made once more, to the row as it is now, and checked again; once for each save. */
export interface RebaseOptions<C> {
  /** Changes of columns that the others have not changed. */
  disjoint?: boolean;
  /** Numbers: what was added is added to theirs, if it is no more than this in either direction. */
  deltas?: { readonly [K in NumberNames<C>]?: Exclude<ValueOf<C[K]>, null> };
}
export interface ModelOptions<C> {
  /** Each entry: columns, or an object with options. */
  indexes?: (columns: Columns<C>) => (IndexOptions<C> | Expr<any> | Ordering | (Expr<any> | Ordering)[])[];
  /** Each entry: the columns that are unique together. */
  uniques?: (columns: Columns<C>) => (Expr<any>[] | { on: Expr<any>[]; name?: string })[];
  checks?: (columns: Columns<C>) => WhereClause[] | Record<string, WhereClause>;
  foreignKeys?: ForeignKeyOptions<C>[];
  /** The order of queries that say none. */
  orderBy?: (columns: Columns<C>) => Ordering | Ordering[];
  comment?: string;
  /** Of a SoftDeleteModel: relations (hasMany, hasOne) whose rows are deleted and restored with a row. */
  cascade?: string[];
  /** The column that tells variants, which `static get variants() { return [Dog, Cat]; }` lists. */
  discriminator?: keyof C & string;
  /**
   * Of a model that counts its changes: what a save does that finds its row changed by others. With neither it throws
   * StaleObjectError, as it does for everything that these leave out.
   */
  rebase?: RebaseOptions<C>;
  /** The table's schema (PostgreSQL) or database (MySQL). */
  schema?: string;
  /** How column names come from properties; `snake_case` by default, `preserve` keeps them. */
  naming?: "snake_case" | "preserve" | ((property: string) => string);
}
