/** Creating, dropping and emptying the tables of models. Layer 5: knows a model by the definition it hands over. */
import type { TableDefinition } from "../ast/ddl.ts";
import { UsageError } from "../errors.ts";
import type { Runner } from "./runner.ts";

/** The static under which a model hands over its tables: its own first, then what belongs to it. */
export const tableDefinitions: unique symbol = Symbol("tableDefinitions");

export interface TableSource {
  [tableDefinitions](): TableDefinition[];
}

/** For those who look for an option. */
const otherName: Readonly<Record<string, string>> = {
  createTable: "; createTableIfNotExists leaves tables that exist",
  dropTable: "; dropTableIfExists forgives a missing one",
};

function definitionsOf(sources: readonly unknown[], method: string): TableDefinition[] {
  if (sources.length === 0) throw new UsageError(`${method} takes at least one model`);
  const definitions = sources.flatMap((source) => {
    if (typeof source !== "function" || !(tableDefinitions in source))
      throw new UsageError(`${method} takes model classes`, {
        hint: `pass them one by one: ${method}(Author, Post)${otherName[method] ?? ""}`,
      });
    return (source as unknown as TableSource)[tableDefinitions]();
  });
  // Variants of a model have one table together.
  return definitions.filter(({ table }, i) => definitions.findIndex((other) => other.table === table) === i);
}

/** On one connection and all or none, except where DDL ends every transaction (MySQL). */
async function runAll(runner: Runner, statements: readonly string[]): Promise<void> {
  if (statements.length > 1 && !runner.dialect.transaction.ddlCommits) return runner.transaction((tx) => runEach(tx, statements));
  return runEach(runner, statements);
}

async function runEach(runner: Runner, statements: readonly string[]): Promise<void> {
  for (const sql of statements) {
    await runner.run({ sql, params: [], operation: "ddl", rows: false, writes: true }, { model: null, prepare: false });
  }
}

export interface CreateTableOptions {
  /** Leaves tables that exist as they are. Default false: an existing table is an error. */
  readonly ifNotExists?: boolean;
}

export async function createTables(runner: Runner, models: readonly unknown[], o: CreateTableOptions): Promise<void> {
  const { dialect, traits, naming } = runner;
  const definitions = definitionsOf(models, "createTable");
  const ddl = await dialect.ddl();
  await runAll(runner, ddl.createTables(definitions, { traits, naming, ifNotExists: o.ifNotExists === true }));
}

export interface DropTableOptions {
  readonly ifExists?: boolean;
  /** Drops what depends on the table as well, where the database can (PostgreSQL). */
  readonly cascade?: boolean;
}

export async function dropTables(runner: Runner, models: readonly unknown[], o: DropTableOptions): Promise<void> {
  const { dialect, traits, naming } = runner;
  const options = { traits, naming, ifExists: o.ifExists === true, cascade: o.cascade === true };
  const definitions = definitionsOf(models, "dropTable");
  await runAll(runner, (await dialect.ddl()).dropTables(definitions, options));
}

export async function truncateTable(runner: Runner, model: unknown): Promise<void> {
  const { dialect, traits, naming } = runner;
  const [definition] = definitionsOf([model], "truncate");
  await runAll(runner, (await dialect.ddl()).truncate(definition as TableDefinition, { traits, naming }));
}
