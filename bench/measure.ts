/** Batches in turns: a disturbance of the machine meets every adapter, so ratios stay true where times do not. */
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import type { Adapter } from "./adapter.ts";
import type { Bench, Workload } from "./workloads.ts";

export interface Timing {
  readonly adapter: string;
  /** Microseconds for one unit of work: the median over the rounds. */
  readonly wall: number;
  /** The same for the processor time of this process: what a server does in its own is not in it. */
  readonly cpu: number;
  /** Of each round's own ratio to the fastest raw driver: the median, and the quartiles around it. Null without a raw driver. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number } | null;
}

export interface Result {
  readonly workload: string;
  readonly timings: readonly Timing[];
  /** Adapters that did not do the work, and why. */
  readonly failed: readonly { readonly adapter: string; readonly reason: string }[];
}

interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

export interface Effort {
  readonly rounds: number;
  readonly batchMs: number;
  /** Every adapter runs for so long before the first round: a server's code is warm, and large libraries warm up slowly. */
  readonly warmMs: number;
}

// V8 throws away code that several full collections have not seen run: an adapter would start its turn cold after those of all others.
setFlagsFromString("--no-flush-bytecode");

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

const isThenable = (value: unknown): value is PromiseLike<unknown> => typeof (value as { then?: unknown } | null)?.then === "function";

async function sample(bench: Bench, workload: Workload, adapter: Adapter, times: number): Promise<Sample> {
  if (workload.extra !== undefined) await bench.reset(workload.extra(times));
  const unit = workload.batch(bench, adapter, times);
  if (workload.writes) await adapter.prepare?.();
  // Garbage of what ran before must not be collected on this adapter's clock. A full collection would also shrink the nursery and
  // throw optimized code away, which no server does thirty times a second.
  globalThis.gc?.({ type: "minor" });
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  for (let n = 0; n < times; n++) {
    const answer = unit(n);
    // A driver that answers at once is not made to wait.
    if (isThenable(answer)) await answer;
  }
  const wall = (performance.now() - before) * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (workload.writes) await bench.reset();
  return { wall: wall / times, cpu: (user + system) / times };
}

/** How many units fill a batch. The code is warm afterwards. */
async function fill(bench: Bench, workload: Workload, adapter: Adapter, { batchMs, warmMs }: Effort): Promise<number> {
  const most = workload.writes ? 2000 : 1_000_000;
  let warmed = 0;
  for (let n = 1; ; ) {
    const { wall } = await sample(bench, workload, adapter, n);
    warmed += (wall * n) / 1000;
    const full = Math.max(1, Math.min(most, Math.round((batchMs * 1000) / wall)));
    if (warmed >= warmMs) return full;
    n = Math.min(n * 2, full);
  }
}

export async function measure(bench: Bench, workload: Workload, adapters: readonly Adapter[], effort: Effort): Promise<Result> {
  const failed: { adapter: string; reason: string }[] = [];
  const runs: { adapter: Adapter; times: number; samples: Sample[] }[] = [];
  for (const adapter of adapters) {
    if (workload.suits?.(adapter) === false) continue;
    try {
      if (workload.writes) {
        await bench.reset();
        await adapter.prepare?.();
      }
      await workload.verify(bench, adapter);
      if (workload.writes) await bench.reset();
      runs.push({ adapter, times: await fill(bench, workload, adapter, effort), samples: [] });
    } catch (error) {
      failed.push({
        adapter: adapter.name,
        reason: String(error instanceof Error ? error.message : error)
          .trim()
          .slice(0, 300),
      });
      if (workload.writes) await bench.reset();
    }
  }
  for (let round = 0; round < effort.rounds; round++) {
    // Whoever comes first meets the colder machine: that changes from round to round.
    for (const { adapter, times, samples } of round % 2 === 0 ? runs : [...runs].reverse())
      samples.push(await sample(bench, workload, adapter, times));
  }
  const median = (samples: readonly Sample[], key: keyof Sample) =>
    quantile(
      samples.map((each) => each[key]),
      0.5,
    );
  const raws = runs.filter(({ adapter }) => adapter.kind === "raw");
  const fastest = raws.sort((a, b) => median(a.samples, "wall") - median(b.samples, "wall"))[0];
  const timings = runs.map(({ adapter, samples }): Timing => {
    const ratios = fastest === undefined ? [] : samples.map(({ wall }, i) => wall / (fastest.samples[i]?.wall ?? Number.NaN));
    const ratio = ratios.length === 0 ? null : { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
    return { adapter: adapter.name, wall: median(samples, "wall"), cpu: median(samples, "cpu"), ratio };
  });
  return { workload: workload.name, timings, failed };
}
