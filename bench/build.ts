/** kakaorm as it is published, JavaScript in few files, so that neither a loader nor a compiler is measured. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Writes `.kaka/index.js`. Client libraries are those of this folder, the same that the peers use. */
export async function buildKaka(): Promise<void> {
  await build({
    entryPoints: { index: here("../src/index.ts") },
    outdir: here("./.kaka/"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "linked",
    logLevel: "error",
  });
}
