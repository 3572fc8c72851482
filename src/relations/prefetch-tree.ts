/** What `prefetch` and `joined` were given, as trees. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import type { ModelClassLike, ModelMeta } from "../model/meta.ts";
import { type JoinedTree, newQuery, type PrefetchBranch, type PrefetchTree, type QueryState, queryStateOf } from "../model/query-state.ts";
import type { ModelConstructor } from "../model/whole-row.ts";
import { suggestion } from "../util/suggest.ts";
import { anyRelationOf, targetPath } from "./any.ts";
import { getterNames, type RelationDefinition, relationOf } from "./definition.ts";
import { leadsToOne } from "./unique.ts";

/** Makes the query that a lambda is given. */
export type MakeQuery = (state: QueryState) => unknown;

/** A model, the relations below it, and how a query is made. */
interface Place {
  readonly meta: ModelMeta;
  readonly model: ModelClassLike;
  readonly make: MakeQuery;
}

/** @throws UsageError for a name that is no relation, listing those that are */
function relationNamed({ meta, model }: Pick<Place, "meta" | "model">, name: string): RelationDefinition {
  const relation = relationOf(model, name);
  if (relation !== null) return relation;
  const known = getterNames(model).filter((getter) => relationOf(model, getter) !== null || anyRelationOf(model, getter) !== null);
  throw new UsageError(`${meta.name} has no relation ${JSON.stringify(name)}`, {
    model: meta.name,
    hint: known.length === 0 ? "it has none" : name.includes(".") ? "a path stands as text; in an object, nest" : suggestion(name, known),
  });
}

/** @throws UsageError for what is no relation, and for two queries of one relation */
export function prefetchTree(tree: PrefetchTree, place: Place, asked: readonly unknown[]): PrefetchTree {
  return asked.reduce((merged: PrefetchTree, one) => merge(merged, treeOf(place, one), place.meta.name), tree);
}

function treeOf(place: Place, asked: unknown): PrefetchTree {
  if (typeof asked === "string") return pathTree(place, asked);
  const prototype = typeof asked === "object" && asked !== null ? Object.getPrototypeOf(asked) : undefined;
  if (prototype !== Object.prototype && prototype !== null)
    throw new UsageError(`${place.meta.name}.prefetch takes paths and objects of relations, got ${kindOf(asked)}`, {
      hint: 'write prefetch("author", { comments: (q) => q.limit(3) })',
    });
  return new Map(Object.entries(asked as object).flatMap(([name, value]) => branchesOf(place, name, value)));
}

function pathTree(place: Place, path: string): PrefetchTree {
  const dot = path.indexOf(".");
  const name = dot === -1 ? path : path.slice(0, dot);
  return new Map(branchesOf(place, name, dot === -1 ? true : path.slice(dot + 1)));
}

/** One, or one for each target of a relation to several tables. */
function branchesOf(place: Place, name: string, asked: unknown): [string, PrefetchBranch][] {
  const any = anyRelationOf(place.model, name);
  if (any === null) return [[name, branchOf(place, name, relationNamed(place, name), asked)]];
  if (typeof asked === "function")
    throw new UsageError(`${place.meta.name}.prefetch: ${name} leads to several tables, which have no query in common`, {
      hint: "write true, or the relations to load below",
    });
  return [...any.targets].map(([kind, target]) => [targetPath(name, kind), branchOf(place, name, target, asked)]);
}

function branchOf(place: Place, name: string, relation: RelationDefinition, asked: unknown): PrefetchBranch {
  const { meta, model } = relation;
  const what = `${place.meta.name}.prefetch: ${name}`;
  const all = newQuery(meta, model as ModelConstructor, null);
  if (asked === true) return { query: all, own: false };
  if (typeof asked === "function") {
    const query = queryStateOf(asked(place.make(all)), `${what}: the lambda`);
    assertRelated(relation, query, what);
    return { query, own: true };
  }
  if (typeof asked !== "string" && (typeof asked !== "object" || asked === null))
    throw new UsageError(`${what} takes true, a path, an object of relations or a lambda, got ${kindOf(asked)}`, {
      hint: asked === undefined || asked === false ? "leave out what is not wanted" : undefined,
    });
  return { query: { ...all, prefetch: treeOf({ meta, model, make: place.make }, asked) }, own: false };
}

