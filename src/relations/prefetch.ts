/** Loading relations of many rows: one query per relation and level (and chunk of keys), whatever the number of rows. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { UsageError } from "../errors.ts";
import { columnValue, type ModelBase } from "../model/base.ts";
import type { ColumnMeta, ModelClassLike, ModelMeta } from "../model/meta.ts";
import { suggestion } from "../util/suggest.ts";
import { getterNames, type RelationDefinition, relationOf } from "./definition.ts";
import { keepLoaded, keyText } from "./loaded.ts";

/** Paths as a tree: names, and what to load below each. */
export interface PrefetchTree extends ReadonlyMap<string, PrefetchTree> {}

/** Runs a select of whole rows of a model, with the values of more expressions beside each. */
export type LoadRows = (model: ModelClassLike, where: readonly Clause[], relation: RelationDefinition) => Promise<ModelBase[]>;
export type LoadLinks = (relation: RelationDefinition, where: readonly Clause[]) => Promise<ModelBase[]>;
export interface Loader {
  readonly rows: LoadRows;
  readonly links: LoadLinks;
}

const mostKeys = 10_000;

/** @throws UsageError for a name that is no relation, listing those that are */
export function addPath(tree: PrefetchTree, model: ModelClassLike, meta: ModelMeta, path: string): PrefetchTree {
  const [name = "", ...rest] = path.split(".");
  const relation = relationOf(model, name);
  if (relation === null) {
    const known = getterNames(model).filter((getter) => relationOf(model, getter) !== null);
    throw new UsageError(`${meta.name} has no relation ${JSON.stringify(name)}`, {
      model: meta.name,
      hint: known.length === 0 ? "it has none" : suggestion(name, known),
    });
  }
  const below = tree.get(name) ?? new Map<string, PrefetchTree>();
  const added = rest.length === 0 ? below : addPath(below, relation.model, relation.meta, rest.join("."));
  return new Map([...tree, [name, added]]);
}

export async function prefetchInto(owners: readonly ModelBase[], model: ModelClassLike, tree: PrefetchTree, loader: Loader): Promise<void> {
  if (owners.length === 0) return;
  for (const [name, below] of tree) {
    const relation = relationOf(model, name) as RelationDefinition;
    const rows = await loadRelation(owners, relation, loader);
    await prefetchInto(rows, relation.model, below, loader);
  }
}

/** `(columns) in (keys)`, as the dialects do it best for one column. */
function keysClause(meta: ModelMeta, columns: readonly ColumnMeta[], keys: readonly (readonly unknown[])[]): Clause {
  const tokens = [meta.token];
  const [first] = columns as [ColumnMeta];
  if (columns.length === 1) {
    return {
      tokens,
      node: {
        kind: "inList",
        item: meta.node(first, meta.token),
        values: keys.map(([value]) => value),
        codec: first.codec,
        negated: false,
      },
    };
  }
  const items = keys.map(
    (values): ExprNode => ({
      kind: "logic",
      op: "and",
      items: columns.map((column, i) => ({
        kind: "compare",
        op: "=",
        left: meta.node(column, meta.token),
        right: { kind: "value", value: values[i], codec: column.codec },
      })),
    }),
  );
  return { tokens, node: { kind: "logic", op: "or", items } };
}

async function loadRelation(owners: readonly ModelBase[], relation: RelationDefinition, loader: Loader): Promise<ModelBase[]> {
  const { local, many } = relation;
  const keys = new Map<string, unknown[]>();
  for (const owner of owners) {
    const text = keyText(local, owner);
    if (text !== null && !keys.has(text))
      keys.set(
        text,
        local.map((column) => columnValue(owner, column)),
      );
  }
  const rows: ModelBase[] = [];
  const byKey = new Map<string, ModelBase[]>();
  const all = [...keys.values()];
  const most = local.length === 1 ? mostKeys : 300;
  for (let i = 0; i < all.length; i += most) {
    const chunk = all.slice(i, i + most);
    for (const [key, row] of relation.through === null
      ? await direct(relation, chunk, loader)
      : await throughLink(relation, chunk, loader)) {
      const found = byKey.get(key);
      if (found === undefined) byKey.set(key, [row]);
      else found.push(row);
      rows.push(row);
    }
  }
  for (const owner of owners) {
    const text = keyText(local, owner);
    const related = (text === null ? undefined : byKey.get(text)) ?? [];
    keepLoaded(relation, owner, many ? related : (related[0] ?? null));
  }
  return [...new Set(rows)];
}

async function direct(relation: RelationDefinition, keys: readonly (readonly unknown[])[], loader: Loader): Promise<[string, ModelBase][]> {
  const { meta, model, foreign } = relation;
  const rows = await loader.rows(model, [keysClause(meta, foreign, keys), ...relation.where], relation);
  return rows.map((row) => [keyText(foreign, row) as string, row]);
}

/** The links first, then the rows they lead to: a row that several owners share is one object. */
async function throughLink(
  relation: RelationDefinition,
  keys: readonly (readonly unknown[])[],
  loader: Loader,
): Promise<[string, ModelBase][]> {
  const { meta, model, foreign } = relation;
  const through = relation.through as NonNullable<RelationDefinition["through"]>;
  const links = await loader.links(relation, [keysClause(through.meta, through.ours, keys)]);
  const targets = new Map<string, unknown[]>();
  for (const link of links)
    targets.set(
      keyText(through.theirs, link) as string,
      through.theirs.map((column) => columnValue(link, column)),
    );
  const rows = new Map<string, ModelBase>();
  const all = [...targets.values()];
  const order = new Map<ModelBase, number>();
  for (let i = 0; i < all.length; i += mostKeys) {
    for (const row of await loader.rows(model, [keysClause(meta, foreign, all.slice(i, i + mostKeys)), ...relation.where], relation)) {
      rows.set(keyText(foreign, row) as string, row);
      order.set(row, order.size);
    }
  }
  const pairs = links.flatMap((link): [string, ModelBase][] => {
    const row = rows.get(keyText(through.theirs, link) as string);
    return row === undefined ? [] : [[keyText(through.ours, link) as string, row]];
  });
  return pairs.sort(([, a], [, b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}
