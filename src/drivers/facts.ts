/**
 * What every driver needs beside its client library: server facts, deadlines and errors of `open`. Layer 4.
 * The texts here never quote the client library's own message: it may hold the user name or the address with a password.
 */

import { ConnectionError, KakaError, withDriverError } from "../errors.ts";
import type { ConnectionTarget, ServerInfo, SessionSettings } from "./driver.ts";

/** Server facts from a version text such as `15.18 (Debian)` or `10.11.19-MariaDB-log`. */
export function serverInfo(flavour: ServerInfo["flavour"], versionText: string): ServerInfo {
  const match = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(versionText);
  const family = flavour === "sqlite" ? "sqlite" : flavour === "mysql" || flavour === "mariadb" ? "mysql" : "postgres";
  const part = (index: number): number => Number(match?.[index] ?? 0);
  return { family, flavour, version: match?.[0] ?? "0", versionParts: [part(1), part(2), part(3)] };
}

/** What to try after an error of `open`, by the server's or the system's code. */
const ADVICE: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  ECONNREFUSED: ["nothing listens there", "start the server, or correct host and port"],
  ECONNRESET: ["the server closed the line", "check that the port belongs to this kind of database, and its TLS setting"],
  ENOTFOUND: ["the host name is not known", "correct the host of the database URL"],
  EAI_AGAIN: ["the host name could not be looked up", "check the name server, or use an address"],
  ENOENT: ["the unix socket does not exist", "correct the socket's path, or start the server"],
  EHOSTUNREACH: ["the host cannot be reached", "check host, network and firewall"],
  ENETUNREACH: ["the network cannot be reached", "check host, network and firewall"],
  ETIMEDOUT: ["the server did not answer in time", "check host, port and firewall, or raise the connect timeout"],
  "28P01": ["authentication failed", "correct user and password of the database URL"],
  "28000": ["authentication failed", "correct user and password, or the server's access rules"],
  "3D000": ["the database does not exist", "create it, or correct the name in the database URL"],
  "53300": ["the server has no connection left", "lower the pool size, or raise the server's limit"],
  "57P03": ["the server is starting up or shutting down", "try again in a moment"],
  ER_ACCESS_DENIED_ERROR: ["authentication failed", "correct user and password of the database URL"],
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: ["authentication failed", "correct user and password of the database URL"],
  ER_DBACCESS_DENIED_ERROR: ["the user may not use this database", "grant access, or correct the name in the database URL"],
  ER_BAD_DB_ERROR: ["the database does not exist", "create it, or correct the name in the database URL"],
  ER_CON_COUNT_ERROR: ["the server has no connection left", "lower the pool size, or raise the server's limit"],
  HANDSHAKE_NO_SSL_SUPPORT: ["the server offers no TLS", "turn TLS on at the server, or leave the option out"],
  HANDSHAKE_SSL_ERROR: ["the TLS handshake failed", "check the server's certificate and name"],
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: [
    "the server asks for the password in clear text",
    "choose another authentication plugin for this user",
  ],
  ERR_DLOPEN_FAILED: ["the library was compiled for another Node", "run: npm rebuild"],
  SQLITE_CANTOPEN: ["the file cannot be opened", "check that the directory exists and may be written"],
  SQLITE_NOTADB: ["the file is not a SQLite database", "correct the path of the database URL"],
  SQLITE_BUSY: ["another process holds the file", "try again, or raise the connect timeout"],
};

const SQLITE_CODES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  14: "SQLITE_CANTOPEN",
  26: "SQLITE_NOTADB",
};

/** The error of `open`: what was to be reached, why it failed and what to do; never user or password. */
export function openError(target: ConnectionTarget, cause: unknown): KakaError {
  if (cause instanceof KakaError) return cause;
  const code = codeOf(cause);
  const noFile =
    code === "ENOENT" && target.path !== null ? (["its directory does not exist", "create it, or correct the path"] as const) : null;
  const advice = noFile ?? ADVICE[code ?? ""] ?? ADVICE[/^SQLITE_[A-Z]+/.exec(code ?? "")?.[0] ?? ""];
  const problem = advice ? `: ${advice[0]}` : code ? ` (code ${code})` : "";
  return withDriverError(
    new ConnectionError(`Cannot connect to ${addressOf(target)}${problem}`, {
      hint: advice?.[1] ?? "see driverError() for the client library's own error",
      outcome: "not_applied",
      retryable: false,
      nativeCode: code,
    }),
    cause,
  );
}

/** The error of a session that does not take a setting it needs. */
export function settingError(target: ConnectionTarget, setting: string, wanted: string): ConnectionError {
  return new ConnectionError(`${addressOf(target)} did not accept the session setting ${setting} = ${wanted}`, {
    hint: "values would be read or written differently without it; check the server, or the pooler before it",
    outcome: "not_applied",
    retryable: false,
  });
}

/** The error code of a client library: SQLSTATE, MySQL name, errno name or SQLite result. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  // node:sqlite keeps SQLite's number apart from its own code.
  if ("errcode" in error && typeof error.errcode === "number") return SQLITE_CODES[error.errcode & 0xff] ?? `SQLITE_${error.errcode}`;
  if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
  // A host with several addresses fails with one error per address.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return undefined;
}

export function addressOf(target: ConnectionTarget): string {
  const name = { postgres: "PostgreSQL", mysql: "MySQL", sqlite: "SQLite" }[target.family];
  if (target.path !== null) return `${target.driver === "pglite" ? "PGlite" : name} database ${target.path}`;
  const socket = target.options["host"] ?? target.options["socket"];
  return socket === undefined ? `${name} at ${target.host ?? "localhost"}:${target.port ?? ""}` : `${name} at socket ${socket}`;
}

/** The time that `open` may take: the URL's own limit goes before the engine's. */
export function connectTimeout(target: ConnectionTarget, settings: SessionSettings): number {
  const own = target.options["connect_timeout"];
  return own === undefined ? settings.connectTimeoutMs : Number(own) * 1000;
}

/** Runs `work`; after `ms` (0: never) calls `abandon` and rejects with the code ETIMEDOUT. */
export async function withDeadline<T>(ms: number, work: Promise<T>, abandon: () => void): Promise<T> {
  if (ms <= 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`no answer within ${ms} ms`), { code: "ETIMEDOUT" }));
      abandon();
    }, ms);
  });
  // After the limit has won nobody looks at the work any more: its rejection must not count as unhandled.
  work.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
