/** Models as TypeScript, from the state of a live database. Whatever the database says stands in texts made by JSON.stringify. */
import { snakeCase } from "../src/util/names.ts";
import { modelNames, type PulledTable } from "./pull-names.ts";
import { type PulledRelation, relationsOf } from "./pull-relations.ts";
import {
  type ColumnState,
  type ConditionData,
  type DefaultData,
  type ForeignKeyState,
  keyOf,
  nameOf,
  type SchemaState,
  same,
  shownName,
  type TableState,
} from "./state.ts";
import { tableOrder } from "./table-order.ts";
import { typePart } from "./types.ts";

const text = JSON.stringify;

/** The text of one file with all models, and what could not be said in one. */
export function printModels(state: SchemaState): { readonly text: string; readonly notes: readonly string[] } {
  // In a circle those without a schema come first: no bare name means them inside a table of the same name.
  const tables = tableOrder([...state.values()].sort((a, b) => Number(a.schema === null) - Number(b.schema === null)));
  const pulled = modelNames(tables);
  const used = new Set<string>(["Model"]);
  const notes: string[] = [];
  const relations = relationsOf([...pulled.values()]);
  const declared = new Set<string>();
  const classes = [...pulled.values()].map((one) => {
    declared.add(keyOf(nameOf(one.table)));
    return printModel(one, { pulled, declared, used, notes, relations: relations.get(one.model) ?? [] });
  });
  const names = [...used].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return { text: `import { ${names.join(", ")} } from "kakaorm";\n\n${classes.join("\n\n")}\n`, notes };
}

interface Context {
  readonly pulled: ReadonlyMap<string, PulledTable>;
  /** Tables whose classes stand above, this one included. */
  readonly declared: ReadonlySet<string>;
  readonly used: Set<string>;
  readonly notes: string[];
  readonly relations: readonly PulledRelation[];
}

function isImplicitId(table: TableState, column: ColumnState): boolean {
  const plain = column.type === "bigint" && column.identity === true && column.comment === undefined;
  return plain && column.name === "id" && same(table.primaryKey, ["id"]);
}

