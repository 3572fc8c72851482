/** Model files that import each other, in every order: types stripped by Node, run by tsx, and bundled into one file. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./support/docs.ts";
import { newerNode } from "./support/newer-node.ts";

const two = {
  author: `import { Model, str } from "kakaorm";
    import { Post } from "./post.ts";
    export class Author extends Model("author", { name: str() }) {
      get posts() { return this.hasMany(Post, (post) => post.authorId); }
    }`,
  post: `import { foreignKey, Model, str } from "kakaorm";
    import { Author } from "./author.ts";
    export class Post extends Model("post", { title: str(), authorId: foreignKey(() => Author) }) {
      get author() { return this.belongsTo(Author, (post) => post.authorId); }
    }`,
};
const three = {
  writer: `import { foreignKey, Model, str } from "kakaorm";
    import { Note } from "./note.ts";
    import { Mark } from "./mark.ts";
    export class Writer extends Model("writer", { name: str(), favourite: foreignKey("note").nullable() }) {
      get notes() { return this.hasMany(Note, (note) => note.writerId); }
      get marks() { return this.hasMany(Mark, (mark) => [mark.kind, mark.of]); }
      get marked() { return this.manyToMany(Note, Mark, (mark) => [mark.writerId, mark.of], { where: (note) => note.text.ne("") }); }
    }`,
  note: `import { foreignKey, Model, str } from "kakaorm";
    import { Mark } from "./mark.ts";
    import { Writer } from "./writer.ts";
    export class Note extends Model("note", { text: str(), writerId: foreignKey(() => Writer) }) {
      get writer() { return this.belongsTo(Writer, (note) => note.writerId); }
      get marks() { return this.hasMany(Mark, (mark) => [mark.kind, mark.of]); }
    }`,
  mark: `import { foreignKey, int, Model, str } from "kakaorm";
    import { Writer } from "./writer.ts";
    import { Note } from "./note.ts";
    export class Mark extends Model("mark", { kind: str(), of: int(), writerId: foreignKey(() => Writer) }) {
      get writer() { return this.belongsTo(Writer, (mark) => mark.writerId); }
      get target() { return this.belongsToAny([Note, Writer], (mark) => [mark.kind, mark.of]); }
    }`,
};
const workOfTwo = `const db = await connect("sqlite::memory:");
  await db.createTable(Author, Post);
  const ada = await Author.create({ name: "Ada" });
  await ada.posts.create({ title: "Notes" });
  const [post] = await Post.where((p) => p.author.name.eq("Ada")).prefetch("author.posts");
  console.log(post?.author.loaded.posts.loaded.length, await Author.where((a) => a.posts.some()).count());
  await db.disconnect();`;
const workOfThree = `const db = await connect("sqlite::memory:");
  await db.createTable(Writer, Note, Mark);
  const ada = await Writer.create({ name: "Ada" });
  const note = await ada.notes.create({ text: "x" });
  await note.marks.create({ writerId: ada.id });
  const [mark] = await Mark.where((m) => m.writer.notes.some((n) => n.marks.some())).prefetch("target", "writer.notes.writer");
  console.log(mark?.target.loaded?.id === note.id && mark.writer.loaded.notes.loaded.length, await ada.marked.count());
  await db.disconnect();`;

const classes = { author: "Author", post: "Post", writer: "Writer", note: "Note", mark: "Mark" } as const;
type File = keyof typeof classes;
const orders = (files: readonly File[]): File[][] =>
  files.length < 2
    ? [[...files]]
    : files.flatMap((first) => orders(files.filter((file) => file !== first)).map((rest) => [first, ...rest]));
const programs = [
  ...orders(["author", "post"]).map((order) => [order.join(" "), order, workOfTwo] as const),
  ...orders(["writer", "note", "mark"]).map((order) => [order.join(" "), order, workOfThree] as const),
];

interface Bundler {
  bundle(entry: string, out: string): Promise<unknown>;
}
const externals = ["pg", "mysql2", "sqlite3", "better-sqlite3", "@electric-sql/pglite"];
/** Not the project's own: they come with its tools. */
const bundlers: Readonly<Record<string, () => Promise<Bundler>>> = {
  esbuild: async () => {
    const name: string = "esbuild";
    const { build } = (await import(name)) as { build(options: object): Promise<unknown> };
    return {
      bundle: (entry, outfile) =>
        build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: "node", format: "esm", external: externals }),
    };
  },
  rolldown: async () => {
    const name: string = "rolldown";
    const { build } = (await import(name)) as { build(options: object): Promise<unknown> };
    return {
      bundle: (input, file) =>
        build({
          input,
          platform: "node",
          external: externals,
          output: { file, format: "esm", codeSplitting: false },
        }),
    };
  },
};

describe("model files in a circle", () => {
  let folder = "";
  beforeAll(() => {
    mkdirSync(join(root, ".tmp"), { recursive: true });
    folder = mkdtempSync(join(root, ".tmp/circular-"));
    const home = join(folder, "node_modules/kakaorm");
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const options = ["-p", "tsconfig.build.json", "--outDir", join(home, "dist")];
    const built = spawnSync(process.execPath, [tsc, ...options], { cwd: root, encoding: "utf8" });
    expect(built.stdout).toBe("");
    writeFileSync(join(home, "package.json"), readFileSync(join(root, "package.json")));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, code] of Object.entries({ ...two, ...three })) writeFileSync(join(folder, `${name}.ts`), `${code}\n`);
    for (const [name, order, work] of programs) {
      const imports = order.map((file) => `import { ${classes[file]} } from "./${file}.ts";`);
      writeFileSync(join(folder, `${fileOf(name)}.ts`), [...imports, 'import { connect } from "kakaorm";', work, ""].join("\n"));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fileOf = (name: string): string => `main-${name.replaceAll(" ", "-")}`;
  const pathOf = (name: string): string => join(folder, `${fileOf(name)}.ts`);

  it("compile", () => {
    const compilerOptions = {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noImplicitOverride: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const check = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
    expect(check.stdout).toBe("");
  });

  it.each(programs)("run by tsx: %s", async (name) => {
    expect(await printed(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), pathOf(name)])).toBe("1 1\n");
  });

  const stripping = newerNode ?? (Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : null);
  it.skipIf(stripping === null).each(programs)("with types stripped by Node (needs Node 24 beside the project): %s", async (name) => {
    expect(await printed(stripping as string, [pathOf(name)])).toBe("1 1\n");
  });

  describe.each(Object.entries(bundlers))("bundled by %s", (bundlerName, load) => {
    it.each(programs)("%s", async (name, _order, _work) => {
      const bundler = await load().catch(() => null);
      if (bundler === null) return void console.warn(`${bundlerName} is not installed: bundles are not tested with it`);
      const out = join(folder, `${bundlerName}-${fileOf(name)}.mjs`);
      await bundler.bundle(pathOf(name), out);
      expect(await printed(process.execPath, [out])).toBe("1 1\n");
    });
  });

  function printed(command: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { cwd: folder, env: { ...process.env, NODE_OPTIONS: "" } });
      let out = "";
      let err = "";
      child.stdout.on("data", (chunk) => {
        out += String(chunk);
      });
      child.stderr.on("data", (chunk) => {
        err += String(chunk);
      });
      child.on("error", reject);
      child.on("close", (status) => (status === 0 ? resolve(out) : reject(new Error(`${args.join(" ")} ended with ${status}:\n${err}`))));
    });
  }
});
