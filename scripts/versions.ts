/**
 * `npm run test:versions [-- --workers 8 --increments 4000]`: processes that read a counter, add one and save it, on every database
 * that can be reached. It fails where the value in the end is not the number of acknowledged saves.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect } from "../src/index.ts";
import { selectTargets } from "../tests/targets/all.ts";
import { race } from "../tests/versions/race.ts";
import { runUnderNpmsNode } from "./npms-node.ts";

const places: ReadonlySet<string> = new Set(["sqlite-file", "postgres", "postgres-new", "mariadb", "mysql-new"]);

function whole(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} takes a whole number from 1`);
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { workers: { type: "string", default: "8" }, increments: { type: "string", default: "4000" } },
  });
  const workers = whole(values.workers, "workers");
  const increments = whole(values.increments, "increments");
  const { running, skipped } = await selectTargets();
  const raced = running.filter(({ name }) => places.has(name));
  let failures = 0;
  for (const target of raced) {
    const url = await target.url();
    const engine = await connect(url, { name: `versions ${target.name}`, default: false });
    try {
      for (const kind of ["plain", "rebased"] as const) {
        const { tally, value, version, seconds } = await race(engine, url, kind, workers, increments);
        const holds = tally.acknowledged === increments && value === increments && version === increments + 1;
        if (!holds) failures++;
        console.log(
          `${target.name}, ${kind}: ${workers} workers, ${tally.acknowledged} acknowledged, value ${value}, version ${version}; ` +
            `${tally.stale} stale, ${tally.refused} refused; ${seconds.toFixed(1)} s${holds ? "" : "  DOES NOT HOLD"}`,
        );
      }
    } finally {
      await engine.disconnect();
      await target.dispose();
    }
  }
  for (const { name, reason } of skipped.filter((one) => places.has(one.name))) console.log(`${name}: skipped, ${reason}`);
  return failures > 0 || raced.length === 0 ? 1 : 0;
}

process.exitCode = runUnderNpmsNode(fileURLToPath(import.meta.url)) ?? (await main());
