/** `npm run startup`: what it costs to load kakaorm and its peers: milliseconds over a bare Node, and kilobytes. */
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { bundle } from "../scripts/bundle.ts";
import { sizes } from "../scripts/size.ts";
import { quantile } from "./measure.ts";
import { runUnderNpmsNode } from "./node.ts";

const here = fileURLToPath(new URL("./", import.meta.url));
const published = `${here}.kaka/published`;

/** What a program for SQLite imports before it connects. What is loaded with the first connection counts for the size alone. */
const PROGRAMS: Readonly<Record<string, string>> = {
  kaka: `import { connect, int, Model, str } from ${JSON.stringify(pathToFileURL(`${published}/src/index.js`).href)}; use(connect, int, Model, str);`,
  drizzle: `import { drizzle } from "drizzle-orm/better-sqlite3"; import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"; import { eq } from "drizzle-orm"; use(drizzle, integer, sqliteTable, text, eq);`,
  kysely: `import { Kysely, SqliteDialect } from "kysely"; use(Kysely, SqliteDialect);`,
  knex: `import knex from "knex"; use(knex);`,
  prisma: `import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3"; import runtime from "@prisma/client/runtime/client"; use(PrismaBetterSqlite3, runtime, () => import("@prisma/client/runtime/query_compiler_fast_bg.sqlite.mjs"), () => import("@prisma/client/runtime/query_compiler_fast_bg.sqlite.wasm-base64.mjs"));`,
  typeorm: `import { DataSource, EntitySchema } from "typeorm"; use(DataSource, EntitySchema);`,
  objection: `import knex from "knex"; import { Model } from "objection"; use(knex, Model);`,
  "mikro-orm": `import { EntitySchema, MikroORM } from "@mikro-orm/sqlite"; use(EntitySchema, MikroORM);`,
  sequelize: `import { DataTypes, Sequelize } from "sequelize"; use(DataTypes, Sequelize);`,
};
const USE = "const use = (...all) => { if (all.includes(undefined)) throw new Error('an import is missing'); };";
const ROUNDS = 15;

/** Client libraries stay outside, and with them what a library would load only if it were installed. */
const clients = /^(better-sqlite3|sqlite3|pg|pg-.*|mysql2?|mysql2\/.*|mariadb|tedious|oracledb|libsql|@libsql\/.*)$/;
const outside: Plugin = {
  name: "outside",
  setup(to) {
    to.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === "entry-point" || pluginData === "asked") return undefined;
      if (clients.test(path)) return { path, external: true };
      const found = await to.resolve(path, { kind, importer, resolveDir, pluginData: "asked" });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

async function kilobytes(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: USE + program, resolveDir: here, loader: "js" },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    loader: { ".wasm": "binary", ".node": "empty" },
    plugins: [outside],
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1000;
}

/** Milliseconds of a whole process. */
function runTime(name: string, program: string): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { cwd: here, encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return performance.now() - before;
}

async function main(): Promise<void> {
  await bundle({ outdir: published });
  const names = Object.keys(PROGRAMS);
  const bare: number[] = [];
  const over = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const empty = runTime("bare", USE);
    bare.push(empty);
    for (const name of names) over.get(name)?.push(runTime(name, USE + PROGRAMS[name]) - empty);
  }
  const ours = (await sizes()).find(({ name }) => name === "core + sqlite")?.kilobytes ?? Number.NaN;
  console.log(`Node ${process.version}, a bare one takes ${quantile(bare, 0.5).toFixed(0)} ms:\n`);
  console.log("| | import, ms over bare Node | min + gzip, kB |\n| --- | --: | --: |");
  for (const name of names) {
    const size = name === "kaka" ? ours : await kilobytes(PROGRAMS[name] as string);
    console.log(`| ${name} | ${quantile(over.get(name) ?? [], 0.5).toFixed(0)} | ${size.toFixed(0)} |`);
  }
}

const status = runUnderNpmsNode(import.meta.url);
if (status === null) await main();
else process.exitCode = status;
