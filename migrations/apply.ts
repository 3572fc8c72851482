/** What an operation makes of a state. */
import { MigrationError } from "../src/errors.ts";
import { mapColumns } from "./expressions.ts";
import type { ColumnChange, Operation } from "./operations.ts";
import {
  type ColumnState,
  type ConditionData,
  type ExpressionData,
  type ForeignKeyState,
  indexedColumns,
  keyOf,
  nameOf,
  type SchemaState,
  shownName,
  type TableName,
  type TableState,
  tableState,
} from "./state.ts";
import { typePart } from "./types.ts";

export function tableOf(state: SchemaState, table: TableName): TableState {
  const found = state.get(keyOf(table));
  if (found === undefined) throw new MigrationError(`there is no table ${shownName(table)} at this point of the migrations`);
  return found;
}

export function columnOf(table: TableState, name: string): ColumnState {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw new MigrationError(`the table ${table.name} has no column ${name} at this point of the migrations`);
  return found;
}

/** @throws MigrationError when the state is not one that the operation can follow */
export function applyOperation(state: SchemaState, operation: Operation): SchemaState {
  switch (operation.op) {
    case "createTable": {
      const key = keyOf(operation.table);
      if (state.has(key))
        throw new MigrationError(`the table ${shownName(operation.table)} exists already at this point of the migrations`);
      return new Map([...state, [key, tableState(operation.table, operation.parts)]]);
    }
    case "dropTable": {
      tableOf(state, operation.table);
      const rest = new Map(state);
      rest.delete(keyOf(operation.table));
      return rest;
    }
    case "renameTable":
      return renamedTable(state, operation.table, operation.to);
    case "renameColumn":
      return renamedColumn(state, operation.table, operation.column, operation.to);
    case "runSql":
    case "run":
      return state;
    case "separateState":
      return operation.state.reduce(applyOperation, state);
    default: {
      const table = tableOf(state, operation.table);
      return new Map([...state].map(([key, other]) => [key, other === table ? changedTable(table, operation) : other]));
    }
  }
}

export function applyAll(state: SchemaState, operations: readonly Operation[]): SchemaState {
  return operations.reduce(applyOperation, state);
}

type InPlace = Exclude<Operation["op"], "createTable" | "dropTable" | "renameTable" | "renameColumn" | "runSql" | "run" | "separateState">;

function changedTable(table: TableState, operation: Extract<Operation, { op: InPlace }>): TableState {
  switch (operation.op) {
    case "addColumn":
      if (table.columns.some(({ name }) => name === operation.column.name))
        throw new MigrationError(`the table ${table.name} has a column ${operation.column.name} already at this point of the migrations`);
      return { ...table, columns: [...table.columns, operation.column] };
    case "dropColumn":
      columnOf(table, operation.column);
      refuseUsed(table, operation.column);
      return { ...table, columns: table.columns.filter(({ name }) => name !== operation.column) };
    case "alterColumn":
      columnOf(table, operation.column);
      return {
        ...table,
        columns: table.columns.map((column) => (column.name === operation.column ? changedColumn(column, operation.change) : column)),
      };
    case "addIndex":
      return { ...table, indexes: added(table, table.indexes, operation.index) };
    case "dropIndex":
      return { ...table, indexes: without(table, table.indexes, operation.name) };
    case "addUnique":
      return { ...table, uniques: added(table, table.uniques, operation.unique) };
    case "dropUnique":
      return { ...table, uniques: without(table, table.uniques, operation.name) };
    case "addCheck":
      return { ...table, checks: added(table, table.checks, operation.check) };
    case "dropCheck":
      return { ...table, checks: without(table, table.checks, operation.name) };
    case "addForeignKey":
      return { ...table, foreignKeys: added(table, table.foreignKeys, operation.foreignKey) };
    case "dropForeignKey":
      return { ...table, foreignKeys: without(table, table.foreignKeys, operation.name) };
    case "setPrimaryKey":
      return { ...table, primaryKey: operation.columns };
    case "comment":
      return { ...table, comment: operation.text };
    default:
      throw operation satisfies never;
  }
}

function added<T extends { readonly name: string }>(table: TableState, list: readonly T[], item: T): T[] {
  if (list.some(({ name }) => name === item.name))
    throw new MigrationError(`the table ${table.name} has a ${item.name} already at this point of the migrations`);
  return [...list, item];
}

