/** `kakaorm squashmigrations`: one file in the place of several. */
import { relative } from "node:path";
import type { CommandModule } from "yargs";
import { assertOneHead } from "../../migrations/graph.ts";
import { effective, findMigration } from "../../migrations/plan.ts";
import { squash } from "../../migrations/squash.ts";
import { freshName, printMigration, writeMigration } from "../../migrations/writer.ts";
import { UsageError } from "../../src/errors.ts";
import { projectOptions } from "../options.ts";
import { data, exit, say } from "../output.ts";
import { migrationFiles, openProject, type ProjectOptions } from "../project.ts";

interface Options extends ProjectOptions {
  readonly from: string;
  readonly to: string | undefined;
  readonly name: string;
  readonly dryRun: boolean;
}

export const squashmigrations: CommandModule<object, Options> = {
  command: "squashmigrations <from> [to]",
  describe: "Write one migration that stands for several; databases that have them run nothing again",
  builder: (parser) =>
    projectOptions(parser)
      .positional("from", { type: "string", demandOption: true, describe: "The first one" })
      .positional("to", { type: "string", describe: "The last one; the newest unless said" })
      .option("name", { type: "string", default: "squashed", describe: "What the file is called beside its time" })
      .option("dry-run", { type: "boolean", default: false, describe: "Print the file instead of writing it" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const files = await migrationFiles(project);
    assertOneHead(effective(files, new Set()));
    const [first, last] = [findMigration(files, o.from), o.to === undefined ? files.at(-1) : findMigration(files, o.to)];
    const [start, end] = [files.indexOf(first), last === undefined ? -1 : files.indexOf(last)];
    if (end <= start) throw new UsageError(`${last?.name ?? "nothing"} does not come after ${first.name}`);
    const range = files.slice(start, end + 1);
    const { operations, replaces, parents } = squash(range);
    const text = printMigration({ parents, replaces, operations });
    const before = range.reduce((sum, file) => sum + file.operations.length, 0);
    if (o.dryRun) data(text.trimEnd());
    else {
      // It comes where the last of them came: what follows that one follows it.
      const name = freshName(
        o.name,
        files.map((file) => file.name),
        new Date(),
      );
      data(relative(process.cwd(), writeMigration(project.folder, name, text)));
      say(`${replaces.length} migrations with ${before} operations became one with ${operations.length}`, "green");
      say("Delete the old files once every database has this one", "dim");
    }
    process.exitCode = exit.done;
  },
};
