/** From operations to the statements of one database. */
import type { DdlStep, TableChange, TableDefinition, TableStep } from "../src/ast/ddl.ts";
import type { DdlWriter, Dialect } from "../src/dialects/dialect.ts";
import { MigrationError } from "../src/errors.ts";
import { defaultNaming } from "../src/render/naming.ts";
import type { Traits } from "../src/render/traits.ts";
import { applyOperation, columnOf, tableOf } from "./apply.ts";
import { columnDefinition, conditionNode, defaultNode, definitionOf, refOf, tableRef } from "./definition.ts";
import type { DataStep, Operation, SqlStatements } from "./operations.ts";
import { type ColumnState, type DefaultData, keyOf, nameOf, type SchemaState, shownName, type TableState } from "./state.ts";
import { codecOf, typePart } from "./types.ts";

/** What is run, in order. */
export type Step =
  | { readonly kind: "ddl"; readonly label: string; readonly step: DdlStep }
  | { readonly kind: "sql"; readonly label: string; readonly sql: string }
  | { readonly kind: "data"; readonly label: string; readonly work: DataStep };

export interface CompileTarget {
  readonly name: Dialect["name"];
  readonly ddl: DdlWriter;
  readonly traits: Traits;
}

/** What `compileOperations` needs of an engine: its dialect's writer is loaded first. */
export async function compileTarget({ dialect, traits }: { readonly dialect: Dialect; readonly traits: Traits }): Promise<CompileTarget> {
  return { name: dialect.name, ddl: await dialect.ddl(), traits };
}

/**
 * The steps that these operations take here, from the given state.
 * @throws MigrationError, UsageError, UnsupportedError before anything is sent
 */
export function compileOperations(operations: readonly Operation[], start: SchemaState, target: CompileTarget): Step[] {
  const steps: Step[] = [];
  let state = start;
  // Changes of one table in a row are put into SQL together, and each statement tells whose it is.
  let pending: { readonly table: string; readonly labels: Map<TableStep, string> } | null = null;
  const o = { traits: target.traits, naming: defaultNaming };
  const { ddl, name: dialect } = target;
  const flush = (): void => {
    if (pending === null) return;
    const { labels } = pending;
    const changes = [...labels.keys()];
    for (const step of ddl.alterTable(changes, o)) {
      const label = (step.of ?? changes).map((change) => labels.get(change)).join(", ");
      steps.push({ kind: "ddl", label, step });
    }
    pending = null;
  };
  const push = (label: string, statements: readonly string[]): void => {
    flush();
    for (const sql of statements) steps.push({ kind: "ddl", label, step: { sql } });
  };
  const compile = (operation: Operation, seen: SchemaState): SchemaState => {
    const label = describeOperation(operation);
    switch (operation.op) {
      case "createTable": {
        const after = applyOperation(seen, operation);
        push(label, ddl.createTables([definitionOf(tableOf(after, operation.table), dialect)], o));
        return after;
      }
      case "dropTable": {
        refuseReferred(seen, tableOf(seen, operation.table));
        push(label, ddl.dropTables([definitionOf(tableOf(seen, operation.table), dialect)], { ...o, ifExists: false, cascade: false }));
        return applyOperation(seen, operation);
      }
      case "runSql":
        flush();
        for (const sql of statementsFor(operation.up, dialect, label)) steps.push({ kind: "sql", label, sql });
        return seen;
      case "run":
        flush();
        steps.push({ kind: "data", label, work: operation.up });
        return seen;
      case "separateState": {
        flush();
        let database = seen;
        for (const inner of operation.database) database = compile(inner, database);
        flush();
        return applyOperation(seen, operation);
      }
      default: {
        const after = applyOperation(seen, operation);
        const from = tableOf(seen, operation.table);
        const to =
          operation.op === "renameTable" ? tableOf(after, nameOf({ ...from, name: operation.to })) : tableOf(after, operation.table);
        const [before, next] = [definitionOf(from, dialect), definitionOf(to, dialect)];
        const change = changeOf(operation, from, to, before, dialect);
        if (pending !== null && pending.table !== keyOf(operation.table)) flush();
        pending ??= { table: keyOf(operation.table), labels: new Map() };
        pending.labels.set({ change, before, after: next }, label);
        if (operation.op === "renameTable" || operation.op === "renameColumn") flush();
        return after;
      }
    }
  };
  for (const operation of operations) state = compile(operation, state);
  flush();
  return steps;
}

/** SQLite would delete the rows that refer to the table, other databases refuse: said before anything runs, everywhere. */
function refuseReferred(state: SchemaState, table: TableState): void {
  for (const other of state.values()) {
    if (other === table) continue;
    const key = other.foreignKeys.find(({ target }) => keyOf(target) === keyOf(nameOf(table)));
    if (key === undefined) continue;
    throw new MigrationError(`the table ${table.name} is dropped while ${other.name} refers to it by ${key.name}`, {
      hint: "drop that foreign key first",
    });
  }
}

export function statementsFor(sql: SqlStatements, dialect: Dialect["name"], label: string): readonly string[] {
  const own =
    typeof sql === "string" || Array.isArray(sql) ? sql : (sql as { readonly [name: string]: string | readonly string[] })[dialect];
  if (own === undefined)
    throw new MigrationError(`${label} has no SQL for ${dialect}`, { hint: `add the key ${dialect}, with [] for nothing` });
  return typeof own === "string" ? [own] : (own as readonly string[]);
}

