/**
 * Writes the JavaScript of the package: each entry with what it always needs in one file, the rest (dialects, drivers,
 * commands) in files that are loaded when they are used. `tsx scripts/bundle.ts [folder]`, `dist` when none is named.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, type BuildResult, build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
}

/** The sources of what package.json publishes: `./dist/src/index.js` comes from `src/index.ts`. */
export function entryPoints(): string[] {
  const { exports, bin } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Manifest;
  const files = [...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : entry.default)), ...Object.values(bin)];
  return files.map((file) => file.replace("./dist/", "").replace(/\.js$/, ".ts"));
}

/** The package's JavaScript, in few files. */
export function bundle(more: BuildOptions): Promise<BuildResult> {
  return build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outbase: ".",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    chunkNames: "chunks/[name]-[hash]",
    legalComments: "none",
    logLevel: "error",
    ...more,
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await bundle({ outdir: process.argv[2] ?? "dist" });
