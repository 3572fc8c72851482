/** `kakaorm sqlmigrate`: the SQL of one migration for one database, applied or not. */
import type { CommandModule } from "yargs";
import { compileOperations, compileTarget } from "../../migrations/compile.ts";
import { describeSteps } from "../../migrations/describe.ts";
import { effective, findMigration, replay } from "../../migrations/plan.ts";
import { reverseAll, statesAlong } from "../../migrations/reverse.ts";
import { MigrationError } from "../../src/errors.ts";
import { projectOptions } from "../options.ts";
import { data, exit } from "../output.ts";
import { migrationFiles, openProject, type ProjectOptions, withDatabase } from "../project.ts";

interface Options extends ProjectOptions {
  readonly migration: string;
  readonly down: boolean;
}

export const sqlmigrate: CommandModule<object, Options> = {
  command: "sqlmigrate <migration>",
  describe: "Print the SQL of a migration in the database's own words",
  builder: (parser) =>
    projectOptions(parser)
      .positional("migration", { type: "string", demandOption: true, describe: "Its name, or the beginning of it" })
      .option("down", { type: "boolean", default: false, describe: "What takes it back" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const files = await migrationFiles(project);
    const wanted = findMigration(files, o.migration);
    const own = effective(files, wanted.replaces.length > 0 ? new Set([wanted.name]) : new Set());
    const list = own.includes(wanted) ? own : [...files];
    const before = replay(list.slice(0, list.indexOf(wanted)));
    await withDatabase(project, async (engine) => {
      const target = await compileTarget(engine);
      const back = o.down ? reverseAll(wanted.operations, before) : null;
      if (back !== null && "irreversible" in back) throw new MigrationError(`${wanted.name} cannot be undone: ${back.irreversible}`);
      const steps =
        back === null
          ? compileOperations(wanted.operations, before, target)
          : compileOperations(back, statesAlong(wanted.operations, before).after, target);
      for (const sql of describeSteps(steps)) data(sql.startsWith("--") ? sql : `${sql};`);
    });
    process.exitCode = exit.done;
  },
};
