/** Writing the table of pairs behind a many-to-many relation. Layer 6. */
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { columnValue, ModelBase, stateOf } from "../model/base.ts";
import { bulkInsert } from "../model/bulk.ts";
import { assertSame } from "../model/instances.ts";
import { keysClause, keyValues } from "../model/keys.ts";
import { ModelQuery } from "../model/query-set.ts";
import { newQuery } from "../model/query-state.ts";
import { tableDefinitionOf } from "../model/schema.ts";
import { insertMissing } from "../model/upsert.ts";
import type { ModelConstructor } from "../model/whole-row.ts";
import type { RelationDefinition, Through } from "./definition.ts";
import { forgetLoaded, keyOf, ownerKey } from "./loaded.ts";

type Key = readonly unknown[];
/** The keys of the rows at the far end, each once. */
type Ends = ReadonlyMap<string, Key>;
type LinkValues = Readonly<Record<string, unknown>>;

/** More keys make a longer statement than a server likes to read. */
const mostKeys = 1000;

/** The links of one row. */
export class Links {
  readonly #relation: RelationDefinition;
  readonly #through: Through;
  readonly #owner: ModelBase;
  readonly #key: Key;
  readonly #session: Session;

  constructor(relation: RelationDefinition, through: Through, owner: ModelBase, key: Key, session: Session) {
    this.#relation = relation;
    this.#through = through;
    this.#owner = owner;
    this.#key = key;
    this.#session = session;
  }

