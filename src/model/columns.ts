/** The words a model declares its columns with. Each call returns a new spec: a map of columns can be shared. Layer 6. */
import type { ReferentialAction } from "../ast/ddl.ts";
import type { ExprNode } from "../ast/expr.ts";
import type { Codec, CustomCodec, Family } from "../codec/codec.ts";
import { arrayCodec, customCodec } from "../codec/compose.ts";
import { jsonCodec } from "../codec/json.ts";
import { bigintCodec, decimalCodec, floatCodec, intCodec, safeIntCodec, smallintCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { type CodecSource, ownCodec } from "../codec/source.ts";
import { dateCodec, datetimeCodec, timeCodec } from "../codec/temporal.ts";
import { boolCodec, bytesCodec, enumCodec, stringCodec, textCodec, uuidCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import type { Rule } from "../validate/rule.ts";
import * as rules from "../validate/rules.ts";
import type { AnyModel, PrimaryKeyOf } from "./types/model.types.ts";
import type {
  AnySpec,
  ColumnSpec,
  Kept,
  OnDelete,
  OnUpdate,
  OrderedSpec,
  ReferenceOptions,
  TextSpec,
  TimestampSpec,
} from "./types/spec.types.ts";

export interface ColumnReference {
  readonly target: (() => AnyModel) | string;
  readonly column: string | null;
  /** `protect`: refused before it is tried, and by the database. */
  readonly onDelete: ReferentialAction | "protect";
  readonly onUpdate: ReferentialAction;
}

/** Everything one column was declared with. */
export interface ColumnDeclaration {
  /** Null: the type of what `reference` points at. */
  readonly codec: Codec | null;
  readonly name: string | null;
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  readonly identity: boolean;
  readonly unique: boolean;
  readonly index: boolean;
  readonly hidden: boolean;
  readonly serverOnly: boolean;
  /** `perRow`: a function of the model makes it. */
  readonly default: { readonly make: () => unknown; readonly perRow: boolean } | null;
  readonly dbDefault: ExprNode | { readonly value: unknown } | null;
  readonly autoNow: boolean;
  readonly autoNowAdd: boolean;
  /** It counts the changes of its row. */
  readonly version: boolean;
  readonly checks: readonly ((column: never) => unknown)[];
  /** Rules with a name: data that schemas can be made of. */
  readonly rules: readonly Rule[];
  /** Rules that say no by throwing. */
  readonly validators: readonly ((value: never) => void)[];
  readonly reference: ColumnReference | null;
  readonly comment: string | null;
}

const plain: ColumnDeclaration = {
  codec: null,
  name: null,
  nullable: false,
  primaryKey: false,
  identity: false,
  unique: false,
  index: false,
  hidden: false,
  serverOnly: false,
  default: null,
  dbDefault: null,
  autoNow: false,
  autoNowAdd: false,
  version: false,
  checks: [],
  rules: [],
  validators: [],
  reference: null,
  comment: null,
};

const actions: readonly unknown[] = ["cascade", "set null", "set default", "restrict", "no action"] satisfies ReferentialAction[];
const deletions: readonly unknown[] = [...actions, "protect"] satisfies unknown[];

/** @throws UsageError for another word */
function action<W>(given: unknown, option: string, words: readonly unknown[]): W {
  const chosen = given ?? "no action";
  if (!words.includes(chosen)) throw new UsageError(`${option} is one of ${words.join(", ")}`);
  return chosen as W;
}

/** What a foreign key does when the row that it refers to is deleted or gets another key. */
export function keyActions(o: {
  readonly onDelete?: unknown;
  readonly onUpdate?: unknown;
}): Pick<ColumnReference, "onDelete" | "onUpdate"> {
  return { onDelete: action(o.onDelete, "onDelete", deletions), onUpdate: action(o.onUpdate, "onUpdate", actions) };
}

const ordered: ReadonlySet<Family> = new Set<Family>(["int", "bigint", "float", "decimal", "date", "time", "timestamp"]);
const isText = (family: Family): boolean => family === "text";
const isOrdered = (family: Family): boolean => ordered.has(family);

function messageOf(given: unknown): string | null {
  if (given === undefined) return null;
  if (typeof given !== "string" || given === "") throw new UsageError("the message of a rule is a text");
  return given;
}

/** The runtime of every `ColumnSpec`. */
export class ColumnBuilder implements CodecSource {
  readonly declaration: ColumnDeclaration;

  constructor(declaration: ColumnDeclaration) {
    this.declaration = declaration;
  }

  get [ownCodec](): Codec | null {
    return this.declaration.codec;
  }

  #with(change: Partial<ColumnDeclaration>): ColumnBuilder {
    return new ColumnBuilder({ ...this.declaration, ...change });
  }

  #codec(verb: string): Codec {
    const { codec } = this.declaration;
    if (codec === null || codec.custom !== undefined)
      throw new UsageError(`${verb}() needs a column of a built-in type`, { hint: "write .validate((value) => ...)" });
    return codec;
  }

  #withRule(rule: Rule, verb?: string, takes?: (family: Family) => boolean): ColumnBuilder {
    if (verb !== undefined && takes?.(this.#codec(verb).family) !== true)
      throw new UsageError(`${verb}() is for columns of ${takes === isText ? "text" : "numbers, dates and times"}`);
    return this.#with({ rules: [...this.declaration.rules, rule] });
  }

  nullable(): ColumnBuilder {
    return this.#with({ nullable: true });
  }
  default(value: unknown): ColumnBuilder {
    if (value === undefined || value === null)
      throw new UsageError("a default is a value or a function", { hint: "a nullable column is null without one" });
    if (typeof value === "function") return this.#with({ default: { make: value as () => unknown, perRow: true } });
    // A shared object would be the same one in every row.
    const make = typeof value === "object" ? () => structuredClone(value) : () => value;
    return this.#with({ default: { make, perRow: false } });
  }
  dbDefault(value: unknown): ColumnBuilder {
    if (value === undefined || value === null) throw new UsageError("a database default is a value or an sql fragment");
    return this.#with({ dbDefault: Expression.is(value) ? value.node : { value } });
  }
  primaryKey(): ColumnBuilder {
    return this.#with({ primaryKey: true, nullable: false });
  }
  identity(): ColumnBuilder {
    const word = this.declaration.codec?.type.word;
    if (word !== "int" && word !== "bigint" && word !== "smallint") throw new UsageError("identity() is for integer columns");
    return this.#with({ identity: true });
  }
  unique(): ColumnBuilder {
    return this.#with({ unique: true });
  }
  index(): ColumnBuilder {
    return this.#with({ index: true });
  }
  check(rule: (column: never) => unknown): ColumnBuilder {
    return this.#with({ checks: [...this.declaration.checks, rule] });
  }
  validate(...rules: ((value: never) => void)[]): ColumnBuilder {
    return this.#with({ validators: [...this.declaration.validators, ...rules] });
  }
  rule(name: unknown, test: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.named(name, test, messageOf(message)));
  }
  minLength(characters: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.minLength(characters, messageOf(message)), "minLength", isText);
  }
  maxLength(characters: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.maxLength(characters, messageOf(message)), "maxLength", isText);
  }
  regex(pattern: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.regex(pattern, messageOf(message)), "regex", isText);
  }
  email(message?: unknown): ColumnBuilder {
    return this.#withRule(rules.email(messageOf(message)), "email", isText);
  }
  url(o?: string | { readonly protocols?: unknown; readonly message?: unknown }): ColumnBuilder {
    const { message, protocols } = typeof o === "object" ? o : { message: o };
    return this.#withRule(rules.url(messageOf(message), protocols), "url", isText);
  }
  slug(message?: unknown): ColumnBuilder {
    return this.#withRule(rules.slug(messageOf(message)), "slug", isText);
  }
  ip(o?: string | { readonly version?: unknown; readonly message?: unknown }): ColumnBuilder {
    const { message, version } = typeof o === "object" ? o : { message: o };
    return this.#withRule(rules.ip(messageOf(message), version), "ip", isText);
  }
  minValue(value: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.minValue(this.#codec("minValue"), value, messageOf(message)), "minValue", isOrdered);
  }
  maxValue(value: unknown, message?: unknown): ColumnBuilder {
    return this.#withRule(rules.maxValue(this.#codec("maxValue"), value, messageOf(message)), "maxValue", isOrdered);
  }
  oneOf(values: unknown, message?: unknown): ColumnBuilder {
    const codec = this.#codec("oneOf");
    return this.#withRule(rules.oneOf(codec, values, messageOf(message)), "oneOf", (family) => isText(family) || isOrdered(family));
  }
  hidden(): ColumnBuilder {
    return this.#with({ hidden: true });
  }
  serverOnly(): ColumnBuilder {
    return this.#with({ serverOnly: true });
  }
  references(target: () => AnyModel, o: ReferenceOptions = {}): ColumnBuilder {
    return this.#with({
      reference: { target, column: o.column ?? null, ...keyActions(o) },
    });
  }
  column(name: string): ColumnBuilder {
    return this.#with({ name });
  }
  comment(text: string): ColumnBuilder {
    return this.#with({ comment: text });
  }
  autoNow(): ColumnBuilder {
    return this.#with({ autoNow: true });
  }
  autoNowAdd(): ColumnBuilder {
    return this.#with({ autoNowAdd: true });
  }
}

