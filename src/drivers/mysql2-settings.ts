/**
 * The settings of a MySQL or MariaDB session: set on open and after every reset, then read back. Layer 4.
 */

import type { ConnectionTarget, ServerInfo, SessionSettings } from "./driver.ts";
import { serverInfo, settingError } from "./facts.ts";

/** Without ANSI_QUOTES and NO_BACKSLASH_ESCAPES, which change what a literal is. */
const SQL_MODE = [
  "STRICT_TRANS_TABLES",
  "NO_ZERO_IN_DATE",
  "NO_ZERO_DATE",
  "ERROR_FOR_DIVISION_BY_ZERO",
  "ONLY_FULL_GROUP_BY",
  "NO_ENGINE_SUBSTITUTION",
  // Ranks are unsigned there: `rank() over (...) - 5` would be an error.
  "NO_UNSIGNED_SUBTRACTION",
];

/** Runs a statement without values and gives its first row, by position. */
export type RunSetting = (sql: string) => Promise<readonly unknown[] | undefined>;

export async function readServer(run: RunSetting): Promise<ServerInfo> {
  const version = String((await run("select version()"))?.[0] ?? "");
  return serverInfo(/mariadb/i.test(version) ? "mariadb" : "mysql", version);
}

/** @throws {ConnectionError} naming the first setting that was not taken. */
export async function applySettings(
  target: ConnectionTarget,
  settings: SessionSettings,
  flavour: ServerInfo["flavour"],
  run: RunSetting,
): Promise<void> {
  const wanted: readonly (readonly [string, string | number])[] = [
    ["sql_mode", SQL_MODE.join(",")],
    ["time_zone", "+00:00"],
    ["autocommit", 1],
    // Longer results would be cut without a word; this is the most that both servers take.
    ["group_concat_max_len", 1_073_741_824],
    ...limits(settings, flavour),
  ];
  await run("set names utf8mb4");
  await run(`set ${wanted.map(([name, value]) => `session ${name} = ${typeof value === "number" ? value : `'${value}'`}`).join(", ")}`);
  const charsets = ["character_set_client", "character_set_connection", "character_set_results"] as const;
  const all = [...wanted, ...charsets.map((name) => [name, "utf8mb4"] as const)];
  const row = (await run(`select ${all.map(([name]) => `@@session.${name}`).join(", ")}`)) ?? [];
  for (const [i, [name, value]] of all.entries()) {
    const same = typeof value === "number" ? Number(row[i]) === value : words(String(row[i])) === words(value);
    if (!same) throw settingError(target, name, String(value));
  }
}

/** The largest waits that the servers take stand for "no limit". */
function limits(settings: SessionSettings, flavour: ServerInfo["flavour"]): readonly (readonly [string, number])[] {
  const mariadb = flavour === "mariadb";
  const lock = Math.ceil(settings.lockTimeoutMs / 1000);
  const seconds = settings.statementTimeoutMs / 1000;
  return [
    ["innodb_lock_wait_timeout", lock === 0 ? (mariadb ? 100_000_000 : 1_073_741_824) : lock],
    // Locks on whole tables, taken by DDL.
    ["lock_wait_timeout", lock === 0 ? 31_536_000 : lock],
    // MySQL limits only SELECT by this; MariaDB limits every statement.
    mariadb ? ["max_statement_time", seconds] : ["max_execution_time", settings.statementTimeoutMs],
    // MySQL has no limit for idle transactions.
    ...(mariadb ? [["idle_transaction_timeout", Math.ceil(settings.idleInTransactionTimeoutMs / 1000)] as const] : []),
  ];
}

const words = (list: string): string => list.toUpperCase().split(",").sort().join(",");
