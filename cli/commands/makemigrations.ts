/** `kakaorm makemigrations`: writes the file that leads from the last migration to the models. Needs no database. */
import { join, relative } from "node:path";
import type { CommandModule } from "yargs";
import { lintMigrations } from "../../migrations/lint.ts";
import { type Made, makeMigration, stateForPart } from "../../migrations/make.ts";
import type { LoadedMigration } from "../../migrations/migration.ts";
import { effective } from "../../migrations/plan.ts";
import type { Hints, Question } from "../../migrations/renames.ts";
import { emptyState, type SchemaState } from "../../migrations/state.ts";
import { writeMigration } from "../../migrations/writer.ts";
import { UsageError } from "../../src/errors.ts";
import { dialectsOf, findingText } from "../findings.ts";
import { projectOptions } from "../options.ts";
import { data, exit, json, say } from "../output.ts";
import { migrationFiles, modelState, openProject, type ProjectOptions } from "../project.ts";
import { answersOf, askAll, parseHints, textOf } from "../questions.ts";

interface Options extends ProjectOptions {
  readonly file: string | undefined;
  readonly app: string | undefined;
  readonly name: string | undefined;
  readonly empty: boolean;
  readonly merge: boolean;
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly input: boolean;
  readonly allowDrop: boolean;
  readonly rename: readonly string[];
  readonly default: readonly string[];
}

export const makemigrations: CommandModule<object, Options> = {
  command: "makemigrations [file]",
  describe: "Write a migration for what has changed in the models",
  builder: (parser) =>
    projectOptions(parser)
      .positional("file", { type: "string", describe: "A file of models, like --models" })
      .option("app", { type: "string", describe: "This part of the project only" })
      .option("name", { type: "string", describe: "What the file is called beside its time" })
      .option("empty", { type: "boolean", default: false, describe: "A file without operations" })
      .option("merge", { type: "boolean", default: false, describe: "A file that follows several ends" })
      .option("check", { type: "boolean", default: false, describe: "Write nothing; exit 3 when there are changes" })
      .option("dry-run", { type: "boolean", default: false, describe: "Print the file instead of writing it" })
      .option("json", { type: "boolean", default: false, describe: "Print what was done as JSON" })
      .option("input", { type: "boolean", default: true, describe: "Ask on a terminal (--no-input: never)" })
      .option("allow-drop", { type: "boolean", default: false, describe: "Write operations that lose data" })
      .option("rename", { type: "string", array: true, default: [], describe: "table.column:name or table:name; - for no rename" })
      .option("default", { type: "string", array: true, default: [], describe: "table.column=value for existing rows" }) as never,
  async handler(o) {
    const project = await openProject(o.file === undefined ? o : { ...o, models: [o.file] });
    const files = await migrationFiles(project);
    const apps = project.apps.filter((app) => o.app === undefined || app.name === o.app);
    if (apps.length === 0) throw new UsageError(`there is no app ${o.app}`, { hint: "name it under `apps` in kakaorm.config.ts" });
    process.exitCode = exit.done;
    // One file for each part that has changes; each follows the one before it.
    const blank = o.empty || o.merge;
    for (const app of blank ? apps.slice(0, 1) : apps) {
      const models = blank ? emptyState : await modelState(project, app);
      const made = await make(files, blank || project.apps.length === 1 ? models : stateForPart(files, models, app.folder), o);
      const code = await finish(made, o, (file, text) => writeMigration(app.folder, file, text));
      if (code !== exit.done) {
        process.exitCode = code;
        return;
      }
      if (made.kind !== "file") continue;
      const { name, operations, parents } = made;
      const path = join(app.folder, `${name}.ts`);
      files.push({ name, path, checksum: "", parents, operations, replaces: [], transaction: true });
      const found = lintMigrations(effective(files, new Set()), new Set([name]), dialectsOf(project));
      for (const finding of found) say(`  ${findingText(finding)}`, "yellow");
    }
  },
};

async function make(files: readonly LoadedMigration[], models: SchemaState, o: Options): Promise<Made> {
  const { name, empty, merge, allowDrop } = o;
  let hints = readHints(o);
  let made = makeMigration(files, models, { name, empty, merge, allowDrop: allowDrop || o.check, hints });
  while (made.kind === "questions" && o.input && !o.check && process.stdin.isTTY === true) {
    const answered = await askAll(made.questions, hints);
    if (answered === null) break;
    hints = answered;
    made = makeMigration(files, models, { name, empty, merge, allowDrop, hints });
  }
  return made;
}

function readHints(o: Options): Hints {
  try {
    return parseHints(o.rename, o.default);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function finish(made: Made, o: Options, write: (name: string, text: string) => string): Promise<number> {
  switch (made.kind) {
    case "nothing":
      if (o.json) json({ changes: [], file: null });
      say("No changes detected");
      return exit.done;
    case "questions":
      if (o.check) return found(o, made.questions.map(textOf));
      return unanswered(made.questions, o);
    case "destroys":
      if (o.json) json({ destroys: made.losses });
      for (const loss of made.losses) say(`This ${loss}`, "red");
      say("Nothing was written: repeat with --allow-drop when that is meant");
      return exit.usage;
    case "file": {
      if (o.check) return found(o, made.changes);
      if (o.dryRun) {
        if (o.json) json({ changes: made.changes, name: made.name, text: made.text });
        else data(made.text.trimEnd());
        return exit.done;
      }
      const path = relative(process.cwd(), write(made.name, made.text));
      if (o.json) json({ changes: made.changes, name: made.name, file: path });
      else data(path);
      for (const change of made.changes) say(`  ${change}`, "dim");
      say(`Created ${path} with ${made.changes.length} change${made.changes.length === 1 ? "" : "s"}`, "green");
      return exit.done;
    }
    default:
      throw made satisfies never;
  }
}

function found(o: Options, changes: readonly string[]): number {
  if (o.json) json({ changes });
  for (const change of changes) say(`  ${change}`);
  say("The models have changes that no migration has", "yellow");
  return exit.found;
}

function unanswered(questions: readonly Question[], o: Options): number {
  if (o.json) json({ questions: questions.map((question) => ({ ...question, answers: answersOf(question) })) });
  for (const question of questions) {
    say(textOf(question), "yellow");
    for (const answer of answersOf(question)) say(`  ${answer}`);
  }
  say("Nothing was written: repeat with one of the answers each");
  return exit.usage;
}