export interface ColumnOptions {
  /** The column's name in the database. */
  column?: string;
}

function column(codec: Codec, o?: ColumnOptions): never {
  if (o !== undefined && (typeof o !== "object" || o === null))
    throw new UsageError(`a column takes its options as an object, got ${kindOf(o)}`, { hint: "write str({ length: 200 })" });
  return new ColumnBuilder({ ...plain, codec, name: o?.column ?? null }) as never;
}

/** A whole number of 16 bits. */
export function smallint(o?: ColumnOptions): OrderedSpec<number, "int"> {
  return column(smallintCodec, o);
}
/** A whole number of 32 bits. */
export function int(o?: ColumnOptions): OrderedSpec<number, "int"> {
  return column(intCodec, o);
}
/**
 * Counts the changes of its row, from 1: saving or deleting a row that others have changed since it was read throws
 * StaleObjectError. Every write counts; `VersionedModel` is a factory of models that have one.
 */
export function version(o?: ColumnOptions): ColumnSpec<number, "int", true> & Kept {
  const { declaration } = column(intCodec, o) as ColumnBuilder;
  return new ColumnBuilder({ ...declaration, version: true, default: { make: () => 1, perRow: false } }) as never;
}
/** A whole number of 64 bits, as a JavaScript bigint. */
export function bigint(o?: ColumnOptions): OrderedSpec<bigint, "bigint"> {
  return column(bigintCodec, o);
}
/** A floating-point number of 64 bits; never NaN or infinite. */
export function float(o?: ColumnOptions): OrderedSpec<number, "float"> {
  return column(floatCodec, o);
}
/** An exact decimal number, as a string with `scale` digits after the point. */
export function decimal(o: { precision: number; scale: number } & ColumnOptions): OrderedSpec<string, "decimal"> {
  const { precision, scale } = o;
  if (!(Number.isInteger(precision) && precision >= 1 && precision <= 65))
    throw new UsageError("decimal: precision is a whole number from 1 to 65", { hint: "write decimal({ precision: 10, scale: 2 })" });
  if (!(Number.isInteger(scale) && scale >= 0 && scale <= Math.min(precision, 30)))
    throw new UsageError("decimal: scale is a whole number from 0 to precision, at most 30");
  return column(decimalCodec(precision, scale), o);
}
export function bool(o?: ColumnOptions): ColumnSpec<boolean, "bool"> {
  return column(boolCodec, o);
}
/** Text of at most `length` characters (255 unless said). */
export function str(o?: { length?: number } & ColumnOptions): TextSpec {
  const length = o?.length ?? 255;
  if (!(Number.isInteger(length) && length >= 1 && length <= 16_383))
    throw new UsageError("str: length is a whole number from 1 to 16383", { hint: "use text() for more" });
  return column(stringCodec(length), o);
}
/** Text of any length. */
export function text(o?: ColumnOptions): TextSpec {
  return column(textCodec, o);
}
/** An instant, with milliseconds, as a Date. */
export function datetime(o?: ColumnOptions): TimestampSpec {
  return column(datetimeCodec, o);
}
/** A calendar day as `"YYYY-MM-DD"`. */
export function date(o?: ColumnOptions): OrderedSpec<string, "date"> {
  return column(dateCodec, o);
}
/** A time of day as `"HH:MM:SS"`, with up to three digits of a second. */
export function time(o?: ColumnOptions): OrderedSpec<string, "time"> {
  return column(timeCodec, o);
}
/** A uuid in lower case. */
export function uuid(o?: ColumnOptions): ColumnSpec<string, "uuid"> {
  return column(uuidCodec, o);
}
export function bytes(o?: ColumnOptions): ColumnSpec<Uint8Array, "bytes"> {
  return column(bytesCodec, o);
}
/** A JSON document. T is the caller's word for its shape; `JsonNull` is the document `null`, `null` is SQL NULL. */
export function json<T>(o?: ColumnOptions): ColumnSpec<T, "json"> {
  return column(jsonCodec, o);
}
/** One of these words. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): ColumnSpec<V[number], "enum"> {
  if (values.length === 0 || new Set(values).size !== values.length) throw new UsageError("oneOf takes at least one value, each once");
  for (const value of values) textCodec.accept(value, "a value of oneOf");
  return column(enumCodec(values));
}
/** A one-dimensional array (PostgreSQL only; elsewhere creating or querying it is refused). */
export function array<T, F extends Family>(element: ColumnSpec<T, F>, o?: ColumnOptions): ColumnSpec<(T | null)[], "json"> {
  return column(arrayCodec(codecOfSpec(element)), o);
}
/** A type of one's own over a built-in one: `encode` to what the base column takes, `decode` back. */
export function custom<T, B, F extends Family>(
  base: ColumnSpec<B, F>,
  codec: { encode(value: T): B; decode(stored: B): T },
  o?: ColumnOptions,
): ColumnSpec<T, F> {
  return column(customCodec<T>({ base: codecOfSpec(base), ...codec } as CustomCodec<T>), o);
}

