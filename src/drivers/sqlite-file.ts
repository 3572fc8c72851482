/**
 * Opening a SQLite database, the same for every client library: path, rights, and pragmas set and read back. Layer 4.
 */

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError } from "../errors.ts";
import type { ConnectionTarget, Driver } from "./driver.ts";
import { codeOf, settingError } from "./facts.ts";

/** Short: the libraries wait inside the call and stop the whole process meanwhile; the engine waits and tries again instead. */
const BUSY_TIMEOUT_MS = 50;

export interface FilePlan {
  /** Absolute path, or `:memory:`. */
  readonly path: string;
  readonly memory: boolean;
  readonly readonly: boolean;
  /** The file must be there already: nothing may be created. */
  readonly mustExist: boolean;
}

export const sqliteTopology = (target: ConnectionTarget): Driver["topology"] => (target.path === ":memory:" ? "single" : "writer");

/**
 * Path and rights of a connection. A reading connection opens the file read-only.
 * @throws {ConnectionError} when the directory, or a file that must exist, is missing.
 */
export function filePlan(target: ConnectionTarget, role: "write" | "read"): FilePlan {
  if (target.path === ":memory:") return { path: ":memory:", memory: true, readonly: false, mustExist: false };
  const mode = target.options["mode"] ?? "rwc";
  // Absolute: the libraries give names like "file:x" or " :memory: " a meaning of their own.
  const path = resolve(target.path ?? "");
  const readonly = mode === "ro" || role === "read";
  const missing = !existsSync(dirname(path)) ? "its directory does" : (mode !== "rwc" || readonly) && !existsSync(path) ? "it does" : null;
  if (missing !== null) {
    throw new ConnectionError(`Cannot open the SQLite database ${target.path}: ${missing} not exist`, {
      hint:
        mode === "rwc"
          ? "create the directory, or correct the path"
          : `mode=${mode} creates no file: correct the path, or leave the option out`,
      outcome: "not_applied",
      retryable: false,
      nativeCode: "SQLITE_CANTOPEN",
    });
  }
  return { path, memory: false, readonly, mustExist: mode !== "rwc" || readonly };
}

/** True when a reading connection is the first one of a new file: a writing one has to create it before. */
export function mustCreateFirst(target: ConnectionTarget, role: "write" | "read"): boolean {
  if (role !== "read" || target.path === ":memory:") return false;
  const path = resolve(target.path ?? "");
  return (target.options["mode"] ?? "rwc") === "rwc" && !existsSync(path) && existsSync(dirname(path));
}

/** Runs a pragma and gives the first value of its first row, or undefined. */
export type RunPragma = (text: string) => unknown;

/**
 * Sets the session's pragmas and reads them back. Waits for a file that another process holds, up to `timeoutMs` (0: for ever).
 * @throws {ConnectionError} naming the pragma that SQLite did not take.
 */
export async function applyPragmas(target: ConnectionTarget, plan: FilePlan, timeoutMs: number, run: RunPragma): Promise<void> {
  const patient = patiently(run, timeoutMs > 0 ? Date.now() + timeoutMs : Number.POSITIVE_INFINITY);
  const wanted: readonly (readonly [string, number])[] = [
    ["busy_timeout", BUSY_TIMEOUT_MS],
    ["foreign_keys", 1],
    ["trusted_schema", 0],
    ["query_only", plan.readonly ? 1 : 0],
    ["synchronous", 1],
  ];
  for (const [name, value] of wanted) {
    await patient(`${name} = ${value}`);
    if (Number(await patient(name)) !== value) throw settingError(target, name, String(value));
  }
  if (plan.memory || plan.readonly) return;
  // Changing the journal needs the file for itself for a moment, so it is asked for only where it is another one.
  if ((await patient("journal_mode")) === "wal" || (await patient("journal_mode = wal")) === "wal") return;
  throw settingError(target, "journal_mode", "wal");
}

function patiently(run: RunPragma, limit: number): (text: string) => Promise<unknown> {
  return async (text) => {
    for (;;) {
      try {
        return await run(text);
      } catch (error) {
        if (!codeOf(error)?.startsWith("SQLITE_BUSY") || Date.now() >= limit) throw error;
        await sleep(10);
      }
    }
  };
}
