/** The options that commands share. */
import type { Argv } from "yargs";
import type { ProjectOptions } from "./project.ts";

export function projectOptions<T>(parser: Argv<T>): Argv<T & ProjectOptions> {
  return parser
    .option("config", { type: "string", describe: "The config file (kakaorm.config.ts here, unless said)" })
    .option("db", { type: "string", describe: "The database: its name in the config, or a URL" })
    .option("models", { type: "string", array: true, describe: "Files or folders of models" })
    .option("dir", { type: "string", describe: "The folder of migrations" })
    .option("env-file", { type: "string", describe: "A file of environment variables" }) as never;
}
