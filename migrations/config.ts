/** `kakaorm.config.ts`: what the command line needs to know of a project. */
import type { ConnectOptions } from "../src/engine/options.ts";
import { UsageError } from "../src/errors.ts";
import { suggestion } from "../src/util/suggest.ts";

/** The name of an environment variable that holds a URL: read when the database is used, and not before. */
export interface EnvReference {
  readonly env: string;
  readonly otherwise: string | null;
}

/**
 * A URL that stands in an environment variable, so that no password is in the file. `otherwise` is used where it is not set;
 * without it a command that needs this database says which variable is missing.
 */
export function env(name: string, otherwise?: string): EnvReference {
  if (typeof name !== "string" || name === "") throw new UsageError("env() takes the name of an environment variable");
  return { env: name, otherwise: otherwise ?? null };
}

export interface DatabaseConfig {
  /** Where it is. */
  readonly url: string | EnvReference;
  readonly options?: Omit<ConnectOptions, "name" | "default" | "naming">;
}

export interface AppConfig {
  /** Files or folders of models; `*` and `**` as usual. */
  readonly models: string | readonly string[];
  /** Its migrations' own folder. */
  readonly migrations: string;
}

export interface KakaConfig {
  /** Files or folders of models; `*` and `**` as usual. Default `./src/models` and `./src/models.ts`. */
  readonly models?: string | readonly string[];
  /** The folder of migrations. Default `./migrations`. */
  readonly migrations?: string;
  /** Databases by name, as URLs; the first one is used unless `--db` says otherwise. Absent: DATABASE_URL. */
  readonly databases?: Readonly<Record<string, string | EnvReference | DatabaseConfig | undefined>>;
  /** Column names from property names, as in `connect`. */
  readonly naming?: ConnectOptions["naming"];
  /** Parts of the project with folders of their own, by name; what others refer to comes first. */
  readonly apps?: Readonly<Record<string, AppConfig>>;
}

/** The default export of `kakaorm.config.ts`. Its only work is to check the types. */
export function defineConfig(config: KakaConfig): KakaConfig {
  return config;
}

type Fits = (value: unknown) => boolean;
const isText: Fits = (value) => typeof value === "string";
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts: Fits = (value) => isText(value) || (Array.isArray(value) && value.every(isText));
const isUrl: Fits = (value) => isText(value) || (isRecord(value) && isText(value["env"]));
const isOptional = (value: unknown, fits: Fits): boolean => value === undefined || fits(value);
const isDatabase: Fits = (value) =>
  isOptional(value, (given) => isUrl(given) || (isRecord(given) && isUrl(given["url"]) && isOptional(given["options"], isRecord)));
const isApp: Fits = (value) => isRecord(value) && areTexts(value["models"]) && isText(value["migrations"]);

const kinds: { readonly [K in keyof Required<KakaConfig>]: { readonly fits: Fits; readonly form: string } } = {
  models: { fits: areTexts, form: "a path, or a list of paths" },
  migrations: { fits: isText, form: "a folder" },
  databases: {
    fits: (value) => isRecord(value) && Object.values(value).every(isDatabase),
    form: "an object of URLs by name; a URL is a text, env(name) or { url, options }",
  },
  naming: { fits: (value) => typeof value === "function" || value === "preserve", form: 'a function, or "preserve"' },
  apps: { fits: (value) => isRecord(value) && Object.values(value).every(isApp), form: "an object of { models, migrations } by name" },
};

/** @throws UsageError for what is no config, naming the key */
export function checkConfig(value: unknown, file: string): KakaConfig {
  if (!isRecord(value)) {
    throw new UsageError(`${file} exports no config`, { hint: "write `export default defineConfig({ ... })`" });
  }
  for (const [key, part] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key as keyof KakaConfig] : undefined;
    if (kind === undefined) throw new UsageError(`${file}: unknown key ${key}`, { hint: suggestion(key, Object.keys(kinds)) });
    if (!isOptional(part, kind.fits)) throw new UsageError(`${file}: ${key} has the wrong form`, { hint: `it takes ${kind.form}` });
  }
  return value as KakaConfig;
}
