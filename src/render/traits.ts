/** The table of dialect choices: what one server can do and how it spells it. Layer 3: knows no dialect by name. */

export interface Traits {
  /** For messages: `PostgreSQL 15.18`, `MariaDB 10.11.19`. */
  readonly label: string;
  readonly quote: '"' | "`";
  /** How the n-th parameter (from 1) is written. */
  readonly placeholder: (n: number) => string;
  /** Parameters of one statement. */
  readonly maxParameters: number;
  /** Bytes of one statement with its parameters; Infinity where only memory limits it. */
  readonly maxStatementBytes: number;
  /** Bytes (PostgreSQL, SQLite) or characters (MySQL) of one name. */
  readonly maxNameLength: number;
  readonly nameLengthUnit: "bytes" | "characters";
  /** Rows arrive by alias: the select list is written with `as c0`, `as c1` ... */
  readonly rowAliases: boolean;
  readonly insertReturning: boolean;
  /** How an insert says what happens when a key is there already. */
  readonly conflict: "on conflict" | "on duplicate key";
  /** `nulls first` and `nulls last` in ORDER BY. */
  readonly nullsOrdering: boolean;
  /** Where nulls come when nothing is said about them, in ascending order. */
  readonly nullsSort: "first" | "last";
  /** LAG and LEAD with a third argument. */
  readonly shiftFallback: boolean;
  /** Window frames in GROUPS, and EXCLUDE. */
  readonly fullFrames: boolean;
  /** FULL JOIN. */
  readonly fullJoin: boolean;
  /** Row locks. `lease`: the transaction already holds the only writer, nothing is written. */
  readonly rowLocks: "clause" | "lease";
  readonly partialIndexes: boolean;
  readonly arrays: boolean;
  /** CREATE TABLE ... STRICT: a column takes values of its own type only (SQLite; elsewhere that needs no word). */
  readonly strictTables: boolean;
  /** ALTER TABLE takes IF EXISTS and IF NOT EXISTS for foreign keys (MariaDB). */
  readonly conditionalKeys: boolean;
  /** A subquery of UPDATE and DELETE may read the table that is changed (MySQL refuses it). */
  readonly changesWhatItReads: boolean;
  /** How a long list of values is tested: one array parameter, one JSON parameter, or a parameter each. */
  readonly listParameter: "array" | "json" | "each";
  /** The LIMIT that stands for "no limit" where OFFSET needs one; null where it does not. */
  readonly limitForOffset: string | null;
  /** INSERT without any column. */
  readonly emptyInsert: "default values" | "() values ()";
  /** How two JSON documents are compared: `=`, a function, or by their text. */
  readonly jsonEquals: "operator" | "function" | "text";
  /** The collation of text columns; null uses the database's own. */
  readonly textCollation: string | null;
}
