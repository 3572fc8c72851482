/** The command line as a project has it: the built package in an empty folder, TypeScript config and models, real files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliProject, cliProject, type Ran } from "./support/cli-project.ts";

let project: CliProject;
let folder = "";
let app = "";
const kakaorm: CliProject["kakaorm"] = (args, o) => project.kakaorm(args, o);
const model = (columns: string): void => project.model(columns);
const files = (): string[] => project.files();

describe("the command line of the built package", () => {
  beforeAll(() => {
    project = cliProject();
    ({ folder, app } = project);
  }, 120_000);
  afterAll(() => project.remove());

  it("helps in an empty folder, and says how to be used", () => {
    const help = kakaorm(["--help"]);
    expect(help).toMatchObject({ status: 0, stderr: "" });
    for (const name of [
      "init",
      "makemigrations",
      "migrate",
      "showmigrations",
      "sqlmigrate",
      "dbcheck",
      "inspect",
      "pull",
      "lint",
      "squashmigrations",
      "shell",
      "doctor",
    ]) {
      expect(help.stdout).toContain(`kakaorm ${name}`);
    }
    expect(kakaorm(["nonsense"]).status).toBe(2);
    expect(kakaorm(["migrate"])).toMatchObject({ status: 2, stdout: "" });
    expect(kakaorm(["migrate"]).stderr).toMatch(/^error: no database is named \(set DATABASE_URL, give --db <url>/);
  }, 60_000);

  it("leads from an empty folder to tables and back", () => {
    expect(kakaorm(["init"]).stdout).toBe("kakaorm.config.ts\nsrc/models/post.ts\nmigrations/.gitkeep\npackage.json\n");
    expect(kakaorm(["init"])).toMatchObject({ status: 0, stdout: "" });
    expect(kakaorm(["makemigrations", "--check"]).status).toBe(3);
    expect(files()).toEqual([]);
    const made = kakaorm(["makemigrations"]);
    expect(made.stdout).toMatch(/^migrations\/\d{14}_initial\.ts\n$/);
    expect(kakaorm(["makemigrations", "--check"]).status).toBe(0);
    expect(kakaorm(["makemigrations"])).toMatchObject({ status: 0, stdout: "" });
    expect(files()).toHaveLength(1);
    expect(kakaorm(["showmigrations"]).stdout).toMatch(/^\[ \] \d{14}_initial\n$/);
    expect(kakaorm(["migrate", "--plan"]).stdout).toMatch(/^-- \d{14}_initial \(up\)\ncreate table `post` \(/);
    expect(kakaorm(["migrate", "--check"]).status).toBe(3);
    const migrated = kakaorm(["migrate"]);
    expect(migrated).toMatchObject({ status: 0, stdout: "" });
    expect(migrated.stderr).toMatch(/Applied 1 migration/);
    expect(kakaorm(["dbcheck"]).status).toBe(0);
    expect(JSON.parse(kakaorm(["showmigrations", "--json"]).stdout)).toMatchObject([{ state: "applied" }]);
    expect(kakaorm(["migrate", "--down"]).stderr).toMatch(/Rolled back 1 migration/);
    expect(kakaorm(["migrate", "--json"]).stdout).toMatch(/"applied": \[/);
    // Nothing is left in the project but what was asked for.
    expect(readdirSync(app).sort()).toEqual(["app.db", "kakaorm.config.ts", "migrations", "package.json", "src"]);
  }, 120_000);

  it("asks about renames and values by naming the answers, and refuses to lose data", () => {
    model("headline: str({ length: 200 }), body: text(), rank: int()");
    const asked = kakaorm(["makemigrations", "--json"]);
    expect(asked.status).toBe(2);
    const { questions } = JSON.parse(asked.stdout) as { questions: { answers: string[] }[] };
    expect(questions.flatMap(({ answers }) => answers)).toEqual([
      "--rename post.title:headline",
      "--rename post.title:-",
      "--default post.rank=<int>",
    ]);
    const refused = kakaorm(["makemigrations", "--rename", "post.title:headline", "--default", "post.rank=0"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/This drops the column post.created_at with all its values/);
    const made = kakaorm([
      "makemigrations",
      "--rename",
      "post.title:headline",
      "--default",
      "post.rank=0",
      "--allow-drop",
      "--name",
      "More/../Things",
    ]);
    expect(made.stdout).toMatch(/^migrations\/\d{14}_more_things\.ts\n$/);
    expect(kakaorm(["dbcheck"])).toMatchObject({ status: 3 });
    expect(kakaorm(["migrate"]).status).toBe(0);
    expect(kakaorm(["dbcheck"])).toMatchObject({ status: 0, stdout: "" });
    expect(kakaorm(["lint"]).stdout).toMatch(/loses-data: drops the column post.created_at/);
    expect(kakaorm(["lint", "--dialect", "postgres"]).status).toBe(3);
  }, 120_000);

  it("prints, squashes and pulls", () => {
    expect(kakaorm(["sqlmigrate", "initial"]).stdout).toMatch(/^create table `post`/);
    expect(kakaorm(["sqlmigrate", "initial", "--down"]).stdout).toBe("drop table `post`;\n");
    expect(kakaorm(["makemigrations", "--empty", "--name", "by hand"]).stdout).toMatch(/_by_hand\.ts/);
    expect(kakaorm(["migrate"]).status).toBe(0);
    expect(kakaorm(["squashmigrations", "initial"]).stderr).toMatch(/3 migrations with \d+ operations became one with 1/);
    expect(kakaorm(["lint"])).toMatchObject({ status: 0, stdout: "" });
    expect(kakaorm(["lint", files()[1] as string].map((name) => name.replace(/\.ts$/, ""))).stdout).toMatch(/loses-data/);
    expect(kakaorm(["migrate"]).stderr).toMatch(/Nothing to do/);
    for (const name of files().slice(0, 3)) rmSync(join(app, "migrations", name));
    expect(kakaorm(["migrate"]).stderr).toMatch(/Nothing to do/);
    expect(kakaorm(["makemigrations", "--check"]).status).toBe(0);
    expect(kakaorm(["migrate", "--db", "sqlite:./other.db"]).stderr).toMatch(/Applied 1 migration/);
    expect(kakaorm(["dbcheck", "--db", "sqlite:./other.db"]).status).toBe(0);
    const pulled = kakaorm(["pull", "--out", "pulled.ts"]);
    expect(pulled).toMatchObject({ status: 0, stdout: "pulled.ts\n" });
    expect(kakaorm(["pull", "--out", "pulled.ts"]).status).toBe(2);
    expect(kakaorm(["dbcheck", "--models", "pulled.ts"]).status).toBe(0);
    expect(JSON.parse(kakaorm(["inspect"]).stdout)).toMatchObject([{ name: "post", primaryKey: ["id"] }]);
    const piped = (...lines: string[]): Ran => kakaorm(["shell"], { input: lines.join("\n") });
    const shown = piped(
      "const p = await Post.create({ headline: 'x', body: 'y', rank: 1 })",
      "await new Promise((done) => setTimeout(done, 100))",
      "function twice(n) {",
      "  return 2 * n;",
      "}",
      "twice(p.rank)",
      "await Post.count()",
    );
    expect(shown).toEqual({ status: 0, stdout: "2\n1\n", stderr: "" });
    expect(piped("1", "await Post.create({})", "2")).toMatchObject({ status: 1, stdout: "1\n" });
    expect(piped("await nowhere")).toEqual({ status: 1, stdout: "", stderr: "error: ReferenceError: nowhere is not defined\n" });
    expect(piped("function f() {")).toMatchObject({ status: 1, stdout: "", stderr: "error: the input ends within a statement\n" });
    expect(piped("1", ".exit", "2")).toMatchObject({ status: 0, stdout: "1\n" });
  }, 120_000);

  it("keeps the parts of a project in folders of their own, in one history", () => {
    const parts = join(folder, "parts");
    for (const name of ["users", "shop"]) mkdirSync(join(parts, name), { recursive: true });
    writeFileSync(
      join(parts, "users/models.ts"),
      'import { Model, str } from "kakaorm";\nexport class User extends Model("user", { name: str() }) {}\n',
    );
    const order = 'import { foreignKey, Model } from "kakaorm";\nimport { User } from "../users/models.ts";\n';
    writeFileSync(
      join(parts, "shop/models.ts"),
      `${order}export class Order extends Model("order", { userId: foreignKey(() => User) }) {}\n`,
    );
    const app = (name: string): string => `${name}: { models: "${name}/models.ts", migrations: "${name}/migrations" }`;
    const databases = '{ default: "sqlite:./parts.db" }';
    writeFileSync(
      join(parts, "kakaorm.config.mjs"),
      `export default { apps: { ${app("users")}, ${app("shop")} }, databases: ${databases} };\n`,
    );
    const made = kakaorm(["makemigrations"], { cwd: parts });
    expect(made.stdout).toMatch(/^users\/migrations\/\d{14}_initial\.ts\nshop\/migrations\/\d{14}_create_order\.ts\n$/);
    expect(kakaorm(["makemigrations", "--check"], { cwd: parts }).status).toBe(0);
    expect(kakaorm(["migrate"], { cwd: parts }).stderr).toMatch(/Applied 2 migrations/);
    expect(kakaorm(["dbcheck"], { cwd: parts }).status).toBe(0);
    expect(kakaorm(["makemigrations", "--app", "nowhere"], { cwd: parts }).status).toBe(2);
  }, 120_000);

  it("answers what is broken with one line, and touches nothing", () => {
    const before = readFileSync(join(app, "app.db"));
    const line = (ran: Ran): string => {
      expect(ran.stdout).toBe("");
      expect(ran.stderr.trim().split("\n")).toHaveLength(1);
      return ran.stderr;
    };
    writeFileSync(join(app, "broken.config.ts"), "export default { modles: [] };\n");
    expect(line(kakaorm(["migrate", "--config", "broken.config.ts"]))).toMatch(/unknown key modles \(did you mean models\?\)/);
    for (const part of ["databases: { a: 5 }", 'databases: { a: { uri: "x" } }', "apps: { a: {} }", "models: [1]"]) {
      writeFileSync(join(app, "broken.config.ts"), `export default { ${part} };\n`);
      const ran = kakaorm(["migrate", "--config", "broken.config.ts"]);
      expect(ran.status).toBe(2);
      expect(line(ran)).toMatch(/^error: broken\.config\.ts: \w+ has the wrong form \(it takes /);
    }
    writeFileSync(join(app, "broken.config.ts"), "export default {{;\n");
    const parsed = kakaorm(["migrate", "--config", "broken.config.ts"]);
    expect(parsed.status).toBe(1);
    expect(line(parsed)).toMatch(/broken\.config\.ts cannot be loaded: .* at \S+broken\.config\.ts:1:\d+\n/);
    writeFileSync(join(app, "waits.ts"), "await new Promise(() => {});\n");
    const waits = kakaorm(["makemigrations", "--models", "waits.ts"]);
    expect(waits.status).toBe(1);
    expect(line(waits)).toMatch(/does a file of the project wait for what never comes/);
    for (const wrong of [
      ["--stepz", "1"],
      ["--steps", "x"],
      ["--wait", "x"],
      ["--direction", "sideways"],
      ["--down", "--direction", "up"],
    ]) {
      const ran = kakaorm(["migrate", ...wrong]);
      expect(ran.status).toBe(2);
      expect(line(ran)).toMatch(/^error: /);
    }
    expect(line(kakaorm(["migrate", "--dir", "package.json"]))).toMatch(/package\.json is no folder of migrations/);
    expect(line(kakaorm(["makemigrations", "--models", "nowhere/*.ts"]))).toMatch(/no file fits nowhere/);
    writeFileSync(join(app, "bad.ts"), 'import { nothing } from "./gone.ts";\nexport const x = nothing;\n');
    expect(line(kakaorm(["makemigrations", "--models", "bad.ts"]))).toMatch(/bad\.ts cannot be loaded: /);
    expect(line(kakaorm(["migrate", "--db", "nowhere"]))).toMatch(/there is no database nowhere/);
    const secret = kakaorm(["migrate", "--db", "postgresql://someone:s3cret@127.0.0.1:1/nothing"]);
    expect(secret.status).toBe(1);
    expect(secret.stderr + secret.stdout).not.toMatch(/s3cret/);
    for (const [operation, told] of [
      ["{ op: 'nothing' }", "operation 1 is none"],
      ["{ op: 'addColumn', table: 'post' }", "operation 1 (addColumn) has no column"],
      ["{ op: 'dropTable', table: 'nowhere' }", "there is no table nowhere at this point"],
    ] as const) {
      writeFileSync(join(app, "migrations/99990101000000_bad.mjs"), `export default { operations: [${operation}] };\n`);
      for (const command of ["migrate", "lint"]) expect(line(kakaorm([command]))).toContain(`99990101000000_bad: ${told}`);
    }
    rmSync(join(app, "migrations/99990101000000_bad.mjs"));
    const [last = ""] = files();
    const path = join(app, "migrations", last);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text}\n// changed\n`);
    expect(line(kakaorm(["migrate"]))).toMatch(/was changed after it was applied/);
    writeFileSync(path, text.replaceAll("\n", "\r\n"));
    expect(kakaorm(["migrate"]).status).toBe(0);
    writeFileSync(path, text);
    writeFileSync(join(app, "migrations", last.replace(/\.ts$/, ".js")), text);
    expect(line(kakaorm(["migrate"]))).toMatch(/two migration files are called/);
    rmSync(join(app, "migrations", last.replace(/\.ts$/, ".js")));
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(join(app, "app.db")).equals(before)).toBe(true);
  }, 120_000);
});
