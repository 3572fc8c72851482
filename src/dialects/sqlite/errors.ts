/** Errors of SQLite by result code, as `better-sqlite3`, `sqlite3` and `node:sqlite` hand them over. Layer 4. */
import {
  CheckViolation,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  ForeignKeyViolation,
  KakaError,
  LockTimeout,
  NotNullViolation,
  QueryError,
  RetryableError,
  SerializationFailure,
  TimeoutError,
  TransactionLost,
  UniqueViolation,
  withDriverError,
} from "../../errors.ts";
import { buildError, codeIn, errorTable, type Fields, fieldsOf, findRow, isFatalIn, namesIn } from "../error-table.ts";
import { inexactInteger } from "../wire.ts";

const checkValue = "check the value against the type, length and range of its column";
const migrate = "create it with createTable() or run the migrations";
const unique = [/^UNIQUE constraint failed: index '(?<constraint>[^']+)'$/, /^UNIQUE constraint failed: (?<qualified>[^']+)$/];

/** Keys are names of result codes; a word behind a colon is one meaning of a code that has several. @internal */
export const errors = errorTable([
  // Constraints.
  [
    "SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_ROWID",
    UniqueViolation,
    "A row with this key exists already",
    { names: unique },
  ],
  ["SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation, "A foreign key has no row to point at, or rows still point here"],
  [
    "SQLITE_CONSTRAINT_NOTNULL",
    NotNullViolation,
    "A column that needs a value got null",
    { names: [/^NOT NULL constraint failed: (?<qualified>.+)$/] },
  ],
  // An unnamed check is reported with its expression, which is no name.
  [
    "SQLITE_CONSTRAINT_CHECK",
    CheckViolation,
    "A check constraint refused the row",
    { names: [/^CHECK constraint failed: (?<constraint>[\w$]+)$/] },
  ],
  [
    "SQLITE_CONSTRAINT_DATATYPE",
    QueryError,
    "The value does not have the type of its column",
    { hint: checkValue, names: [/ in \w+ column (?<qualified>[^,]+)$/] },
  ],
  ["SQLITE_CONSTRAINT_TRIGGER", ConstraintError, "A trigger refused the statement", { hint: "driverError() holds its text" }],
  ["SQLITE_CONSTRAINT", ConstraintError, "A constraint refused the statement"],
  // Locks.
  [
    "SQLITE_BUSY_SNAPSHOT",
    SerializationFailure,
    "Another connection wrote after this transaction began to read",
    { hint: "run the transaction again" },
  ],
  ["SQLITE_BUSY SQLITE_LOCKED SQLITE_PROTOCOL", LockTimeout, "Another connection holds the lock"],
  ["SQLITE_SCHEMA", RetryableError, "The schema changed while the statement ran"],
  // SQLite may roll the whole transaction back by itself with these.
  ["SQLITE_INTERRUPT", TimeoutError, "The statement was stopped by its time limit or by a cancel request", { fatal: true }],
  ["SQLITE_FULL", QueryError, "The disk is full", { fatal: true }],
  ["SQLITE_IOERR", QueryError, "The disk failed", { outcome: "unknown", fatal: true }],
  ["SQLITE_NOMEM", QueryError, "The memory is used up", { fatal: true }],
  ["SQLITE_CORRUPT", QueryError, "The database file is damaged", { hint: "stop writing and go back to a backup", fatal: true }],
  ["SQLITE_ABORT_ROLLBACK", QueryError, "The transaction was rolled back while the statement ran", { fatal: true }],
  ["SQLITE_ABORT", QueryError, "The statement was stopped"],
  ["SQLITE_ERROR:transaction", TransactionLost, "No transaction is open any more"],
  ["SQLITE_ERROR:nested", QueryError, "A transaction is open already"],
  ["SQLITE_ERROR:savepoint", QueryError, "The savepoint does not exist", { hint: "SQLite may have ended the transaction" }],
  // Files.
  [
    "SQLITE_READONLY",
    QueryError,
    "The database or the connection is read only",
    { hint: "check the rights of the file and of its folder" },
  ],
  [
    "SQLITE_CANTOPEN CLIENT_CANTOPEN",
    ConnectionError,
    "The database file cannot be opened",
    { hint: "check the path, and that its folder exists" },
  ],
  ["SQLITE_NOTADB", ConnectionError, "The file is not a database, or it is encrypted", { hint: "check the path" }],
  ["CLIENT_CLOSED", ConnectionLost, "The database is closed"],
  ["SQLITE_PERM SQLITE_AUTH", QueryError, "SQLite was told to refuse this"],
  ["SQLITE_NOLFS", QueryError, "The file system cannot hold so large a file"],
  // Values and the text of the statement.
  [
    "SQLITE_MISMATCH SQLITE_TOOBIG SQLITE_ERROR:value",
    QueryError,
    "The database cannot take a value of the statement",
    { hint: checkValue },
  ],
  ["SQLITE_RANGE", QueryError, "The number of parameters does not fit the statement"],
  [
    "SQLITE_ERROR:table",
    QueryError,
    "The table does not exist",
    { hint: migrate, names: [/^no such (?:table|view): (?:main\.|temp\.)?(?<table>[\w$. -]+)$/] },
  ],
  [
    "SQLITE_ERROR:column",
    QueryError,
    "The column does not exist",
    {
      hint: migrate,
      names: [/^no such column: (?:[\w$]+\.)*(?<column>[\w$]+)$/, /^table (?<table>.+) has no column named (?<column>[\w$ -]+)$/],
    },
  ],
  [
    "SQLITE_ERROR:ambiguous",
    QueryError,
    "The column name fits several tables",
    { names: [/^ambiguous column name: (?:[\w$]+\.)*(?<column>[\w$]+)$/] },
  ],
  ["SQLITE_ERROR:function", QueryError, "The function does not exist, or not with these arguments"],
  [
    "SQLITE_ERROR:exists",
    QueryError,
    "An object of this name exists already",
    { names: [/^(?:table|index|view) [`"]?(?<table>[\w$]+)[`"]? already exists$/] },
  ],
  ["SQLITE_ERROR:syntax", QueryError, "SQLite could not parse the SQL", { hint: "driverError() holds its own words" }],
  ["SQLITE_ERROR:parameters", QueryError, "The statement has too many parameters", { hint: "send fewer rows at a time" }],
]);

/** What a code with several meanings says in its message; `sqlite3` reports no extended codes, so constraints stand here too. */
const meanings: readonly (readonly [code: RegExp, message: RegExp, key: string])[] = [
  // ON DELETE RESTRICT is done by a trigger inside SQLite, and has its code.
  [/^SQLITE_CONSTRAINT(?:_TRIGGER)?$/, /^FOREIGN KEY constraint failed$/, "SQLITE_CONSTRAINT_FOREIGNKEY"],
  [/^SQLITE_CONSTRAINT$/, /^UNIQUE constraint failed: /, "SQLITE_CONSTRAINT_UNIQUE"],
  [/^SQLITE_CONSTRAINT$/, /^NOT NULL constraint failed: /, "SQLITE_CONSTRAINT_NOTNULL"],
  [/^SQLITE_CONSTRAINT$/, /^CHECK constraint failed: /, "SQLITE_CONSTRAINT_CHECK"],
  [/^SQLITE_CONSTRAINT$/, /^cannot store \w+ value in \w+ column /, "SQLITE_CONSTRAINT_DATATYPE"],
  [/^SQLITE_MISUSE$/, /database is closed$/i, "CLIENT_CLOSED"],
  [/^SQLITE_ERROR$/, /^no such (?:table|view): /, "SQLITE_ERROR:table"],
  [/^SQLITE_ERROR$/, /^no such column: | has no column named /, "SQLITE_ERROR:column"],
  [/^SQLITE_ERROR$/, /^ambiguous column name: /, "SQLITE_ERROR:ambiguous"],
  [/^SQLITE_ERROR$/, /^no such function: |^wrong number of arguments to function /, "SQLITE_ERROR:function"],
  [/^SQLITE_ERROR$/, /^(?:table|index|view|trigger|there is already) .* ?already/, "SQLITE_ERROR:exists"],
  [/^SQLITE_ERROR$/, /^(?:cannot (?:commit|rollback) - )?no transaction is active$/, "SQLITE_ERROR:transaction"],
  [/^SQLITE_ERROR$/, /^cannot start a transaction within a transaction$/, "SQLITE_ERROR:nested"],
  [/^SQLITE_ERROR$/, /^no such savepoint: /, "SQLITE_ERROR:savepoint"],
  [/^SQLITE_ERROR$/, /^too many SQL variables$/, "SQLITE_ERROR:parameters"],
  [/^SQLITE_ERROR$/, /^malformed JSON|^integer overflow$|^bad JSON path/, "SQLITE_ERROR:value"],
  [/^SQLITE_ERROR$/, /syntax error$|^incomplete input$|^unrecognized token: /, "SQLITE_ERROR:syntax"],
  // Errors of the clients: no result code at all, or one of Node's.
  [/^(?:ERR_INVALID_STATE)?$/, /^(?:The database connection|database) is not open$/, "CLIENT_CLOSED"],
  [/^$/, /^Cannot open database because the directory does not exist$/, "CLIENT_CANTOPEN"],
];

const primary =
  "OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB".split(
    " ",
  );

/** Extended result codes that mean more to us than their primary one (the low 8 bits). */
const extended = new Map([
  [275, "CONSTRAINT_CHECK"],
  [516, "ABORT_ROLLBACK"],
  [517, "BUSY_SNAPSHOT"],
  [787, "CONSTRAINT_FOREIGNKEY"],
  [1299, "CONSTRAINT_NOTNULL"],
  [1555, "CONSTRAINT_PRIMARYKEY"],
  [1811, "CONSTRAINT_TRIGGER"],
  [2067, "CONSTRAINT_UNIQUE"],
  [2579, "CONSTRAINT_ROWID"],
  [3091, "CONSTRAINT_DATATYPE"],
]);

/** An error of a SQLite client as one of ours. One of ours passes unchanged. */
export function mapError(error: unknown): KakaError {
  if (error instanceof KakaError) return error;
  const fields = fieldsOf(error);
  // node:sqlite will not read a 64-bit integer as a number that would round it; the other clients let us see it.
  if (fields.code === "ERR_OUT_OF_RANGE") return withDriverError(inexactInteger(), error);
  const message = typeof fields.message === "string" ? fields.message.replace(/^SQLITE_[A-Z]+: /, "") : "";
  const code = resultCode(fields);
  const key = meanings.find(([codes, text]) => codes.test(code ?? "") && text.test(message))?.[2];
  const row = findRow(errors, [key ?? "", ...keysOf(code)]);
  return buildError(row, nativeCode(key, code), namesIn(row, message), error);
}

/** True for errors with which SQLite may have rolled the transaction back; a client that can tell its state knows more. */
export function isFatal(error: KakaError): boolean {
  return isFatalIn(errors, keysOf(error.nativeCode), error);
}

function resultCode(fields: Fields): string | undefined {
  const code = codeIn(fields.code);
  const number =
    typeof fields.errcode === "number" ? fields.errcode : Number(/^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return code;
  const name = extended.get(number) ?? primary[number & 255];
  return name === undefined ? code : `SQLITE_${name}`;
}

function nativeCode(key: string | undefined, code: string | undefined): string | undefined {
  return key === undefined || key.includes(":") ? code : key;
}

function keysOf(code: string | undefined): string[] {
  return code === undefined ? [] : [code, code.split("_", 2).join("_")];
}
