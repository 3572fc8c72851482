/**
 * `npm run test:migrations -- --pairs N --kills N --races N --seed S`: random pairs of schemas, killed migrators and competing ones on
 * every database that answers (KAKA_TARGETS chooses). Prints figures, and every failure with its seed.
 */
import { parseArgs } from "node:util";
import { connect } from "../src/index.ts";
import { countLines, killOnce, raceOnce } from "../tests/migrations/crashes.ts";
import { runPair } from "../tests/migrations/pairs.ts";
import { randomFrom } from "../tests/migrations/random-schema.ts";
import { selectTargets } from "../tests/targets/all.ts";
import type { Target } from "../tests/targets/target.ts";

const { values } = parseArgs({
  options: { pairs: { type: "string" }, kills: { type: "string" }, races: { type: "string" }, seed: { type: "string" } },
});
const count = (name: keyof typeof values, byDefault: number): number => {
  const number = Number(values[name] ?? byDefault);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} takes a whole number`);
  return number;
};
const [pairs, kills, races, seed] = [count("pairs", 20), count("kills", 5), count("races", 1), count("seed", 1)];

async function pairsOf(url: string, name: string): Promise<Record<string, number>> {
  const db = await connect(url, { name });
  const found = { pairs: 0, diff: 0, down: 0, rows: 0, error: 0, fine: 0 };
  try {
    for (let i = 0; i < pairs; i++) {
      const { kind, problems } = await runPair(db, seed * 100_000 + i);
      found.pairs++;
      found[kind]++;
      if (kind !== "fine") console.log(`${name}: seed ${seed * 100_000 + i}: ${problems[0]}`);
    }
  } finally {
    await db.disconnect();
  }
  return found;
}

/**
 * A database in the memory of one process has nobody to compete with, and nothing left when it is killed. Threads write the
 * same files as sqlite-file, and take long to start.
 */
const shared = (target: Target): boolean => !["sqlite", "sqlite3", "sqlite-worker", "node-sqlite", "pglite"].includes(target.name);

let failures = 0;
const { running } = await selectTargets();
for (const target of running) {
  const url = await target.url();
  try {
    const { pairs: run = 0, diff = 0, down = 0, rows = 0, error = 0 } = await pairsOf(url, target.name);
    let [killed, unrecovered, raced, quarrels] = [0, 0, 0, 0];
    if (shared(target)) {
      const r = randomFrom(seed);
      const lines = kills > 0 ? await countLines(url) : 0;
      for (; killed < kills; killed++) {
        const faults = await killOnce(url, r, lines);
        if (faults.length > 0) unrecovered++;
        for (const fault of faults) console.log(`${target.name}: kill ${killed}: ${fault}`);
      }
      for (; raced < races; raced++) {
        const faults = await raceOnce(url, 8, r);
        if (faults.length > 0) quarrels++;
        for (const fault of faults) console.log(`${target.name}: race ${raced}: ${fault}`);
      }
    }
    failures += diff + down + rows + error + unrecovered + quarrels;
    console.log(
      `${target.name}: ${run} pairs, ${diff} non-empty second diffs, ${down} failed downs, ${rows} lost rows, ${error} errors, ` +
        `${killed} kills, ${unrecovered} unrecovered, ${raced} races of 8, ${quarrels} failed`,
    );
  } finally {
    await target.dispose();
  }
}
process.exitCode = failures === 0 ? 0 : 1;
