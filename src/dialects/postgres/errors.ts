/** Errors of PostgreSQL by SQLSTATE, and those of its clients `pg` and PGlite. Layer 4. */
import {
  CheckViolation,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  DeadlockError,
  ForeignKeyViolation,
  KakaError,
  LockTimeout,
  NotNullViolation,
  QueryError,
  SerializationFailure,
  TimeoutError,
  TransactionLost,
  TransactionRolledBack,
  UniqueViolation,
} from "../../errors.ts";
import {
  buildError,
  codeIn,
  errorTable,
  type Fields,
  fieldsOf,
  findRow,
  isFatalIn,
  type NameFacts,
  nameIn,
  namesIn,
  networkKey,
  networkRows,
} from "../error-table.ts";

const checkValue = "check the value against the type, length and range of its column";
const migrate = "create it with createTable() or run the migrations";
const type = String.raw`(?<type>[a-z][\w. ]*(?:\[\]|\(\d+(?:,\d+)?\))?)`;

/** Keys are SQLSTATEs; two characters stand for the rest of their class. @internal */
export const errors = errorTable([
  ...networkRows,
  // 23: constraints; the server sends constraint and table in fields of their own.
  ["23505", UniqueViolation, "A row with this key exists already"],
  ["23503", ForeignKeyViolation, "A foreign key has no row to point at, or rows still point here"],
  ["23001", ForeignKeyViolation, "Rows still point here through a foreign key"],
  ["23502", NotNullViolation, "A column that needs a value got null"],
  ["23514", CheckViolation, "A check constraint refused the row"],
  ["44000", CheckViolation, "The check option of a view refused the row"],
  ["23P01", ConstraintError, "An exclusion constraint refused the row"],
  ["23 27000 40002", ConstraintError, "A constraint refused the statement"],
  // 40, 55P03: try again.
  ["40P01", DeadlockError, "Two transactions waited for each other; the server ended this one", { hint: "run the transaction again" }],
  ["40001", SerializationFailure, "The transaction met a change made beside it", { hint: "run the transaction again" }],
  [
    "40003",
    QueryError,
    "The server cannot say whether the statement was applied",
    { outcome: "unknown", hint: "check by key before doing it again" },
  ],
  ["40 40000", TransactionRolledBack, "The server rolled the transaction back"],
  ["55P03", LockTimeout, "A lock was not free in time"],
  ["57014", TimeoutError, "The statement was stopped by its time limit or by a cancel request"],
  // Sessions.
  ["08", ConnectionLost, "The connection broke", { outcome: "unknown" }],
  [
    "08P01:ERROR",
    QueryError,
    "The server refused the shape of the message",
    { hint: "check that the number of parameters fits the statement" },
  ],
  ["57P01 57P02 57P04", ConnectionLost, "The server ended the session", { outcome: "unknown" }],
  ["57P03", ConnectionLost, "The server does not take connections now", { hint: "it is starting or stopping: try again later" }],
  ["57P05", ConnectionLost, "The server ended the session: it was idle for too long"],
  [
    "25P03",
    ConnectionLost,
    "The server ended the session: its transaction was idle for too long",
    { hint: "do no slow work inside a transaction" },
  ],
  ["25P04", ConnectionLost, "The server ended the session: its transaction ran for too long", { hint: "make the transaction shorter" }],
  ["28 28000 28P01", ConnectionError, "The server refused the login", { hint: "check user, password and the server's access rules" }],
  ["3D000", ConnectionError, "The database does not exist", { hint: "create it, or correct the URL" }],
  ["53300", ConnectionError, "The server has no connection left", { hint: "lower the size of the pools, or raise max_connections" }],
  // Transactions.
  [
    "25P02",
    QueryError,
    "An earlier statement of this transaction failed, so the server takes no more",
    { hint: "let the first error leave the transaction, or catch it around a nested one" },
  ],
  ["25P01", TransactionLost, "No transaction is open on the server"],
  ["25006", QueryError, "The transaction or the server is read only", { hint: "write in a transaction without readOnly, on the primary" }],
  ["25001", QueryError, "The statement cannot run inside a transaction"],
  ["25 3B001 3B", QueryError, "The statement does not fit the state of the transaction"],
  // 22: values. The messages quote them.
  [
    "22 22000 22001 22003 22007 22008 22021 22023 22P02 22P03 22P05",
    QueryError,
    "The database cannot take a value of the statement",
    {
      hint: checkValue,
      names: [
        new RegExp(`^invalid input syntax for type ${type}(?::|$)`),
        new RegExp(`^invalid input value for enum ${type}:`),
        new RegExp(`^value too long for type ${type}$`),
        new RegExp(`^value "[^"]*" is out of range for type ${type}$`),
        new RegExp(`^${type} out of range$`),
      ],
    },
  ],
  ["22012", QueryError, "The statement divides by zero"],
  [
    "21000",
    QueryError,
    "The statement met more rows than it may",
    { hint: "a subquery gave several rows, or an upsert names one row twice" },
  ],
  // 42: the text of the statement.
  [
    "42P01",
    QueryError,
    "The table does not exist",
    {
      hint: migrate,
      names: [
        /^relation "(?<table>[^"]+)" does not exist$/,
        /^(?:missing|invalid reference to) FROM-clause entry for table "(?<table>[^"]+)"$/,
      ],
    },
  ],
  [
    "42703",
    QueryError,
    "The column does not exist",
    {
      hint: migrate,
      names: [
        /^column "(?<column>[^"]+)" of relation "(?<table>[^"]+)" does not exist$/,
        /^column (?:[\w$]+\.)?"?(?<column>[\w$]+)"? does not exist$/,
      ],
    },
  ],
  ["42702", QueryError, "The column name fits several tables", { names: [/^column reference "(?<column>[^"]+)" is ambiguous$/] }],
  ["42601 42000", QueryError, "The server could not parse the SQL", { hint: "driverError() holds the server's own words" }],
  [
    "42501",
    QueryError,
    "The user has no right to do this",
    { names: [/^permission denied for (?:table|relation|view|sequence) (?<table>.+)$/] },
  ],
  [
    "42883",
    QueryError,
    "The function or operator does not exist for these types",
    { hint: "cast the operands, or enable the extension that brings it" },
  ],
  ["42804 42846 42P18", QueryError, "The types of an expression do not fit", { hint: "add a cast" }],
  ["42P02", QueryError, "The statement names a parameter that was not given"],
  ["42P07 42710", QueryError, "An object of this name exists already", { names: [/^relation "(?<table>[^"]+)" already exists$/] }],
  [
    "42701",
    QueryError,
    "A column of this name exists already",
    { names: [/^column "(?<column>[^"]+)" of relation "(?<table>[^"]+)" already exists$/] },
  ],
  [
    "42P05 26000",
    QueryError,
    "A prepared statement is missing or clashes on the server",
    { hint: "a pooler between us and the server needs prepare: false" },
  ],
  ["42", QueryError, "The server refused the SQL", { hint: "driverError() holds the server's own words" }],
  ["3F000", QueryError, "The schema does not exist"],
  [
    "2BP01",
    QueryError,
    "Other objects depend on this one",
    { hint: "drop them first, or drop with cascade", names: [/^cannot drop table (?<table>\S+) because/] },
  ],
  ["55006", QueryError, "The object is in use"],
  [
    "0A000",
    QueryError,
    "The server cannot do this",
    { hint: "after a change of a table, statements prepared before it must be prepared anew" },
  ],
  ["P0001", QueryError, "A trigger or function raised an error", { hint: "driverError() holds its text" }],
  // Resources and damage.
  ["53 53200 54 54000 54001", QueryError, "The statement needs more than the server has or allows"],
  ["53100", QueryError, "The disk of the server is full"],
  ["58 XX", QueryError, "The server met an internal failure", { hint: "look into the server's log" }],
  ["XX001 XX002", QueryError, "The server found damaged data", { hint: "stop writing and check the backups" }],
  // The clients have no codes of their own: these are ours.
  ["CLIENT_CLOSED", ConnectionLost, "The connection broke", { outcome: "unknown" }],
  ["CLIENT_CONNECT_TIMEOUT", ConnectionLost, "The database did not answer in time while connecting"],
  ["CLIENT_TIMEOUT", TimeoutError, "The client gave up waiting for the server", { outcome: "unknown", fatal: true }],
  ["CLIENT_LOGIN", ConnectionError, "The login could not be completed", { hint: "check the password" }],
  ["CLIENT_TLS", ConnectionError, "The encrypted connection could not be set up", { hint: "check the SSL options of the URL" }],
]);

