/** A stranger's first hour: the packed tarball in an empty folder, each command once, on every database that is there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ran } from "./support/cli-project.ts";
import { root } from "./support/docs.ts";
import { newerNode } from "./support/newer-node.ts";
import { type PackedProject, packedProject } from "./support/packed-project.ts";
import { selectTargets } from "./targets/all.ts";

const { running } = await selectTargets();
const servers = running.filter(({ name }) => ["postgres", "mariadb", "mysql-new"].includes(name));

const models = (columns: string): string => `import { bool, foreignKey, int, Model, oneOf, str } from "kakaorm";

export class Author extends Model("author", { name: str({ length: 80 }).unique() }) {
  get posts() {
    return this.hasMany(Post, (post) => post.authorId);
  }
}

export class Post extends Model("post", {
  ${columns}
  status: oneOf("draft", "it's").dbDefault("draft"),
  done: bool().dbDefault(false),
  authorId: foreignKey(() => Author, { onDelete: "cascade" }).index(),
}, { checks: (post) => [post.views.gte(0)], comment: "what's written" }) {
  get author() {
    return this.belongsTo(Author, (post) => post.authorId);
  }
}
`;
const first = "title: str({ length: 200 }), views: int().dbDefault(0),";
const second = "headline: str({ length: 200 }), views: int().dbDefault(0), rank: int(),";

type Run = (args: readonly string[], input?: string) => Ran;

/** Every command that must exist, from `init` to `pull`. */
function firstHour(folder: string, kakaorm: Run): void {
  const done = (args: readonly string[], input?: string): Ran => {
    const ran = kakaorm(args, input);
    expect({ args, ...ran }).toMatchObject({ status: 0 });
    return ran;
  };
  expect(done(["init"]).stdout).toContain("kakaorm.config.ts\n");
  const write = (columns: string): void => writeFileSync(join(folder, "src/models/post.ts"), models(columns));
  write(first);
  expect(done(["makemigrations"]).stdout).toMatch(/^migrations\/\d{14}_initial\.ts\n$/);
  expect(done(["makemigrations"]).stderr).toBe("No changes detected\n");
  expect(done(["migrate"])).toMatchObject({ stdout: "", stderr: expect.stringMatching(/Applied 1 migration\n$/) });
  expect(done(["dbcheck"]).stdout).toBe("");
  expect(done(["lint"]).stdout).toBe("");
  const made = "await Author.create({ name: 'Ann' })\nawait Post.create({ title: 'x', authorId: 1, status: \"it's\" })";
  expect(done(["shell"], made).stdout).toBe("<Author id=1>\n<Post id=1>\n");
  write(second);
  expect(kakaorm(["makemigrations"]).status).toBe(2);
  done(["makemigrations", "--rename", "post.title:headline", "--default", "post.rank=7", "--name", "more"]);
  expect(kakaorm(["dbcheck"])).toMatchObject({ status: 3, stdout: expect.stringContaining("adds the column post.rank\n") });
  expect(done(["migrate", "--plan"]).stdout).toMatch(/^-- \d{14}_more \(up\)\nalter table/);
  done(["migrate"]);
  expect(done(["dbcheck"]).stdout).toBe("");
  expect(kakaorm(["lint"])).toMatchObject({ status: 3, stdout: expect.stringContaining("breaks-running-code") });
  const shown = "const [p] = await Post.all()\n[p.headline, p.rank, p.status, p.views].join()";
  expect(done(["shell"], shown).stdout).toBe('"x,7,it\'s,0"\n');
  expect(done(["showmigrations"]).stdout).toMatch(/^\[x\] \d{14}_initial \(.*\)\n\[x\] \d{14}_more \(.*\)\n$/);
  expect(done(["migrate", "--down", "--steps", "1"]).stderr).toMatch(/Rolled back 1 migration\n$/);
  expect(done(["showmigrations"]).stdout).toMatch(/^\[x\] \d{14}_initial \(.*\)\n\[ \] \d{14}_more\n$/);
  done(["migrate"]);
  expect(done(["pull", "--out", "pulled.ts"]).stdout).toBe("pulled.ts\n");
  expect(done(["dbcheck", "--models", "pulled.ts"]).stdout).toBe("");
  expect(JSON.parse(done(["inspect"]).stdout)).toMatchObject([{ name: "author" }, { name: "post" }]);
  expect(done(["sqlmigrate", "more", "--down"]).stdout).toMatch(/rename column/);
  expect(done(["squashmigrations", "initial"]).stdout).toMatch(/_squashed\.ts\n$/);
  expect(done(["migrate"]).stderr).toBe("Nothing to do\n");
  done(["migrate", "--down", "--to", "zero"]);
  expect(JSON.parse(done(["inspect"]).stdout)).toEqual([]);
  done(["migrate"]);
  expect(done(["dbcheck"]).stdout).toBe("");
}

describe("the packed tarball in an empty folder", () => {
  let project: PackedProject;
  beforeAll(() => {
    project = packedProject();
  }, 240_000);
  afterAll(() => project.remove());

  const started = (command: string, args: readonly string[], cwd: string, url: string | undefined, input = ""): Ran => {
    const { DATABASE_URL: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd,
      encoding: "utf8",
      input,
      env: {
        ...env,
        NO_COLOR: "1",
        NPM_CONFIG_OFFLINE: "true",
        NPM_CONFIG_LOGLEVEL: "error",
        ...(url === undefined ? {} : { DATABASE_URL: url }),
      },
    });
    return { status, stdout, stderr };
  };
  const folderOf = (name: string): string => {
    const folder = join(project.folder, name);
    mkdirSync(folder);
    return folder;
  };

  it("leads from npx kakaorm --help to pulled models", () => {
    const run: Run = (args, input) => started("npx", ["kakaorm", ...args], project.folder, undefined, input);
    const help = run(["--help"]);
    expect(help).toMatchObject({ status: 0, stderr: "" });
    for (const name of ["init", "makemigrations", "migrate", "showmigrations", "dbcheck", "lint", "pull"])
      expect(help.stdout).toContain(`kakaorm ${name}`);
    firstHour(project.folder, run);
    // What init has written, and what pull and makemigrations write, is in order for the compiler, by the package's own types.
    const options = { noEmit: true, strict: true, module: "nodenext", target: "es2022", types: [], skipLibCheck: false };
    const tsconfig = { compilerOptions: { ...options, lib: ["es2023", "esnext.disposable", "dom"], allowImportingTsExtensions: true } };
    const include = ["kakaorm.config.ts", "src", "migrations", "pulled.ts"];
    writeFileSync(join(project.folder, "tsconfig.json"), JSON.stringify({ ...tsconfig, include }));
    const manifest = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8")) as object;
    writeFileSync(join(project.folder, "package.json"), JSON.stringify({ ...manifest, type: "module" }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    expect(started(process.execPath, [tsc, "-p", "."], project.folder, undefined)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readdirSync(project.folder).filter((name) => /\.log$/.test(name))).toEqual([]);
  }, 300_000);

  it.runIf(newerNode !== null)(
    "leads there on the newer Node too",
    () => {
      const folder = folderOf("newer");
      firstHour(folder, (args, input) => started(newerNode as string, [project.bin, ...args], folder, undefined, input));
    },
    300_000,
  );

  it.each(servers.map((target) => ({ target, name: target.name })))(
    "leads there on $name",
    async ({ target, name }) => {
      const folder = folderOf(name);
      const url = await target.url();
      try {
        firstHour(folder, (args, input) => started(project.bin, args, folder, url, input));
      } finally {
        await target.dispose();
      }
    },
    300_000,
  );
});
