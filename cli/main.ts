#!/usr/bin/env node
/** The command line: one command per file of `commands`. Exit codes: 0 done, 1 failed, 2 wrong use. */
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { doctor } from "./commands/doctor.ts";
import { ownVersion } from "./versions.ts";

async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName("kakaorm")
    .usage("$0 <command>")
    .command(doctor)
    .demandCommand(1, "Which command?")
    .strict()
    .version(ownVersion())
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error, parser) => {
      // An error that a command threw is no wrong use: it goes to the handler below.
      if (error && !message) throw error;
      process.exitCode = 2;
      console.error(`${message}\n`);
      parser.showHelp("error");
    })
    .parseAsync();
}

main().catch((error: unknown) => {
  process.exitCode = process.exitCode === undefined || process.exitCode === 0 ? 1 : process.exitCode;
  console.error(error instanceof Error ? error.message : String(error));
});
