/**
 * `npm run test:relations [-- --runs 1000 --seed 1]`: random tables, relations, rows and prefetches, on every database that can
 * be reached: what is loaded together is what is loaded row by row, and what the rows say. It fails where it is not.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect } from "../src/index.ts";
import { compareRelations } from "../tests/relations/run.ts";
import { selectTargets } from "../tests/targets/all.ts";
import { runUnderNpmsNode } from "./npms-node.ts";

function whole(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1`);
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" }, seed: { type: "string" } } });
  const runs = whole(values.runs, "runs");
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 30) + 1 : whole(values.seed, "seed");
  const { running, skipped } = await selectTargets();
  console.log(`seed ${seed}, ${runs} queries on each of ${running.map(({ name }) => name).join(", ")}`);
  let failures = 0;
  for (const target of running) {
    const start = performance.now();
    const engine = await connect(await target.url(), { name: `relations ${target.name}`, default: false });
    try {
      const { agreed, statements, naive, failure } = await compareRelations(engine, { runs, seed });
      const took = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${target.name}: ${agreed} agree, in ${statements} statements; row by row ${naive}; ${took} s`);
      if (failure !== null) {
        failures++;
        console.log(failure);
      }
    } finally {
      await engine.disconnect();
      await target.dispose();
    }
  }
  for (const { name, reason } of skipped) console.log(`${name}: skipped, ${reason}`);
  console.log(`${runs} runs, ${failures} databases that disagree, seed ${seed}`);
  return failures > 0 || running.length === 0 ? 1 : 0;
}

process.exitCode = runUnderNpmsNode(fileURLToPath(import.meta.url)) ?? (await main());
