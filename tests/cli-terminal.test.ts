/** The command line on a terminal, where it asks and draws; and which copy of the package does the work. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliProject, cliProject, packageAt } from "./support/cli-project.ts";

const newest = ({ app, files }: CliProject): string => readFileSync(join(app, "migrations", files().at(-1) as string), "utf8");

describe("the command line on a terminal", () => {
  let project: CliProject;
  beforeAll(() => {
    project = cliProject();
    project.kakaorm(["init"]);
    project.model("title: str(), body: text()");
    expect(project.kakaorm(["makemigrations"]).status).toBe(0);
  }, 120_000);
  afterAll(() => project.remove());

  it("asks whether a column was renamed and what existing rows get, and writes what was answered", () => {
    project.model("headline: str(), body: text(), rank: int()");
    const asked = project.onTerminal(["makemigrations", "--name", "asked"], ["y", "7"]);
    expect(asked.stdout).toMatch(/Was the column post\.title renamed to headline\? \[y\/N\]/);
    expect(asked.stdout).toMatch(/Which value do existing rows get in post\.rank \(int\)\?/);
    expect(asked.status).toBe(0);
    expect(newest(project)).toMatch(/renameColumn\("post", "title", "headline"\)/);
    expect(newest(project)).toMatch(/addColumn\("post", \{ name: "rank", type: "int" \}, \{ fill: 7 \}\)/);
  }, 60_000);

  it("writes nothing when a question is not answered", () => {
    const before = project.files();
    project.model("headline: str(), body: text(), rank: int(), weight: int()");
    const asked = project.onTerminal(["makemigrations"], [""]);
    expect(asked.status).toBe(2);
    expect(asked.stdout).toMatch(/--default post\.weight=<int>/);
    expect(project.files()).toEqual(before);
    project.model("headline: str(), body: text(), rank: int()");
  }, 60_000);

  it("draws its progress there, in colours, and writes plain lines elsewhere", () => {
    const drawn = project.onTerminal(["migrate"], []);
    expect(drawn.status).toBe(0);
    expect(drawn.stdout).toMatch(/[█▉░]/);
    expect(drawn.stdout).toContain("\u001b[");
    expect(drawn.stdout).toMatch(/Applied 2 migrations/);
    const plain = project.kakaorm(["migrate", "--down", "--to", "zero"]);
    expect(plain.status).toBe(0);
    expect(plain.stderr).not.toContain("\u001b[");
    expect(plain.stderr).toMatch(/^ {2}1\/\d+ /m);
    expect(project.onTerminal(["showmigrations"], []).stdout).toMatch(/\[ \]/);
  }, 60_000);

  it("hands over to the project's own copy", () => {
    const elsewhere = join(project.folder, "elsewhere/node_modules/kakaorm");
    mkdirSync(elsewhere, { recursive: true });
    packageAt(elsewhere);
    for (const name of ["yargs", "jiti", "tinyglobby", "cli-progress"])
      symlinkSync(join(project.folder, "node_modules", name), join(elsewhere, "..", name));
    const manifest = JSON.parse(readFileSync(join(elsewhere, "package.json"), "utf8")) as { version: string };
    writeFileSync(join(elsewhere, "package.json"), JSON.stringify({ ...manifest, version: "99.0.0" }));
    const main = join(elsewhere, "dist/cli/main.js");
    const outside = join(project.folder, "elsewhere");
    expect(project.kakaorm(["--version"], { main, cwd: outside }).stdout).toBe("99.0.0\n");
    expect(project.kakaorm(["--version"], { main }).stdout).toBe(`${manifest.version}\n`);
    expect(project.kakaorm(["migrate"], { main }).stderr).toMatch(/Applied 2 migrations/);
  }, 120_000);

  it("reads a URL from the environment when it is used, and says which variable is missing", () => {
    writeFileSync(
      join(project.app, "env.config.ts"),
      `import { defineConfig, env } from "kakaorm/migrations";
export default defineConfig({ databases: { here: env("HERE_URL", "sqlite:./here.db"), there: { url: env("THERE_URL") } } });\n`,
    );
    const config = ["--config", "env.config.ts"];
    expect(project.kakaorm(["migrate", ...config])).toMatchObject({ status: 0 });
    const missing = project.kakaorm(["migrate", ...config, "--db", "there"]);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toBe("error: the environment variable THERE_URL is not set: the database there has its URL there\n");
    expect(project.kakaorm(["migrate", ...config, "--db", "there"], { env: { THERE_URL: "sqlite:./there.db" } }).status).toBe(0);
  }, 60_000);
});
