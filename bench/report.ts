/** Results as text: a table for the terminal, and the same as Markdown for the README. */
import type { Result } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

export interface Report {
  readonly database: string;
  readonly server: string;
  readonly node: string;
  readonly platform: string;
  readonly date: string;
  readonly scale: number;
  readonly results: readonly Result[];
  readonly leftOut: readonly { readonly adapter: string; readonly reason: string }[];
}

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));

function namesOf(results: readonly Result[]): string[] {
  return [...new Set(results.flatMap(({ timings }) => timings.map(({ adapter }) => adapter)))];
}

const ratioOf = (result: Result, name: string) => result.timings.find(({ adapter }) => adapter === name)?.ratio?.median ?? null;

/** The geometric mean of an adapter's ratios over the workloads that it did, and how many those are. */
export function meanRatio(results: readonly Result[], name: string): { readonly mean: number; readonly over: number } | null {
  const apart = new Set(WORKLOADS.filter((workload) => workload.apart).map((workload) => workload.name));
  const ratios = results.filter(({ workload }) => !apart.has(workload)).flatMap((result) => ratioOf(result, name) ?? []);
  if (ratios.length === 0) return null;
  return { mean: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length), over: ratios.length };
}

function rowsOf({ results, database }: Report): string[][] {
  const names = namesOf(results);
  const rows = [[database, "fastest raw µs", ...names]];
  for (const result of results) {
    const raw = result.timings.find(({ ratio }) => ratio?.median === 1);
    const cells = names.map((name) => {
      const timing = result.timings.find(({ adapter }) => adapter === name);
      if (timing === undefined) return "-";
      return timing.ratio === null || raw === undefined ? `${digits(timing.wall)} µs` : timing.ratio.median.toFixed(2);
    });
    rows.push([result.workload, raw === undefined ? "" : digits(raw.wall), ...cells]);
  }
  const means = names.map((name) => meanRatio(results, name));
  if (means.some((mean) => mean !== null)) rows.push(["geometric mean", "", ...means.map((mean) => mean?.mean.toFixed(2) ?? "-")]);
  return rows;
}

export function asText(report: Report): string {
  const rows = rowsOf(report);
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  const [head, ...body] = rows;
  const notes = report.results.flatMap(({ workload, failed }) =>
    failed.map(({ adapter, reason }) => `${workload}: ${adapter} left out: ${reason}`),
  );
  const absent = report.leftOut.map(({ adapter, reason }) => `${adapter} left out: ${reason}`);
  return [line(head ?? []), line(widths.map((width) => "-".repeat(width))), ...body.map(line), ...absent, ...notes].join("\n");
}

export function asMarkdown(report: Report): string {
  const rows = rowsOf(report);
  const names = rows[0] ?? [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const { server, node, platform, date, scale } = report;
  const head = `${server}, Node ${node}, ${platform}, ${date.slice(0, 10)}${scale === 1 ? "" : `, scale ${scale}`}:`;
  const absent = report.leftOut.map(({ adapter, reason }) => `- ${adapter} left out: ${reason}`);
  const notes = report.results.flatMap(({ workload, failed }) =>
    failed.map(({ adapter, reason }) => `- ${adapter} left out of \`${workload}\`: ${reason.split("\n")[0]}`),
  );
  const align = names.map((_, i) => (i === 0 ? "---" : "--:"));
  return [
    head,
    "",
    ...[names, align, ...rows.slice(1)].map(line),
    ...(absent.length + notes.length > 0 ? ["", ...absent, ...notes] : []),
  ].join("\n");
}
