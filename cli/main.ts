#!/usr/bin/env node
/** The command line: one command per file of `commands`. Exit codes: 0 done, 1 failed, 2 wrong use, 3 something was found. */
import { fileURLToPath } from "node:url";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { UsageError } from "../src/errors.ts";
import { dbcheck } from "./commands/dbcheck.ts";
import { doctor } from "./commands/doctor.ts";
import { init } from "./commands/init.ts";
import { inspect } from "./commands/inspect.ts";
import { lint } from "./commands/lint.ts";
import { makemigrations } from "./commands/makemigrations.ts";
import { migrate } from "./commands/migrate.ts";
import { pull } from "./commands/pull.ts";
import { shell } from "./commands/shell.ts";
import { showmigrations } from "./commands/showmigrations.ts";
import { sqlmigrate } from "./commands/sqlmigrate.ts";
import { squashmigrations } from "./commands/squashmigrations.ts";
import { projectsOwn } from "./handover.ts";
import { exit, messageOf, say } from "./output.ts";
import { ownVersion } from "./versions.ts";

const nothing = "Which command?";

async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName("kakaorm")
    .usage("$0 <command>")
    .command(init)
    .command(makemigrations)
    .command(migrate)
    .command(showmigrations)
    .command(sqlmigrate)
    .command(dbcheck)
    .command(inspect)
    .command(pull)
    .command(lint)
    .command(squashmigrations)
    .command(shell)
    .command(doctor)
    .demandCommand(1, nothing)
    .strict()
    .recommendCommands()
    .epilogue("Exit codes: 0 done, 1 failed, 2 wrong use or an answer is missing, 3 something was found (--check, dbcheck, lint)")
    .version(ownVersion())
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error, parser) => {
      // An error that a command threw is no wrong use. Neither may be passed over: the command would run all the same.
      if (error && !message) throw error;
      if (message !== nothing) throw new UsageError(message.replace(/\s*\n\s*/g, " "), { hint: "--help shows what there is" });
      process.exitCode = exit.usage;
      parser.showHelp("error");
    })
    .parseAsync();
}

// A file of the project that waits for something that never comes lets the program end as if all were done.
const waits = (): void => {
  process.exitCode = exit.failed;
  say("error: nothing is left to do, and the command has not ended: does a file of the project wait for what never comes?", "red");
};
process.once("beforeExit", waits);
const other = projectsOwn(process.cwd(), fileURLToPath(import.meta.url));
(other === null ? main() : import(other))
  .catch((error: unknown) => {
    if (process.exitCode === undefined || process.exitCode === exit.done)
      process.exitCode = error instanceof UsageError ? exit.usage : exit.failed;
    say(`error: ${messageOf(error)}`, "red");
  })
  .finally(() => process.off("beforeExit", waits));
