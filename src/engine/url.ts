/**
 * Reads a database URL into a ConnectionTarget. Layer 5.
 * Own parser: options come from a closed list, and no part of the URL that could be a password ever enters a message.
 */

import type { ConnectionTarget } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";

const FORMS =
  "Accepted forms: sqlite::memory:, sqlite:./app.db, sqlite:///app.db (relative), sqlite:////abs/app.db (absolute), " +
  "postgresql://user:password@host:5432/database, postgresql+pglite:./directory, mysql://user:password@host:3306/database";

type Family = ConnectionTarget["family"];

const SCHEMES: Readonly<Record<string, Family>> = {
  sqlite: "sqlite",
  postgresql: "postgres",
  postgres: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
};

const DRIVERS: Readonly<Record<Family, readonly string[]>> = {
  sqlite: ["better-sqlite3", "node", "sqlite3", "worker"],
  postgres: ["pg", "pglite"],
  mysql: ["mysql2"],
};

const DEFAULT_PORT: Readonly<Record<"postgres" | "mysql", number>> = { postgres: 5432, mysql: 3306 };

type Check = (value: string) => boolean;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value);
const seconds: Check = (value) => /^[1-9]\d{0,5}$/.test(value);
const absolute: Check = (value) => value.startsWith("/");

/** Each option with the words that describe its values. */
type Options = Readonly<Record<string, readonly [Check, string]>>;
const POSTGRES: Options = {
  sslmode: [oneOf("disable", "require", "verify-full"), "disable, require or verify-full"],
  application_name: [(value) => value.length > 0 && value.length <= 63, "a name of 1 to 63 characters"],
  connect_timeout: [seconds, "whole seconds, at least 1"],
  host: [absolute, "the absolute directory of a unix socket"],
};
const OPTIONS: Readonly<Record<"sqlite" | "pglite" | "postgres" | "mysql", Options>> = {
  sqlite: { mode: [oneOf("ro", "rw", "rwc"), "ro, rw or rwc"] },
  pglite: {},
  postgres: POSTGRES,
  mysql: {
    ssl: [oneOf("true", "false"), "true or false"],
    socket: [absolute, "the absolute path of a unix socket"],
    connect_timeout: [seconds, "whole seconds, at least 1"],
  },
};

/**
 * Reads a database URL.
 *
 * Percent-encoding is decoded in user, password, database, path and options.
 * @throws {UsageError} for anything that is not one of the accepted forms.
 */
export function parseUrl(url: string): ConnectionTarget {
  if (typeof url !== "string" || url.trim() === "") throw refuse("The database URL is empty or not a string");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  if (/[\u0000-\u001f\u007f]/.test(url)) throw refuse("The database URL contains control characters");
  const match = /^([a-z0-9]+)(?:\+([a-z0-9-]*))?:(.*)$/i.exec(url);
  const scheme = match?.[1]?.toLowerCase() ?? "";
  const family = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (!match || !family) throw refuse(`The database URL has no known scheme${didYouMean(scheme, Object.keys(SCHEMES), ":")}`);
  const driver = readDriver(family, match[2]?.toLowerCase());
  const [body, query] = cut(match[3] ?? "", "?");
  const kind = driver === "pglite" ? "pglite" : family;
  const prefix = driver === null ? scheme : `${scheme}+${driver}`;
  return kind === "sqlite" || kind === "pglite"
    ? localTarget(family, driver, prefix, body, readOptions(query, OPTIONS[kind]))
    : serverTarget(kind, driver, prefix, body, query);
}

function readDriver(family: Family, word: string | undefined): string | null {
  if (word === undefined) return null;
  const own = DRIVERS[family];
  if (own.includes(word)) return word;
  const foreign = Object.values(DRIVERS).some((drivers) => drivers.includes(word));
  throw refuse(
    foreign
      ? `The driver "${word}" does not belong to this kind of database; it has ${own.join(", ")}`
      : `The driver after "+" is not known${didYouMean(word, own)}; this kind of database has ${own.join(", ")}`,
  );
}

/** `path`, `///path` (relative), `/path` and `////path` (absolute), `:memory:`. */
function localTarget(
  family: Family,
  driver: string | null,
  prefix: string,
  body: string,
  options: Readonly<Record<string, string>>,
): ConnectionTarget {
  if (/^\/\/(?!\/)/.test(body))
    throw refuse("A file URL with two slashes would name a host: write three for a relative path, four for an absolute one");
  const raw = body.startsWith("///") ? body.slice(3) : body;
  const path = decode(raw, "path");
  if (path === "" || (family === "sqlite" && path.endsWith("/"))) throw refuse("The database URL names no file");
  if (path !== path.trim()) throw refuse("The path of the database URL begins or ends with a space");
  if (/^file:/i.test(path)) throw refuse("The path of the database URL is itself a file: URL");
  if (path === ":memory:" && options["mode"] === "ro") throw refuse("A database in memory cannot be opened with mode=ro");
  const label = `${prefix}:${body}${printQuery(options)}`;
  return { family, driver, host: null, port: null, user: null, password: null, database: null, path, options, label };
}

