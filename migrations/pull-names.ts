/** Names in the code for what a database has. */
import { isReserved } from "../src/model/reserved.ts";
import { snakeCase } from "../src/util/names.ts";
import { keyOf, nameOf, type TableState } from "./state.ts";

/** A table with the names that its model has in the code. */
export interface PulledTable {
  readonly table: TableState;
  readonly model: string;
  /** Property by column. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Names that the file imports or that JavaScript has. */
const reservedClasses = [
  "Model",
  "Object",
  "Function",
  "Array",
  "String",
  "Number",
  "Boolean",
  "Symbol",
  "Map",
  "Set",
  "Date",
  "Error",
  "Promise",
  "Proxy",
];

function words(name: string): string[] {
  return snakeCase(name.normalize("NFKD").replace(/[\u0300-\u036f]/g, ""))
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function pascal(name: string): string {
  const joined = words(name)
    .map((word) => (word[0] as string).toUpperCase() + word.slice(1))
    .join("");
  return /^[A-Z]/.test(joined) ? joined : `Table${joined}`;
}

export function camel(name: string): string {
  const [first = "column", ...rest] = words(name);
  const joined = first + rest.map((word) => (word[0] as string).toUpperCase() + word.slice(1)).join("");
  const named = /^[a-z]/.test(joined) ? joined : `column${joined}`;
  return isReserved(named) ? `${named}Value` : named;
}

export function unused(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}${n}`;
  taken.add(free);
  return free;
}

/** The names of the models of these tables, by table. */
export function modelNames(tables: readonly TableState[]): Map<string, PulledTable> {
  const taken = new Set<string>(reservedClasses);
  return new Map(
    tables.map((table) => [keyOf(nameOf(table)), { table, model: unused(pascal(table.name), taken), properties: propertiesOf(table) }]),
  );
}

function propertiesOf(table: TableState): Map<string, string> {
  const taken = new Set<string>();
  return new Map(table.columns.map(({ name }) => [name, unused(camel(name), taken)]));
}
