/** What a command works on: the project's config, its models, its migrations, its database. */
import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { glob } from "tinyglobby";
import { checkConfig, type DatabaseConfig, type EnvReference, type KakaConfig } from "../migrations/config.ts";
import { isModel, stateOfModels } from "../migrations/from-models.ts";
import { importModule, loadMigrations } from "../migrations/loader.ts";
import type { LoadedMigration } from "../migrations/migration.ts";
import type { SchemaState } from "../migrations/state.ts";
import { connect } from "../src/engine/connect.ts";
import type { Engine } from "../src/engine/engine.ts";
import { resolveOptions } from "../src/engine/options.ts";
import { UsageError } from "../src/errors.ts";
import { suggestion } from "../src/util/suggest.ts";

/** Options that every command on a project has. */
export interface ProjectOptions {
  readonly config: string | undefined;
  readonly db: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly dir: string | undefined;
  readonly envFile: string | undefined;
}

export interface Project {
  readonly config: KakaConfig;
  /** The config's file as it is shown; null without one. */
  readonly configFile: string | null;
  readonly root: string;
  /** The folder of migrations. */
  readonly folder: string;
  readonly modelPatterns: readonly string[];
  /** Parts with folders of their own; the project itself, under no name, when it has models beside them. */
  readonly apps: readonly App[];
  readonly options: ProjectOptions;
}

export interface App {
  readonly name: string | null;
  readonly folder: string;
  readonly modelPatterns: readonly string[];
}

const configNames = ["ts", "mts", "js", "mjs"].map((ending) => `kakaorm.config.${ending}`);
const modelDefaults = ["src/models.ts", "src/models/**/*.ts", "models.ts", "models/**/*.ts"];

/** @throws UsageError, MigrationError for a config that does not load or is none */
export async function openProject(options: ProjectOptions): Promise<Project> {
  if (options.envFile !== undefined) {
    if (!existsSync(options.envFile)) throw new UsageError(`there is no file ${options.envFile}`);
    process.loadEnvFile(options.envFile);
  }
  const root = process.cwd();
  const file = options.config ?? configNames.find((name) => existsSync(join(root, name)));
  if (options.config !== undefined && !existsSync(options.config)) throw new UsageError(`there is no config file ${options.config}`);
  const config = file === undefined ? {} : checkConfig((await importModule(file))["default"], file);
  const given = options.models ?? config.models;
  const folder = resolve(root, options.dir ?? config.migrations ?? "migrations");
  const named = options.models !== undefined || options.dir !== undefined ? [] : Object.entries(config.apps ?? {});
  const apps = named.map(([name, app]): App => ({ name, folder: resolve(root, app.migrations), modelPatterns: [app.models].flat() }));
  const patterns = given === undefined ? (apps.length > 0 ? [] : modelDefaults) : [given].flat();
  const main: App[] = patterns.length > 0 ? [{ name: null, folder, modelPatterns: patterns }] : [];
  return {
    config,
    configFile: file ?? null,
    root,
    folder,
    modelPatterns: [...patterns, ...apps.flatMap((app) => app.modelPatterns)],
    apps: [...main, ...apps],
    options,
  };
}

/** The models that the project's files export, in order of file and name. @throws UsageError when there are none */
export async function loadModels(project: Project): Promise<Map<string, unknown>> {
  const models = new Map<string, unknown>();
  const files = await modelFiles(project);
  for (const file of files) {
    const module = await importModule(file);
    for (const [name, value] of Object.entries(module).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (isModel(value)) models.set(models.has(name) ? `${relative(project.root, file)}:${name}` : name, value);
    }
  }
  if (models.size > 0) return models;
  const where = project.modelPatterns.join(", ");
  throw new UsageError(
    files.length === 0
      ? `no file fits ${where}`
      : `no model is exported by ${files.map((file) => relative(project.root, file)).join(", ")}`,
    {
      hint: "name the files of models with --models, or as `models` in kakaorm.config.ts",
    },
  );
}

async function modelFiles(project: Project): Promise<string[]> {
  const patterns = project.modelPatterns.map((pattern) => {
    const path = isAbsolute(pattern) ? relative(project.root, pattern) : pattern.replace(/^\.\//, "");
    return /[*{[]/.test(path) || /\.[cm]?[jt]s$/.test(path) ? path : `${path.replace(/\/$/, "")}/**/*.{ts,mts,js,mjs}`;
  });
  const found = await glob([...patterns], {
    cwd: project.root,
    absolute: true,
    ignore: ["**/node_modules/**", "**/*.d.ts", "**/*.test.*"],
  });
  return [...new Set(found)].sort();
}

/** What the models declare: those of all parts, or of one. */
export async function modelState(project: Project, app?: App): Promise<SchemaState> {
  const naming = resolveOptions(project.config.naming === undefined ? {} : { naming: project.config.naming }).naming;
  return stateOfModels(
    [...(await loadModels(app === undefined ? project : { ...project, modelPatterns: app.modelPatterns })).values()],
    naming,
  );
}

export async function migrationFiles(project: Project): Promise<LoadedMigration[]> {
  return loadMigrations(project.folder, ...project.apps.map(({ folder }) => folder));
}

/** A database with its URL at hand. */
export interface Database extends DatabaseConfig {
  readonly url: string;
}

/** The database that is meant. @throws UsageError telling the ways to name one */
export function databaseOf(project: Project): Database {
  const { config, options } = project;
  const databases = config.databases ?? {};
  const names = Object.keys(databases);
  if (options.db !== undefined && !Object.hasOwn(databases, options.db)) {
    if (/^[a-z0-9+]+:/i.test(options.db)) return { url: options.db };
    const hint = names.length === 0 ? "give a URL, or name databases in kakaorm.config.ts" : suggestion(options.db, names);
    throw new UsageError(`there is no database ${options.db} in the config`, { hint: hint ?? `there are: ${names.join(", ")}` });
  }
  const name = options.db ?? names[0];
  const found = name === undefined ? process.env["DATABASE_URL"] : databases[name];
  if (found === undefined || found === "") {
    throw new UsageError(name === undefined ? "no database is named" : `the database ${name} has no URL`, {
      hint: "set DATABASE_URL, give --db <url>, or name it under `databases` in kakaorm.config.ts",
    });
  }
  if (typeof found === "string") return { url: found };
  const given = "env" in found ? { url: found } : found;
  return { ...given, url: typeof given.url === "string" ? given.url : fromEnvironment(given.url, name) };
}

function fromEnvironment({ env, otherwise }: EnvReference, database: string | undefined): string {
  const url = process.env[env] || otherwise;
  if (url === null) throw new UsageError(`the environment variable ${env} is not set: the database ${database} has its URL there`);
  return url;
}

/** Connects, works, and disconnects on every path. */
export async function withDatabase<T>(project: Project, work: (engine: Engine, database: Database) => Promise<T>): Promise<T> {
  const database = databaseOf(project);
  const naming = project.config.naming;
  const engine = await connect(database.url, {
    pool: { max: 3 },
    applicationName: "kakaorm cli",
    ...database.options,
    name: "kakaorm cli",
    ...(naming === undefined ? {} : { naming }),
  });
  try {
    return await work(engine, database);
  } finally {
    await engine.disconnect({ timeoutMs: 1000 });
  }
}
