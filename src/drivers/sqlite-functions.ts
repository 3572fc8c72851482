/**
 * Functions that SQLite has not and the client libraries can teach it. Layer 4.
 */

import { BoundedMap } from "../util/bounded-map.ts";

/** The signature that better-sqlite3 and node:sqlite share. */
export type DefineFunction = (
  name: string,
  options: { readonly deterministic: boolean },
  body: (...args: readonly never[]) => number | null,
) => unknown;

const KEPT_PATTERNS = 64;

/** `regexp(pattern, text, flags)`, NULL for NULL. Throws SyntaxError for a pattern that is none. */
function regexp(): (pattern: string, text: unknown, flags: string) => number | null {
  const kept = new BoundedMap<RegExp>(KEPT_PATTERNS);
  return (pattern, text, flags) => {
    if (text === null) return null;
    const key = `${flags}/${pattern}`;
    let compiled = kept.get(key);
    if (compiled === undefined) {
      compiled = new RegExp(pattern, `u${flags}`);
      kept.set(key, compiled);
    }
    return compiled.test(String(text)) ? 1 : 0;
  };
}

/** False where the library is too old to be taught. */
export function teachFunctions(database: { function?: DefineFunction }): boolean {
  if (typeof database.function !== "function") return false;
  database.function("regexp", { deterministic: true }, regexp());
  return true;
}
