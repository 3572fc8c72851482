/** `kakaorm showmigrations`: which migrations a database has. */
import type { CommandModule } from "yargs";
import { migrationStatus } from "../../migrations/status.ts";
import { projectOptions } from "../options.ts";
import { data, exit, json, say } from "../output.ts";
import { migrationFiles, openProject, type ProjectOptions, withDatabase } from "../project.ts";

interface Options extends ProjectOptions {
  readonly json: boolean;
}

const marks = { applied: "[x]", pending: "[ ]", running: "[>]", dirty: "[!]", changed: "[~]", missing: "[?]", replaced: "[-]" } as const;

export const showmigrations: CommandModule<object, Options> = {
  command: "showmigrations",
  describe: "List migrations: applied, pending, broken off",
  builder: (parser) => projectOptions(parser).option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const files = await migrationFiles(project);
    const list = await withDatabase(project, (engine) => migrationStatus(engine, files));
    if (o.json) json(list);
    else for (const { name, state, detail } of list) data(`${marks[state]} ${name}${detail === null ? "" : ` (${detail})`}`);
    if (list.length === 0) say("There are no migrations");
    process.exitCode = exit.done;
  },
};
