/** Several migrations as one: their operations after another, without what cancels out. */
import { UsageError } from "../src/errors.ts";
import { applyOperation } from "./apply.ts";
import type { LoadedMigration } from "./migration.ts";
import type { Operation } from "./operations.ts";
import { keyOf, nameOf, partsOf, tableState } from "./state.ts";

type On<Op extends Operation["op"]> = Extract<Operation, { op: Op }>;

const inTable = (operation: Operation, key: string): boolean => "table" in operation && keyOf(operation.table) === key;

/** The operation touches the table from elsewhere: nothing may be moved past it. */
function refersTo(operation: Operation, key: string): boolean {
  switch (operation.op) {
    case "runSql":
    case "run":
    case "separateState":
      return true;
    case "renameTable":
      return keyOf(operation.table) !== key;
    case "createTable":
      return (operation.parts.foreignKeys ?? []).some(({ target }) => keyOf(target) === key);
    case "addForeignKey":
      return keyOf(operation.foreignKey.target) === key;
    default:
      return false;
  }
}

/** A later operation as a part of the CREATE TABLE before it; null where that cannot be. */
function merged(create: On<"createTable">, operation: Operation, made: ReadonlySet<string>): Operation | null {
  const key = keyOf(create.table);
  if (operation.op === "dropTable") return null;
  // The table that a foreign key points at must stand above.
  if (operation.op === "addForeignKey" && !made.has(keyOf(operation.foreignKey.target)) && keyOf(operation.foreignKey.target) !== key)
    return null;
  const [table] = applyOperation(new Map([[key, tableState(create.table, create.parts)]]), operation).values();
  return table === undefined ? null : { op: "createTable", table: nameOf(table), parts: partsOf(table) };
}

/** Nothing between the two looks at the table. */
function free(operations: readonly Operation[], from: number, to: number, key: string): boolean {
  return !operations
    .slice(from + 1, to)
    .some((operation) => refersTo(operation, key) || (inTable(operation, key) && operation.op.startsWith("rename")));
}

function pass(operations: readonly Operation[]): Operation[] | null {
  for (let i = 0; i < operations.length; i++) {
    const first = operations[i] as Operation;
    if (first.op !== "createTable") continue;
    const key = keyOf(first.table);
    const above = new Set(operations.slice(0, i).flatMap((one) => (one.op === "createTable" ? [keyOf(one.table)] : [])));
    for (let j = i + 1; j < operations.length; j++) {
      const next = operations[j] as Operation;
      if (!inTable(next, key)) continue;
      if (next.op === "dropTable" && free(operations, i, j, key) && !operations.slice(i + 1, j).some((one) => inTable(one, key))) {
        return operations.filter((_, at) => at !== i && at !== j);
      }
      const one = free(operations, i, j, key) ? merged(first, next, above) : null;
      if (one === null) break;
      return operations.flatMap((operation, at) => (at === i ? [one] : at === j ? [] : [operation]));
    }
  }
  return withoutPairs(operations);
}

/** A column that is added and dropped again. */
function withoutPairs(operations: readonly Operation[]): Operation[] | null {
  for (const [i, first] of operations.entries()) {
    if (first.op !== "addColumn") continue;
    const key = keyOf(first.table);
    const j = operations.findIndex(
      (next, at) => at > i && next.op === "dropColumn" && inTable(next, key) && next.column === first.column.name,
    );
    if (j < 0) continue;
    const between = operations.slice(i + 1, j);
    if (between.some((one) => refersTo(one, key) || inTable(one, key))) continue;
    return operations.filter((_, at) => at !== i && at !== j);
  }
  return null;
}

/** The same result with fewer operations. */
export function optimise(operations: readonly Operation[]): readonly Operation[] {
  let current: readonly Operation[] = operations;
  for (let next = pass(current); next !== null; next = pass(current)) current = next;
  return current;
}

export interface Squashed {
  readonly operations: readonly Operation[];
  readonly replaces: readonly string[];
  readonly parents: readonly string[];
}

/** @throws UsageError when a file among them runs code, which no other file can hold */
export function squash(files: readonly LoadedMigration[]): Squashed {
  const [first] = files;
  if (first === undefined || files.length < 2) throw new UsageError("there are no two migrations to squash");
  for (const { name, operations } of files) {
    if (operations.some(({ op }) => op === "run")) {
      throw new UsageError(`${name} runs code, which cannot be written into another file`, {
        hint: "squash up to the file before it, or from the one after it",
      });
    }
  }
  const names = new Set(files.map(({ name }) => name));
  const parents = [...new Set(files.flatMap((file) => file.parents))].filter((name) => !names.has(name));
  const replaces = files.flatMap(({ name, replaces: older }) => [name, ...older]);
  return { operations: optimise(files.flatMap(({ operations }) => operations)), replaces, parents };
}
