/** The Markdown files tell the truth: their code compiles, prints what they say and sends the SQL they show. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as errors from "../src/errors.ts";
import * as surface from "../src/index.ts";
import { blocksOf, type DocBlock, root } from "./support/docs.ts";

const files = ["README.md", ...docsFolder()];
const blocks = files.flatMap((file) => blocksOf(file)).filter(({ language }) => language === "ts");
const marked = blocks.filter(({ name }) => name !== null);
/** Lines of SQL that a block shows as comments. */
const shownSql = (code: string) =>
  [...code.matchAll(/^\/\/ ((?:select|insert|update|delete|create|drop|with) .*)$/gm)].map(([, line]) => line);
const runs = marked.filter(({ code, output }) => output !== null || shownSql(code).length > 0);

function docsFolder(): string[] {
  const folder = join(root, "docs");
  return existsSync(folder) ? readdirSync(folder).flatMap((file) => (file.endsWith(".md") ? [`docs/${file}`] : [])) : [];
}

/** A block with those it stands after, as one module; the imports of the parts are joined. */
function moduleOf(block: DocBlock): string {
  const parts = [...block.after.map(blockNamed), block];
  const names = new Set<string>();
  const bodies = parts.map(({ code }) =>
    code.replace(/^import \{ (.*) \} from "kakaorm";\n/gm, (_, list: string) => {
      for (const name of list.split(", ")) names.add(name);
      return "";
    }),
  );
  const before = bodies.slice(0, -1).join("\n");
  const imports = names.size === 0 ? "" : `import { ${[...names].sort().join(", ")} } from "kakaorm";\n`;
  return `${imports}${before}\n${bodies.at(-1)?.includes("connect(") ? "" : connection(before)}${bodies.at(-1)}\nexport {};\n`;
}

/** A block that does not connect finds the tables of its models in an empty database. */
function connection(models: string): string {
  const classes = [...models.matchAll(/^class (\w+) extends Model\(/gm)].map(([, name]) => name);
  if (classes.length === 0) return "";
  return [
    'import * as kaka from "kakaorm";',
    'const engineOfTheBlock = await kaka.connect("sqlite::memory:");',
    `await engineOfTheBlock.createTable(${classes.join(", ")});`,
    'engineOfTheBlock.on("statement", ({ sql }) => console.error(sql));',
    "",
  ].join("\n");
}

function blockNamed(name: string): DocBlock {
  const block = marked.find((one) => one.name === name);
  if (block === undefined) throw new Error(`no block is marked example: ${name}`);
  return block;
}

describe("code in Markdown", () => {
  let folder = "";
  beforeAll(() => {
    mkdirSync(join(root, ".tmp"), { recursive: true });
    folder = mkdtempSync(join(root, ".tmp/docs-"));
    for (const block of marked) writeFileSync(join(folder, `${block.name}.ts`), moduleOf(block));
    const tsconfig = { extends: "../../tsconfig.json", compilerOptions: { skipLibCheck: false }, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is marked, under a name of its own", () => {
    expect(blocks.filter(({ name }) => name === null).map(({ file, line }) => `${file}:${line}`)).toEqual([]);
    expect(marked.length).toBeGreaterThan(6);
    expect(new Set(marked.map(({ name }) => name)).size).toBe(marked.length);
  });

  it("compiles", () => {
    const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { cwd: root, encoding: "utf8" });
    expect(tsc.stdout).toBe("");
    expect(tsc.status).toBe(0);
  });

  it.each(runs.map((block) => [`${block.file} ${block.name}`, block] as const))("%s prints and sends what it shows", async (_, block) => {
    const { stdout, stderr, status } = await run(join(folder, `${block.name}.ts`));
    expect(status, stderr).toBe(0);
    if (block.output !== null) expect(stdout).toBe(block.output);
    const sent = stderr.split("\n");
    let from = 0;
    for (const sql of shownSql(block.code)) {
      const at = sent.indexOf(sql ?? "", from);
      expect(at, `${sql}\nis not among what was sent:\n${sent.slice(from).join("\n")}`).toBeGreaterThanOrEqual(0);
      from = at + 1;
    }
  });
});

function run(file: string): Promise<{ stdout: string; stderr: string; status: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), file], { cwd: root });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ stdout, stderr, status }));
  });
}

describe("README", () => {
  it("shows examples/01-quickstart.ts as it is", () => {
    const file = readFileSync(join(root, "examples/01-quickstart.ts"), "utf8");
    const code = file.replace(/^\/\*\*.*\*\/\n/, "");
    expect(blockNamed("quickstart").code).toBe(code);
  });

  it("names everything that can be imported", () => {
    const text = readFileSync(join(root, "README.md"), "utf8");
    expect(Object.keys(surface).filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it("lists every public error with its code", () => {
    const rows = [
      ...readFileSync(join(root, "README.md"), "utf8").matchAll(/^\| ((?:&emsp;)*)`(\w+)` +\| `(KAKA_\w+)` +\| .* \| (.*?) *\|$/gm),
    ];
    const listed = rows.map(([, indent = "", name = "", code, retryable]) => ({
      depth: indent.length / "&emsp;".length,
      name,
      code,
      retryable,
    }));
    const classes = Object.entries(errors).filter(
      (entry): entry is [string, typeof errors.KakaError] => entry[0] in surface && isErrorClass(entry[1]),
    );
    expect(listed.map(({ name, code }) => `${name} ${code}`).sort()).toEqual(classes.map(([name, { code }]) => `${name} ${code}`).sort());
    const byName = new Map(classes);
    for (const { name, depth, retryable } of listed) {
      expect(depth, `${name} is indented by its ancestors`).toBe(Math.max(0, ancestors(byName.get(name)) - 1));
      const again = byName.get(name) === errors.RetryableError || byName.get(name)?.prototype instanceof errors.RetryableError;
      expect(retryable === "yes", `${name} is retryable`).toBe(again);
    }
  });
});

function isErrorClass(value: unknown): value is typeof errors.KakaError {
  return typeof value === "function" && (value === errors.KakaError || value.prototype instanceof errors.KakaError);
}

/** How many classes lie between this one and Error. */
function ancestors(type: typeof errors.KakaError | undefined): number {
  let depth = 0;
  for (let one: unknown = type; one !== errors.KakaError && isErrorClass(one); one = Object.getPrototypeOf(one)) depth++;
  return depth;
}
