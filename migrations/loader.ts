/** Reading migration files and other modules of a project, TypeScript included. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { KakaError, MigrationError } from "../src/errors.ts";
import { orderMigrations } from "./graph.ts";
import type { LoadedMigration } from "./migration.ts";
import { type Operation, type OperationKind, runSql, type SqlStatements } from "./operations.ts";

const endings = /\.(?:[cm]?ts|[cm]?js)$/;
const declarations = /\.d\.[cm]?ts$/;

type Namespace = Readonly<Record<string, unknown>>;

/** Node reads these by itself; the rest goes through jiti, which is loaded when it is needed. */
const plainModule = /\.[cm]?js$/;
let jiti: Promise<(path: string) => Promise<unknown>> | null = null;

/** This package is never read a second time: the models of a project must be made by the classes that look at them. */
function ownModules(): Record<string, string> {
  // Published, this code lies in a file of its bundler's choice: the package's own name leads to the entries.
  const at = (name: string, source: string): string =>
    fileURLToPath(import.meta.url.endsWith(".ts") ? new URL(source, import.meta.url) : import.meta.resolve(name));
  return {
    "kakaorm/migrations": at("kakaorm/migrations", "./index.ts"),
    kakaorm: at("kakaorm", "../src/index.ts"),
  };
}

/** The part of the library that is used. */
interface Jiti {
  createJiti(from: string, options: object): { import(path: string): Promise<unknown> };
}

async function typescriptImporter(): Promise<(path: string) => Promise<unknown>> {
  const library: string = "jiti";
  const { createJiti } = (await import(library)) as Jiti;
  // No cache on the disk: nothing is left in the project.
  const loader = createJiti(import.meta.url, { fsCache: false, interopDefault: false, tryNative: false, alias: ownModules() });
  return (path) => loader.import(path);
}

/**
 * Imports a module of the project.
 * @throws MigrationError naming the file and the first line of what went wrong
 */
export async function importModule(path: string): Promise<Namespace> {
  const file = resolve(path);
  if (!existsSync(file) || !statSync(file).isFile()) throw new MigrationError(`there is no file ${path}`);
  try {
    if (plainModule.test(file)) return (await import(pathToFileURL(file).href)) as Namespace;
    jiti ??= typescriptImporter();
    return (await (
      await jiti
    )(file)) as Namespace;
  } catch (error) {
    if (error instanceof KakaError) throw error;
    throw new MigrationError(`${path} cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [first = "unknown error", second = ""] = text.split("\n").flatMap((line) => line.trim() || []);
  // What cannot be parsed has its place in the line after.
  return /^\S+:\d+:\d+$/.test(second) ? `${first} at ${second}` : first;
}

/** Line ends and a mark at the start are a matter of the editor, not of the migration. */
export function checksumOf(text: string): string {
  const normal = text.replace(/^\u{feff}/u, "").replaceAll(/\r\n?/g, "\n");
  return createHash("sha256").update(normal).digest("hex");
}

/**
 * The migrations of these folders in the order they are run, as one history; a folder that is not there has none.
 * @throws MigrationError for a file that is no migration, two files of one name, a missing parent, a circle
 */
export async function loadMigrations(...folders: readonly [string, ...string[]]): Promise<LoadedMigration[]> {
  const found = [...new Set(folders)].flatMap((folder) => filesIn(folder).map((file) => ({ folder, file })));
  const files = found.filter(({ file }) => endings.test(file) && !declarations.test(file)).sort((a, b) => (a.file < b.file ? -1 : 1));
  const loaded: LoadedMigration[] = [];
  for (const { folder, file } of files) {
    const name = file.replace(endings, "");
    const before = loaded.at(-1);
    if (before?.name === name) throw new MigrationError(`two migration files are called ${name}`, { hint: "rename or remove one of them" });
    loaded.push(await loadFile(join(folder, file), name, before?.name ?? null));
  }
  return orderMigrations(loaded);
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) throw new MigrationError(`${folder} is no folder of migrations`);
  return readdirSync(folder);
}

async function loadFile(path: string, name: string, before: string | null): Promise<LoadedMigration> {
  const checksum = checksumOf(readFileSync(path, "utf8"));
  const module = await importModule(path);
  const spec = (module["default"] ?? module) as Namespace;
  const implied = before === null ? [] : [before];
  const names = (value: unknown, key: string): string[] => {
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw new MigrationError(`${name}: ${key} must be a list of migration names`);
  };
  const common = {
    name,
    path,
    checksum,
    parents: spec["parents"] === undefined ? implied : names(spec["parents"], "parents"),
    replaces: spec["replaces"] === undefined ? [] : names(spec["replaces"], "replaces"),
    transaction: spec["transaction"] !== false,
  };
  if (Array.isArray(spec["operations"])) return { ...common, operations: checkedOperations(spec["operations"], name) };
  if (spec["up"] !== undefined) {
    const down = spec["down"] as SqlStatements | undefined;
    return { ...common, operations: [runSql(statements(spec["up"], name), down === undefined ? {} : { down: statements(down, name) })] };
  }
  throw new MigrationError(`${name} is no migration: it exports neither operations nor up`, {
    hint: "write `export default defineMigration({ operations: [...] })`, or `export const up = [sql], down = [sql]`",
  });
}

function statements(value: unknown, name: string): SqlStatements {
  const texts = typeof value === "string" ? [value] : value;
  if (Array.isArray(texts) && texts.every((text) => typeof text === "string")) return texts;
  throw new MigrationError(`${name}: up and down are lists of SQL texts`);
}

/** What each kind cannot do without. */
const required: { readonly [K in OperationKind]: readonly (keyof Extract<Operation, { op: K }>)[] } = {
  createTable: ["table", "parts"],
  dropTable: ["table"],
  renameTable: ["table", "to"],
  addColumn: ["table", "column"],
  dropColumn: ["table", "column"],
  renameColumn: ["table", "column", "to"],
  alterColumn: ["table", "column", "change"],
  addIndex: ["table", "index"],
  dropIndex: ["table", "name"],
  addUnique: ["table", "unique"],
  dropUnique: ["table", "name"],
  addCheck: ["table", "check"],
  dropCheck: ["table", "name"],
  addForeignKey: ["table", "foreignKey"],
  dropForeignKey: ["table", "name"],
  setPrimaryKey: ["table", "columns"],
  comment: ["table"],
  runSql: ["up"],
  run: ["up"],
  separateState: ["state", "database"],
};

function checkedOperations(list: readonly unknown[], name: string): readonly Operation[] {
  list.forEach((operation, i) => {
    const given = (typeof operation === "object" && operation !== null ? operation : {}) as Namespace;
    const kind = String(given["op"]);
    const parts = Object.hasOwn(required, kind) ? required[kind as OperationKind] : null;
    const missing = parts?.find((part) => given[part] === undefined || given[part] === null);
    if (parts !== null && missing === undefined) return;
    const what = parts === null ? "is none" : `(${kind}) has no ${missing}`;
    throw new MigrationError(`${name}: operation ${i + 1} ${what}`, { hint: "use the functions of kakaorm/migrations" });
  });
  return list as readonly Operation[];
}
