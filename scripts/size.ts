/** `npm run check:size`: what an import of the package costs. Sizes and modules are judged, milliseconds are printed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Metafile } from "esbuild";
import { bundle, entryPoints } from "./bundle.ts";

export interface Size {
  readonly name: string;
  /** Minified and gzipped, each file by itself. */
  readonly kilobytes: number;
  /** Source modules in it. */
  readonly modules: number;
}

/** What a program loads that uses one database: the core, a dialect, a driver. */
const DATABASES: Readonly<Record<string, readonly string[]>> = {
  "core + sqlite": ["src/dialects/sqlite/index.ts", "src/drivers/better-sqlite3.ts"],
  "core + postgres": ["src/dialects/postgres/index.ts", "src/drivers/pg.ts"],
  "core + mysql": ["src/dialects/mysql/index.ts", "src/drivers/mysql2.ts"],
};
const CORE = "src/index.ts";

const scratch = fileURLToPath(new URL("../.tmp/", import.meta.url));

type Outputs = Metafile["outputs"];

function fileOf(outputs: Outputs, entry: string): string {
  const found = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entry);
  if (found === undefined) throw new Error(`${entry} is not a file of its own: is it still loaded on demand?`);
  return found;
}

/** The files that are loaded with these, whether they are used or not. */
function closure(outputs: Outputs, entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) visit(next);
  };
  for (const entry of entries) visit(fileOf(outputs, entry));
  return found;
}

export async function sizes(): Promise<Size[]> {
  const { metafile, outputFiles } = await bundle({ outdir: "dist", write: false, minify: true, metafile: true });
  const { outputs } = metafile as Metafile;
  const bytes = new Map((outputFiles ?? []).map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]));
  const bytesOf = (path: string) => [...bytes].find(([file]) => file.endsWith(`/${path}`))?.[1] ?? Number.NaN;
  const measured = (name: string, entries: readonly string[]): Size => {
    const files = [...closure(outputs, entries)];
    const modules = new Set(files.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})));
    return { name, kilobytes: files.reduce((sum, path) => sum + bytesOf(path), 0) / 1000, modules: modules.size };
  };
  return [
    ...entryPoints().map((entry) => measured(entry, [entry])),
    ...Object.entries(DATABASES).map(([name, parts]) => measured(name, [CORE, ...parts])),
  ];
}

/** Milliseconds that an import takes in a new process, the median of several. */
function importTime(file: string): { readonly wall: number; readonly cpu: number } {
  const script = `const c = process.cpuUsage(), t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)});
    const d = performance.now() - t, { user, system } = process.cpuUsage(c); console.log(d, (user + system) / 1000);`;
  const runs = Array.from({ length: 9 }, () => {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    return stdout.trim().split(" ").map(Number);
  });
  const median = (i: number) => runs.map((run) => run[i] ?? Number.NaN).sort((a, b) => a - b)[4] ?? Number.NaN;
  return { wall: median(0), cpu: median(1) };
}

/** Entry by entry, what it may grow to: room for what is planned, none for an accident such as a dialect in the core. */
export const SIZE_BUDGET: Readonly<Record<string, { readonly kilobytes: number; readonly modules: number }>> = {
  "src/index.ts": { kilobytes: 113, modules: 200 },
  "core + sqlite": { kilobytes: 150, modules: 255 },
  "core + postgres": { kilobytes: 150, modules: 255 },
  "core + mysql": { kilobytes: 150, modules: 255 },
};

async function main(): Promise<void> {
  let over = 0;
  for (const { name, kilobytes, modules } of await sizes()) {
    const budget = SIZE_BUDGET[name];
    const fits = budget === undefined || (kilobytes <= budget.kilobytes && modules <= budget.modules);
    if (!fits) over++;
    const allowed = budget === undefined ? "" : `  of ${budget.kilobytes} kB, ${budget.modules} modules${fits ? "" : "  OVER"}`;
    console.log(`${name.padEnd(18)} ${kilobytes.toFixed(1).padStart(6)} kB min+gzip ${String(modules).padStart(4)} modules${allowed}`);
  }
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "size-"));
  try {
    await bundle({ outdir: folder });
    const { wall, cpu } = importTime(join(folder, "src/index.js"));
    console.log(`import of the entry: ${wall.toFixed(0)} ms, ${cpu.toFixed(0)} ms of processor time (not judged)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (over > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
