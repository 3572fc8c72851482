/**
 * `npm run test:differential [-- --runs 5000 --seed 1]`: random queries of the builder on random rows, on every database that
 * can be reached, against a plain evaluation in JavaScript. It fails where an answer differs.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openPlace, type Place } from "../tests/differential/place.ts";
import { compareAll, written } from "../tests/differential/run.ts";
import { selectTargets } from "../tests/targets/all.ts";
import { runUnderNpmsNode } from "./npms-node.ts";

const compared = "sqlite,postgres,postgres-new,mariadb,mysql-new";

function whole(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1`);
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "5000" }, seed: { type: "string" }, shrink: { type: "boolean", default: true } },
    allowNegative: true,
  });
  const runs = whole(values.runs, "runs");
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 30) + 1 : whole(values.seed, "seed");
  const { running, skipped } = await selectTargets(process.env.KAKA_TARGETS ?? compared);
  const start = performance.now();
  const places: Place[] = [];
  console.log(`seed ${seed}, ${runs} statements on ${running.map(({ name }) => name).join(", ")}`);
  try {
    for (const target of running) places.push(await openPlace(target));
    const { disagreements, perPlace } = await compareAll(places, {
      runs,
      seed,
      shrink: values.shrink,
      found: ({ place, at, text, smallest }) =>
        console.log(`\n${place}, ${at}: ${text}\n${written(smallest.statement)}\n${written(smallest.data)}`),
    });
    for (const [name, { agreed, refused, different, ms }] of perPlace)
      console.log(`${name}: ${agreed} agree, ${refused} refused, ${different} disagree, ${(ms / 1000).toFixed(1)} s`);
    for (const { name, reason } of skipped) if (compared.split(",").includes(name)) console.log(`${name}: skipped, ${reason}`);
    const took = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${runs} runs, ${disagreements.length} disagreements, seed ${seed}, ${took} s`);
    return disagreements.length > 0 || places.length === 0 ? 1 : 0;
  } finally {
    for (const place of places) await place.leave();
  }
}

process.exitCode = runUnderNpmsNode(fileURLToPath(import.meta.url)) ?? (await main());
