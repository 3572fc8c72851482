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
  /** The answer to an INSERT of one row says the number that it was given, exactly and for less than RETURNING costs. */
  readonly answersNumber: boolean;
  /** Which statements can hand back the rows that they changed. */
  readonly returning: readonly ("update" | "delete")[];
  /** How an UPDATE takes values from other rows: `update t set ... from x` or `update t join x ... set ...`. */
  readonly updateFrom: "from" | "join";
  /** WITH may stand before UPDATE and DELETE. */
  readonly withBeforeWrites: boolean;
  /** WITH x AS [NOT] MATERIALIZED; elsewhere the hint is left out. */
  readonly materializedHints: boolean;
  /** A query in FROM that uses the sources before it. */
  readonly lateral: boolean;
  /** How an insert says what happens when a key is there already. */
  readonly conflict: "on conflict" | "on duplicate key";
  /** `nulls first` and `nulls last` in ORDER BY. */
  readonly nullsOrdering: boolean;
  /** Where nulls come when nothing is said about them, in ascending order. */
  readonly nullsSort: "first" | "last";
  /** LAG and LEAD with a third argument. */
  readonly shiftFallback: boolean;
  /** FILTER on aggregates; elsewhere they look at a CASE. */
  readonly aggregateFilter: boolean;
  /** ORDER BY inside an aggregate. */
  readonly aggregateOrder: boolean;
  /** How subtotals are asked for; null where there are none. */
  readonly rollup: "rollup()" | "with rollup" | null;
  /** Groups with subtotals can be ordered. */
  readonly rollupOrder: boolean;
  /** GROUPING tells the NULL of a subtotal from a stored one. */
  readonly grouping: boolean;
  /** Texts and documents put together over a window. */
  readonly listsOverWindows: boolean;
  /** Window frames in GROUPS, and EXCLUDE. */
  readonly fullFrames: boolean;
  /** FULL JOIN: on any condition, or only on one that says a value of one side equals one of the other. */
  readonly fullJoin: "any" | "equality" | null;
  /** What goes around a key of the groups that is no column, wherever it is used again: to the server it would be another expression. */
  readonly ofGroup: readonly [before: string, after: string] | null;
  /** Which columns HAVING knows as keys of the groups: all, those whose name no other key has, or of these only a table's own. */
  readonly havingKnows: "keys" | "names" | "tables";
  /** ORDER BY takes a name for that of a selected expression, which may be called after a column in it. */
  readonly namesExpressions: boolean;
  /** Each assignment of an UPDATE sees the values that those before it have set. */
  readonly assignsInTurn: boolean;
  /** All rows of a DELETE are found before those that refer to one of them are removed or changed. */
  readonly cascadesAtOnce: boolean;
  /** What is selected twice from a query in FROM keeps both of its names. */
  readonly namesRepeated: boolean;
  /** A query in FROM may use the columns of the queries around it. */
  readonly correlatedDerived: boolean;
  /**
   * What a query in FROM selects may keep its value where an outer join has no row of that query: nothing, what needs no
   * column, or whatever is not NULL where its columns are.
   */
  readonly outlives: "nothing" | "constants" | "defaults";
  /** The condition of an outer join counts in full where a part of it reads nothing but the queries around. */
  readonly outerConditions: boolean;
  /** ANY, ALL and IN compare the value of a query with those of another one. */
  readonly comparesQueries: boolean;
  /** Of distinct rows that are all the same, OFFSET leaves none. */
  readonly distinctOffset: boolean;
  /** PERCENT_RANK and CUME_DIST have all digits of a double. */
  readonly fullRatios: boolean;
  /** EXISTS sees DISTINCT, which OFFSET counts by. */
  readonly distinctExists: boolean;
  /** Windows of one query may begin alike and go on differently. */
  readonly likeWindows: boolean;
  /** A hint that keeps a subquery in the condition of an outer join a test of each row; "" where it needs none. */
  readonly keepsTest: string;
  /** Row locks. `lease`: the transaction already holds the only writer, nothing is written. */
  readonly rowLocks: "clause" | "lease";
  /** Regular expressions: an operator or function of the server, one that the client library was taught (SQLite), or none. */
  readonly regularExpressions: "~" | "regexp_like" | "regexp" | "taught" | null;
  /** SKIP LOCKED and NOWAIT. */
  readonly skipLocked: boolean;
  readonly noWait: boolean;
  /** FOR UPDATE OF: locks that name their tables. */
  readonly lockOf: boolean;
  readonly shareLock: "for share" | "lock in share mode";
  /** The far side of an outer join, whose rows may be missing, can be locked. */
  readonly locksOuterRows: boolean;
  /** EXPLAIN that runs the statement and measures it. */
  readonly explainAnalyze: boolean;
  readonly partialIndexes: boolean;
  readonly arrays: boolean;
  /** CREATE TABLE ... STRICT: a column takes values of its own type only (SQLite; elsewhere that needs no word). */
  readonly strictTables: boolean;
  /** ALTER TABLE takes IF EXISTS and IF NOT EXISTS for foreign keys (MariaDB). */
  readonly conditionalKeys: boolean;
  /** An index that descends serves a foreign key; MySQL makes another one beside it. */
  readonly descendingKeys: boolean;
  /** A subquery of UPDATE and DELETE may read the table that is changed (MySQL refuses it). */
  readonly changesWhatItReads: boolean;
  /** How a long list of values is tested: one array parameter, one JSON parameter, or a parameter each. */
  readonly listParameter: "array" | "json" | "each";
  /** A number of LIMIT is written into the text: SQLite plans a statement anew whenever a parameter there is bound. */
  readonly limitInText: boolean;
  /** The LIMIT that stands for "no limit" where OFFSET needs one; null where it does not. */
  readonly limitForOffset: string | null;
  /** INSERT without any column. */
  readonly emptyInsert: "default values" | "() values ()";
  /** The elements of a JSON array as rows, inside a condition. */
  readonly jsonTable: boolean;
  /** How two JSON documents are compared: `=`, a function, or by their text. */
  readonly jsonEquals: "operator" | "function" | "text";
  /** Texts that begin alike lie between that beginning and the next one of its length, in the order of `collate binary`. */
  readonly prefixRanges: boolean;
  /** The collation of text columns; null uses the database's own. */
  readonly textCollation: string | null;
}
