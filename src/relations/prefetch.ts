/** Loading relations of many rows: one statement per relation and level (and chunk of keys), whatever the number of rows. Layer 6. */
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { tellLoaded } from "../model/after-load.ts";
import { columnValue, type ModelBase } from "../model/base.ts";
import { takeLoaded } from "../model/loaded-rows.ts";
import type { ModelClassLike } from "../model/meta.ts";
import { type JoinedTree, modelOf, type QueryState } from "../model/query-state.ts";
import { assertLockHolds, compileFor, runMeta } from "../model/reading.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { ledBy } from "./any.ts";
import { type RelationDefinition, relationOf } from "./definition.ts";
import { cameTogether } from "./guard.ts";
import { keepLoaded, loadedOf, ownerKey } from "./loaded.ts";
import { type Found, type RelatedRows, relatedRows } from "./related-rows.ts";

/** Where the statements run, until when, and with which values of a prepared query. */
export interface Run {
  readonly session: Session;
  readonly signal: AbortSignal | null;
  readonly filled: (statement: CompiledStatement) => CompiledStatement;
}

/** The same, and the instances that were made, batch by batch, where somebody waits for them. */
interface Loader extends Run {
  readonly loaded: (readonly ModelBase[])[];
}

/** Beside a list that is one parameter; more would make statements of megabytes. */
const mostKeys = 10_000;

type Loading = Pick<QueryState, "prefetch" | "joined">;

/** Loads what the query asks for beside its rows; null: nothing. */
export function completeRows(rows: readonly unknown[], query: QueryState, run: Run): Promise<void> | null {
  const { session } = run;
  const own = takeLoaded();
  const whole = query.selection === null;
  if (whole && cameTogether(rows, session) && query.joined.size > 0)
    joinedTogether(ownersOf(rows), modelOf(query, "joined").model, query.joined, session);
  if (!whole || query.prefetch.size === 0) return own === null ? null : tellLoaded(own, session);
  const loaded = own === null ? [] : [own];
  return complete(ownersOf(rows), modelOf(query, "prefetch").model, query, { ...run, loaded }).then(() => tellBackwards(loaded, session));
}

/** What was read last first: a row that is told finds what was loaded beside it, which was told already. */
async function tellBackwards(loaded: readonly (readonly ModelBase[])[], session: Session): Promise<void> {
  for (const batch of [...loaded].reverse()) await tellLoaded(batch, session);
}

function ownersOf(rows: readonly unknown[]): ModelBase[] {
  return rows.filter((row): row is ModelBase => row !== null && row !== undefined);
}

function joinedTogether(owners: readonly ModelBase[], model: ModelClassLike, tree: JoinedTree, session: Session): void {
  for (const [name, below] of tree) {
    const relation = relationOf(model, name) as RelationDefinition;
    const rows = joinedRows(owners, relation);
    cameTogether(rows, session);
    joinedTogether(rows, relation.model, below, session);
  }
}

async function complete(owners: readonly ModelBase[], model: ModelClassLike, asked: Loading, run: Loader): Promise<void> {
  if (owners.length === 0) return;
  for (const [name, { query }] of asked.prefetch) {
    const [relation, group] = ledBy(model, name, owners);
    const joined = asked.joined.get(name);
    if (joined === undefined) assertKeysRead(group, relation, name);
    const related = joined === undefined ? await load(group, relation, query, run) : joinedRows(group, relation);
    await complete(related, relation.model, joined === undefined ? query : { prefetch: query.prefetch, joined }, run);
  }
}

/** @throws UsageError for a key that is hidden and was not asked for: such a row would seem to have nothing related */
function assertKeysRead([owner]: readonly ModelBase[], { local }: RelationDefinition, name: string): void {
  const missing = local.find((column) => owner !== undefined && columnValue(owner, column) === undefined);
  if (missing === undefined) return;
  throw new UsageError(`prefetch: ${name} is found by ${missing.label}, which is hidden and was not read`, {
    hint: `add .alsoSelect(${JSON.stringify(missing.property)}) to the query of its owners`,
    columns: [missing.property],
  });
}

/** The rows of a relation that came with their owners. */
function joinedRows(owners: readonly ModelBase[], relation: RelationDefinition): ModelBase[] {
  return owners.map((owner) => loadedOf(relation, owner) as ModelBase | null).filter((row) => row !== null);
}

async function load(owners: readonly ModelBase[], relation: RelationDefinition, query: QueryState, run: Loader): Promise<ModelBase[]> {
  const { local, many } = relation;
  const keys = new Map<string, readonly unknown[]>();
  const texts = owners.map((owner) => {
    const text = ownerKey(local, owner);
    if (text !== null && !keys.has(text))
      keys.set(
        text,
        local.map((column) => columnValue(owner, column)),
      );
    return text;
  });
  const byKey = new Map<string, ModelBase[]>();
  const all = await found(relation, query, [...keys.values()], run);
  for (const { row, key } of all) {
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [row]);
    else list.push(row);
  }
  owners.forEach((owner, i) => {
    const text = texts[i] ?? null;
    const related = (text === null ? undefined : byKey.get(text)) ?? [];
    // A list of its own for each owner: what one does with it, another one does not see.
    keepLoaded(relation, owner, many ? [...related] : (related[0] ?? null));
  });
  // Over a link table, a row may be related to several owners.
  const related = relation.through === null ? all.map(({ row }) => row) : [...new Set(all.map(({ row }) => row))];
  cameTogether(related, run.session);
  return related;
}

async function found(
  relation: RelationDefinition,
  query: QueryState,
  keys: readonly (readonly unknown[])[],
  { session, signal, filled, loaded }: Loader,
): Promise<Found[]> {
  if (keys.length === 0 || query.never || query.limit === 0) return [];
  const rows = relatedRows(relation, query);
  const all: Found[] = [];
  const most = chunkSize(rows, keys, session);
  for (let i = 0; i < keys.length; i += most) {
    const tree = rows.tree(keys.slice(i, i + most));
    assertLockHolds(tree, session, query.meta);
    const answer = session.run(filled(compileFor(session, tree)), runMeta(query.meta, signal));
    const { rows: raw } = answer instanceof Promise ? await answer : answer;
    const read = rows.reader(session, raw.length);
    for (const row of raw) all.push(read(row as never));
    const fresh = takeLoaded();
    if (fresh !== null) loaded.push(fresh);
  }
  return relation.through === null || query.joins.length > 0 ? all : shared(relation, all);
}

/** As many keys as fit beside the query's other parameters. */
function chunkSize(rows: RelatedRows, keys: readonly (readonly unknown[])[], session: Session): number {
  const [first = []] = keys;
  const wanted = Math.min(keys.length, mostKeys);
  const { maxParameters } = session.traits;
  // Far from the limit nothing has to be counted.
  if (wanted * first.length * 2 < maxParameters) return wanted;
  const others = compileFor(session, rows.tree([first])).params.length;
  return Math.max(1, Math.min(wanted, Math.floor((maxParameters - others) / first.length)));
}

/** A row that several owners are linked with is one object. */
function shared({ meta }: RelationDefinition, all: readonly Found[]): Found[] {
  const known = new Map<string, ModelBase>();
  return all.map((one) => {
    const text = ownerKey(meta.primaryKey, one.row);
    if (text === null) return one;
    const row = known.get(text) ?? one.row;
    known.set(text, row);
    return { row, key: one.key };
  });
}
