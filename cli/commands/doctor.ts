/** `kakaorm doctor [url]`: what is installed, and whether a database answers. */
import type { CommandModule } from "yargs";
import { LIBRARIES, libraryState } from "../../src/drivers/library.ts";
import { connect } from "../../src/engine/connect.ts";
import { KakaError, UsageError } from "../../src/errors.ts";
import { installedVersion, ownVersion } from "../versions.ts";

interface Line {
  readonly text: string;
  readonly usable: boolean;
}

function driverLines(): Line[] {
  const lines = Object.values(LIBRARIES).map((library): Line => {
    const state = libraryState(library);
    if (state.kind === "missing") return { text: `${library.name}: missing (${library.install})`, usable: false };
    if (state.kind === "unfit") return { text: `${library.name}: ${state.reason} (${library.install})`, usable: false };
    return { text: `${library.name}: ${installedVersion(library.name) ?? "present"}`, usable: true };
  });
  const builtIn = process.getBuiltinModule?.("node:sqlite") !== undefined;
  lines.push({ text: `node:sqlite: ${builtIn ? "part of this Node" : "missing (Node 22.13 or newer has it)"}`, usable: builtIn });
  return lines;
}

/** Only our own messages are printed: they never hold a password, while a client library's might. */
function describe(error: unknown): string {
  if (error instanceof KakaError) return error.message;
  return `The connection failed with ${error instanceof Error ? error.name : typeof error}`;
}

/** Connects, prints what answered, disconnects on every path. Resolves to the exit code. */
async function visit(url: string): Promise<number> {
  let engine: Awaited<ReturnType<typeof connect>>;
  try {
    engine = await connect(url, { name: "kakaorm doctor", default: false, pool: { max: 1 } });
  } catch (error) {
    console.error(describe(error));
    return error instanceof UsageError ? 2 : 1;
  }
  try {
    const { flavour, version } = engine.server;
    console.log(`database: ${flavour} ${version}`);
    return 0;
  } finally {
    await engine.disconnect();
  }
}

export const doctor: CommandModule<object, { url: string | undefined }> = {
  command: "doctor [url]",
  describe: "Show versions and drivers, and whether a database answers",
  builder: (parser) => parser.positional("url", { type: "string", describe: "The database to connect to; its password is never printed" }),
  async handler({ url }) {
    console.log(`kakaorm: ${ownVersion()}`);
    console.log(`node: ${process.versions.node}`);
    const lines = driverLines();
    for (const line of lines) console.log(line.text);
    if (url !== undefined) process.exitCode = await visit(url);
    else if (!lines.some((line) => line.usable)) {
      console.error("No driver is installed: install the one for your database.");
      process.exitCode = 1;
    }
  },
};
