/** Models against a live database, and the file runner from code. */
import { relative } from "node:path";
import type { Engine } from "../src/engine/engine.ts";
import { UsageError } from "../src/errors.ts";
import { type CompileTarget, compileOperations, compileTarget, describeOperation } from "./compile.ts";
import { describeSteps } from "./describe.ts";
import { diffStates } from "./diff.ts";
import { stateOfModels } from "./from-models.ts";
import { liveState, onlyTables } from "./live.ts";
import { loadMigrations } from "./loader.ts";
import { makeMigration } from "./make.ts";
import { runOperations } from "./operate.ts";
import type { Operation } from "./operations.ts";
import { answerNothing, type Hints } from "./renames.ts";
import { destroyedBy, reverseAll, statesAlong } from "./reverse.ts";
import type { RunOptions } from "./run-options.ts";
import { type RunResult, runMigrations } from "./runner.ts";
import type { SchemaState } from "./state.ts";
import { type MigrationState, migrationStatus } from "./status.ts";
import { writeMigration } from "./writer.ts";

export interface PlanRequest {
  readonly hints?: Hints;
}

/** What leads a database to its models; nothing has run yet. */
export class MigrationPlan {
  readonly #engine: Engine;
  readonly #target: CompileTarget;
  readonly #before: SchemaState;
  readonly operations: readonly Operation[];
  /** What the models lack and the database keeps, because dropping it was not asked for. */
  readonly kept: readonly string[];

  constructor(engine: Engine, target: CompileTarget, before: SchemaState, operations: readonly Operation[], kept: readonly string[]) {
    this.#engine = engine;
    this.#target = target;
    this.#before = before;
    this.operations = operations;
    this.kept = kept;
  }

  get isEmpty(): boolean {
    return this.operations.length === 0;
  }

  /** One line for each change. */
  get changes(): readonly string[] {
    return this.operations.map(describeOperation);
  }

  /** The statements of this database. */
  get statements(): readonly string[] {
    return this.#statements(this.operations, this.#before);
  }

  get downStatements(): readonly string[] {
    const { operations, before } = this.#back();
    return this.#statements(operations, before);
  }

  /** The statements as one text; `-- no changes` when there are none. */
  get sql(): string {
    return textOf(this.statements);
  }

  get downSql(): string {
    return textOf(this.downStatements);
  }

  /** Makes the changes. */
  async apply(): Promise<void> {
    await runOperations(this.#engine, this.operations, this.#before);
  }

  /** Takes them back; what was lost by them is not brought back. */
  async applyDown(): Promise<void> {
    const { operations, before } = this.#back();
    await runOperations(this.#engine, operations, before);
  }

  #statements(operations: readonly Operation[], before: SchemaState): string[] {
    return describeSteps(compileOperations(operations, before, this.#target));
  }

  #back(): { operations: readonly Operation[]; before: SchemaState } {
    const operations = reverseAll(this.operations, this.#before);
    if ("irreversible" in operations) throw new UsageError(`the plan cannot be undone: ${operations.irreversible}`);
    return { operations, before: statesAlong(this.operations, this.#before).after };
  }
}

function textOf(statements: readonly string[]): string {
  return statements.length === 0 ? "-- no changes" : `${statements.join(";\n")};`;
}

export class Migrator {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * What the database lacks of these models. Nothing that holds data is dropped; tables of nobody's are not touched.
   * @throws UsageError when a new column needs a value for the rows that are there (`hints.defaults`)
   */
  plan(models: readonly unknown[], request: PlanRequest = {}): Promise<MigrationPlan> {
    return this.#plan(models, request, false);
  }

  /** The same, and columns that no model has are dropped. */
  planWithDrop(models: readonly unknown[], request: PlanRequest = {}): Promise<MigrationPlan> {
    return this.#plan(models, request, true);
  }

  /** Plans and applies without drops. Resolves to the changes that were made. */
  async run(models: readonly unknown[], request: PlanRequest = {}): Promise<readonly string[]> {
    const plan = await this.plan(models, request);
    await plan.apply();
    return plan.changes;
  }

  /**
   * Writes the next migration file from models and files; no database is looked at. Resolves to its path, or null when nothing has
   * changed.
   */
  async autogenerate(models: readonly unknown[], folder: string, o: { name?: string; hints?: Hints } = {}): Promise<string | null> {
    const files = await loadMigrations(folder);
    const made = makeMigration(files, stateOfModels(models, this.#engine.naming), { ...o, allowDrop: true });
    if (made.kind === "nothing") return null;
    if (made.kind !== "file") throw unanswered(made.kind === "questions" ? made.questions.length : 1);
    return relative(process.cwd(), writeMigration(folder, made.name, made.text));
  }

  /** Applies what is pending in the folder. */
  async runFiles(folder: string, o: RunOptions = {}): Promise<RunResult> {
    return runMigrations(this.#engine, await loadMigrations(folder), o);
  }

  /** Takes back the last migrations of the folder. */
  async downgrade(folder: string, o: { steps?: number; to?: string } = {}): Promise<RunResult> {
    return runMigrations(this.#engine, await loadMigrations(folder), { ...o, direction: "down" });
  }

  /** Which migrations of the folder the database has. */
  async history(folder: string): Promise<MigrationState[]> {
    return migrationStatus(this.#engine, await loadMigrations(folder));
  }

  async #plan(models: readonly unknown[], { hints = {} }: PlanRequest, drop: boolean): Promise<MigrationPlan> {
    const engine = this.#engine;
    const wanted = stateOfModels(models, engine.naming);
    const before = onlyTables(await liveState(engine, wanted), wanted);
    // Without a word from the author nothing was renamed: there is nobody to ask.
    const { tables, columns } = answerNothing(before, wanted);
    const answered = { ...hints, tables: { ...tables, ...hints.tables }, columns: { ...columns, ...hints.columns } };
    const { operations, questions } = diffStates(before, wanted, answered);
    if (questions.length > 0) throw unanswered(questions.length);
    const lost = operations.filter((operation) => destroyedBy(operation) !== null);
    if (drop || lost.length === 0) return new MigrationPlan(engine, await compileTarget(engine), before, operations, []);
    const rest = operations.filter((operation) => !lost.includes(operation));
    return new MigrationPlan(engine, await compileTarget(engine), before, rest, lost.map(describeOperation));
  }
}

function unanswered(count: number): UsageError {
  return new UsageError(`${count} question${count === 1 ? "" : "s"} must be answered before the schema can change`, {
    hint: 'give hints: { columns: { "post.title": "headline" }, defaults: { "post.rank": "0" } }',
  });
}
