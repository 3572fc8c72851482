/** A process that adds one to a counter again and again, reading before each. It begins when it is told to, and prints its tally. */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { connect, RetryableError, StaleObjectError } from "../../src/index.ts";
import { counters, type Kind, type Tally } from "./counters.ts";

const [url = "", kind = "plain", wanted = "0"] = process.argv.slice(2);
const db = await connect(url, { pool: { max: 2 } });
const Counter = counters[kind as Kind];
const tally: Tally = { acknowledged: 0, stale: 0, refused: 0 };
await Counter.count();
process.stdout.write("ready\n");
await once(process.stdin, "data");
while (tally.acknowledged < Number(wanted)) {
  try {
    const row = await Counter.get({ id: 1 });
    row.n += 1;
    await row.save();
    tally.acknowledged++;
  } catch (error) {
    if (error instanceof StaleObjectError) {
      if (typeof error.found !== "number" || error.found <= (error.expected ?? 0)) throw error;
      tally.stale++;
    } else if (error instanceof RetryableError) tally.refused++;
    else throw error;
    // Whoever lost lets the others go on.
    await pause(Math.random() * 4);
  }
}
await db.disconnect();
process.stdout.write(`${JSON.stringify(tally)}\n`);
process.stdin.destroy();
