/** `npm run bench -- --db sqlite|postgres|mysql`: measures kakaorm against the client libraries it stands on. */
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, type Result } from "./measure.ts";
import { DATABASES, type DatabaseName, openBench } from "./open.ts";
import { WORKLOADS } from "./workloads.ts";

const usage = `npm run bench -- --db ${DATABASES.join("|")} [--only raw,kaka] [--workload ${WORKLOADS.map(({ name }) => name).join(",")}]
  [--url database] [--rounds 15] [--batch-ms 40] [--json out.json]`;

function chosen<T extends { readonly name: string }>(all: readonly T[], given: string | undefined, what: string): readonly T[] {
  if (given === undefined) return all;
  return given.split(",").map((name) => {
    const found = all.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no ${what} ${name}; there are ${all.map((each) => each.name).join(", ")}`);
    return found;
  });
}

function print(database: string, results: readonly Result[]): void {
  const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  const names = [...new Set(results.flatMap(({ timings }) => timings.map(({ adapter }) => adapter)))];
  const head = [
    database,
    ...names.map((name) => `${name} µs`),
    ...names.map((name) => `${name} cpu µs`),
    "ratio",
    "quartiles",
    "cpu ratio",
  ];
  const lines = results.map(({ workload, timings, ratio }) => {
    const of = (name: string, key: "wall" | "cpu") => {
      const timing = timings.find(({ adapter }) => adapter === name);
      return timing === undefined ? "" : digits(timing[key]);
    };
    const ratios =
      ratio === null ? ["", "", ""] : [ratio.wall.toFixed(2), `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}`, ratio.cpu.toFixed(2)];
    return [workload, ...names.map((name) => of(name, "wall")), ...names.map((name) => of(name, "cpu")), ...ratios];
  });
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  console.log([row(head), widths.map((width) => "-".repeat(width)).join("  "), ...lines.map(row)].join("\n"));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      db: { type: "string" },
      only: { type: "string" },
      workload: { type: "string" },
      url: { type: "string" },
      rounds: { type: "string", default: "15" },
      "batch-ms": { type: "string", default: "40" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const database = DATABASES.find((name) => name === values.db);
  if (values.help || database === undefined) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const results = await runAll(database, values);
  print(database, results);
  if (values.json !== undefined) {
    const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, date: new Date().toISOString() };
    writeFileSync(values.json, `${JSON.stringify({ database, ...machine, results }, null, 2)}\n`);
  }
}

interface Given {
  readonly only?: string | undefined;
  readonly workload?: string | undefined;
  readonly url?: string | undefined;
  readonly rounds: string;
  readonly "batch-ms": string;
}

async function runAll(database: DatabaseName, given: Given): Promise<Result[]> {
  const workloads = chosen(WORKLOADS, given.workload, "workload");
  const bench = await openBench(database, given.url);
  try {
    const adapters = chosen(bench.adapters, given.only, "adapter");
    const results: Result[] = [];
    for (const workload of workloads) {
      const able = adapters.filter((adapter) => workload.suits?.(adapter) ?? true);
      if (able.length === 0) continue;
      results.push(await measure(bench, workload, able, { rounds: Number(given.rounds), batchMs: Number(given["batch-ms"]) }));
    }
    return results;
  } finally {
    await bench.close();
  }
}

/** A package named node puts its own Node first in the PATH of npm's scripts; the bench belongs to the Node that runs npm. */
function runUnderNpmsNode(): number | null {
  const wanted = process.env["npm_node_execpath"];
  if (wanted === undefined || !existsSync(wanted) || realpathSync(wanted) === realpathSync(process.execPath)) return null;
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const env = { ...process.env, npm_node_execpath: undefined };
  const args = [tsx, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  return spawnSync(wanted, args, { stdio: "inherit", env }).status ?? 1;
}

const status = runUnderNpmsNode();
if (status === null) await main();
else process.exitCode = status;
