/** Which copy of this package does the work: the project's own, whose models the commands load, rather than a global one. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The command line of the copy that this folder's code imports; null where that is this one, or where there is none. */
export function projectsOwn(folder: string, own: string): string | null {
  const paths = createRequire(join(folder, "package.json")).resolve.paths("kakaorm") ?? [];
  const home = paths.map((path) => join(path, "kakaorm")).find((path) => existsSync(join(path, "package.json")));
  if (home === undefined) return null;
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { bin?: { kakaorm?: string } };
  const main = bin?.kakaorm === undefined ? null : join(home, bin.kakaorm);
  if (main === null || !existsSync(main) || dirname(realpathSync(main)) === dirname(realpathSync(own))) return null;
  return pathToFileURL(main).href;
}
