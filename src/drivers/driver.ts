/**
 * What a driver gives the engine: connections that run one statement at a time and hand rows over by position.
 * Layer 4. A driver knows its client library (structurally) and the errors; it knows no SQL dialect and no model.
 */

/** A result row: read by position (arrays), or by the aliases `c0 c1 ...` where the client is fastest that way. */
export type RawRow = readonly unknown[] | Readonly<Record<string, unknown>>;

/** One statement as it goes to a server. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
  /** True when the statement yields rows (SELECT, RETURNING): drivers that must choose a method look here. */
  readonly rows: boolean;
  /** False runs it unnamed and unprepared (DDL, transaction control, raw SQL used once). */
  readonly prepare?: boolean;
  /**
   * True for one that may go out together with the next statement (BEGIN). A driver that can send both in one round trip answers it at
   * once and says `open` from then on; when it fails, the next one is not run and fails with its error. Others just run it.
   */
  readonly mayWait?: boolean;
}

export interface DriverResult {
  readonly rows: readonly RawRow[];
  /** Rows matched by an INSERT, UPDATE or DELETE; 0 otherwise. */
  readonly affected: number;
  /** First generated key of an INSERT, where the server reports one (MySQL, SQLite); else null. */
  readonly insertId: number | bigint | null;
  /** The server's command tag where it has one (PostgreSQL: `COMMIT`, `ROLLBACK`, `INSERT 0 1`); else null. */
  readonly tag: string | null;
  /** Column names in order; filled only for raw SQL (`names: true` in the statement's call), else empty. */
  readonly names: readonly string[];
  /** The server's own type of each named column, where values come as text and need it (PostgreSQL: OIDs). */
  readonly types?: readonly number[];
}

/** Whether a transaction is open on the server: null where the client cannot tell. */
export type TransactionStatus = "idle" | "open" | "failed" | null;

export interface ExecuteOptions {
  /** Deliver the column names as well (raw SQL). Raw rows are arrays on every driver when this is set. */
  readonly names?: boolean;
}

export interface Connection {
  /** Numbered from 1 within its driver: appears in events and pool errors. */
  readonly id: number;
  /** Facts of the server, read when the connection was opened. */
  readonly server: ServerInfo;
  /**
   * Runs one statement to its end. Synchronous clients answer at once, others with a promise.
   * Rejects (or throws) with the client library's own error; the engine maps it.
   */
  execute(statement: Statement, options?: ExecuteOptions): DriverResult | Promise<DriverResult>;
  /**
   * Rows in batches without holding all of them: each yielded array is one batch of raw rows.
   * Finishing, `return()` and throwing free the connection for the next statement.
   */
  stream(statement: Statement, batchSize: number): AsyncIterable<readonly RawRow[]>;
  /** The transaction status after the last statement; costs no round trip. */
  status(): TransactionStatus;
  /** Makes the session as new (MySQL: reset and settings again); resolves to false when it must be destroyed. */
  reset(): Promise<boolean>;
  /** Asks the server to stop the statement that runs now, over another line; resolves when that was answered. */
  cancel(): Promise<void>;
  /** False after the line broke or `destroy` was called. */
  readonly alive: boolean;
  /** Ends the session politely. Idempotent. */
  close(): Promise<void>;
  /** Drops the line at once. Idempotent, never throws. */
  destroy(): void;
}

export interface ServerInfo {
  readonly family: "postgres" | "sqlite" | "mysql";
  /** `mariadb` and `mysql` differ in what they can do; `pglite` is PostgreSQL in this process. */
  readonly flavour: "postgres" | "pglite" | "sqlite" | "mysql" | "mariadb";
  /** Dotted version, e.g. `15.18`, `3.53.2`, `10.11.19`. */
  readonly version: string;
  /** The version as comparable numbers, [major, minor, patch]. */
  readonly versionParts: readonly [number, number, number];
  /** True where the driver taught the connection the functions of `sqlite-functions.ts`. */
  readonly taughtFunctions?: boolean;
  /** How a SQLite file stores its texts: `UTF-8`, `UTF-16le`, `UTF-16be`. */
  readonly encoding?: string;
}

/** Where to connect: made by the URL parser, never holding unknown options. */
export interface ConnectionTarget {
  readonly family: "postgres" | "sqlite" | "mysql";
  /** Null: the fastest one present. */
  readonly driver: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  /** SQLite and PGlite: file path, or `:memory:`. */
  readonly path: string | null;
  readonly options: Readonly<Record<string, string>>;
  /** The URL without user and password: the only form that may be printed. */
  readonly label: string;
}

/** Session limits that a driver applies when it opens a connection (milliseconds; 0 is "no limit"). */
export interface SessionSettings {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  readonly applicationName: string;
  /** Named server-side statements (PostgreSQL, MySQL) and kept statements (SQLite). */
  readonly prepare: boolean;
}

export interface Driver {
  readonly name: string;
  readonly family: "postgres" | "sqlite" | "mysql";
  /**
   * How connections may be shared.
   * `many`: a pool of equal connections. `single`: exactly one connection exists (in-memory SQLite, PGlite).
   * `writer`: one writing connection, reading ones beside it (SQLite files).
   */
  readonly topology: "many" | "single" | "writer";
  /** True when `execute` answers synchronously. */
  readonly synchronous: boolean;
  /** True when rows arrive as objects with the aliases `c0 c1 ...` (mysql2), false when they are arrays. */
  readonly aliasedRows: boolean;
  open(role: "write" | "read"): Promise<Connection>;
  /** Releases what all connections share. Called once, after the last connection closed. */
  dispose(): Promise<void>;
}

/** What each file of this folder exports under the name `openDriver`. */
export type OpenDriver = (target: ConnectionTarget, settings: SessionSettings) => Promise<Driver>;
