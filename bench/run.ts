/** `npm run bench -- --db sqlite|postgres|mysql`: kakaorm, its peers, and the client libraries they all stand on. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DATABASES, type DatabaseName } from "./adapter.ts";
import { buildKaka } from "./build.ts";
import { sizesOf } from "./data.ts";
import { runUnderNpmsNode } from "./node.ts";
import type { Report } from "./report.ts";

const OPTIONS = {
  db: { type: "string" },
  only: { type: "string" },
  workload: { type: "string" },
  url: { type: "string" },
  scale: { type: "string", default: "1" },
  rounds: { type: "string", default: "11" },
  "batch-ms": { type: "string", default: "30" },
  "warm-ms": { type: "string", default: "500" },
  json: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

interface Given {
  readonly only?: string | undefined;
  readonly workload?: string | undefined;
  readonly url?: string | undefined;
  readonly scale: string;
  readonly rounds: string;
  readonly "batch-ms": string;
  readonly "warm-ms": string;
}

async function runAll(database: DatabaseName, given: Given): Promise<Report> {
  // Behind the build, which makes what they import.
  const { CANDIDATES, openBench } = await import("./open.ts");
  const { WORKLOADS } = await import("./workloads.ts");
  const { measure } = await import("./measure.ts");
  const wanted = chosen(given.workload, WORKLOADS, "workload");
  const only = given.only?.split(",") ?? null;
  if (only !== null) chosen(only.filter((name) => name !== "raw").join(",") || undefined, CANDIDATES, "adapter");
  const scale = Number(given.scale);
  const effort = { rounds: Number(given.rounds), batchMs: Number(given["batch-ms"]), warmMs: Number(given["warm-ms"]) };
  const opened = await openBench(database, given.url, only, sizesOf(scale));
  try {
    const results = [];
    for (const workload of wanted) {
      process.stderr.write(`${workload.name} `);
      results.push(await measure(opened.bench, workload, opened.adapters, effort));
    }
    process.stderr.write("\n");
    const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, date: new Date().toISOString() };
    return { database, server: opened.server, ...machine, scale, results, leftOut: opened.leftOut };
  } finally {
    await opened.close();
  }
}

function chosen<T extends { readonly name: string }>(given: string | undefined, all: readonly T[], what: string): readonly T[] {
  if (given === undefined) return all;
  return given.split(",").map((name) => {
    const found = all.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no ${what} ${name}; there are ${all.map((each) => each.name).join(", ")}`);
    return found;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const database = DATABASES.find((name) => name === values.db);
  if (values.help || database === undefined) {
    console.log(
      `npm run bench -- --db ${DATABASES.join("|")} ${Object.keys(OPTIONS)
        .map((name) => `[--${name}]`)
        .join(" ")}`,
    );
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  await buildKaka();
  const report = await runAll(database, values);
  const { asText } = await import("./report.ts");
  console.log(asText(report));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

const status = runUnderNpmsNode(import.meta.url);
if (status === null) await main();
else process.exitCode = status;
