/** From a table's state to the definition that the dialects write. */
import type { ColumnDefinition, TableDefinition } from "../src/ast/ddl.ts";
import type { ColumnRef, ExprNode, RawNode } from "../src/ast/expr.ts";
import type { TableRef } from "../src/ast/select.ts";
import type { Codec } from "../src/codec/codec.ts";
import { MigrationError } from "../src/errors.ts";
import { expressionNode } from "./expressions.ts";
import {
  type ColumnState,
  type ConditionData,
  type DefaultData,
  keyOf,
  nameOf,
  type PlainValue,
  type SqlData,
  type TableName,
  type TableState,
} from "./state.ts";
import { codecOf, storedValue, typePart } from "./types.ts";

/** Whose words hand-written SQL is in. */
export type DialectName = "postgres" | "sqlite" | "mysql";

export function refOf(name: string): ColumnRef {
  return { property: name, name, explicit: true };
}

const refs = new Map<string, TableRef>();

/** The same object for the same name: columns of a rule point at their table by it. */
export function tableRef(table: TableName): TableRef {
  const key = keyOf(table);
  const known = refs.get(key);
  if (known !== undefined) return known;
  const ref = typeof table === "string" ? { name: table, schema: null } : { name: table.name, schema: table.schema };
  refs.set(key, ref);
  return ref;
}

/** The text for this dialect. @throws MigrationError when there is none */
export function sqlFor(data: SqlData, dialect: DialectName, what: string): string {
  const { sql } = data;
  const text = typeof sql === "string" ? sql : sql[dialect];
  if (text === undefined) throw new MigrationError(`${what} has no SQL for ${dialect}`, { hint: `add the key ${dialect}` });
  return text;
}

function raw(text: string, codec: Codec | null): RawNode {
  return { kind: "raw", texts: [text], items: [], codec };
}

/** A default, or the value that rows get for a new column. */
export function defaultNode(data: DefaultData, codec: Codec, table: TableRef, dialect: DialectName, what: string): ExprNode {
  if (typeof data === "object" && !Array.isArray(data)) {
    if ("sql" in data) return raw(sqlFor(data, dialect, what), null);
    if ("expression" in data) return expressionNode(data.expression, table);
  }
  return { kind: "value", value: storedValue(data as PlainValue, codec, what), codec };
}

export function conditionNode(data: ConditionData, table: TableRef, dialect: DialectName, what: string): ExprNode {
  if ("sql" in data && !("kind" in data)) return raw(sqlFor(data as SqlData, dialect, what), null);
  return expressionNode(data as Exclude<ConditionData, SqlData>, table);
}

export function columnDefinition(table: TableRef, column: ColumnState, dialect: DialectName): ColumnDefinition {
  const what = `${table.name}.${column.name}`;
  const codec = codecOf(typePart(column), what);
  return {
    column: refOf(column.name),
    codec,
    nullable: column.nullable === true,
    identity: column.identity === true,
    default: column.default === undefined ? null : defaultNode(column.default, codec, table, dialect, `the default of ${what}`),
    comment: column.comment ?? null,
  };
}

export function definitionOf(state: TableState, dialect: DialectName): TableDefinition {
  const table = tableRef(nameOf(state));
  const condition = (data: ConditionData | undefined, name: string): ExprNode | null =>
    data === undefined ? null : conditionNode(data, table, dialect, `${name} of ${state.name}`);
  return {
    table,
    columns: state.columns.map((column) => columnDefinition(table, column, dialect)),
    primaryKey: state.primaryKey.map(refOf),
    uniques: state.uniques.map(({ name, columns, among }) => ({ name, columns: columns.map(refOf), among: condition(among, name) })),
    checks: state.checks.map((check) => ({
      name: check.name,
      condition: condition(check.condition, check.name) as ExprNode,
      columns: [],
    })),
    foreignKeys: state.foreignKeys.map((key) => ({
      name: key.name,
      columns: key.columns.map(refOf),
      target: tableRef(key.target),
      targetColumns: key.targetColumns.map(refOf),
      onDelete: key.onDelete ?? "no action",
      onUpdate: key.onUpdate ?? "no action",
    })),
    indexes: state.indexes.map((index) => ({
      name: index.name,
      columns: index.columns.map((part) =>
        typeof part === "string"
          ? { column: refOf(part), direction: "asc" as const }
          : { column: refOf(part.column), direction: part.direction },
      ),
      unique: index.unique === true,
      where: condition(index.where, index.name),
    })),
    comment: state.comment,
  };
}
