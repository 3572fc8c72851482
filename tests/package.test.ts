/** What a stranger gets: declarations that compile on their own, an import without effects, errors that lead back to the caller. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Engine, Model, QueryError, str, UsageError } from "../src/index.ts";
import { root } from "./support/docs.ts";

const tsc = join(root, "node_modules/typescript/bin/tsc");
const tsx = join(root, "node_modules/tsx/dist/cli.mjs");

const program = `
import { bool, connect, count, exists, foreignKey, Model, str, type TransactionOptions } from "kakaorm";
class Author extends Model("author", { name: str() }) {
  get tasks() {
    return this.hasMany(Task, (task) => task.authorId);
  }
}
class Task extends Model("task", { title: str(), done: bool().default(false), authorId: foreignKey(() => Author).nullable() }) {
  get author() {
    return this.belongsTo(Author, (task) => task.authorId);
  }
}
export async function main(options: TransactionOptions): Promise<[Task, string | null][]> {
  const db = await connect("sqlite::memory:");
  const rows = await Task.all()
    .leftJoin(Author, (t, a) => t.authorId.eq(a.id))
    .where((t) => exists(Author.where((a) => a.id.eq(t.authorId))))
    .select((t, a) => ({ task: t, author: a.name }));
  const [author] = await Author.where((a) => a.tasks.some((t) => t.done)).prefetch("tasks.author");
  const titles: string[] | undefined = author?.tasks.loaded.map((task) => task.title);
  const stop: AbortSignal | undefined = options.signal;
  const busy: number = db.poolStats().leased + (await Task.all().aggregate(() => ({ n: count() }))).n;
  // @ts-expect-error a type that is any would let this pass
  const wrong: string = db.poolStats();
  return stop || busy || wrong || titles ? [] : rows.map(({ task, author }): [Task, string | null] => [task, author]);
}
`;

describe("the package", () => {
  let folder = "";
  beforeAll(() => {
    // Outside of the repository, whose node_modules has every client library.
    folder = mkdtempSync(join(tmpdir(), "kaka_package_"));
    const home = join(folder, "node_modules/kakaorm");
    const build = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", join(home, "dist")], {
      cwd: root,
      encoding: "utf8",
    });
    expect(build.stdout).toBe("");
    const bundle = spawnSync(process.execPath, [tsx, "scripts/bundle.ts", join(home, "dist")], { cwd: root, encoding: "utf8" });
    expect(bundle.stderr).toBe("");
    writeFileSync(join(home, "package.json"), readFileSync(join(root, "package.json")));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has types that need neither a client library's nor Node's", () => {
    writeFileSync(join(folder, "program.ts"), program);
    const compilerOptions = {
      target: "es2022",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: [],
      lib: ["es2023", "esnext.disposable", "dom"],
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["program.ts"] }));
    const check = spawnSync(process.execPath, [tsc, "-p", folder], { cwd: folder, encoding: "utf8" });
    expect(check.stdout).toBe("");
    expect(check.status).toBe(0);
  });

  it("prints nothing and starts nothing when it is imported", () => {
    const script = `
      const before = [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length, Error.stackTraceLimit];
      await import("kakaorm");
      const after = [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length, Error.stackTraceLimit];
      if (before.join() !== after.join()) throw new Error(before + " became " + after);
      await new Promise((resolve) => setTimeout(resolve, 50)); // the loader closes its files
      if (process.getActiveResourcesInfo().length > 0) throw new Error(process.getActiveResourcesInfo().join());`;
    writeFileSync(join(folder, "import.mjs"), script);
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, "import.mjs")], { cwd: folder, encoding: "utf8" });
    expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: "", status: 0 });
  });

  it("has one core for all its entries", () => {
    const script = `
      import { NotFoundError } from "kakaorm";
      import { errorReply } from "kakaorm/fastify";
      console.log(errorReply(new NotFoundError("no"))?.statusCode);`;
    writeFileSync(join(folder, "entries.mjs"), script);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "entries.mjs")], { cwd: folder, encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "404\n", stderr: "" });
  });

  it("names the missing driver and how to install it", () => {
    const script =
      'import { connect } from "kakaorm"; await connect("mysql://localhost/test").catch((error) => console.log(error.message));';
    writeFileSync(join(folder, "driver.mjs"), script);
    const { stdout } = spawnSync(process.execPath, [join(folder, "driver.mjs")], { cwd: folder, encoding: "utf8" });
    expect(stdout).toContain("needs the package mysql2, which is not installed (run: npm install mysql2)");
  });
});

class Task extends Model("package_task", { title: str(), note: str().nullable() }) {}

describe("a newcomer's mistakes", () => {
  let db: Engine;
  beforeAll(async () => {
    db = await connect("sqlite::memory:", { name: "newcomer", default: true });
  });
  afterAll(() => db.disconnect());

  async function caught(work: () => unknown): Promise<Error> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error("nothing was thrown");
  }

  it("lead from a database's error back to the line that asked", async () => {
    async function theCaller() {
      return await Task.create({ title: "x" });
    }
    const error = await caught(theCaller);
    expect(error).toBeInstanceOf(QueryError);
    expect(error.stack).toMatch(/theCaller/);
  });

  it("are named when a column is misspelt without types to say so", async () => {
    const where = (pick: (scope: Record<string, { eq(value: string): never }>) => never) => Task.where(pick as never);
    const error = await caught(() => where((t) => (t["tilte"] as { eq(value: string): never }).eq("x")));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(/Task has no column "tilte" \(did you mean title\?\)/);
    // Printers, matchers and `await` ask any object for names that are no columns.
    expect(inspect(await Task.c)).toContain("{");
    expect([Task.c]).not.toEqual([1]);
  });

  it("show in a query that was printed or serialised without await", async () => {
    const query = Task.where({ title: "x" });
    expect(inspect(query)).toBe("<query of Task, not run: await it>");
    expect(`${query}`).toBe("<query of Task, not run: await it>");
    expect((await caught(() => JSON.stringify({ query }))).message).toMatch(/before it was run \(await it first\)/);
  });

  it("are named in a declaration", async () => {
    expect((await caught(() => str(200 as never))).message).toMatch(
      /options as an object, got a number \(write str\(\{ length: 200 \}\)\)/,
    );
    expect((await caught(() => Model("package_empty", undefined as never))).message).toMatch(/model "package_empty" needs its columns/);
  });

  it("are refused when a class field hides a column", async () => {
    class Hidden extends Model("package_hidden", { title: str().nullable() }) {
      declare title: string | null;
    }
    // What a compiler makes of `title?: string` as a class field.
    class Hiding extends Hidden {
      constructor(values?: { title?: string | null }) {
        super(values);
        Object.defineProperty(this, "title", { value: undefined, writable: true, enumerable: true, configurable: true });
      }
    }
    expect((await caught(() => Hiding.create({ title: "x" }))).message).toMatch(/Hiding.title was given a value/);
  });
});