  /** Links that are there already stay as they are. */
  async add(items: readonly unknown[], values: LinkValues): Promise<void> {
    const ends = this.#ends(items);
    const looksFirst = !isUnique(this.#through) || this.#through.meta.behaviour.deletion === "soft";
    await this.#changing(items, looksFirst, (session) => this.#insert(session, ends, values));
  }

  async remove(items: readonly unknown[]): Promise<void> {
    const ends = this.#ends(items);
    await this.#changing(items, ends.size > mostKeys, (session) => this.#delete(session, ends));
  }

  /** Links that stay are not touched: what else their rows hold is kept. */
  async set(items: readonly unknown[], values: LinkValues): Promise<void> {
    const wanted = this.#ends(items);
    await this.#changing(items, true, async (session) => {
      const there = await this.#existing(session);
      await this.#delete(session, new Map([...there].filter(([text]) => !wanted.has(text))));
      await this.#insert(session, new Map([...wanted].filter(([text]) => !there.has(text))), values);
    });
  }

  async clear(): Promise<void> {
    await this.#changing([], false, async (session) => {
      await this.#query(session, []).delete();
    });
  }

  /** `several`: more than one statement, which a transaction holds together. */
  async #changing(items: readonly unknown[], several: boolean, work: (session: Session) => Promise<void>): Promise<void> {
    for (const row of [this.#owner, ...items]) if (row instanceof ModelBase) forgetLoaded(row);
    await (several ? this.#session.transaction((tx) => work(tx)) : work(this.#session));
  }

  /** Of rows, or of their keys. @throws UsageError for anything else, and for rows of another database */
  #ends(items: readonly unknown[]): Ends {
    const ends = new Map<string, Key>();
    for (const item of items) {
      const key = this.#endOf(item);
      ends.set(keyOf(key) as string, key);
    }
    return ends;
  }
  #endOf(item: unknown): Key {
    const { meta, foreign } = this.#relation;
    if (item instanceof ModelBase) {
      assertSame(meta, item);
      if (stateOf(item).engine !== stateOf(this.#owner).engine)
        throw new UsageError(`${String(item)} and ${String(this.#owner)} are rows of different databases`, {
          hint: "link rows that were read from one engine",
        });
      return foreign.map((column) => columnValue(item, column));
    }
    const plain = typeof item !== "object" || item === null || Object.getPrototypeOf(item) === Object.prototype;
    const byKey = foreign.length === meta.primaryKey.length && foreign.every((column) => meta.primaryKey.includes(column));
    if (item === null || item === undefined || !plain || !byKey)
      throw new UsageError(`this takes rows of ${meta.name}${byKey ? " or their keys" : ""}, got ${kindOf(item)}`);
    const values = keyValues(meta, item);
    return foreign.map((column) => values[meta.primaryKey.indexOf(column)]);
  }

  #query(session: Session, more: readonly Clause[]): ModelQuery {
    const { meta, model, ours } = this.#through;
    const where = [keysClause(meta, ours, [this.#key]), ...more];
    return new ModelQuery({ ...newQuery(meta, model as ModelConstructor, session), where });
  }

  async #existing(session: Session): Promise<Ends> {
    const { theirs } = this.#through;
    const rows = (await this.#query(session, []).execute()) as ModelBase[];
    return new Map(
      rows.map((row) => [
        ownerKey(theirs, row) as string,
        theirs.map((column): unknown => {
          return columnValue(row, column);
        }),
      ]),
    );
  }

  async #delete(session: Session, ends: Ends): Promise<void> {
    for (const clause of this.#ending(ends)) await this.#query(session, [clause]).delete();
  }

  #ending(ends: Ends): Clause[] {
    const { meta, theirs } = this.#through;
    const keys = [...ends.values()];
    const clauses: Clause[] = [];
    for (let i = 0; i < keys.length; i += mostKeys) clauses.push(keysClause(meta, theirs, keys.slice(i, i + mostKeys)));
    return clauses;
  }

  async #insert(session: Session, ends: Ends, values: LinkValues): Promise<void> {
    if (ends.size === 0) return;
    const { meta, ours, theirs } = this.#through;
    const pair = [...ours, ...theirs];
    // A link that was marked as deleted still holds its key: it comes back.
    if (meta.behaviour.deletion === "soft")
      for (const clause of this.#ending(ends)) await this.#query(session, [clause]).onlyDeleted().restore();
    if (isUnique(this.#through)) return insertMissing(meta, this.#rows(ends, values), pair, session);
    const there = await this.#existing(session);
    const missing = new Map([...ends].filter(([text]) => !there.has(text)));
    await bulkInsert(meta, this.#rows(missing, values), session, mostKeys);
  }

  #rows(ends: Ends, values: LinkValues): ModelBase[] {
    const { model, ours, theirs } = this.#through;
    const Link = model as unknown as new (values: LinkValues) => ModelBase;
    const own = ours.map((column, i) => [column.property, this.#key[i]]);
    return [...ends.values()].map(
      (key) => new Link({ ...values, ...Object.fromEntries([...own, ...theirs.map((column, i) => [column.property, key[i]])]) }),
    );
  }
}

const unique = new WeakMap<Through["meta"], Map<string, boolean>>();

/** True where the table lets a pair be there once only: what is there is then found by the insert itself. */
function isUnique({ meta, ours, theirs }: Through): boolean {
  const pair = [...ours, ...theirs].map((column) => column.ref);
  let known = unique.get(meta);
  if (known === undefined) {
    known = new Map();
    unique.set(meta, known);
  }
  const name = pair.map(({ property }) => property).join();
  let answer = known.get(name);
  if (answer === undefined) {
    const { primaryKey, uniques } = tableDefinitionOf(meta);
    answer = [primaryKey, ...uniques.map(({ columns }) => columns)].some(
      (columns) => columns.length === pair.length && columns.every((column) => pair.includes(column)),
    );
    known.set(name, answer);
  }
  return answer;
}

/**
 * The columns of the link that a caller gave beside the rows: `{ link: { addedBy: 3 } }`.
 * @throws UsageError for another option, and for a column that the relation fills in itself
 */
export function linkValues(given: unknown, { meta, ours, theirs }: Through): LinkValues {
  if (given === undefined) return {};
  if (!isLinkOption(given))
    throw new UsageError(`the option is { link: { ... } }, the other columns of ${meta.name}, got ${kindOf(given)}`);
  const { link } = given;
  if (typeof link !== "object" || link === null)
    throw new UsageError(`link takes an object of columns of ${meta.name}, got ${kindOf(link)}`);
  for (const { property, label } of [...ours, ...theirs])
    if (Object.hasOwn(link, property)) throw new UsageError(`${label} is filled in by the relation`, { hint: "leave it out of link" });
  return link as LinkValues;
}

/** Apart from rows and from keys of several columns. */
export function isLinkOption(given: unknown): given is { readonly link: unknown } {
  if (typeof given !== "object" || given === null || Object.getPrototypeOf(given) !== Object.prototype) return false;
  const names = Object.keys(given);
  return names.length === 1 && names[0] === "link";
}