function serverTarget(
  family: "postgres" | "mysql",
  driver: string | null,
  prefix: string,
  body: string,
  query: string | null,
): ConnectionTarget {
  if (!body.startsWith("//")) throw refuse("The database URL of a server needs // after its scheme");
  const [authority, rawDatabase] = cut(body.slice(2), "/");
  const at = authority.lastIndexOf("@");
  const [rawUser, rawPassword] = at < 0 ? [null, null] : cut(authority.slice(0, at), ":");
  const { host, port, printed } = readHost(authority.slice(at + 1));
  // Each of these signs here means that a password was not percent-encoded: nothing of it may be quoted back.
  if (/[@#]/.test(`${rawDatabase ?? ""}${query ?? ""}`) || rawDatabase?.includes("/")) {
    throw refuse("The database URL has a sign after the host that must be percent-encoded (@ is %40, / is %2F, # is %23, ? is %3F)");
  }
  const database = decode(rawDatabase ?? "", "database");
  if (database === "") throw refuse("The database URL names no database");
  const options = readOptions(query, OPTIONS[family]);
  const socket = options[family === "postgres" ? "host" : "socket"] ?? null;
  if (socket !== null && host !== null) throw refuse("The database URL names both a host and a unix socket");
  return {
    family,
    driver,
    host: socket === null ? (host ?? "localhost") : null,
    port: port ?? DEFAULT_PORT[family],
    user: rawUser === null || rawUser === "" ? null : decode(rawUser, "user"),
    password: rawPassword === null ? null : decode(rawPassword, "password"),
    database,
    path: null,
    options,
    label: `${prefix}://${printed}/${rawDatabase}${printQuery(options)}`,
  };
}

function readHost(text: string): { host: string | null; port: number | null; printed: string } {
  const match = /^(\[[0-9a-f:.]+(?:%25[\w.-]+)?\]|[^:[\]\s]*)(?::(.*))?$/i.exec(text);
  if (!match) throw refuse("The host of the database URL is not valid");
  const [, rawHost = "", rawPort] = match;
  // Never quoted: with an unencoded password this text is a part of it.
  if (rawPort !== undefined && (!/^\d{1,5}$/.test(rawPort) || Number(rawPort) < 1 || Number(rawPort) > 65535)) {
    throw refuse("The port of the database URL is not a number from 1 to 65535, or the password is not percent-encoded");
  }
  const host = decode(rawHost.startsWith("[") ? rawHost.slice(1, -1) : rawHost, "host");
  if (/[\s@/\\?#"'<>]/.test(host)) throw refuse("The host of the database URL is not valid");
  return { host: host === "" ? null : host, port: rawPort === undefined ? null : Number(rawPort), printed: text };
}

function readOptions(query: string | null, allowed: Options): Readonly<Record<string, string>> {
  const options: Record<string, string> = Object.create(null);
  if (query === null || query === "") return options;
  const names = Object.keys(allowed);
  for (const part of query.split("&")) {
    const [rawName, rawValue] = cut(part, "=");
    const name = decode(rawName, "option");
    const rule = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    const list = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
    if (!rule) throw refuse(`The database URL has an option that is not known${didYouMean(name, names)}; ${list}`);
    if (Object.hasOwn(options, name)) throw refuse(`The database URL has the option ${name} twice`);
    const value = decode(rawValue ?? "", "option");
    if (!rule[0](value)) throw refuse(`The option ${name} of the database URL must be ${rule[1]}`);
    options[name] = value;
  }
  return options;
}

function printQuery(options: Readonly<Record<string, string>>): string {
  const parts = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function decode(text: string, what: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    // The URIError would quote nothing useful, and the text may be a password.
    throw refuse(`The ${what} of the database URL has a broken percent-encoding (a plain % is %25)`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  if (/[\u0000-\u001f\u007f]/.test(value)) throw refuse(`The ${what} of the database URL contains control characters`);
  return value;
}

function cut(text: string, sign: string): [string, string | null] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(message: string): UsageError {
  return new UsageError(message, { hint: FORMS });
}

/** ` (did you mean x?)`: names only words of ours, never the word that was given. */
function didYouMean(word: string, known: readonly string[], suffix = ""): string {
  const limit = word.length <= 4 ? 1 : 2;
  const near = known.map((name) => ({ name, distance: editDistance(word.toLowerCase(), name) })).sort((a, b) => a.distance - b.distance)[0];
  return near && word !== "" && near.distance <= limit ? `: did you mean ${near.name}${suffix}?` : "";
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 3;
}
