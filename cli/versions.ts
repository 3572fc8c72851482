/** Versions as the package.json files on disk tell them; nothing is loaded for it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function versionIn(file: string, name: string): string | null {
  if (!existsSync(file)) return null;
  const data: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof data !== "object" || data === null || !("name" in data) || data.name !== name) return null;
  return "version" in data && typeof data.version === "string" ? data.version : null;
}

/** The version of this package: sources and build lie at different depths below its package.json. */
export function ownVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (folder !== dirname(folder)) {
    const version = versionIn(join(folder, "package.json"), "kakaorm");
    if (version !== null) return version;
    folder = dirname(folder);
  }
  return "unknown";
}

/** The installed version of a package, or null. */
export function installedVersion(name: string): string | null {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const version = versionIn(join(folder, name, "package.json"), name);
    if (version !== null) return version;
  }
  return null;
}
