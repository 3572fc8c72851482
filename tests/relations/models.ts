/** The models of a case, made as a program would write them, and their rows. */
import { ArchiveModel, type Engine, int, Model, SoftDeleteModel, str } from "../../src/index.ts";
import type { KeyForm, Style } from "./describe.ts";
import type { Key, Link, Reference, Relation, Row, Table, World } from "./world.ts";

/** The calls are made by name: nothing here is known to the types. */
// biome-ignore lint/suspicious/noExplicitAny: models of a shape that is drawn while the test runs
export type Any = any;

const bases: Readonly<Record<Style, Any>> = { plain: Model, soft: SoftDeleteModel, archive: ArchiveModel };

/** The columns of a key by their names, under a prefix. */
export function keyNames(form: KeyForm, prefix = ""): string[] {
  const names = form === "id" ? ["id"] : form === "code" ? ["code"] : ["hall", "seat"];
  return prefix === "" ? names : names.map((name) => `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`);
}

function keyColumns(form: KeyForm, prefix: string, change: (column: Any) => Any): Record<string, Any> {
  return Object.fromEntries(keyNames(form, prefix).map((name) => [name, change(/(id|seat)$/i.test(name) ? int() : str({ length: 20 }))]));
}

const nullable = (column: Any): Any => column.nullable();
const required = (column: Any): Any => column;
const primary = (column: Any): Any => column.primaryKey();
const picked = (names: readonly string[]) => (row: Any) => (names.length === 1 ? row[names[0] as string] : names.map((name) => row[name]));
const assigned = (names: readonly string[], key: Key | null): [string, unknown][] => names.map((name, i) => [name, key?.[i] ?? null]);

const holder = ({ at, key }: Reference): string[] => keyNames(key, `to${at}`);
const sides = ({ keys }: Link): [string[], string[]] => [keyNames(keys[0], "left"), keyNames(keys[1], "right")];

export interface Models {
  readonly tables: readonly Any[];
  readonly links: readonly Any[];
}

/** Rows of a relation by `n` downwards; the key decides between equals. */
export const downwards =
  (form: KeyForm) =>
  (row: Any): unknown[] => [row.n.desc(), ...keyNames(form).map((name) => row[name].asc())];

export function modelsOf({ tables, links }: World, name: string): Models {
  const made: Any[] = tables.map((table) => {
    const columns = {
      ...keyColumns(table.key, "", primary),
      n: int(),
      ...Object.assign({}, ...table.references.map(({ at, key }) => keyColumns(key, `to${at}`, nullable))),
    };
    return class extends bases[table.style](`${name}_t${table.at}`, columns) {};
  });
  const joins: Any[] = links.map((link) => {
    const columns = { ...keyColumns(link.keys[0], "left", required), ...keyColumns(link.keys[1], "right", required) };
    return class extends bases[link.style](`${name}_l${link.at}`, columns) {};
  });
  for (const table of tables)
    for (const relation of table.relations)
      Object.defineProperty(made[table.at].prototype, relation.name, {
        configurable: true,
        get(this: Any) {
          return relate(this, relation, tables[relation.to] as Table, made[relation.to], joins);
        },
      });
  return { tables: made, links: joins };
}

function relate(row: Any, relation: Relation, target: Table, model: Any, joins: readonly Any[]): unknown {
  if (relation.kind === "manyToMany") {
    const [left, right] = sides(relation.link);
    const [ours, theirs] = relation.side === "left" ? [left, right] : [right, left];
    return row.manyToMany(model, joins[relation.link.at], (link: Any) => [picked(ours)(link), picked(theirs)(link)]);
  }
  const { kind, reference } = relation;
  const names = picked(holder(reference));
  const { min } = reference;
  if (kind !== "hasMany" || min === null) return row[kind](model, names);
  return row.hasMany(model, names, { where: (one: Any) => one.n.gte(min), orderBy: downwards(target.key) });
}

function rowValues(table: Table, row: Row): Record<string, unknown> {
  const holds = table.references.flatMap((reference, i) => assigned(holder(reference), row.holds[i] ?? null));
  return Object.fromEntries([...assigned(keyNames(table.key), row.key), ["n", row.n], ...holds]);
}

/** Inserts what is live, and what will be deleted before that: by the model, as a program would. */
export async function fill(engine: Engine, world: World, models: Models): Promise<void> {
  for (const table of world.tables) {
    const model = models.tables[table.at].using(engine);
    if (table.rows.length > 0) await model.bulkCreate(table.rows.map((row) => rowValues(table, row)));
    for (const row of table.rows) if (row.deleted) await model.where(Object.fromEntries(assigned(keyNames(table.key), row.key))).delete();
  }
  for (const link of world.links) {
    const model = models.links[link.at].using(engine);
    const [left, right] = sides(link);
    const values = (row: Link["rows"][number]) => Object.fromEntries([...assigned(left, row.left), ...assigned(right, row.right)]);
    const [gone, live] = [link.rows.filter((row) => row.deleted), link.rows.filter((row) => !row.deleted)];
    if (gone.length > 0) {
      await model.bulkCreate(gone.map(values));
      await model.all().allRows().delete();
    }
    if (live.length > 0) await model.bulkCreate(live.map(values));
  }
}
