/** Migrators that are killed, and migrators that compete. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { diffStates } from "../../migrations/diff.ts";
import { MigrationRecord } from "../../migrations/history.ts";
import { liveState, onlyTables } from "../../migrations/live.ts";
import { replay } from "../../migrations/plan.ts";
import { connect, type Engine } from "../../src/index.ts";
import { chainFiles, marks } from "./chain.ts";
import { dropEverything } from "./pairs.ts";
import type { Random } from "./random-schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsx = new URL("../../node_modules/tsx/dist/esm/index.mjs", import.meta.url).href;
const child = join(root, "tests/migrations/child.ts");

interface Ended {
  readonly lines: readonly string[];
  readonly code: number | null;
}

/** Runs a migrator. `killAt`: the line of its output at which it is killed. */
function migrator(url: string, resume: boolean, killAt: number | null, pauseMs = 0): Promise<Ended> {
  return new Promise((resolve) => {
    const process_ = spawn(process.execPath, ["--import", tsx, child, url, resume ? "resume" : ""], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    let rest = "";
    process_.stdout.on("data", (data: Buffer) => {
      const parts = (rest + data.toString()).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      if (killAt === null || lines.length < killAt) return;
      killAt = null;
      if (pauseMs === 0) process_.kill("SIGKILL");
      else void sleep(pauseMs).then(() => process_.kill("SIGKILL"));
    });
    process_.on("close", (code) => resolve({ lines, code }));
  });
}

/** What is wrong with the database after all has run; empty when nothing is. */
async function faults(db: Engine): Promise<string[]> {
  const wanted = replay(chainFiles);
  const found: string[] = [];
  const { operations } = diffStates(onlyTables(await liveState(db, wanted), wanted), wanted);
  for (const operation of operations) found.push(`schema: ${JSON.stringify(operation)}`);
  const records = await MigrationRecord.using(db).all();
  if (records.length !== chainFiles.length) found.push(`${records.length} of ${chainFiles.length} migrations are noted`);
  for (const { name, status } of records) if (status !== "applied") found.push(`${name} is ${status}`);
  const log = (await db.sql<{ step: string }>`select step from chain_log order by id`).map(({ step }) => step);
  if (log.join() !== marks.join()) found.push(`steps ran as ${log.join()}`);
  const [counts] = await db.sql<Record<string, unknown>>`
    select (select count(*) from chain_parent) as parents, (select count(*) from chain_child) as children,
      (select count(*) from chain_parent where grade = 8) as ranked, (select count(*) from chain_child where remark = 'empty') as filled`;
  const numbers = Object.values(counts ?? {})
    .map(Number)
    .join();
  if (numbers !== "20,60,20,60") found.push(`rows are ${numbers}`);
  return found;
}

/** How many lines a run has that nobody disturbs. */
export async function countLines(url: string): Promise<number> {
  const db = await connect(url, { name: "count" });
  try {
    await dropEverything(db);
    const { lines } = await migrator(url, false, null);
    return lines.length;
  } finally {
    await db.disconnect();
  }
}

/** One run killed at one place, and run again. Resolves to what is wrong then. */
export async function killOnce(url: string, r: Random, lines: number): Promise<string[]> {
  const db = await connect(url, { name: "kill" });
  try {
    await dropEverything(db);
    await migrator(url, false, 1 + r.below(lines), r.below(4));
    const again = await migrator(url, true, null);
    if (again.code !== 0) return [again.lines.at(-1) ?? "no output"];
    return await faults(db);
  } finally {
    await db.disconnect();
  }
}

/** Several migrators start at once on an empty database, or on one that has a part already. */
export async function raceOnce(url: string, processes: number, r: Random): Promise<string[]> {
  const db = await connect(url, { name: "race" });
  try {
    await dropEverything(db);
    // A run that was killed leaves a database that is half migrated.
    if (r.chance(0.5)) await migrator(url, false, 8);
    const ended = await Promise.all(Array.from({ length: processes }, () => migrator(url, true, null)));
    const failed = ended.filter(({ code }) => code !== 0).map(({ lines }) => lines.at(-1) ?? "no output");
    return [...failed, ...(await faults(db))];
  } finally {
    await db.disconnect();
  }
}
