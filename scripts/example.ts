/** `npm run example -- 02-world [url]`: runs one file of examples; what follows its name is the example's own. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "examples");

function main(given: string | undefined, rest: readonly string[]): number {
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /^\d.*\.ts$/.test(file))
        .map((file) => file.slice(0, -".ts".length))
        .sort()
    : [];
  const name = given?.replace(/\.ts$/, "");
  if (name === undefined || !names.includes(name)) {
    console.error(name === undefined ? "Which example? npm run example -- <name> [url]" : `There is no example ${name}.`);
    console.error(names.length === 0 ? "There are no examples yet." : `Examples: ${names.join(", ")}`);
    return 2;
  }
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const run = spawnSync(process.env.npm_node_execpath ?? process.execPath, [tsx, join(folder, `${name}.ts`), ...rest], {
    cwd: root,
    stdio: "inherit",
  });
  return run.status ?? 1;
}

const [name, ...rest] = process.argv.slice(2);
process.exitCode = main(name, rest);
