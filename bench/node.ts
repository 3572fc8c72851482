/** The Node that the bench belongs to. */
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A package named node puts its own Node first in the PATH of npm's scripts; the bench belongs to the Node that runs npm. */
export function runUnderNpmsNode(script: string): number | null {
  const wanted = process.env["npm_node_execpath"];
  if (wanted === undefined || !existsSync(wanted) || realpathSync(wanted) === realpathSync(process.execPath)) return null;
  const env = { ...process.env, npm_node_execpath: undefined };
  return spawnSync(wanted, [...process.execArgv, fileURLToPath(script), ...process.argv.slice(2)], { stdio: "inherit", env }).status ?? 1;
}
