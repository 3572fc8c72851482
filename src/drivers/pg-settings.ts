/**
 * The settings of a PostgreSQL session: set and read back in one statement. Layer 4.
 */

import type { ConnectionTarget, RawRow, SessionSettings } from "./driver.ts";
import { settingError } from "./facts.ts";

/** Name, value, and whether what the server shows is that value. */
type Setting = readonly [name: string, value: string, matches: (shown: string) => boolean];

function settingsOf(target: ConnectionTarget, settings: SessionSettings): readonly Setting[] {
  const exactly = (name: string, value: string): Setting => [name, value, (shown) => shown === value];
  const limit = (name: string, ms: number): Setting => [name, String(ms), (shown) => milliseconds(shown) === ms];
  return [
    exactly("client_encoding", "UTF8"),
    exactly("TimeZone", "UTC"),
    ["DateStyle", "ISO", (shown) => shown.startsWith("ISO")],
    exactly("IntervalStyle", "postgres"),
    exactly("standard_conforming_strings", "on"),
    exactly("bytea_output", "hex"),
    exactly("extra_float_digits", "1"),
    limit("statement_timeout", settings.statementTimeoutMs),
    limit("lock_timeout", settings.lockTimeoutMs),
    limit("idle_in_transaction_session_timeout", settings.idleInTransactionTimeoutMs),
    // The server shortens and cleans this one: it is for people only, so any answer is right.
    ["application_name", target.options["application_name"] ?? settings.applicationName, () => true],
  ];
}

/** Runs one statement and gives its first row. */
export type RunSettings = (sql: string, params: readonly string[]) => Promise<RawRow | undefined>;

/**
 * Sets the session up.
 * @returns the server's version text.
 * @throws {ConnectionError} naming the first setting that was not taken.
 */
export async function applySettings(target: ConnectionTarget, settings: SessionSettings, run: RunSettings): Promise<string> {
  const list = settingsOf(target, settings);
  const calls = list.map(([name], i) => `set_config('${name}', $${i + 1}, false)`);
  const row = await run(
    `select current_setting('server_version'), ${calls.join(", ")}`,
    list.map(([, value]) => value),
  );
  const shown = Array.isArray(row) ? row.map(String) : [];
  for (const [i, [name, value, matches]] of list.entries()) {
    if (!matches(shown[i + 1] ?? "")) throw settingError(target, name, value);
  }
  return shown[0] ?? "";
}

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as the server shows it: `0`, `250ms`, `30s`, `5min`. */
function milliseconds(text: string): number {
  const match = /^(\d+)([a-z]*)$/.exec(text);
  return match ? Number(match[1]) * (UNITS[match[2] ?? ""] ?? Number.NaN) : Number.NaN;
}
