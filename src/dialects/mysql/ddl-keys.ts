/** What InnoDB can index, and how much of it. Layer 4. */
import type { TableDefinition } from "../../ast/ddl.ts";
import type { ColumnRef } from "../../ast/expr.ts";
import type { ColumnType, TypeWord } from "../../ast/type.ts";
import { UnsupportedError, UsageError } from "../../errors.ts";
import { longestOf } from "../../render/ddl.ts";
import { definitionOf } from "../../render/ddl-rules.ts";
import { columnName, type Naming } from "../../render/naming.ts";

/** Bytes of one key with all its columns. */
const maxKeyBytes = 3072;
const bytesPerCharacter = 4;

/** What a column takes in a key; null when it cannot be in one. */
const sizes: Readonly<Record<TypeWord, number | null | ((type: ColumnType) => number)>> = {
  smallint: 2,
  int: 4,
  bigint: 8,
  float: 8,
  decimal: ({ precision }) => Math.ceil((precision ?? 65) / 2) + 1,
  bool: 1,
  string: ({ length }) => (length ?? 255) * bytesPerCharacter,
  text: null,
  datetime: 7,
  date: 3,
  time: 5,
  uuid: 36 * bytesPerCharacter,
  json: null,
  bytes: null,
  enum: ({ values }) => longestOf(values) * bytesPerCharacter,
  array: null,
};

/**
 * Every key, foreign ones included: InnoDB indexes their columns.
 * @throws UnsupportedError naming the column or the limit
 */
export function checkKeys(definition: TableDefinition, naming: Naming, label: string): void {
  const { table } = definition;
  const indexed = [...definition.uniques, ...definition.foreignKeys].map(({ columns }) => columns);
  const keys = [definition.primaryKey, ...indexed, ...definition.indexes.map(({ columns }) => columns.map(({ column }) => column))];
  for (const key of keys) checkKey(definition, key, naming, label);
  for (const { column, identity } of definition.columns) {
    const name = columnName(column, naming);
    const leads = (key: readonly ColumnRef[]): boolean => key[0] !== undefined && columnName(key[0], naming) === name;
    if (!identity || keys.some(leads)) continue;
    throw new UnsupportedError(`${label} numbers only a column that is the first of a key, unlike ${table.name}.${name}`, {
      hint: "make it the primary key or unique",
    });
  }
}

function checkKey(definition: TableDefinition, key: readonly ColumnRef[], naming: Naming, label: string): void {
  const { name: table } = definition.table;
  let bytes = 0;
  for (const ref of key) {
    const { type } = definitionOf(definition, ref, naming).codec;
    const size = sizes[type.word];
    if (size === null) {
      const message = `${table}.${columnName(ref, naming)} is in a key, and ${label} cannot index a ${type.word} column`;
      throw new UnsupportedError(message, { hint: "use str({ length }) for text that is looked up" });
    }
    bytes += typeof size === "number" ? size : size(type);
  }
  if (bytes <= maxKeyBytes) return;
  const list = key.map((ref) => columnName(ref, naming)).join(", ");
  throw new UnsupportedError(`the key of ${table} (${list}) takes ${bytes} bytes, and ${label} takes ${maxKeyBytes} at most`, {
    hint: "a character takes 4 bytes: shorten the columns with str({ length })",
  });
}

/** @throws UsageError for a length or precision that has no column type here */
export function checkSize(type: ColumnType, label: string): void {
  if (type.word === "string" && (type.length ?? 255) > 16_383) {
    throw new UsageError(`${label} is longer than 16383 characters, the most that a varchar of MySQL holds`, { hint: "use text()" });
  }
  if (type.word === "decimal" && ((type.precision ?? 0) > 65 || (type.scale ?? 0) > 30)) {
    throw new UsageError(`${label} has more than 65 digits, or more than 30 of them after the point, the most that MySQL takes`);
  }
}
