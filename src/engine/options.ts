/** What `connect` accepts, checked, with every default filled in. Layer 5. */
import type { SessionSettings } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import type { Naming } from "../render/naming.ts";
import { suggestion } from "../util/suggest.ts";

export interface PoolOptions {
  /** Connections kept open while nothing runs. Default 0. */
  readonly min?: number;
  /** Connections at most. Default 10. On a SQLite file one of them writes and the others read. */
  readonly max?: number;
  /** How long a statement waits for a free connection, in milliseconds, before `PoolTimeout`. Default 10000. */
  readonly acquireTimeoutMs?: number;
  /** Connections unused for this long are closed, in milliseconds; 0 keeps them. Default 30000. */
  readonly idleMs?: number;
  /** Connections older than this are replaced when they come back, in milliseconds; 0 keeps them. Default 1800000. */
  readonly maxLifetimeMs?: number;
  /** Name the statement or transaction that holds the oldest connection in `PoolTimeout`. Default false. */
  readonly debug?: boolean;
}

export interface ConnectOptions {
  /** The name that finds this engine again. The first unnamed engine is called `default`. */
  readonly name?: string;
  /** True makes this engine the default one; false keeps it from becoming it. Unset: the first engine connected is. */
  readonly default?: boolean;
  readonly pool?: PoolOptions;
  /** Column names from property names: a function, or `"preserve"` to keep them as they are. Unset: snake_case. */
  readonly naming?: Naming["column"] | "preserve";
  /** True prints one line per statement to stderr; a function receives the lines instead. Values are never in them. */
  readonly logging?: boolean | ((line: string) => void);
  /** Print statements that took at least this long, in milliseconds, even without `logging`. */
  readonly slowMs?: number;
  /** The server stops statements that run longer, in milliseconds; 0 is no limit. Default 0. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a lock, in milliseconds; 0 is no limit. Default 5000. */
  readonly lockTimeoutMs?: number;
  /** How long opening a connection may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** The server ends transactions that sit idle longer, in milliseconds; 0 is no limit. Default 60000. */
  readonly idleInTransactionTimeoutMs?: number;
  /** How the server's session list shows this program. Default `kakaorm`. */
  readonly applicationName?: string;
  /** Keep statements prepared on the server. Default true; set false behind an old connection pooler. */
  readonly prepare?: boolean;
  /** False refuses `sql.unsafe`. Default true. */
  readonly allowUnsafe?: boolean;
  /**
   * What happens when a relation is awaited row by row for rows of one result, where one prefetch would do: nothing, a
   * warning that names the line (once for each), or NotLoadedError before anything is sent. Default `warn`, and `allow` when
   * NODE_ENV is `production` on connecting.
   */
  readonly lazyLoading?: LazyLoading;
  /**
   * How many rows of one result may load the same relation before that happens. Default 10 for `warn`; 0 for `throw`, where
   * a relation is either loaded ahead or asked for as a query (`author.posts.where(...)`).
   */
  readonly lazyLoadingLimit?: number;
}

export type LazyLoading = "allow" | "warn" | "throw";

/** The options with nothing left open. */
export interface EngineOptions {
  readonly name: string | null;
  readonly default: boolean | null;
  readonly pool: Required<PoolOptions>;
  readonly naming: Naming;
  readonly logging: boolean | ((line: string) => void);
  readonly slowMs: number | null;
  readonly session: SessionSettings;
  readonly allowUnsafe: boolean;
  readonly lazyLoading: { readonly mode: LazyLoading; readonly limit: number };
}

type Kind = "text" | "boolean" | "milliseconds" | "count" | "pool" | "naming" | "logging" | "lazyLoading";

const KINDS: { readonly [K in keyof Required<ConnectOptions>]: Kind } = {
  name: "text",
  default: "boolean",
  pool: "pool",
  naming: "naming",
  logging: "logging",
  slowMs: "milliseconds",
  statementTimeoutMs: "milliseconds",
  lockTimeoutMs: "milliseconds",
  connectTimeoutMs: "milliseconds",
  idleInTransactionTimeoutMs: "milliseconds",
  applicationName: "text",
  prepare: "boolean",
  allowUnsafe: "boolean",
  lazyLoading: "lazyLoading",
  lazyLoadingLimit: "count",
};

