/** The public surface of `kakaorm/migrations`. */
export { type DatabaseConfig, defineConfig, type EnvReference, env, type KakaConfig } from "./config.ts";
export { type Difference, diffStates } from "./diff.ts";
export { stateOfModels } from "./from-models.ts";
export { type Finding, lintMigrations } from "./lint.ts";
export { liveState } from "./live.ts";
export { importModule, loadMigrations } from "./loader.ts";
export { defineMigration, type LoadedMigration, type MigrationSpec } from "./migration.ts";
export { MigrationPlan, Migrator } from "./migrator.ts";
export {
  addCheck,
  addColumn,
  addForeignKey,
  addIndex,
  addUnique,
  alterColumn,
  type ColumnChange,
  comment,
  createTable,
  type DataContext,
  type DataHandle,
  type DataStep,
  dropCheck,
  dropColumn,
  dropForeignKey,
  dropIndex,
  dropTable,
  dropUnique,
  type Operation,
  renameColumn,
  renameTable,
  run,
  runSql,
  type SqlStatements,
  separateState,
  setPrimaryKey,
} from "./operations.ts";
export { effective, type PlannedMigration, replay } from "./plan.ts";
export type { Hints, Question } from "./renames.ts";
export type { MigrationEvent, RunOptions } from "./run-options.ts";
export { previewMigrations, type RunResult, runMigrations } from "./runner.ts";
export type { ColumnState, ForeignKeyState, IndexState, SchemaState, TableName, TableParts, TableState, TypeData } from "./state.ts";
export { type SchemaTools, schemaTools } from "./tools.ts";
export { printMigration, writeMigration } from "./writer.ts";
