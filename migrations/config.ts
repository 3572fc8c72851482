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

const kinds: { readonly [K in keyof Required<KakaConfig>]: (value: unknown) => boolean } = {
  models: (value) => typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string")),
  migrations: (value) => typeof value === "string",
  databases: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  naming: (value) => typeof value === "function" || value === "preserve",
  apps: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** @throws UsageError for what is no config, naming the key */
export function checkConfig(value: unknown, file: string): KakaConfig {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`${file} exports no config`, { hint: "write `export default defineConfig({ ... })`" });
  }
  for (const [key, part] of Object.entries(value)) {
    const fits = Object.hasOwn(kinds, key) ? kinds[key as keyof KakaConfig] : undefined;
    if (fits === undefined) throw new UsageError(`${file}: unknown key ${key}`, { hint: suggestion(key, Object.keys(kinds)) });
    if (part !== undefined && !fits(part)) throw new UsageError(`${file}: ${key} has the wrong form`);
  }
  return value as KakaConfig;
}
