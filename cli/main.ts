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
import { messageOf, say } from "./output.ts";
import { ownVersion } from "./versions.ts";

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
    .demandCommand(1, "Which command?")
    .strict()
    .recommendCommands()
    .epilogue("Exit codes: 0 done, 1 failed, 2 wrong use or an answer is missing, 3 something was found (--check, dbcheck, lint)")
    .version(ownVersion())
    .help()
    .wrap(100)
    .exitProcess(false)
    .fail((message, error, parser) => {
      if (process.exitCode === 2) return; // told already
      // An error that a command threw is no wrong use: it goes to the handler below.
      if (error && !message) throw error;
      process.exitCode = 2;
      console.error(`${message}\n`);
      parser.showHelp("error");
    })
    .parseAsync();
}

const other = projectsOwn(process.cwd(), fileURLToPath(import.meta.url));
(other === null ? main() : import(other)).catch((error: unknown) => {
  if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = error instanceof UsageError ? 2 : 1;
  say(`error: ${messageOf(error)}`, "red");
});
