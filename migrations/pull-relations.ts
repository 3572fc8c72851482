/** Relations of pulled models, from their foreign keys. */
import { camel, type PulledTable, unused } from "./pull-names.ts";
import { type ForeignKeyState, keyOf, nameOf, same, type TableState } from "./state.ts";

export interface PulledRelation {
  readonly name: string;
  /** The body of the getter. */
  readonly text: string;
}

/** `author_id`, `AuthorId`: what it points at, in a word. */
function stemOf(column: string, target: string): string {
  const stem = column.replace(/[_ ]?id$/i, "");
  return camel(stem === "" || stem === column ? target : stem);
}

function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

/** A table that only links two others: its key is its two foreign keys. */
function linksOf(table: TableState): readonly [ForeignKeyState, ForeignKeyState] | null {
  const single = table.foreignKeys.filter(({ columns }) => columns.length === 1);
  const [one, other] = single;
  if (one === undefined || other === undefined || single.length !== 2) return null;
  return same([...table.primaryKey].sort(), [...one.columns, ...other.columns].sort()) ? [one, other] : null;
}

/** By name of model. */
export function relationsOf(pulled: readonly PulledTable[]): Map<string, PulledRelation[]> {
  const byKey = new Map(pulled.map((one) => [keyOf(nameOf(one.table)), one]));
  const taken = new Map(pulled.map((one) => [one.model, new Set([...one.properties.values(), "id"])]));
  const found = new Map<string, PulledRelation[]>(pulled.map((one) => [one.model, []]));
  const add = (model: string, wanted: string, text: string): void => {
    const name = unused(wanted, taken.get(model) as Set<string>);
    found.get(model)?.push({ name, text });
  };
  for (const one of pulled) {
    const { table, model, properties } = one;
    for (const key of table.foreignKeys) {
      const target = byKey.get(keyOf(key.target));
      const [column] = key.columns;
      if (target === undefined || column === undefined || key.columns.length !== 1) continue;
      if (table.columns.find(({ name }) => name === column)?.type === "native") continue;
      const property = properties.get(column) as string;
      const stem = stemOf(column, target.table.name);
      add(model, stem, `this.belongsTo(${target.model}, (t) => t.${property})`);
      const only = same(table.primaryKey, [column]) || table.uniques.some(({ columns }) => same(columns, [column]));
      const twins = table.foreignKeys.filter((other) => keyOf(other.target) === keyOf(key.target)).length > 1;
      const name = only ? camel(table.name) : plural(camel(table.name));
      const wanted = twins ? `${name}By${stem[0]?.toUpperCase()}${stem.slice(1)}` : name;
      add(target.model, wanted, `this.${only ? "hasOne" : "hasMany"}(${model}, (t) => t.${property})`);
    }
  }
  for (const { table, model, properties } of pulled) {
    const links = linksOf(table);
    if (links === null) continue;
    for (const [own, far] of [links, [links[1], links[0]] as const]) {
      const [from, to] = [byKey.get(keyOf(own.target)), byKey.get(keyOf(far.target))];
      if (from === undefined || to === undefined || from === to) continue;
      const keys = [own, far].map(({ columns }) => `link.${properties.get(columns[0] as string)}`).join(", ");
      add(from.model, plural(camel(to.table.name)), `this.manyToMany(${to.model}, ${model}, (link) => [${keys}])`);
    }
  }
  return found;
}
