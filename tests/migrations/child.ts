/** A process that migrates: prints a line before and after each step, so that its parent can end it there. */
import { runMigrations } from "../../migrations/runner.ts";
import { connect } from "../../src/index.ts";
import { chainFiles } from "./chain.ts";

const [url = "", resume = ""] = process.argv.slice(2);
const db = await connect(url, { pool: { max: 2 } });
try {
  process.stdout.write("connected\n");
  const result = await runMigrations(db, chainFiles, {
    resume: resume === "resume",
    onEvent: (event) => process.stdout.write(`${event.kind}\n`),
  });
  process.stdout.write(`applied ${result.applied.length}\n`);
} catch (error) {
  process.stdout.write(`failed ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await db.disconnect();
}
