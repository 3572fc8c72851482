/**
 * `npm run check:instructions`: machine instructions of building and rendering a query, counted by valgrind against a budget. The
 * interpreter alone runs it, on one thread and with fixed seeds: the count is the same each time, whatever else the machine does.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./bundle.ts";

const scratch = fileURLToPath(new URL("../.tmp/", import.meta.url));

/** By Node's major version, whose bytecode and builtins the count belongs to; a version that is not here is not judged. */
export const INSTRUCTION_BUDGET: Readonly<Record<string, number>> = { "20": 345_000 };

const program = (entry: string): string => `
  const { Model, bool, connect, datetime, float, str } = await import(${JSON.stringify(pathToFileURL(entry).href)});
  class Customer extends Model("customer", {
    name: str({ length: 100 }), city: str({ length: 50 }), credit: float(), active: bool(), note: str().nullable(), createdAt: datetime(),
  }) {}
  const engine = await connect("sqlite::memory:");
  for (let i = 0; i < Number(process.argv[2]); i++)
    Customer.where((c) => c.credit.gte(i).and(c.active).and(c.name.startsWith("A").or(c.note.isNull())))
      .where({ city: "City 1" }).orderBy((c) => [c.createdAt.desc(), c.id]).limit(20).offset(40).toSQL();
  await engine.disconnect();
`;

const settled = ["--jitless", "--predictable", "--single-threaded", "--hash-seed=1", "--random-seed=1"];

function collected(file: string, queries: number): number {
  const tool = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--smc-check=all-non-file"];
  const { stderr } = spawnSync("valgrind", [...tool, process.execPath, ...settled, file, String(queries)], { encoding: "utf8" });
  const [, count] = /Collected : (\d+)/.exec(stderr) ?? [];
  if (count === undefined) throw new Error(`valgrind counted nothing: ${stderr.slice(-500)}`);
  return Number(count);
}

export function hasValgrind(): boolean {
  return spawnSync("valgrind", ["--version"]).status === 0;
}

/** Instructions of one query, without those of the start. */
export async function instructions(): Promise<number> {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "instructions-"));
  try {
    await bundle({ outdir: folder });
    const file = join(folder, "program.mjs");
    writeFileSync(file, program(join(folder, "src/index.js")));
    const [few, many] = [100, 500];
    return Math.round((collected(file, many) - collected(file, few)) / (many - few));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  if (!hasValgrind()) throw new Error("valgrind is not installed: it counts the instructions");
  const count = await instructions();
  const budget = INSTRUCTION_BUDGET[process.versions.node.split(".")[0] ?? ""];
  console.log(`a query of medium size: ${count} instructions${budget === undefined ? " (not judged under this Node)" : ` of ${budget}`}`);
  if (budget !== undefined && count > budget) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