const clientMessages: readonly (readonly [RegExp, string])[] = [
  [/^Connection terminated due to connection timeout|^timeout expired$/, "CLIENT_CONNECT_TIMEOUT"],
  [/^Connection terminated|is not queryable$|^PGlite is clos(?:ed|ing)/, "CLIENT_CLOSED"],
  [/^Query read timeout$/, "CLIENT_TIMEOUT"],
  [/^SASL|^Password must be a string/, "CLIENT_LOGIN"],
  [/SSL connection/, "CLIENT_TLS"],
];

/** An error of `pg` or PGlite as one of ours. One of ours passes unchanged. */
export function mapError(error: unknown): KakaError {
  if (error instanceof KakaError) return error;
  const fields = fieldsOf(error);
  const code = codeIn(fields.code) ?? clientMessages.find(([pattern]) => pattern.test(String(fields.message)))?.[1];
  const row = findRow(errors, [networkKey(fields), `${code}:${fields.severity}`, ...keysOf(code)]);
  return buildError(row, code, { ...namesIn(row, fields.message), ...fieldNames(fields, code) }, error);
}

/** True when the session is gone; after any other error a rollback to a savepoint still works. */
export function isFatal(error: KakaError): boolean {
  return isFatalIn(errors, keysOf(error.nativeCode), error);
}

function keysOf(code: string | undefined): string[] {
  return code === undefined ? [] : [code, code.slice(0, 2)];
}

function fieldNames(fields: Fields, code: string | undefined): NameFacts {
  const column = nameIn(fields.column);
  const position = code?.startsWith("42") ? /^\d+$/.exec(String(fields.position))?.[0] : undefined;
  const found = {
    constraint: nameIn(fields.constraint),
    table: nameIn(fields.table),
    columns: column === undefined ? keyColumns(fields.detail, code) : [column],
    note: position && `at character ${position}`,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The names of `Key (a, b)=(...)`: they stand before the first `)=(`, the values only after it. */
function keyColumns(detail: unknown, code: string | undefined): string[] | undefined {
  if (typeof detail !== "string") return undefined;
  const list = /^Key \((.*?)\)=\(/s.exec(detail)?.[1];
  if (list === undefined) return undefined;
  // Of a foreign key, `table` is always the pointing one: on its delete side the detail names columns of the other table.
  if (code === "23503") return / is not present in table "[^"]*"\.$/.test(detail) ? list.split(", ") : undefined;
  if (code !== "23505" && code !== "23P01") return undefined;
  const parts = list.match(/"(?:[^"]|"")+"|[^, ]+/g) ?? [];
  // An index over an expression has no columns to name.
  if (parts.join(", ") !== list || !parts.every((part) => /^(?:[\w$]+|".+")$/.test(part))) return undefined;
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}
