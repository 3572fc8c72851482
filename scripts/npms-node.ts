/** Which Node a script of package.json runs under. */
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const tsx = fileURLToPath(new URL("../node_modules/tsx/dist/cli.mjs", import.meta.url));

/**
 * A package named node puts its own Node first in the PATH of npm's scripts; the tests belong to the Node that runs npm. Runs
 * `script` again under that one and gives its exit code; null where this is the right Node already.
 */
export function runUnderNpmsNode(script: string): number | null {
  const wanted = process.env.npm_node_execpath;
  if (wanted === undefined || !existsSync(wanted) || realpathSync(wanted) === realpathSync(process.execPath)) return null;
  const env = { ...process.env, npm_node_execpath: undefined };
  return spawnSync(wanted, [tsx, script, ...process.argv.slice(2)], { stdio: "inherit", env }).status ?? 1;
}
