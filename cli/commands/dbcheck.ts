/** `kakaorm dbcheck`: how a live database and the models differ. */
import type { CommandModule } from "yargs";
import { describeOperation } from "../../migrations/compile.ts";
import { diffStates } from "../../migrations/diff.ts";
import { liveState, onlyTables, undeclared } from "../../migrations/live.ts";
import { answerNothing } from "../../migrations/renames.ts";
import { projectOptions } from "../options.ts";
import { data, exit, json, say } from "../output.ts";
import { modelState, openProject, type ProjectOptions, withDatabase } from "../project.ts";

interface Options extends ProjectOptions {
  readonly json: boolean;
}

export const dbcheck: CommandModule<object, Options> = {
  command: "dbcheck",
  describe: "Compare a database with the models; exit 3 when they differ",
  builder: (parser) => projectOptions(parser).option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const models = await modelState(project);
    const { changes, extra } = await withDatabase(project, async (engine) => {
      const live = await liveState(engine, models);
      const own = onlyTables(live, models);
      const { operations } = diffStates(own, models, answerNothing(own, models));
      return { changes: operations.map(describeOperation), extra: undeclared(live, models) };
    });
    if (o.json) json({ drift: changes, undeclared: extra });
    else for (const change of changes) data(change);
    if (extra.length > 0) say(`Tables that no model declares: ${extra.join(", ")}`, "dim");
    if (changes.length === 0) say("The database is what the models say", "green");
    else
      say(`The database differs from the models: ${changes.length} change${changes.length === 1 ? "" : "s"} would lead to them`, "yellow");
    process.exitCode = changes.length === 0 ? exit.done : exit.found;
  },
};
