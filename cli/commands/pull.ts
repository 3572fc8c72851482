/** `kakaorm pull`: models for the tables of an existing database. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { CommandModule } from "yargs";
import { liveState } from "../../migrations/live.ts";
import { printModels } from "../../migrations/pull.ts";
import { emptyState } from "../../migrations/state.ts";
import { UsageError } from "../../src/errors.ts";
import { projectOptions } from "../options.ts";
import { data, exit, say } from "../output.ts";
import { openProject, type ProjectOptions, withDatabase } from "../project.ts";

interface Options extends ProjectOptions {
  readonly out: string | undefined;
  readonly force: boolean;
  readonly schema: readonly string[];
  readonly table: readonly string[];
}

export const pull: CommandModule<object, Options> = {
  command: "pull",
  describe: "Write models for the tables of a database",
  builder: (parser) =>
    projectOptions(parser)
      .option("out", { type: "string", describe: "The file to write; stdout unless said" })
      .option("force", { type: "boolean", default: false, describe: "Replace a file that is there" })
      .option("schema", { type: "string", array: true, default: [], describe: "Tables of these schemas as well" })
      .option("table", { type: "string", array: true, default: [], describe: "These tables only" }) as never,
  async handler(o) {
    const project = await openProject(o);
    const live = await withDatabase(project, (engine) => liveState(engine, emptyState, o.schema));
    const unknown = o.table.find((name) => ![...live.values()].some((table) => table.name === name));
    if (unknown !== undefined) throw new UsageError(`there is no table ${unknown}`);
    const chosen = new Map([...live].filter(([, { name }]) => o.table.length === 0 || o.table.includes(name)));
    if (chosen.size === 0) throw new UsageError("the database has no tables");
    const { text, notes } = printModels(chosen);
    for (const note of notes) say(note, "yellow");
    if (o.out === undefined) data(text.trimEnd());
    else {
      const path = resolve(o.out);
      if (existsSync(path) && !o.force) throw new UsageError(`${o.out} exists already`, { hint: "repeat with --force to replace it" });
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      data(relative(process.cwd(), path));
      say(`Wrote ${chosen.size} model${chosen.size === 1 ? "" : "s"}`, "green");
    }
    process.exitCode = exit.done;
  },
};
