/** Workers in processes of their own that count in one row, and what the row says in the end. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../src/index.ts";
import { counters, type Kind, type Tally } from "./counters.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const script = fileURLToPath(new URL("./worker.ts", import.meta.url));

export interface Race {
  readonly kind: Kind;
  /** Of all workers together. */
  readonly tally: Tally;
  readonly value: number;
  readonly version: number;
  readonly seconds: number;
}

interface Worker {
  /** Connected, and waiting to be told. */
  readonly ready: Promise<void>;
  readonly begin: () => void;
  readonly tally: Promise<Tally>;
}

function startWorker(url: string, kind: Kind, increments: number): Worker {
  const child = spawn(process.execPath, ["--import", "tsx", script, url, kind, String(increments)], { cwd: root });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const lines: string[] = [];
  let isReady = (): void => {};
  const ended = new Promise<Tally>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line === "ready") isReady();
    });
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(lines.at(-1) ?? "null") as Tally);
      else reject(new Error(`a worker ended with ${status}: ${errors}`));
    });
  });
  const ready = Promise.race([
    new Promise<void>((resolve) => {
      isReady = resolve;
    }),
    ended.then(() => {}),
  ]);
  return { ready, begin: () => child.stdin.write("go\n"), tally: ended };
}

/** `increments`: of all workers together. */
export async function race(engine: Engine, url: string, kind: Kind, workers: number, increments: number): Promise<Race> {
  const model = counters[kind].using(engine);
  await engine.dropTableIfExists(counters[kind]);
  await engine.createTable(counters[kind]);
  await model.create({ id: 1 });
  const share = (i: number): number => Math.floor(increments / workers) + (i < increments % workers ? 1 : 0);
  const running = Array.from({ length: workers }, (_, i) => startWorker(url, kind, share(i)));
  await Promise.all(running.map(({ ready }) => ready));
  const start = performance.now();
  for (const { begin } of running) begin();
  const tallies = await Promise.all(running.map(({ tally }) => tally));
  const seconds = (performance.now() - start) / 1000;
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const { n, version } = await model.get({ id: 1 });
  await engine.dropTable(counters[kind]);
  return { kind, tally: { acknowledged: sum("acknowledged"), stale: sum("stale"), refused: sum("refused") }, value: n, version, seconds };
}