/** @throws UsageError for what cannot be asked of related rows */
function assertRelated({ meta }: RelationDefinition, query: QueryState, what: string): void {
  const refuse = (problem: string, hint: string): never => {
    throw new UsageError(`${what}: ${problem}`, { hint });
  };
  if (query.selection !== null) refuse("the lambda selects plain rows", "related rows are instances: drop select()");
  if (query.meta !== meta)
    refuse(`the lambda must give a query of ${meta.name}, got one of ${query.meta.name}`, "narrow the lambda's parameter");
  if (query.groupBy.length > 0 || query.having.length > 0) refuse("the lambda groups rows", "related rows are instances: drop groupBy()");
  if (query.distinct && (query.limit !== null || query.offset !== null))
    refuse("distinct() rows cannot be counted for each owner", "drop distinct(), or the limit");
  if (query.session !== null) refuse("the lambda names a database", "related rows are read where their owners are: drop using()");
  if (query.signal !== null || query.timeoutMs !== null)
    refuse("the lambda has a limit of time", "timeout() and signal() of the query around it cover this one");
}

function merge(first: PrefetchTree, second: PrefetchTree, owner: string): PrefetchTree {
  const merged = new Map(first);
  for (const [name, branch] of second) {
    const known = merged.get(name);
    merged.set(name, known === undefined ? branch : mergedBranch(known, branch, `${owner}.prefetch: ${name}`));
  }
  return merged;
}

function mergedBranch(first: PrefetchBranch, second: PrefetchBranch, what: string): PrefetchBranch {
  if (first.own && second.own)
    throw new UsageError(`${what} is asked for with two queries`, {
      hint: "an owner has one list of loaded rows: put both into one lambda, or make a second getter for the relation",
    });
  const { query } = second.own ? second : first;
  const prefetch = merge(first.query.prefetch, second.query.prefetch, query.meta.name);
  assertApart({ ...query, prefetch });
  return { query: { ...query, prefetch }, own: first.own || second.own };
}

/** @throws UsageError unless every step of the path leads to one row */
export function joinedTree(tree: JoinedTree, place: Pick<Place, "meta" | "model">, path: unknown): JoinedTree {
  if (typeof path !== "string")
    throw new UsageError(`${place.meta.name}.joined takes paths of relations, got ${kindOf(path)}`, {
      hint: 'write joined("author.profile")',
    });
  const dot = path.indexOf(".");
  const name = dot === -1 ? path : path.slice(0, dot);
  if (anyRelationOf(place.model, name) !== null)
    throw new UsageError(`${place.meta.name}.joined: ${name} leads to several tables`, {
      hint: `load it with prefetch(${JSON.stringify(name)})`,
    });
  const relation = relationNamed(place, name);
  if (!leadsToOne(relation)) {
    const { many, meta, foreign } = relation;
    const keys = foreign.map((column) => column.label).join(" and ");
    throw new UsageError(
      many
        ? `${place.meta.name}.joined: ${name} leads to many rows, and each would repeat its owner`
        : `${place.meta.name}.joined: ${name} may lead to several rows of ${meta.name}, since ${keys} is not unique`,
      { model: place.meta.name, hint: `load it with prefetch(${JSON.stringify(name)})${many ? "" : ", or declare the key unique"}` },
    );
  }
  const below = tree.get(name) ?? new Map<string, JoinedTree>();
  return new Map([...tree, [name, dot === -1 ? below : joinedTree(below, relation, path.slice(dot + 1))]]);
}

/** @throws UsageError for a relation that is joined, and prefetched with a query of its own */
export function assertApart({ meta, joined, prefetch }: Pick<QueryState, "meta" | "joined" | "prefetch">): void {
  for (const [name, below] of joined) {
    const branch = prefetch.get(name);
    if (branch === undefined) continue;
    if (branch.own)
      throw new UsageError(`${meta.name}: ${name} is joined, and prefetched with a query of its own`, { hint: "drop one of the two" });
    assertApart({ meta: branch.query.meta, joined: below, prefetch: branch.query.prefetch });
  }
}

/** @throws UsageError for a query that loads relations, where its rows become no instances */
export function refuseRelations({ meta, prefetch, joined }: QueryState, what: string, hint = "plain rows have no relations"): void {
  const loading = prefetch.size > 0 ? "prefetch()" : joined.size > 0 ? "joined()" : null;
  if (loading !== null) throw new UsageError(`${meta.name}: ${what} of a query with ${loading}`, { hint });
}
