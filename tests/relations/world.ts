/** A case put together: every row with its key and what it refers to, every relation by name. Nothing of the ORM is used here. */
import type { Case, Kept, KeyForm, QueryCase, Style } from "./describe.ts";

export type Key = readonly (string | number)[];

export interface Row {
  readonly key: Key;
  readonly n: number;
  readonly deleted: boolean;
  /** By reference: the key it holds; null for none. A key may be one that no row has. */
  readonly holds: readonly (Key | null)[];
}
export interface Table {
  readonly at: number;
  readonly style: Style;
  readonly key: KeyForm;
  /** The references that stand in columns of this table. */
  readonly references: readonly Reference[];
  readonly rows: readonly Row[];
  readonly relations: readonly Relation[];
}
export interface Reference {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly key: KeyForm;
  readonly back: "many" | "one";
  readonly min: number | null;
}
export interface Link {
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly keys: readonly [KeyForm, KeyForm];
  readonly style: Style;
  readonly rows: readonly { readonly left: Key; readonly right: Key; readonly deleted: boolean }[];
}
export type Relation = { readonly name: string; readonly to: number } & (
  | { readonly kind: "belongsTo" | "hasMany" | "hasOne"; readonly reference: Reference }
  | { readonly kind: "manyToMany"; readonly link: Link; readonly side: "left" | "right" }
);
export interface World {
  readonly tables: readonly Table[];
  readonly links: readonly Link[];
}

/** What is loaded below a place, as it is asked for. */
export interface Branch {
  readonly relation: Relation;
  readonly min: number | null;
  readonly limit: number | null;
  readonly offset: number;
  readonly kept: Kept;
  /** By `n` downwards and key; false: in any order. */
  readonly ordered: boolean;
  readonly plain: boolean;
  readonly below: readonly Branch[];
}
export interface Query {
  readonly root: Table;
  readonly kept: Kept;
  readonly branches: readonly Branch[];
  readonly joined: boolean;
  readonly reading: QueryCase["reading"];
}

export function toOne(relation: Relation): boolean {
  return relation.kind === "belongsTo" || relation.kind === "hasOne";
}

function keyOf(form: KeyForm, i: number): Key {
  if (form === "id") return [i + 1];
  return form === "code" ? [`c${i}`] : [i % 2 === 0 ? "a" : "b", i >> 1];
}

export function worldOf({ tables, references, links }: Case): World {
  const place = (number: number) => number % tables.length;
  const refs = references.map(({ from, to, back, scoped }, at): Reference => {
    const target = place(to);
    return { at, from: place(from), to: target, key: (tables[target] as Case["tables"][number]).key, back, min: scoped?.min ?? null };
  });
  const joins = links.map((link, at): Link => {
    const [left, right] = [place(link.left), place(link.right)];
    const keys = [left, right].map((one) => (tables[one] as Case["tables"][number]).key) as [KeyForm, KeyForm];
    const rows = link.rows.map((row) => ({ left: keyOf(keys[0], row.left), right: keyOf(keys[1], row.right), deleted: row.deleted }));
    // A live pair stands once; deleted ones are history.
    const seen = new Set<string>();
    const once = rows.filter((row) => {
      const pair = JSON.stringify([row.left, row.right]);
      return row.deleted ? link.style === "soft" : !seen.has(pair) && seen.add(pair);
    });
    return { at, left, right, keys, style: link.style, rows: once };
  });
  return {
    links: joins,
    tables: tables.map(({ style, key, rows }, at): Table => {
      const own = refs.filter(({ from }) => from === at);
      const taken = own.map(() => new Set<string>());
      return {
        at,
        style,
        key,
        references: own,
        relations: [
          ...own.map((reference): Relation => ({ name: `up${reference.at}`, kind: "belongsTo", to: reference.to, reference })),
          ...refs
            .filter(({ to }) => to === at)
            .map(
              (reference): Relation => ({
                name: `back${reference.at}`,
                kind: reference.back === "one" ? "hasOne" : "hasMany",
                to: reference.from,
                reference,
              }),
            ),
          ...joins.flatMap((link): Relation[] => [
            ...(link.left === at
              ? [{ name: `right${link.at}`, kind: "manyToMany" as const, to: link.right, link, side: "left" as const }]
              : []),
            ...(link.right === at
              ? [{ name: `left${link.at}`, kind: "manyToMany" as const, to: link.left, link, side: "right" as const }]
              : []),
          ]),
        ],
        rows: rows.map(({ n, to, deleted }, i) => ({
          key: keyOf(key, i),
          n,
          deleted: deleted && style !== "plain",
          holds: own.map((reference, r) => {
            // Beside the rows there are no key at all, and one that no row has.
            const there = (tables[reference.to] as Case["tables"][number]).rows.length;
            const number = (to[r % to.length] as number) % (there + 2);
            if (number > there) return null;
            const held = keyOf(reference.key, number);
            if (reference.back === "many") return held;
            // One row at most refers to each row.
            const text = JSON.stringify(held);
            const places = taken[r] as Set<string>;
            return places.has(text) ? null : places.add(text) && held;
          }),
        })),
      };
    }),
  };
}

export function queryOf({ tables }: World, asked: QueryCase): Query {
  // There is a reference at least, and so a table with relations.
  const rooted = tables.filter(({ relations }) => relations.length > 0);
  const root = rooted[asked.root % rooted.length] as Table;
  const keptAt = (table: Table, kept: Kept): Kept => (table.style === "plain" ? "live" : kept);
  const below = (table: Table, branches: QueryCase["branches"]): Branch[] => {
    if (table.relations.length === 0) return [];
    const found = new Map<string, Branch>();
    for (const branch of branches) {
      const relation = table.relations[branch.relation % table.relations.length] as Relation;
      const target = tables[relation.to] as Table;
      const one = toOne(relation);
      const standing = relation.kind === "hasMany" && relation.reference.min !== null;
      const { asked } = branch;
      found.set(relation.name, {
        relation,
        min: asked?.min ?? null,
        limit: one ? null : (asked?.limit ?? null),
        offset: one || (asked?.limit ?? null) === null ? 0 : (asked?.offset ?? 0),
        kept: keptAt(target, asked?.kept ?? "live"),
        ordered: !one && (standing || asked !== null),
        plain: asked === null,
        below: below(target, branch.below),
      });
    }
    return [...found.values()];
  };
  return {
    root,
    kept: keptAt(root, asked.kept),
    branches: below(root, asked.branches),
    joined: asked.joined,
    reading: asked.reading,
  };
}
