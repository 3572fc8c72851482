/** What a migration file exports, and what is known of a loaded one. */
import type { Operation, SqlStatements } from "./operations.ts";

export interface MigrationSpec {
  /** The files it follows: none for the first, one for most, several for a merge. Absent: the file before it in order of name. */
  readonly parents?: readonly string[];
  readonly operations: readonly Operation[];
  /** The files that this one stands for: it is not run where they were. */
  readonly replaces?: readonly string[];
  /** False runs each step on its own even where schema changes can be undone together. Default true. */
  readonly transaction?: boolean;
}

/** The default export of a migration file. Its only work is to check the types. */
export function defineMigration(spec: MigrationSpec): MigrationSpec {
  return spec;
}

export interface LoadedMigration {
  /** The file's name without its ending. */
  readonly name: string;
  readonly path: string;
  /** SHA-256 of the file's text, whatever its line ends. */
  readonly checksum: string;
  readonly parents: readonly string[];
  readonly operations: readonly Operation[];
  readonly replaces: readonly string[];
  readonly transaction: boolean;
}

/** `export const up = [...], down = [...]`: SQL and nothing else. */
export interface PlainMigration {
  readonly up: SqlStatements;
  readonly down?: SqlStatements;
}
