/** A project in an empty folder with the built package beside it, and its command line. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./docs.ts";

const tsx = join(root, "node_modules/tsx/dist/cli.mjs");

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProject {
  /** What holds the project and its node_modules. */
  readonly folder: string;
  readonly app: string;
  /** The file that `bin` names. */
  readonly main: string;
  readonly kakaorm: (args: readonly string[], o?: { cwd?: string; input?: string; env?: Record<string, string>; main?: string }) => Ran;
  /** The same on a terminal, which shows both outputs; each line of input is typed at once. */
  readonly onTerminal: (args: readonly string[], typed: readonly string[]) => Ran;
  /** Writes src/models/post.ts. */
  readonly model: (columns: string) => void;
  readonly files: () => string[];
  readonly remove: () => void;
}

function environment(more: Record<string, string> = {}): Record<string, string | undefined> {
  const { DATABASE_URL: _, ...env } = process.env;
  return { ...env, ...more };
}

/** The published files, not the compiler's: where a piece of code lies is part of what is tested. */
export function packageAt(home: string): void {
  const build = spawnSync(process.execPath, [tsx, "scripts/bundle.ts", join(home, "dist")], { cwd: root, encoding: "utf8" });
  if (build.status !== 0 || build.stderr !== "") throw new Error(`the package does not build: ${build.stderr}`);
  writeFileSync(join(home, "package.json"), readFileSync(join(root, "package.json")));
}

export function cliProject(): CliProject {
  const folder = mkdtempSync(join(tmpdir(), "kaka_cli_"));
  const app = join(folder, "app");
  mkdirSync(app);
  packageAt(join(folder, "node_modules/kakaorm"));
  // What npm would install beside it.
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), "better-sqlite3", "pg", "mysql2"]) {
    symlinkSync(realpathSync(join(root, "node_modules", name)), join(folder, "node_modules", name));
  }
  const main = join(folder, "node_modules/kakaorm/dist/cli/main.js");
  return {
    folder,
    app,
    main,
    kakaorm(args, o = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [o.main ?? main, ...args], {
        cwd: o.cwd ?? app,
        encoding: "utf8",
        input: o.input ?? "",
        env: environment(o.env),
      });
      return { status, stdout, stderr };
    },
    onTerminal(args, typed) {
      const command = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
      // script(1) gives the command a terminal of its own; what is typed waits in it until it is read.
      const { status, stdout, stderr } = spawnSync("script", ["-qefc", command, "/dev/null"], {
        cwd: app,
        encoding: "utf8",
        input: typed.map((line) => `${line}\n`).join(""),
        env: environment({ TERM: "xterm", COLUMNS: "100" }),
      });
      return { status, stdout, stderr };
    },
    model: (columns) =>
      writeFileSync(
        join(app, "src/models/post.ts"),
        `import { int, Model, str, text } from "kakaorm";\nexport class Post extends Model("post", { ${columns} }) {}\n`,
      ),
    files: () => readdirSync(join(app, "migrations")).filter((name) => name.endsWith(".ts")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
