/** `kakaorm inspect`: the tables of a live database as data. */
import type { CommandModule } from "yargs";
import { liveState } from "../../migrations/live.ts";
import { emptyState } from "../../migrations/state.ts";
import { projectOptions } from "../options.ts";
import { exit, json } from "../output.ts";
import { openProject, type ProjectOptions, withDatabase } from "../project.ts";

interface Options extends ProjectOptions {
  readonly schema: readonly string[];
}

export const inspect: CommandModule<object, Options> = {
  command: "inspect",
  describe: "Print the tables of a database as JSON",
  builder: (parser) =>
    projectOptions(parser).option("schema", {
      type: "string",
      array: true,
      default: [],
      describe: "Tables of these schemas as well",
    }) as never,
  async handler(o) {
    const project = await openProject(o);
    const live = await withDatabase(project, (engine) => liveState(engine, emptyState, o.schema));
    json([...live.values()]);
    process.exitCode = exit.done;
  },
};
