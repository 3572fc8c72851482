/**
 * What the SQLite drivers must know of a statement's text: its first word, and that it is one statement. Layer 4.
 */

import { UsageError } from "../errors.ts";

export interface StatementFacts {
  /** The first word in lower case. */
  readonly word: string;
  /** An INSERT, UPDATE or DELETE: only then do SQLite's counters belong to this statement. */
  readonly writes: boolean;
  readonly inserts: boolean;
  /** A writing statement that yields rows. */
  readonly returning: boolean;
}

const BLANK = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/;

/**
 * Reads the first word and refuses a second statement.
 * SQLite's prepare stops after the first statement, and two of the libraries drop the rest without a word.
 * @throws {UsageError} when text follows the first statement.
 */
export function statementFacts(sql: string): StatementFacts {
  const text = sql.replace(BLANK, "");
  const word = /^[a-z]+/i.exec(text)?.[0].toLowerCase() ?? "";
  if (sql.includes("\u0000")) throw new UsageError("The SQL text contains a NUL character", { hint: "pass such values as parameters" });
  if (sql.includes(";") && !/^create\s+(?:temp\s+|temporary\s+)?trigger\b/i.test(text) && hasSecond(sql)) {
    throw new UsageError("The SQL text holds more than one statement", { hint: "run each statement by itself" });
  }
  const dml = /^(?:insert|replace|update|delete)$/.test(word);
  // A common table expression may stand before a writing statement; its rows come from RETURNING then.
  const writes = dml || (word === "with" && /\b(?:insert|replace)\s+into\b|\bupdate\b[\s\S]+\bset\b|\bdelete\s+from\b/i.test(text));
  const inserts = word === "insert" || word === "replace" || (writes && /\b(?:insert|replace)\s+into\b/i.test(text));
  return { word, writes, inserts, returning: writes && /\breturning\b/i.test(text) };
}

/** One piece of SQL: a quoted text or name, a comment, or one sign. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g;

function hasSecond(sql: string): boolean {
  let ended = false;
  for (const [piece] of sql.matchAll(PIECE)) {
    if (piece === ";") ended = true;
    else if (ended && !/^(?:\s|--|\/\*)/.test(piece)) return true;
  }
  return false;
}
