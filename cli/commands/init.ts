/** `kakaorm init`: a working config, a first model and the scripts. */
import type { CommandModule } from "yargs";
import { data, exit, say } from "../output.ts";
import { createProject } from "../scaffold.ts";

export const init: CommandModule<object, { dir: string }> = {
  command: "init [dir]",
  describe: "Write a config and a first model into a folder; files that exist are left alone",
  builder: (parser) => parser.positional("dir", { type: "string", default: ".", describe: "The folder" }),
  handler({ dir }) {
    const { created, kept } = createProject(dir);
    for (const path of created) data(path);
    for (const path of kept) say(`${path} exists and was left alone`, "dim");
    say(`Next: kakaorm makemigrations, then kakaorm migrate${dir === "." ? "" : ` (in ${dir})`}`, "green");
    process.exitCode = exit.done;
  },
};
