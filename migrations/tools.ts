/** Single changes of a live table, without files: thin functions over operations. */
import type { Engine } from "../src/engine/engine.ts";
import { MigrationError, UsageError } from "../src/errors.ts";
import { sql } from "../src/expr/sql-tag.ts";
import { describeOperation } from "./compile.ts";
import { diffStates } from "./diff.ts";
import { stateOfModels } from "./from-models.ts";
import { liveState, onlyTables } from "./live.ts";
import { runOperations } from "./operate.ts";
import type { Operation } from "./operations.ts";
import { answerNothing } from "./renames.ts";
import { destroyedBy } from "./reverse.ts";
import {
  type ColumnState,
  type DefaultData,
  emptyState,
  keyOf,
  type SchemaState,
  type TableParts,
  type TableState,
  type TypeData,
} from "./state.ts";

export interface SchemaDifference {
  readonly missingInDb: readonly string[];
  readonly extraInDb: readonly string[];
  /** All that differs, one line each. */
  readonly changes: readonly string[];
}

/** What can be done to the tables of one database at once. Names are checked, and quoted by the dialect. */
export interface SchemaTools {
  tableColumns(table: string): Promise<string[]>;
  columnExists(table: string, column: string): Promise<boolean>;
  /** True when the column was added, false when it was there. `fill` is for the rows of a column that takes no null. */
  safeAddColumn(table: string, column: ColumnState, o?: { fill?: DefaultData }): Promise<boolean>;
  renameColumn(table: string, column: string, to: string): Promise<void>;
  /** @throws MigrationError when a value does not fit, and nothing has changed then */
  changeColumnType(table: string, column: string, type: TypeData): Promise<void>;
  /** Another table under the same name, with the values of the columns that both have, or of those that are listed. */
  recreateTable(table: string, parts: TableParts, o?: { copy?: readonly string[] }): Promise<void>;
  /** Copies the rows into a table of its own, without keys, and resolves to its name. */
  backupTable(table: string, suffix?: string): Promise<string>;
  /** Empties the table and copies the rows of its backup back; keys, indexes and the backup stay. */
  restoreTable(table: string, suffix?: string): Promise<void>;
  getSchemaDiff(model: unknown): Promise<SchemaDifference>;
  /** Adds what the table of the model lacks, and drops nothing. */
  syncSchema(model: unknown): Promise<{ readonly added: readonly string[]; readonly skipped: readonly string[] }>;
}

export function schemaTools(db: Engine): SchemaTools {
  const state = (): Promise<SchemaState> => liveState(db, emptyState);
  async function found(table: string): Promise<{ before: SchemaState; table: TableState }> {
    const before = await state();
    const own = before.get(keyOf(table));
    if (own === undefined) throw new MigrationError(`there is no table ${table}`);
    return { before, table: own };
  }
  async function change(table: string, make: (table: TableState) => readonly Operation[]): Promise<void> {
    const { before, table: own } = await found(table);
    await runOperations(db, make(own), before);
  }
  const backupName = (table: string, suffix: string): string => `${table}${suffix}`;
  const columnExists = async (table: string, column: string): Promise<boolean> =>
    (await found(table)).table.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase());

  return {
    tableColumns: async (table) => (await found(table)).table.columns.map(({ name }) => name),
    columnExists,
    async safeAddColumn(table, column, o = {}) {
      if (await columnExists(table, column.name)) return false;
      const needed = column.nullable !== true && column.default === undefined && o.fill === undefined;
      if (needed)
        throw new MigrationError(`${table}.${column.name} takes no null and has no default`, {
          hint: "give { fill: value } for the rows that are there",
        });
      await change(table, () => [{ op: "addColumn", table, column, ...o }]);
      return true;
    },
    renameColumn: (table, column, to) => change(table, () => [{ op: "renameColumn", table, column, to }]),
    changeColumnType: (table, column, type) => change(table, () => [{ op: "alterColumn", table, column, change: { type } }]),
    async recreateTable(table, parts, o = {}) {
      const { before, table: own } = await found(table);
      const columns = o.copy ?? parts.columns.map(({ name }) => name).filter((name) => own.columns.some((column) => column.name === name));
      if (columns.length === 0) throw new UsageError(`the new ${table} has no column of the old one`);
      const old = `kaka_old_${table}`;
      const names = sql.join(columns.map((name) => sql.id(name)));
      await runOperations(
        db,
        [
          // Their names are wanted for the new table.
          ...own.foreignKeys.map(({ name }): Operation => ({ op: "dropForeignKey", table, name })),
          ...own.checks.map(({ name }): Operation => ({ op: "dropCheck", table, name })),
          ...own.indexes.map(({ name }): Operation => ({ op: "dropIndex", table, name })),
          ...own.uniques.map(({ name }): Operation => ({ op: "dropUnique", table, name })),
          { op: "renameTable", table, to: old },
          { op: "createTable", table, parts },
          { op: "run", up: (tx) => tx.execute`insert into ${sql.id(table)} (${names}) select ${names} from ${sql.id(old)}`, down: null },
          { op: "dropTable", table: old },
        ],
        before,
      );
    },
    async backupTable(table, suffix = "_backup") {
      const { before } = await found(table);
      const name = backupName(table, suffix);
      if (before.has(keyOf(name)))
        throw new MigrationError(`the backup ${name} is there already`, { hint: "drop it, or give another suffix" });
      await db.execute`create table ${sql.id(name)} as select * from ${sql.id(table)}`;
      return name;
    },
    async restoreTable(table, suffix = "_backup") {
      const { before, table: own } = await found(table);
      const backup = before.get(keyOf(backupName(table, suffix)));
      if (backup === undefined) throw new MigrationError(`there is no backup ${backupName(table, suffix)}`);
      const shared = own.columns.filter(({ name }) => backup.columns.some((column) => column.name === name));
      const names = sql.join(shared.map(({ name }) => sql.id(name)));
      await db.transaction(async (tx) => {
        await tx.execute`delete from ${sql.id(table)}`;
        await tx.execute`insert into ${sql.id(table)} (${names}) select ${names} from ${sql.id(backup.name)}`;
      });
    },
    async getSchemaDiff(model) {
      const wanted = stateOfModels([model], db.naming);
      const live = onlyTables(await liveState(db, wanted), wanted);
      const lists = [...wanted].map(([key, table]) => ({ model: table.columns, live: live.get(key)?.columns ?? [] }));
      const lacking = (from: readonly ColumnState[], list: readonly ColumnState[]): string[] =>
        list.map(({ name }) => name).filter((name) => !from.some((column) => column.name === name));
      return {
        missingInDb: lists.flatMap((list) => lacking(list.live, list.model)),
        extraInDb: lists.flatMap((list) => lacking(list.model, list.live)),
        changes: diffStates(live, wanted, answerNothing(live, wanted)).operations.map(describeOperation),
      };
    },
    async syncSchema(model) {
      const wanted = stateOfModels([model], db.naming);
      const live = onlyTables(await liveState(db, wanted), wanted);
      const { operations, questions } = diffStates(live, wanted, answerNothing(live, wanted));
      const open = (operation: Operation): boolean =>
        operation.op === "addColumn" &&
        questions.some((question) => question.kind === "default" && question.column === operation.column.name);
      const adds = operations.filter((operation) => operation.op.startsWith("add") || operation.op === "createTable");
      const added = adds.filter((operation) => destroyedBy(operation) === null && !open(operation));
      await runOperations(db, added, live);
      return {
        added: added.map(describeOperation),
        skipped: operations.filter((operation) => !added.includes(operation)).map(describeOperation),
      };
    },
  };
}
