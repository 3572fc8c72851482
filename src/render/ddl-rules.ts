/** What no database can build from a definition, whatever its dialect; found before anything is sent. Layer 3. */
import type { ColumnDefinition, TableDefinition } from "../ast/ddl.ts";
import type { ColumnRef } from "../ast/expr.ts";
import { UsageError } from "../errors.ts";
import { checkedName, type NameRules } from "./ddl-names.ts";
import { columnName, type Naming } from "./naming.ts";

const whole = ["smallint", "int", "bigint"];

/** The column of a table that a constraint names. @throws UsageError when there is none */
export function definitionOf(definition: TableDefinition, ref: ColumnRef, naming: Naming): ColumnDefinition {
  const name = columnName(ref, naming);
  const found = definition.columns.find(({ column }) => columnName(column, naming) === name);
  if (found === undefined) throw new UsageError(`the table ${definition.table.name} has no column ${name}`);
  return found;
}

/** @throws UsageError */
export function checkTable(definition: TableDefinition, rules: NameRules, naming: Naming): void {
  const { table, columns } = definition;
  checkedName(table.name, "table", rules);
  if (table.schema !== null) checkedName(table.schema, "schema", rules);
  if (columns.length === 0) throw new UsageError(`the table ${table.name} has no column`);
  const names = new Set<string>();
  for (const { column, identity, codec, default: byDatabase } of columns) {
    const name = checkedName(columnName(column, naming), "column", rules);
    if (names.has(name.toLowerCase()))
      throw new UsageError(`the table ${table.name} has two columns ${name}`, { hint: "case makes no difference" });
    names.add(name.toLowerCase());
    if (codec.type.word === "enum" && (codec.type.values ?? []).length === 0)
      throw new UsageError(`${table.name}.${name} is an enum without values`);
    if (!identity) continue;
    if (!whole.includes(codec.type.word))
      throw new UsageError(`${table.name}.${name} is numbered by the database and must be a whole number`);
    if (byDatabase !== null) throw new UsageError(`${table.name}.${name} is numbered by the database and has a default as well`);
  }
  if (columns.filter(({ identity }) => identity).length > 1)
    throw new UsageError(`the table ${table.name} has two columns that the database numbers`);
  checkKeys(definition, naming);
}

function checkKeys(definition: TableDefinition, naming: Naming): void {
  const { table } = definition;
  const lists = [definition.primaryKey, ...definition.uniques.map(({ columns }) => columns)];
  lists.push(...definition.indexes.map(({ columns }) => columns.map(({ column }) => column)));
  for (const list of lists) for (const ref of list) definitionOf(definition, ref, naming);
  if (lists.slice(1).some((list) => list.length === 0))
    throw new UsageError(`a unique or an index of the table ${table.name} has no column`);
  for (const { columns, targetColumns, target, onDelete, onUpdate } of definition.foreignKeys) {
    if (columns.length === 0 || columns.length !== targetColumns.length) {
      throw new UsageError(
        `a foreign key of ${table.name} has ${columns.length} columns and names ${targetColumns.length} of ${target.name}`,
      );
    }
    for (const ref of columns) {
      const { nullable } = definitionOf(definition, ref, naming);
      if (nullable || (onDelete !== "set null" && onUpdate !== "set null")) continue;
      throw new UsageError(`the foreign key of ${table.name}.${columnName(ref, naming)} sets null in a column that is not null`, {
        hint: "make the column nullable, or choose another action",
      });
    }
  }
}
