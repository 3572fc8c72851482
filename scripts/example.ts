/** `npm run example -- 02-world [url]`: runs one example, a file or a folder with a main.ts; what follows its name is its own. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "examples");

function main(given: string | undefined, rest: readonly string[]): number {
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /^\d.*\.ts$/.test(file) || (/^\d/.test(file) && existsSync(join(folder, file, "main.ts"))))
        .map((file) => file.replace(/\.ts$/, ""))
        .sort()
    : [];
  const name = given?.replace(/\.ts$/, "");
  if (name === undefined || !names.includes(name)) {
    console.error(name === undefined ? "Which example? npm run example -- <name> [url]" : `There is no example ${name}.`);
    console.error(names.length === 0 ? "There are no examples yet." : `Examples: ${names.join(", ")}`);
    return 2;
  }
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const file = existsSync(join(folder, `${name}.ts`)) ? `${name}.ts` : join(name, "main.ts");
  const run = spawnSync(process.env.npm_node_execpath ?? process.execPath, [tsx, join(folder, file), ...rest], {
    cwd: root,
    stdio: "inherit",
  });
  return run.status ?? 1;
}

const [name, ...rest] = process.argv.slice(2);
process.exitCode = main(name, rest);
