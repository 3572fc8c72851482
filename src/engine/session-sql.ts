/** Which raw statements leave a session different from a new one. Layer 5. */
import type { CompiledStatement } from "../render/compiled.ts";

const LEADING_COMMENTS = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const FIRST_WORD =
  /^(set(?!\s+(local|constraints)\b)|use|lock|unlock|prepare|deallocate|declare|listen|unlisten|load|begin|start|discard|reset|create\s+(local\s+|global\s+)?temp(orary)?)\b/i;
const WITHIN = /\b(get_lock|set_config|pg_(try_)?advisory_lock(_shared)?)\s*\(|@\w+\s*:=/i;

/** Errs on the side of yes: the price is one reset of the session when it comes back. */
export function changesSession(statement: CompiledStatement): boolean {
  if (statement.operation !== "raw") return false;
  const { sql } = statement;
  return FIRST_WORD.test(sql.replace(LEADING_COMMENTS, "")) || WITHIN.test(sql);
}