/** @throws UsageError for what is no column, and for a foreign key, whose type is known later */
export function codecOfSpec(spec: AnySpec): Codec {
  const codec = spec instanceof ColumnBuilder ? spec.declaration.codec : null;
  if (codec === null) throw new UsageError("this takes a column such as str() or int()");
  return codec;
}

export interface ForeignKeyColumnOptions extends ColumnOptions {
  onDelete?: OnDelete;
  onUpdate?: OnUpdate;
}

type FamilyOfKey<T> = [T] extends [bigint] ? "bigint" : [T] extends [number] ? "int" : "text";

/** A column that holds another row's primary key; its type is that key's. */
export function foreignKey<M extends AnyModel>(
  target: () => M,
  o?: ForeignKeyColumnOptions,
): ColumnSpec<PrimaryKeyOf<M>, FamilyOfKey<PrimaryKeyOf<M>>>;
/** By table name, for self references and cycles between columns; `schema.table` where two schemas have a table of that name. */
export function foreignKey<T = number>(table: string, o?: ForeignKeyColumnOptions): ColumnSpec<T, FamilyOfKey<T>>;
export function foreignKey(target: (() => AnyModel) | string, o: ForeignKeyColumnOptions = {}): never {
  if (typeof target !== "function" && typeof target !== "string") throw new UsageError("foreignKey takes () => Model or a table name");
  const reference = { target, column: null, ...keyActions(o) };
  return new ColumnBuilder({ ...plain, name: o.column ?? null, reference }) as never;
}

/** The implicit key: 64 bits in the database, an exact JavaScript number here. */
export function implicitId(): ColumnBuilder {
  return new ColumnBuilder({ ...plain, codec: safeIntCodec, primaryKey: true, identity: true });
}
