/** What a query of relations gives, read off the rows in plain JavaScript. */
import type { Kept } from "./describe.ts";
import type { Branch, Key, Query, Relation, Row, Table, World } from "./world.ts";
import { toOne } from "./world.ts";

/** A row with what was loaded below it. */
export interface Loaded {
  readonly key: Key;
  readonly n: number;
  readonly below: Readonly<Record<string, Loaded | null | readonly Loaded[]>>;
}

const text = (key: Key | null | undefined): string => JSON.stringify(key);

function isKept(row: { readonly deleted: boolean }, kept: Kept): boolean {
  return kept === "all" || row.deleted === (kept === "deleted");
}

export function byKey(a: { readonly key: Key }, b: { readonly key: Key }): number {
  for (const [i, part] of a.key.entries()) {
    const other = b.key[i] as string | number;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

function related(relation: Relation, owner: Row, from: Table, to: Table): Row[] {
  if (relation.kind === "manyToMany") {
    const { link, side } = relation;
    const other = side === "left" ? "right" : "left";
    const keys = new Set(link.rows.filter((row) => !row.deleted && text(row[side]) === text(owner.key)).map((row) => text(row[other])));
    return to.rows.filter((row) => keys.has(text(row.key)));
  }
  const { reference } = relation;
  if (relation.kind === "belongsTo") {
    const held = owner.holds[from.references.indexOf(reference)] ?? null;
    return held === null ? [] : to.rows.filter((row) => text(row.key) === text(held));
  }
  const at = to.references.indexOf(reference);
  const least = relation.kind === "hasMany" ? (reference.min ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  return to.rows.filter((row) => row.n >= least && text(row.holds[at]) === text(owner.key));
}

function load(world: World, table: Table, row: Row, branches: readonly Branch[]): Loaded {
  const below = branches.map((branch): [string, Loaded | null | Loaded[]] => {
    const { relation, min, limit, offset, kept } = branch;
    const target = world.tables[relation.to] as Table;
    const rows = related(relation, row, table, target)
      .filter((one) => isKept(one, kept) && (min === null || one.n >= min))
      .sort((a, b) => (branch.ordered ? b.n - a.n : 0) || byKey(a, b))
      .slice(offset, limit === null ? undefined : offset + limit)
      .map((one) => load(world, target, one, branch.below));
    return [relation.name, toOne(relation) ? (rows[0] ?? null) : rows];
  });
  return { key: row.key, n: row.n, below: Object.fromEntries(below) };
}

/** By key, and below in the order that was asked for; by key where none was. */
export function evaluate(world: World, { root, kept, branches }: Query): Loaded[] {
  return root.rows
    .filter((row) => isKept(row, kept))
    .map((row) => load(world, root, row, branches))
    .sort(byKey);
}
