/** `kakaorm shell`: a prompt with the models and the database, where `await` works at the top. */
import { once } from "node:events";
import { type REPLServer, start } from "node:repl";
import type { CommandModule } from "yargs";
import * as kakaorm from "../../src/index.ts";
import { projectOptions } from "../options.ts";
import { exit, say } from "../output.ts";
import { runPiped } from "../piped.ts";
import { databaseOf, loadModels, openProject, type ProjectOptions } from "../project.ts";

export const shell: CommandModule<object, ProjectOptions> = {
  command: "shell",
  describe: "Open a prompt with models and database, or run what is piped in",
  builder: (parser) => projectOptions(parser) as never,
  async handler(o) {
    const project = await openProject(o);
    const models = await loadModels(project);
    const database = databaseOf(project);
    const naming = project.config.naming;
    const db = await kakaorm.connect(database.url, { ...database.options, name: "default", ...(naming === undefined ? {} : { naming }) });
    const scope = { ...kakaorm, ...Object.fromEntries(models), db, models: Object.fromEntries(models) };
    try {
      if (process.stdin.isTTY === true) {
        say(`${db.traits.label}; db, sql and ${[...models.keys()].join(", ")} are here; .exit leaves`);
        await once(prompt(scope), "exit");
        process.exitCode = exit.done;
      } else process.exitCode = (await runPiped(scope)) ? exit.done : exit.failed;
    } finally {
      await db.disconnect();
    }
  },
};

/** A context of its own would have an Object of its own, and models take those of this program only. */
function prompt(scope: object): REPLServer {
  const repl = start({ prompt: "> ", terminal: true, useGlobal: true });
  Object.assign(repl.context, scope);
  return repl;
}