type InTable = Exclude<Operation, { op: "createTable" | "dropTable" | "runSql" | "run" | "separateState" }>;

function changeOf(operation: InTable, from: TableState, to: TableState, before: TableDefinition, dialect: Dialect["name"]): TableChange {
  const table = tableRef(nameOf(to));
  const column = (state: ColumnState) => columnDefinition(table, state, dialect);
  const fill = (data: DefaultData | undefined, of: ColumnState) =>
    data === undefined ? null : defaultNode(data, codecOf(typePart(of), of.name), table, dialect, `the value for ${from.name}.${of.name}`);
  const at = <T>(list: readonly { readonly name: string }[], definitions: readonly T[], name: string): T =>
    definitions[list.findIndex((item) => item.name === name)] as T;
  const next = (): TableDefinition => definitionOf(to, dialect);
  switch (operation.op) {
    case "renameTable":
      return { kind: "renameTable" };
    case "addColumn": {
      const { column: added } = operation;
      const needed = added.nullable !== true && added.default === undefined && added.identity !== true;
      return { kind: "addColumn", column: column(added), fill: needed ? fill(operation.fill, added) : null };
    }
    case "dropColumn":
      return { kind: "dropColumn", column: refOf(operation.column) };
    case "renameColumn":
      return { kind: "renameColumn", from: refOf(operation.column), to: refOf(operation.to) };
    case "alterColumn": {
      const [old, now] = [columnOf(from, operation.column), columnOf(to, operation.column)];
      const closes = old.nullable === true && now.nullable !== true;
      return { kind: "alterColumn", from: column(old), to: column(now), fill: closes ? fill(operation.fill, now) : null };
    }
    case "addIndex":
      return {
        kind: "addIndex",
        index: at(to.indexes, next().indexes, operation.index.name),
        concurrently: operation.concurrently === true,
      };
    case "dropIndex":
      return { kind: "dropIndex", index: at(from.indexes, before.indexes, operation.name), concurrently: operation.concurrently === true };
    case "addUnique":
      return { kind: "addUnique", unique: at(to.uniques, next().uniques, operation.unique.name) };
    case "dropUnique":
      return { kind: "dropUnique", unique: at(from.uniques, before.uniques, operation.name) };
    case "addCheck": {
      const { name, condition } = operation.check;
      return { kind: "addCheck", check: { name, condition: conditionNode(condition, table, dialect, name), columns: [] } };
    }
    case "dropCheck":
      return { kind: "dropCheck", check: at(from.checks, before.checks, operation.name) };
    case "addForeignKey":
      return { kind: "addForeignKey", foreignKey: at(to.foreignKeys, next().foreignKeys, operation.foreignKey.name) };
    case "dropForeignKey":
      return { kind: "dropForeignKey", foreignKey: at(from.foreignKeys, before.foreignKeys, operation.name) };
    case "setPrimaryKey":
      return { kind: "primaryKey" };
    case "comment":
      return { kind: "comment" };
    default:
      throw operation satisfies never;
  }
}

/** One line for people. */
export function describeOperation(operation: Operation): string {
  switch (operation.op) {
    case "runSql":
      return "runs SQL";
    case "run":
      return "runs code";
    case "separateState":
      return operation.database.length === 0 ? "changes the state of the files" : operation.database.map(describeOperation).join("; ");
    default: {
      const table = shownName(operation.table);
      return inWords(operation, table);
    }
  }
}

function inWords(operation: Exclude<Operation, { op: "runSql" | "run" | "separateState" }>, table: string): string {
  switch (operation.op) {
    case "createTable":
      return `creates the table ${table}`;
    case "dropTable":
      return `drops the table ${table}`;
    case "renameTable":
      return `renames the table ${table} to ${operation.to}`;
    case "addColumn":
      return `adds the column ${table}.${operation.column.name}`;
    case "dropColumn":
      return `drops the column ${table}.${operation.column}`;
    case "renameColumn":
      return `renames the column ${table}.${operation.column} to ${operation.to}`;
    case "alterColumn":
      return `changes the column ${table}.${operation.column} (${Object.keys(operation.change).join(", ")})`;
    case "addIndex":
      return `adds the index ${operation.index.name} to ${table}`;
    case "dropIndex":
      return `drops the index ${operation.name} of ${table}`;
    case "addUnique":
      return `adds the unique ${operation.unique.name} to ${table}`;
    case "dropUnique":
      return `drops the unique ${operation.name} of ${table}`;
    case "addCheck":
      return `adds the check ${operation.check.name} to ${table}`;
    case "dropCheck":
      return `drops the check ${operation.name} of ${table}`;
    case "addForeignKey":
      return `adds the foreign key ${operation.foreignKey.name} to ${table}`;
    case "dropForeignKey":
      return `drops the foreign key ${operation.name} of ${table}`;
    case "setPrimaryKey":
      return `sets the primary key of ${table} to (${operation.columns.join(", ")})`;
    case "comment":
      return `changes the comment of ${table}`;
    default:
      throw operation satisfies never;
  }
}
