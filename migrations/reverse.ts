/** What undoes an operation, and what an operation takes away for good. */
import { applyAll, applyOperation, changedColumn, columnOf, tableOf } from "./apply.ts";
import type { ColumnChange, Operation } from "./operations.ts";
import { type ColumnState, nameOf, partsOf, type SchemaState, shownName, type TableState } from "./state.ts";
import { typePart } from "./types.ts";

/** Why an operation cannot be undone. */
export interface Irreversible {
  readonly irreversible: string;
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  return list.find((item) => item.name === name) as T;
}

/** The operations that lead back, in order, given the state before the operation. */
export function reverseOf(operation: Operation, before: SchemaState): readonly Operation[] | Irreversible {
  switch (operation.op) {
    case "createTable":
      return [{ op: "dropTable", table: operation.table }];
    case "dropTable":
      return [{ op: "createTable", table: operation.table, parts: partsOf(tableOf(before, operation.table)) }];
    case "renameTable": {
      const table = tableOf(before, operation.table);
      return [{ op: "renameTable", table: nameOf({ ...table, name: operation.to }), to: table.name }];
    }
    case "renameColumn":
      return [{ op: "renameColumn", table: operation.table, column: operation.to, to: operation.column }];
    case "runSql":
      if (operation.down === null) return { irreversible: "runSql was given no `down`" };
      return [{ op: "runSql", up: operation.down, down: operation.up }];
    case "run":
      if (operation.down === null) return { irreversible: "run was given no `down`" };
      return [{ op: "run", up: operation.down, down: operation.up }];
    case "separateState": {
      const state = reverseAll(operation.state, before);
      const database = reverseAll(operation.database, before);
      if ("irreversible" in state) return state;
      if ("irreversible" in database) return database;
      return [{ op: "separateState", state, database }];
    }
    default:
      return reverseInTable(operation, tableOf(before, operation.table));
  }
}

type Elsewhere = "createTable" | "dropTable" | "renameTable" | "renameColumn" | "runSql" | "run" | "separateState";

function reverseInTable(operation: Exclude<Operation, { op: Elsewhere }>, before: TableState): readonly Operation[] {
  const { table } = operation;
  switch (operation.op) {
    case "addColumn":
      return [{ op: "dropColumn", table, column: operation.column.name }];
    case "dropColumn": {
      const column = columnOf(before, operation.column);
      return [{ op: "addColumn", table, column, fill: operation.fill ?? emptyValue(column) }];
    }
    case "alterColumn": {
      const column = columnOf(before, operation.column);
      return [
        {
          op: "alterColumn",
          table,
          column: operation.column,
          change: changeTo(column, changedColumn(column, operation.change)),
          fill: emptyValue(column),
        },
      ];
    }
    case "addIndex":
      return [{ op: "dropIndex", table, name: operation.index.name, ...concurrency(operation) }];
    case "dropIndex":
      return [{ op: "addIndex", table, index: named(before.indexes, operation.name), ...concurrency(operation) }];
    case "addUnique":
      return [{ op: "dropUnique", table, name: operation.unique.name }];
    case "dropUnique":
      return [{ op: "addUnique", table, unique: named(before.uniques, operation.name) }];
    case "addCheck":
      return [{ op: "dropCheck", table, name: operation.check.name }];
    case "dropCheck":
      return [{ op: "addCheck", table, check: named(before.checks, operation.name) }];
    case "addForeignKey":
      return [{ op: "dropForeignKey", table, name: operation.foreignKey.name }];
    case "dropForeignKey":
      return [{ op: "addForeignKey", table, foreignKey: named(before.foreignKeys, operation.name) }];
    case "setPrimaryKey":
      return [{ op: "setPrimaryKey", table, columns: before.primaryKey }];
    case "comment":
      return [{ op: "comment", table, text: before.comment }];
    default:
      throw operation satisfies never;
  }
}

function concurrency({ concurrently }: { readonly concurrently?: boolean }): { concurrently?: boolean } {
  return concurrently === undefined ? {} : { concurrently };
}

/** The change that makes `column` of `from`. */
export function changeTo(column: ColumnState, from: ColumnState): ColumnChange {
  const changed = <T>(one: T, other: T): boolean => JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);
  return {
    ...(changed(typePart(column), typePart(from)) ? { type: typePart(column) } : {}),
    ...((column.nullable === true) !== (from.nullable === true) ? { nullable: column.nullable === true } : {}),
    ...((column.identity === true) !== (from.identity === true) ? { identity: column.identity === true } : {}),
    ...(changed(column.default, from.default) ? { default: column.default ?? null } : {}),
    ...(changed(column.comment, from.comment) ? { comment: column.comment ?? null } : {}),
  };
}

const neutral: Readonly<Record<string, string | number | boolean>> = {
  smallint: 0,
  int: 0,
  bigint: "0",
  float: 0,
  decimal: "0",
  bool: false,
  string: "",
  text: "",
  datetime: "1970-01-01T00:00:00.000Z",
  date: "1970-01-01",
  time: "00:00:00",
  uuid: "00000000-0000-0000-0000-000000000000",
  json: "null",
  bytes: "",
};

/** What rows get when a column comes back that took no null: nobody has kept its values. */
function emptyValue(column: ColumnState): string | number | boolean | readonly never[] {
  if (column.type === "array") return [];
  return column.type === "enum" ? (column.values?.[0] ?? "") : (neutral[column.type] ?? "");
}

/** The way back over several operations, the last one first. */
export function reverseAll(operations: readonly Operation[], before: SchemaState): readonly Operation[] | Irreversible {
  let state = before;
  const back: Operation[] = [];
  for (const operation of operations) {
    const reversed = reverseOf(operation, state);
    if ("irreversible" in reversed) return reversed;
    back.unshift(...reversed);
    state = applyOperation(state, operation);
  }
  return back;
}

/** What running the operation would lose, as the end of "this ...": null when nothing. */
export function destroyedBy(operation: Operation): string | null {
  switch (operation.op) {
    case "dropTable":
      return `drops the table ${shownName(operation.table)} with all its rows`;
    case "dropColumn":
      return `drops the column ${shownName(operation.table)}.${operation.column} with all its values`;
    case "runSql":
    case "run":
      return operation.destroys === true ? "says of itself that it destroys data" : null;
    case "separateState":
      return operation.database.map(destroyedBy).find((text) => text !== null) ?? null;
    default:
      return null;
  }
}

/** The state after, and what each operation saw before it. */
export function statesAlong(operations: readonly Operation[], start: SchemaState): { befores: SchemaState[]; after: SchemaState } {
  const befores: SchemaState[] = [];
  let state = start;
  for (const operation of operations) {
    befores.push(state);
    state = applyAll(state, [operation]);
  }
  return { befores, after: state };
}