function without<T extends { readonly name: string }>(table: TableState, list: readonly T[], name: string): T[] {
  const rest = list.filter((item) => item.name !== name);
  if (rest.length === list.length) throw new MigrationError(`the table ${table.name} has no ${name} at this point of the migrations`);
  return rest;
}

/** A key or index would go with its column on one database and not on another: it is dropped by an operation of its own. */
function refuseUsed(table: TableState, column: string): void {
  const keys = [
    ...table.uniques.map(({ name, columns }) => ({ name, columns })),
    ...table.foreignKeys,
    ...table.indexes.map((index) => ({ name: index.name, columns: indexedColumns(index) })),
    { name: "primary key", columns: table.primaryKey },
  ];
  const user = keys.find(({ columns }) => columns.includes(column));
  if (user === undefined) return;
  throw new MigrationError(`${table.name}.${column} is dropped while ${user.name} still uses it`, { hint: "drop that first" });
}

export function changedColumn(column: ColumnState, change: ColumnChange): ColumnState {
  const { name, nullable, identity, default: byDatabase, comment } = column;
  const next = {
    nullable: change.nullable ?? nullable ?? false,
    identity: change.identity ?? identity ?? false,
    default: change.default === undefined ? byDatabase : (change.default ?? undefined),
    comment: change.comment === undefined ? comment : (change.comment ?? undefined),
  };
  return {
    name,
    ...(change.type ?? typePart(column)),
    ...(next.nullable ? { nullable: true } : {}),
    ...(next.identity ? { identity: true } : {}),
    ...(next.default === undefined ? {} : { default: next.default }),
    ...(next.comment === undefined ? {} : { comment: next.comment }),
  };
}

function renamedTable(state: SchemaState, from: TableName, to: string): SchemaState {
  const table = tableOf(state, from);
  const renamed = { ...table, name: to };
  const target = nameOf(renamed);
  if (state.has(keyOf(target))) throw new MigrationError(`the table ${shownName(target)} exists already at this point of the migrations`);
  const follow = (key: ForeignKeyState): ForeignKeyState => (keyOf(key.target) === keyOf(from) ? { ...key, target } : key);
  return new Map(
    [...state].map(([key, other]) => {
      const next = { ...(other === table ? renamed : other), foreignKeys: other.foreignKeys.map(follow) };
      return other === table ? [keyOf(target), next] : [key, next];
    }),
  );
}

function renamedColumn(state: SchemaState, tableName: TableName, from: string, to: string): SchemaState {
  const table = tableOf(state, tableName);
  columnOf(table, from);
  if (table.columns.some(({ name }) => name === to))
    throw new MigrationError(`the table ${table.name} has a column ${to} already at this point of the migrations`);
  const name = (column: string): string => (column === from ? to : column);
  const renamed: TableState = {
    ...table,
    columns: table.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
    primaryKey: table.primaryKey.map(name),
    uniques: table.uniques.map((unique) => ({
      ...unique,
      columns: unique.columns.map(name),
      ...(unique.among === undefined ? {} : { among: renamedIn(unique.among, name) }),
    })),
    checks: table.checks.map((check) => ({ ...check, condition: renamedIn(check.condition, name) })),
    indexes: table.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((part) => (typeof part === "string" ? name(part) : { ...part, column: name(part.column) })),
      ...(index.where === undefined ? {} : { where: renamedIn(index.where, name) }),
    })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(name) })),
  };
  return new Map(
    [...state].map(([key, other]) => {
      const own = other === table ? renamed : other;
      const foreignKeys = own.foreignKeys.map((foreign) =>
        keyOf(foreign.target) === keyOf(tableName) ? { ...foreign, targetColumns: foreign.targetColumns.map(name) } : foreign,
      );
      return [key, { ...own, foreignKeys }];
    }),
  );
}

/** SQL written by hand stays as it is: nobody knows which of its words are columns. */
function renamedIn(condition: ConditionData, name: (column: string) => string): ConditionData {
  if (!("kind" in condition)) return condition;
  return mapColumns(condition as ExpressionData, (column) => ({ ...column, column: name(String(column["column"])) }));
}
