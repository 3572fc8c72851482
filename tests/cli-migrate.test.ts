/** The parts of `migrate` and `makemigrations` that people meet later: histories that are noted only, two ends, edited files, losses elsewhere. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliProject, cliProject, type Ran } from "./support/cli-project.ts";
import { selectTargets } from "./targets/all.ts";

const { running } = await selectTargets();
const servers = running.filter(({ name }) => ["postgres", "mariadb", "mysql-new"].includes(name));

const note = `createTable("note", { columns: [{ name: "id", type: "bigint", identity: true }], primaryKey: ["id"] })`;
const column = (name: string): string => `addColumn("note", { name: "${name}", type: "int", nullable: true })`;

describe("migrations on the command line", () => {
  let project: CliProject;
  beforeAll(() => {
    project = cliProject();
  }, 120_000);
  afterAll(() => project.remove());

  interface Folder {
    readonly path: string;
    readonly run: (args: readonly string[], env?: Record<string, string>) => Ran;
    readonly write: (name: string, parents: readonly string[], ...operations: readonly string[]) => string;
    readonly files: () => string[];
  }
  function folder(name: string): Folder {
    const path = join(project.folder, name);
    mkdirSync(join(path, "migrations"), { recursive: true });
    return {
      path,
      run: (args, env = {}) => project.kakaorm(args, { cwd: path, env: { DATABASE_URL: "sqlite:./app.db", ...env } }),
      write(name, parents, ...operations) {
        const file = join(path, "migrations", `${name}.ts`);
        const spec = `{ parents: ${JSON.stringify(parents)}, operations: [${operations.join(", ")}] }`;
        const names = "addColumn, createTable, defineMigration, run, runSql";
        writeFileSync(file, `import { ${names} } from "kakaorm/migrations";\nexport default defineMigration(${spec});\n`);
        return file;
      },
      files: () => readdirSync(join(path, "migrations")).sort(),
    };
  }
  const line = (ran: Ran, status: number): string => {
    expect(ran).toMatchObject({ status, stdout: "" });
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    return ran.stderr;
  };
  const columns = (at: Folder, env?: Record<string, string>): string[] => {
    const tables = JSON.parse(at.run(["inspect"], env).stdout) as { name: string; columns: { name: string }[] }[];
    return tables.flatMap((table) => table.columns.map((one) => `${table.name}.${one.name}`)).sort();
  };

  it("note a history without running it, and take the note back", () => {
    const at = folder("fake");
    at.write("20260101000000_note", [], note);
    at.write("20260102000000_rank", ["20260101000000_note"], column("rank"));
    const states = (): string[] =>
      (JSON.parse(at.run(["showmigrations", "--json"]).stdout) as { state: string }[]).map(({ state }) => state);
    // The table is somebody else's work, as in a database that had it before.
    expect(at.run(["migrate", "--fake", "--to", "20260101000000_note"]).stderr).toBe(
      "Noted: 20260101000000_note\nNoted 1 migration as applied\n",
    );
    expect(states()).toEqual(["applied", "pending"]);
    expect(columns(at)).toEqual([]);
    const failed = at.run(["migrate"]);
    expect(failed).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/\nerror: 20260102000000_rank, step 1 of 1 .*\n$/),
    });
    expect(states()).toEqual(["applied", "pending"]);
    const back = at.run(["migrate", "--fake", "--down"]);
    expect(back).toMatchObject({ status: 0, stderr: "Noted: 20260101000000_note\nNoted 1 migration as taken back\n" });
    expect(states()).toEqual(["pending", "pending"]);
    expect(at.run(["migrate"]).stderr).toMatch(/Applied 2 migrations\n$/);
    expect(columns(at)).toEqual(["note.id", "note.rank"]);
    expect(at.run(["migrate", "--fake", "--down", "--steps", "2", "--json"]).stdout).toMatch(/"reverted": \[\n.*_rank",\n.*_note"/);
    expect(states()).toEqual(["pending", "pending"]);
    expect(columns(at)).toEqual(["note.id", "note.rank"]);
    expect(JSON.parse(at.run(["migrate", "--fake", "--json"]).stdout)).toMatchObject({ applied: { length: 2 }, reverted: [] });
    expect(at.run(["migrate"]).stderr).toBe("Nothing to do\n");
  }, 60_000);

  it("stop at two ends until they are merged", () => {
    const at = folder("merge");
    at.write("20260101000000_note", [], note);
    expect(line(at.run(["makemigrations", "--merge"]), 2)).toMatch(/there is nothing to merge/);
    at.write("20260102000000_ann", ["20260101000000_note"], column("ann"));
    at.write("20260102000001_bob", ["20260101000000_note"], column("bob"));
    const ends = /the migrations have 2 ends: 20260102000000_ann, 20260102000001_bob \(run `kakaorm makemigrations --merge`/;
    expect(line(at.run(["migrate"]), 1)).toMatch(ends);
    writeFileSync(join(at.path, "models.ts"), 'import { Model } from "kakaorm";\nexport class Note extends Model("note", {}) {}\n');
    expect(line(at.run(["makemigrations"]), 1)).toMatch(ends);
    expect(at.run(["makemigrations", "--merge", "--dry-run"]).stdout).toMatch(/operations: \[\]/);
    expect(at.files()).toHaveLength(3);
    const merged = at.run(["makemigrations", "--merge"]);
    expect(merged).toMatchObject({ status: 0, stdout: expect.stringMatching(/^migrations\/\d{14}_merge\.ts\n$/) });
    expect(readFileSync(join(at.path, merged.stdout.trim()), "utf8")).toMatch(/parents: \["20260102000000_ann", "20260102000001_bob"\]/);
    expect(line(at.run(["makemigrations", "--merge"]), 2)).toMatch(/there is nothing to merge/);
    expect(at.run(["migrate"]).stderr).toMatch(/Applied 4 migrations\n$/);
    expect(columns(at)).toEqual(["note.ann", "note.bob", "note.id"]);
    // The next file follows the merge alone.
    const next = at.run(["makemigrations", "--empty", "--name", "next"]);
    expect(readFileSync(join(at.path, next.stdout.trim()), "utf8")).toMatch(/parents: \["\d{14}_merge"\]/);
  }, 60_000);

  it("do not merge what contradicts itself", () => {
    const at = folder("contradiction");
    at.write("20260101000000_note", [], note);
    at.write("20260102000000_ann", ["20260101000000_note"], column("rank"));
    at.write("20260102000001_bob", ["20260101000000_note"], column("rank"));
    expect(line(at.run(["makemigrations", "--merge"]), 1)).toMatch(/^error: 20260102000001_bob: .*rank/);
    expect(at.files()).toHaveLength(3);
  }, 60_000);

  it("do not take back a file that was edited, and touch nothing", () => {
    const at = folder("edited");
    at.write("20260101000000_note", [], note);
    const path = at.write("20260102000000_rank", ["20260101000000_note"], column("rank"));
    expect(at.run(["migrate"]).status).toBe(0);
    const before = readFileSync(join(at.path, "app.db"));
    const text = readFileSync(path, "utf8");
    at.write("20260102000000_rank", ["20260101000000_note"], column("place"));
    const told = /^error: the migration 20260102000000_rank was changed after it was applied \(restore the file, .*\)\n$/;
    for (const args of [["--down"], ["--down", "--steps", "2"], ["--down", "--to", "zero"], ["--down", "--plan"], ["--down", "--fake"]])
      expect(line(at.run(["migrate", ...args]), 1)).toMatch(told);
    expect(readFileSync(join(at.path, "app.db")).equals(before)).toBe(true);
    expect(readdirSync(at.path).sort()).toEqual(["app.db", "migrations"]);
    writeFileSync(path, text);
    expect(at.run(["migrate", "--down"]).stderr).toMatch(/Rolled back 1 migration\n$/);
    expect(columns(at)).toEqual(["note.id"]);
  }, 60_000);

  it("take their environment from a file, which Node reads", () => {
    const at = folder("environment");
    writeFileSync(join(at.path, "own.env"), "OTHER_URL=sqlite:./other.db\n");
    const config = 'export default { databases: { other: { url: { env: "OTHER_URL", otherwise: null } } } };\n';
    writeFileSync(join(at.path, "kakaorm.config.mjs"), config);
    expect(line(at.run(["migrate"]), 2)).toMatch(/the environment variable OTHER_URL is not set/);
    expect(at.run(["migrate", "--env-file", "own.env"])).toMatchObject({ status: 0, stderr: "Nothing to do\n" });
    expect(line(at.run(["migrate", "--env-file", "gone.env"]), 9)).toMatch(/gone\.env: not found/);
  }, 60_000);

  it("show the rows of a data step", () => {
    const at = folder("rows");
    at.write("20260101000000_note", [], note);
    const ids = Array.from({ length: 25 }, (_, i) => `(${i + 1})`).join();
    const fill = `runSql("insert into note (id) values ${ids}", { down: [] })`;
    const change =
      "run(async (db, { batches }) => { await batches(() => db.execute`update note set id = -id where id in (select id from note where id > 0 limit 10)`); })";
    at.write("20260102000000_rows", ["20260101000000_note"], fill, change);
    const ran = at.run(["migrate"]);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/ {2}2\/2 runs code\n {2}10 rows\n {2}20 rows\n {2}25 rows\n {2}done in/);
  }, 60_000);

  it("lose nothing elsewhere before the database is named, and do not even look for it", () => {
    const at = folder("elsewhere");
    at.write("20260101000000_note", [], note);
    const log = join(at.path, "looked-up.txt");
    const spy = join(at.path, "spy.cjs");
    const append = `require("node:fs").appendFileSync(${JSON.stringify(log)}, host + "\\n")`;
    writeFileSync(
      spy,
      `const dns = require("node:dns"); const { lookup } = dns;\ndns.lookup = (host, ...rest) => { ${append}; return lookup(host, ...rest); };\n`,
    );
    writeFileSync(log, "");
    for (const scheme of ["postgresql", "mysql"]) {
      const url = `${scheme}://someone:s3cret@db.example.invalid/shop`;
      const down = (...more: string[]): Ran =>
        at.run(["migrate", "--down", "--db", url, ...more], { NODE_OPTIONS: `--require ${JSON.stringify(spy)}` });
      const told = line(down(), 2);
      expect(told).toMatch(/^error: data would be lost: 20260101000000_note drops the table note .*repeat with --allow-drop shop\)\n$/);
      expect(line(down("--allow-drop", "shop2"), 2)).toMatch(/^error: the database is called shop, and --allow-drop names "shop2"/);
      expect(line(down("--allow-drop"), 2)).toMatch(/--allow-drop names ""/);
      expect(readFileSync(log, "utf8")).toBe("");
      const tried = line(down("--allow-drop", "shop"), 1);
      expect(tried).not.toMatch(/data would be lost/);
      expect(told + tried).not.toContain("s3cret");
      expect(new Set(readFileSync(log, "utf8").trim().split("\n"))).toEqual(new Set(["db.example.invalid"]));
      writeFileSync(log, "");
    }
  }, 60_000);

  it.each(servers.map((target) => ({ target, name: target.name })))(
    "lose nothing on $name under an address that is not known as this machine's own",
    async ({ target, name }) => {
      const at = folder(`remote-${name}`);
      at.write("20260101000000_note", [], note);
      at.write("20260102000000_rank", ["20260101000000_note"], column("rank"));
      const gone = at.write("20260103000000_gone", ["20260102000000_rank"], 'runSql("delete from note", { down: [], destroys: true })');
      const here = await target.url();
      // The system takes this spelling for 127.0.0.1.
      const env = { DATABASE_URL: here.replace("127.0.0.1", "127.1") };
      expect(env.DATABASE_URL).not.toBe(here);
      const database = new URL(here).pathname.slice(1);
      try {
        expect(at.run(["migrate", "--steps", "2"], env)).toMatchObject({ status: 0 });
        // Here the history decides: it is read, and nothing is run.
        const refused = line(at.run(["migrate"], env), 2);
        expect(refused).toMatch(/^error: data would be lost: 20260103000000_gone says of itself that it destroys data/);
        expect(refused).toContain(`repeat with --allow-drop ${database})`);
        expect(at.run(["migrate", "--check"], env)).toMatchObject({ status: 3, stderr: "pending: 20260103000000_gone\n" });
        expect(line(at.run(["migrate", "--down"], env), 2)).toMatch(/drops the column note.rank/);
        expect(columns(at, env)).toEqual(["note.id", "note.rank"]);
        expect(at.run(["migrate", "--allow-drop", database], env).stderr).toMatch(/Applied 1 migration\n$/);
        // What was lost already is not lost again.
        expect(at.run(["migrate"], env)).toMatchObject({ status: 0, stderr: "Nothing to do\n" });
        expect(readFileSync(gone, "utf8")).toContain("destroys");
        expect(at.run(["migrate", "--down", "--to", "zero", "--allow-drop", database], env).stderr).toMatch(/Rolled back 3 migrations\n$/);
        expect(columns(at, env)).toEqual([]);
      } finally {
        await target.dispose();
      }
    },
    60_000,
  );
});
