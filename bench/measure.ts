/** Batches in turns: a disturbance of the machine meets every adapter, so ratios stay true where times do not. */
import { strictEqual } from "node:assert";
import { performance } from "node:perf_hooks";
import type { Adapter, Bench } from "./adapter.ts";
import type { Workload } from "./workloads.ts";

export interface Timing {
  readonly adapter: string;
  /** Microseconds for one unit of work: the median over the rounds. */
  readonly wall: number;
  /** The same for the processor time of this process: what a server does in its own is not in it. */
  readonly cpu: number;
}

export interface Result {
  readonly workload: string;
  readonly timings: readonly Timing[];
  /** Of the second adapter to the first: the median of each round's own ratio, and the quartiles around it. Null for one adapter. */
  readonly ratio: { readonly wall: number; readonly low: number; readonly high: number; readonly cpu: number } | null;
}

interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

async function sample(bench: Bench, workload: Workload, adapter: Adapter, times: number): Promise<Sample> {
  const { run, expected } = await workload.batch(bench, adapter, times);
  // Garbage of what ran before must not be collected on this adapter's clock.
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const answer = await run();
  const wall = (performance.now() - before) * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  strictEqual(answer, expected, `${adapter.name}, ${workload.name}: a batch did not give what it must`);
  await workload.reset?.(bench);
  return { wall: wall / times, cpu: (user + system) / times };
}

export async function measure(
  bench: Bench,
  workload: Workload,
  adapters: readonly Adapter[],
  o: { readonly rounds: number; readonly batchMs: number },
): Promise<Result> {
  for (const adapter of adapters) await workload.verify(bench, adapter);
  // Warm up, and find how many units fill a batch of the slowest adapter.
  let times = 1;
  for (const adapter of adapters) {
    for (let n = 1; ; n *= 2) {
      const { wall } = await sample(bench, workload, adapter, n);
      if (wall * n < o.batchMs * 1000) continue;
      times = Math.max(times, Math.ceil((o.batchMs * 1000) / wall));
      break;
    }
  }
  const samples = new Map<Adapter, Sample[]>(adapters.map((adapter) => [adapter, []]));
  for (let round = 0; round < o.rounds; round++) {
    // Whoever comes first meets the colder machine: that changes from round to round.
    const order = round % 2 === 0 ? adapters : [...adapters].reverse();
    for (const adapter of order) samples.get(adapter)?.push(await sample(bench, workload, adapter, times));
  }
  const timings = adapters.map((adapter) => {
    const own = samples.get(adapter) ?? [];
    const median = (key: keyof Sample) =>
      quantile(
        own.map((each) => each[key]),
        0.5,
      );
    return { adapter: adapter.name, wall: median("wall"), cpu: median("cpu") };
  });
  const [first, second] = adapters.map((adapter) => samples.get(adapter) ?? []);
  if (first === undefined || second === undefined) return { workload: workload.name, timings, ratio: null };
  const ratios = (key: keyof Sample) => second.map((each, i) => each[key] / (first[i]?.[key] ?? Number.NaN));
  const wall = ratios("wall");
  return {
    workload: workload.name,
    timings,
    ratio: { wall: quantile(wall, 0.5), low: quantile(wall, 0.25), high: quantile(wall, 0.75), cpu: quantile(ratios("cpu"), 0.5) },
  };
}