const POOL_KINDS: { readonly [K in keyof Required<PoolOptions>]: Kind } = {
  min: "count",
  max: "count",
  acquireTimeoutMs: "milliseconds",
  idleMs: "milliseconds",
  maxLifetimeMs: "milliseconds",
  debug: "boolean",
};

/** Timers of this platform cannot wait longer. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Checks the options and fills in the defaults.
 * @throws UsageError for an unknown option or a value of the wrong kind
 * @internal
 */
export function resolveOptions(given: ConnectOptions = {}): EngineOptions {
  checkAll("", given, KINDS);
  const pool = resolvePool(given.pool ?? {});
  const { naming } = given;
  const mode = given.lazyLoading ?? (process.env["NODE_ENV"] === "production" ? "allow" : "warn");
  return {
    name: given.name ?? null,
    default: given.default ?? null,
    pool,
    naming: { column: naming === "preserve" ? (property) => property : (naming ?? null) },
    logging: given.logging ?? false,
    slowMs: given.slowMs ?? null,
    session: {
      connectTimeoutMs: given.connectTimeoutMs ?? 5_000,
      statementTimeoutMs: given.statementTimeoutMs ?? 0,
      lockTimeoutMs: given.lockTimeoutMs ?? 5_000,
      idleInTransactionTimeoutMs: given.idleInTransactionTimeoutMs ?? 60_000,
      applicationName: given.applicationName ?? "kakaorm",
      prepare: given.prepare ?? true,
    },
    allowUnsafe: given.allowUnsafe ?? true,
    lazyLoading: { mode, limit: given.lazyLoadingLimit ?? (mode === "throw" ? 0 : 10) },
  };
}

function resolvePool(given: PoolOptions): Required<PoolOptions> {
  checkAll("pool.", given, POOL_KINDS);
  const max = given.max ?? 10;
  const pool = {
    min: given.min ?? 0,
    max,
    acquireTimeoutMs: given.acquireTimeoutMs ?? 10_000,
    idleMs: given.idleMs ?? 30_000,
    maxLifetimeMs: given.maxLifetimeMs ?? 1_800_000,
    debug: given.debug ?? false,
  };
  if (max < 1) throw new UsageError("option pool.max must be at least 1");
  if (pool.min > max) throw new UsageError(`option pool.min (${pool.min}) is larger than pool.max (${max})`);
  if (pool.acquireTimeoutMs < 1) {
    throw new UsageError("option pool.acquireTimeoutMs must be at least 1", { hint: "waiting without a limit hides deadlocks" });
  }
  return pool;
}

function checkAll(prefix: string, given: object, kinds: Readonly<Record<string, Kind>>): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new UsageError(`option ${prefix === "" ? "list" : "pool"} must be an object`);
  }
  for (const [key, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) throw new UsageError(`unknown option ${prefix}${key}`, { hint: suggestion(key, Object.keys(kinds)) });
    if (value !== undefined) check(`${prefix}${key}`, kind, value);
  }
}

function check(name: string, kind: Kind, value: unknown): void {
  const type = typeof value;
  switch (kind) {
    case "text":
      if (type !== "string" || value === "") throw wrong(name, "a non-empty string");
      return;
    case "boolean":
      if (type !== "boolean") throw wrong(name, "true or false");
      return;
    case "count":
    case "milliseconds":
      if (!(typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= LONGEST_TIMER)) {
        throw wrong(name, kind === "count" ? "a whole number from 0" : "whole milliseconds from 0");
      }
      return;
    case "naming":
      if (value !== null && type !== "function" && value !== "preserve") throw wrong(name, 'a function or "preserve"');
      return;
    case "logging":
      if (type !== "boolean" && type !== "function") throw wrong(name, "true, false or a function");
      return;
    case "lazyLoading":
      if (value !== "allow" && value !== "warn" && value !== "throw") throw wrong(name, '"allow", "warn" or "throw"');
      return;
    case "pool":
      return; // checked with its own table
    default:
      kind satisfies never;
  }
}

function wrong(name: string, expected: string): UsageError {
  return new UsageError(`option ${name} must be ${expected}`);
}
