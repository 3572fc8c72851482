/** `kakaorm shell`: a prompt with the models and the database, where `await` works at the top. */
import { once } from "node:events";
import { start } from "node:repl";
import type { CommandModule } from "yargs";
import * as kakaorm from "../../src/index.ts";
import { projectOptions } from "../options.ts";
import { exit, say } from "../output.ts";
import { databaseOf, loadModels, openProject, type ProjectOptions } from "../project.ts";

export const shell: CommandModule<object, ProjectOptions> = {
  command: "shell",
  describe: "Open a prompt with models and database",
  builder: (parser) => projectOptions(parser) as never,
  async handler(o) {
    const project = await openProject(o);
    const models = await loadModels(project);
    const database = databaseOf(project);
    const naming = project.config.naming;
    const db = await kakaorm.connect(database.url, { ...database.options, name: "default", ...(naming === undefined ? {} : { naming }) });
    try {
      say(`${db.traits.label}; db, sql and ${[...models.keys()].join(", ")} are here; .exit leaves`);
      const terminal = process.stdin.isTTY === true;
      // A context of its own would have an Object of its own, and models take those of this program only.
      const repl = start({ prompt: terminal ? "> " : "", terminal, useGlobal: true });
      Object.assign(repl.context, kakaorm, Object.fromEntries(models), { db, models: Object.fromEntries(models) });
      await once(repl, "exit");
    } finally {
      await db.disconnect();
    }
    process.exitCode = exit.done;
  },
};
