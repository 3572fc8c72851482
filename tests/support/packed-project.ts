/** What `npm pack` makes, installed by npm into an empty folder. No registry is asked: what it depends on is copied beside it. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "./docs.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
}

function manifestAt(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

function must(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stdout}${stderr}`);
  return stdout;
}

/** The tarball of what the sources are now, made beside the repository: its own `dist` may be of another time, or in use. */
function tarball(folder: string): string {
  const staged = join(folder, "staged");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  mkdirSync(staged);
  must(process.execPath, [tsc, "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", join(staged, "dist")], root);
  must(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), "scripts/bundle.ts", join(staged, "dist")], root);
  for (const name of ["package.json", "README.md", "CHANGELOG.md", "LICENSE"]) cpSync(join(root, name), join(staged, name));
  const [packed] = JSON.parse(must("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], staged)) as {
    filename: string;
  }[];
  return join(folder, packed?.filename ?? "");
}

/** As npm links them: it would fetch a package anew whose commands are not there. */
function linkCommands(name: string, to: string): void {
  const { bin = {} } = manifestAt(join(to, name, "package.json"));
  const commands = typeof bin === "string" ? { [basename(name)]: bin } : bin;
  mkdirSync(join(to, ".bin"), { recursive: true });
  for (const [command, file] of Object.entries(commands)) symlinkSync(join("..", name, file), join(to, ".bin", command));
}

/** These packages and all that they need, the ones that lie within others included. */
function copyPackages(names: readonly string[], to: string): void {
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const [from, target] = [join(root, "node_modules", name), join(to, name)];
    if (existsSync(target) || !existsSync(from)) continue;
    cpSync(from, target, { recursive: true, dereference: true });
    linkCommands(name, to);
    const within = (readdirSync(target, { recursive: true }) as string[])
      .filter((file) => file.startsWith("node_modules/") && file.endsWith("/package.json"))
      .map((file) => join(target, file));
    for (const file of [join(target, "package.json"), ...within]) open.push(...Object.keys(manifestAt(file).dependencies ?? {}));
  }
}

export interface PackedProject {
  readonly folder: string;
  /** The command that the installation linked. */
  readonly bin: string;
  readonly remove: () => void;
}

/** An empty folder after `npm install kakaorm` and the client libraries. */
export function packedProject(): PackedProject {
  const home = mkdtempSync(join(tmpdir(), "kaka_packed_"));
  const folder = join(home, "project");
  const drivers = ["better-sqlite3", "mysql2", "pg"];
  const packed = tarball(home);
  mkdirSync(folder);
  copyPackages([...Object.keys(manifestAt(join(root, "package.json")).dependencies ?? {}), ...drivers], join(folder, "node_modules"));
  const dependencies = Object.fromEntries(drivers.map((name) => [name, "*"]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  // An empty cache: what happens to lie in the user's own must not decide. Peers of the client libraries are types and options.
  const alone = ["--offline", "--legacy-peer-deps", "--cache", join(home, "cache")];
  must("npm", ["install", ...alone, "--ignore-scripts", "--no-audit", "--no-fund", packed], folder);
  return {
    folder,
    bin: join(folder, "node_modules/.bin/kakaorm"),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