function printModel(one: PulledTable, context: Context): string {
  const { table, model, properties } = one;
  // The key's columns come in its order: that is the order of the key.
  const rank = (column: ColumnState): number =>
    (table.primaryKey.indexOf(column.name) + table.columns.length + 1) % (table.columns.length + 1);
  const key = table.primaryKey.length > 1 ? [...table.columns].sort((a, b) => rank(a) - rank(b)) : table.columns;
  const lines = key.flatMap((column) => {
    if (isImplicitId(table, column)) return [];
    if (column.type === "native") {
      context.notes.push(`${table.name}.${column.name} (${column.native ?? ""}) has no column type and was left out`);
      return [];
    }
    return [`  ${properties.get(column.name)}: ${printColumn(one, column, context)},`];
  });
  if (table.primaryKey.length === 0) context.notes.push(`${table.name} has no primary key: its model would ask for a column id`);
  const options = optionsOf(one, context);
  const body = lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n}`;
  const getters = context.relations.map(({ name, text: code }) => `  get ${name}() {\n    return ${code};\n  }`);
  const head = `export class ${model} extends Model(${text(table.name)}, ${body}${options === "" ? "" : `, ${options}`})`;
  return getters.length === 0 ? `${head} {}` : `${head} {\n${getters.join("\n")}\n}`;
}

function keyFor({ table }: PulledTable, column: ColumnState): ForeignKeyState | null {
  return table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column.name) ?? null;
}

function printColumn(one: PulledTable, column: ColumnState, context: Context): string {
  const { table, properties } = one;
  const key = keyFor(one, column);
  let code = key === null ? null : printForeignKey(one, column, key, context);
  if (code === null) {
    code = printType(column, context);
    const target = key === null ? undefined : context.pulled.get(keyOf(key.target));
    if (key !== null && target !== undefined && context.declared.has(keyOf(key.target)) && target.table !== table) {
      code += `.references(() => ${target.model}, ${options({ column: target.properties.get(key.targetColumns[0] ?? ""), ...actions(key) })})`;
    } else if (key !== null) context.notes.push(`${key.name} of ${table.name} could not be declared`);
  }
  const property = properties.get(column.name) as string;
  if (snakeCase(property) !== column.name) code += `.column(${text(column.name)})`;
  if (column.nullable === true) code += ".nullable()";
  if (column.identity === true) code += ".identity()";
  if (table.primaryKey.includes(column.name)) code += ".primaryKey()";
  if (column.default !== undefined) code += `.dbDefault(${printDefault(column.default, column, context)})`;
  if (table.uniques.some(({ columns }) => same(columns, [column.name]))) code += ".unique()";
  if (table.indexes.some((index) => same(index.columns, [column.name]) && index.unique !== true && index.where === undefined))
    code += ".index()";
  if (column.comment !== undefined) code += `.comment(${text(column.comment)})`;
  return code;
}

function actions({ onDelete, onUpdate }: ForeignKeyState): Record<string, string | undefined> {
  return { onDelete, onUpdate };
}

function options(given: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? "" : `{ ${entries.map(([name, value]) => `${name}: ${text(value)}`).join(", ")} }`;
}

/** A key to the primary key of another table has that key's type. By name where the class stands below. */
function printForeignKey({ table }: PulledTable, column: ColumnState, key: ForeignKeyState, context: Context): string | null {
  const { pulled, declared, used } = context;
  const target = pulled.get(keyOf(key.target));
  if (target === undefined || target.table.primaryKey.length !== 1 || target.table.primaryKey[0] !== key.targetColumns[0]) return null;
  const referred = target.table.columns.find(({ name }) => name === key.targetColumns[0]);
  if (referred === undefined || !same(typePart(referred), typePart(column))) return null;
  used.add("foreignKey");
  const own = target.table.foreignKeys.includes(key);
  const extra = options(actions(key));
  const rest = extra === "" ? "" : `, ${extra}`;
  if (declared.has(keyOf(key.target)) && !own) return `foreignKey(() => ${target.model}${rest})`;
  const name = own ? target.table.name : shownName(nameOf(target.table));
  // Its own table is what a model finds under its own bare name.
  if (!own && name === table.name) return null;
  const type = isImplicitId(target.table, referred)
    ? "number"
    : ({ bigint: "bigint", int: "number", smallint: "number" }[referred.type as string] ?? "string");
  return `foreignKey<${type}>(${text(name)}${rest})`;
}

function printType(column: ColumnState, { used }: Context): string {
  const call = (name: string, args = ""): string => {
    used.add(name);
    return `${name}(${args})`;
  };
  switch (column.type) {
    case "string":
      return call("str", column.length === 255 ? "" : `{ length: ${column.length} }`);
    case "decimal":
      return call("decimal", `{ precision: ${column.precision}, scale: ${column.scale} }`);
    case "enum":
      return call("oneOf", (column.values ?? []).map((value) => text(value)).join(", "));
    case "array":
      return call("array", printType({ name: "", ...(column.element ?? { type: "text" }) }, { used } as Context));
    case "native":
      return call("text");
    default:
      return call(column.type);
  }
}

function printDefault(value: DefaultData, column: ColumnState, { used }: Context): string {
  if (typeof value === "object" && "sql" in value) {
    used.add("sql");
    return `sql.unsafe(${text(value.sql)})`;
  }
  return column.type === "bigint" ? `${value}n` : text(value);
}

function condition(data: ConditionData, used: Set<string>): string {
  used.add("sql");
  const raw = "sql" in data && typeof data["sql"] === "string" ? data["sql"] : "";
  return `sql.unsafe<boolean>(${text(raw)})`;
}

function optionsOf({ table, properties }: PulledTable, { used, pulled, declared, notes }: Context): string {
  const at = (column: string): string => `t.${properties.get(column)}`;
  const parts: string[] = [];
  const uniques = table.uniques.filter(({ columns }) => columns.length > 1);
  if (uniques.length > 0) parts.push(`uniques: (t) => [${uniques.map(({ columns }) => `[${columns.map(at).join(", ")}]`).join(", ")}]`);
  const indexes = table.indexes.filter(
    (index) => index.columns.length > 1 || index.unique === true || index.where !== undefined || typeof index.columns[0] !== "string",
  );
  if (indexes.length > 0) {
    const printed = indexes.map((index) => {
      if (index.unique !== true && index.where === undefined) {
        return `[${index.columns.map((part) => (typeof part === "string" ? at(part) : `${at(part.column)}.desc()`)).join(", ")}]`;
      }
      if (index.columns.some((part) => typeof part !== "string")) notes.push(`${index.name} of ${table.name} lost its descending order`);
      const on = index.columns.map((part) => text(properties.get(typeof part === "string" ? part : part.column))).join(", ");
      const where = index.where === undefined ? "" : `, where: () => ${condition(index.where, used)}`;
      return `{ on: [${on}]${index.unique === true ? ", unique: true" : ""}${where} }`;
    });
    parts.push(`indexes: ${printed.some((one) => one.startsWith("[")) ? "(t)" : "()"} => [${printed.join(", ")}]`);
  }
  if (table.checks.length > 0) parts.push(`checks: () => [${table.checks.map((check) => condition(check.condition, used)).join(", ")}]`);
  const wide = table.foreignKeys.filter(({ columns }) => columns.length > 1);
  const keys = wide.flatMap((key) => {
    const target = pulled.get(keyOf(key.target));
    if (target === undefined || !declared.has(keyOf(key.target))) {
      notes.push(`${key.name} of ${table.name} could not be declared`);
      return [];
    }
    const on = key.columns.map((column) => text(properties.get(column))).join(", ");
    const references = key.targetColumns.map((column) => text(target.properties.get(column))).join(", ");
    const more = options(actions(key)).slice(2, -2);
    return [`{ on: [${on}], target: () => ${target.model}, references: [${references}]${more === "" ? "" : `, ${more}`} }`];
  });
  if (keys.length > 0) parts.push(`foreignKeys: [${keys.join(", ")}]`);
  if (table.schema !== null) parts.push(`schema: ${text(table.schema)}`);
  if (table.comment !== null) parts.push(`comment: ${text(table.comment)}`);
  return parts.length === 0 ? "" : `{ ${parts.join(", ")} }`;
}
