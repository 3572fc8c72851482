/** `kakaorm inspect`: the tables of a live database as data. */
import type { CommandModule } from "yargs";
import { liveState } from "../../migrations/live.ts";
import { emptyState } from "../../migrations/state.ts";
import { projectOptions } from "../options.ts";
import { exit, json } from "../output.ts";
import { openProject, type ProjectOptions, withDatabase } from "../project.ts";

export const inspect: CommandModule<object, ProjectOptions> = {
  command: "inspect",
  describe: "Print the tables of a database as JSON",
  builder: (parser) => projectOptions(parser) as never,
  async handler(o) {
    const project = await openProject(o);
    const live = await withDatabase(project, (engine) => liveState(engine, emptyState));
    json([...live.values()]);
    process.exitCode = exit.done;
  },
};
