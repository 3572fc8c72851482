/** `kakaorm lint`: what migrations hold up, rewrite, may fail at or cannot undo. Needs no database. */
import type { CommandModule } from "yargs";
import type { DialectName } from "../../migrations/definition.ts";
import { lintMigrations } from "../../migrations/lint.ts";
import { effective, findMigration } from "../../migrations/plan.ts";
import { dialectsOf, findingText } from "../findings.ts";
import { projectOptions } from "../options.ts";
import { data, exit, json, say } from "../output.ts";
import { migrationFiles, openProject, type ProjectOptions } from "../project.ts";

interface Options extends ProjectOptions {
  readonly migration: string | undefined;
  readonly dialect: readonly DialectName[];
  readonly all: boolean;
  readonly json: boolean;
}

export const lint: CommandModule<object, Options> = {
  command: "lint [migration]",
  describe: "Say what a migration holds up, loses or may fail at; exit 3 when there is something",
  builder: (parser) =>
    projectOptions(parser)
      .positional("migration", { type: "string", describe: "Its name; the last one unless said" })
      .option("dialect", { choices: ["postgres", "mysql", "sqlite"] as const, array: true, default: [], describe: "For these databases" })
      .option("all", { type: "boolean", default: false, describe: "Look at all migrations" })
      .option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const files = await migrationFiles(project);
    // A squashed file and those that it stands for lead to the same tables: one or the others.
    const own = effective(files, new Set());
    const last = own.at(-1);
    const chosen = o.all ? own : o.migration !== undefined ? [findMigration(files, o.migration)] : last === undefined ? [] : [last];
    const dialects: readonly DialectName[] = o.dialect.length > 0 ? o.dialect : dialectsOf(project);
    const line = chosen.every((file) => own.includes(file)) ? own : files.filter(({ replaces }) => replaces.length === 0);
    const findings = lintMigrations(line, new Set(chosen.map(({ name }) => name)), dialects);
    if (o.json) json(findings);
    else for (const finding of findings) data(`${finding.migration} ${findingText(finding)}`);
    if (findings.length === 0) say("Nothing to say", "green");
    process.exitCode = findings.length === 0 ? exit.done : exit.found;
  },
};
