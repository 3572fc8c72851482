/** Errors of MySQL and MariaDB by errno, and those of the client `mysql2`. Layer 4. */
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
  RetryableError,
  SerializationFailure,
  TimeoutError,
  UniqueViolation,
} from "../../errors.ts";
import { buildError, codeIn, errorTable, fieldsOf, findRow, isFatalIn, namesIn, networkKey, networkRows } from "../error-table.ts";

const checkValue = "check the value against the type, length and range of its column";
const migrate = "create it with createTable() or run the migrations";
const again = "run the transaction again";
const foreignKey = [
  /fails \(`[^`]+`\.`(?<table>[^`]+)`, CONSTRAINT `(?<constraint>[^`]+)` FOREIGN KEY \((?<columns>[^)]+)\)/,
  /fails \(`[^`]+`\.`(?<table>[^`]+)`, CONSTRAINT `(?<constraint>[^`]+)`/,
];

/** Keys are errnos (two digits: a class of SQLSTATEs, four and more: an error) or codes of the client. @internal */
export const errors = errorTable([
  ...networkRows,
  // Constraints. Of a key the message gives the value first and the name last.
  [
    "1062 1586",
    UniqueViolation,
    "A row with this key exists already",
    { names: [/^Duplicate entry '.*' for key '(?:(?<table>[^'.]+)\.)?(?<constraint>[^']+)'$/s] },
  ],
  ["1022 1169 1557 1761 1762 1859", UniqueViolation, "A row with this key exists already"],
  ["1452 1216", ForeignKeyViolation, "A foreign key has no row to point at", { names: foreignKey }],
  ["1451 1217", ForeignKeyViolation, "Rows still point here through a foreign key", { names: foreignKey }],
  ["1048 1263", NotNullViolation, "A column that needs a value got null", { names: [/^Column '(?<column>[^']+)' cannot be null$/] }],
  [
    "1364",
    NotNullViolation,
    "A column that needs a value got none",
    { names: [/^Field '(?<column>[^']+)' doesn't have a default value$/] },
  ],
  [
    "4025",
    CheckViolation,
    "A check constraint refused the row",
    { names: [/^CONSTRAINT `(?<constraint>[^`]+)` failed for `[^`]+`\.`(?<table>[^`]+)`$/] },
  ],
  ["3819", CheckViolation, "A check constraint refused the row", { names: [/^Check constraint '(?<constraint>[^']+)' is violated\.?$/] }],
  ["1369", CheckViolation, "The check option of a view refused the row"],
  ["23", ConstraintError, "A constraint refused the statement"],
  // Try again. The server ends the whole transaction with 1213, 1020 and 1206; with 1205 it undoes one statement and
  // would keep the others, so that is taken as the end as well.
  ["1213", DeadlockError, "Two transactions waited for each other; the server ended this one", { hint: again, fatal: true }],
  ["3058", DeadlockError, "Two sessions waited for each other's named locks", { hint: again }],
  [
    "1020",
    SerializationFailure,
    "The transaction met a change made beside it",
    { hint: again, fatal: true, names: [/in table '(?<table>[^']+)'/] },
  ],
  ["8022 8028 9007", SerializationFailure, "The transaction met a change made beside it", { hint: again, fatal: true }],
  ["1205", LockTimeout, "A lock was not free in time", { hint: again, fatal: true }],
  ["3572", LockTimeout, "A lock was not free, and the statement said not to wait"],
  ["1615", RetryableError, "A prepared statement must be prepared anew"],
  ["1206", QueryError, "The server has no room for more locks", { hint: "write fewer rows at a time", fatal: true }],
  ["1317 1969 3024 1028", TimeoutError, "The statement was stopped by its time limit or by a cancel request"],
  ["PROTOCOL_SEQUENCE_TIMEOUT", TimeoutError, "The client gave up waiting for the server", { outcome: "unknown", fatal: true }],
  // Sessions.
  [
    "1053 1077 1079 1080 1152 1158 1159 1160 1161 1184 1927 2006 2013 2055 3169 08 PROTOCOL_CONNECTION_LOST PROTOCOL_ENQUEUE_AFTER_QUIT PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR PROTOCOL_PACKETS_OUT_OF_ORDER CLIENT_CLOSED",
    ConnectionLost,
    "The connection broke",
    { outcome: "unknown" },
  ],
  ["4031", ConnectionLost, "The server ended the session: it was idle for too long", { outcome: "unknown" }],
  ["2002 2003 2005", ConnectionLost, "The database could not be reached", { hint: "check host and port, and that the server runs" }],
  [
    "1045 1130 1251 1698 1820 1862 3118 28 AUTH_SWITCH_PLUGIN_ERROR MYSQL_CLEAR_PASSWORD_NOT_ENABLED",
    ConnectionError,
    "The server refused the login",
    { hint: "check user, password and the server's access rules" },
  ],
  [
    "1129",
    ConnectionError,
    "The server blocks this host after too many failed connections",
    { hint: "an administrator must run FLUSH HOSTS" },
  ],
  ["1049", ConnectionError, "The database does not exist", { hint: "create it, or correct the URL" }],
  ["1046", ConnectionError, "No database is chosen", { hint: "name one in the URL" }],
  [
    "1040 1203 1226",
    ConnectionError,
    "The server has no connection left for us",
    { hint: "lower the size of the pools, or raise max_connections" },
  ],
  ["3032", ConnectionError, "The server is offline for users"],
  [
    "HANDSHAKE_NO_SSL_SUPPORT HANDSHAKE_SSL_ERROR HANDSHAKE_UNKNOWN_ERROR",
    ConnectionError,
    "The encrypted connection could not be set up",
    { hint: "check the SSL options of the URL" },
  ],
  // Transactions.
  [
    "1792 1290 1836",
    QueryError,
    "The transaction or the server is read only",
    { hint: "write in a transaction without readOnly, on the primary" },
  ],
  ["1568", QueryError, "The statement cannot run inside a transaction"],
  // Values. The messages quote them.
  [
    "1292 1366 1411 1525",
    QueryError,
    "The database cannot take a value of the statement",
    {
      hint: checkValue,
      names: [
        /^Incorrect [\w ]+ value: '.*' for column `[^`]+`\.`(?<table>[^`]+)`\.`(?<column>[^`]+)` at row \d+$/s,
        /^Incorrect [\w ]+ value: '.*' for column '(?<column>[^']+)' at row \d+$/s,
        /^(?:Truncated incorrect|Incorrect) (?<type>\w+) value: /,
      ],
    },
  ],
  [
    "1264 1265 1406",
    QueryError,
    "The value does not fit its column",
    { hint: checkValue, names: [/^(?:Out of range value|Data truncated|Data too long) for column '(?<column>[^']+)' at row \d+$/] },
  ],
  [
    "3140",
    QueryError,
    "The value is not valid JSON",
    { hint: checkValue, names: [/ in value for column '(?:(?<table>[^'.]+)\.)?(?<column>[^']+)'\.?$/] },
  ],
  ["1690 1367 22", QueryError, "The database cannot take a value of the statement", { hint: checkValue }],
  ["1365", QueryError, "The statement divides by zero"],
  ["1242", QueryError, "A subquery gave more than one row"],
  [
    "1153",
    QueryError,
    "The statement is larger than the server takes",
    { hint: "send fewer rows at a time, or raise max_allowed_packet", fatal: true },
  ],
  ["1390", QueryError, "The statement has too many parameters", { hint: "send fewer rows at a time" }],
  // The text of the statement.
  ["1146", QueryError, "The table does not exist", { hint: migrate, names: [/^Table '(?:[^'.]+\.)?(?<table>[^']+)' doesn't exist$/] }],
  ["1051", QueryError, "The table does not exist", { hint: migrate, names: [/^Unknown table '(?:[^'.]+\.)?(?<table>[^',]+)'$/] }],
  [
    "1054",
    QueryError,
    "The column does not exist",
    { hint: migrate, names: [/^Unknown column '(?:[\w$]+\.)*(?<column>[\w$]+)' in '[^']*'$/] },
  ],
  ["1052", QueryError, "The column name fits several tables", { names: [/^Column '(?<column>[^']+)' in /] }],
  [
    "1064 1149",
    QueryError,
    "The server could not parse the SQL",
    { hint: "driverError() holds the server's own words", names: [/ at line (?<line>\d+)$/] },
  ],
  [
    "1142 1143 1044 1227 1370",
    QueryError,
    "The user has no right to do this",
    { names: [/ for table '(?<table>[^']+)'$/, / for table `(?:[^`]+`\.`)?(?<table>[^`]+)`$/] },
  ],
  [
    "1305",
    QueryError,
    "The function, procedure or savepoint does not exist",
    { hint: "a missing savepoint means that the server ended the transaction" },
  ],
  ["1050", QueryError, "A table of this name exists already", { names: [/^Table '(?<table>[^']+)' already exists$/] }],
  ["1060", QueryError, "A column of this name exists already", { names: [/^Duplicate column name '(?<column>[^']+)'$/] }],
  ["1061 1826 3822", QueryError, "A key or constraint of this name exists already"],
  [
    "1005",
    QueryError,
    "The table or its foreign key could not be made",
    {
      hint: "a foreign key has a name of its own in the database, and refers to a key of the same type",
      names: [/^Can't create table `[^`]+`\.`(?<table>[^`]+)`/],
    },
  ],
  ["1091", QueryError, "What is to be dropped does not exist"],
  [
    "3730",
    ForeignKeyViolation,
    "Rows of another table may point here through a foreign key",
    {
      hint: "drop that table first, or drop with cascade",
      names: [/ by a foreign key constraint '(?<constraint>[^']+)' on table '(?<table>[^']+)'\.?$/],
    },
  ],
  [
    "1243 1461",
    QueryError,
    "A prepared statement is missing on the server, or it holds too many",
    { hint: "a proxy between us and the server needs prepare: false" },
  ],
  ["1210 1295", QueryError, "The server cannot run this as a prepared statement"],
  ["1644", QueryError, "A trigger or procedure raised an error", { hint: "driverError() holds its text" }],
  // Resources and damage.
  ["1021 1114", QueryError, "The disk or a table of the server is full"],
  ["1037 1038 1041 1135", QueryError, "The statement needs more memory than the server has"],
  [
    "1030 1034 1035 1194 1712",
    QueryError,
    "The server met damaged data or a failing disk",
    { hint: "look into the server's log", fatal: true },
  ],
]);

/** An error of `mysql2` as one of ours. One of ours passes unchanged. */
export function mapError(error: unknown): KakaError {
  if (error instanceof KakaError) return error;
  const fields = fieldsOf(error);
  const state = codeIn(fields.sqlState);
  const code = nativeCode(fields.errno, fields.code) ?? (isClosed(fields.message) ? "CLIENT_CLOSED" : undefined);
  const row = findRow(errors, [networkKey(fields), code ?? "", state?.slice(0, 2) ?? ""]);
  return buildError(row, code, namesIn(row, fields.sqlMessage), error);
}

/** True for errors after which the server has ended the transaction, and for 1205: what came before it must not be kept. */
export function isFatal(error: KakaError): boolean {
  return isFatalIn(errors, [error.nativeCode ?? ""], error);
}

// The client's names of errnos follow one server: 4025 has the name of another error. Negative numbers are the system's.
function nativeCode(errno: unknown, code: unknown): string | undefined {
  return typeof errno === "number" && errno > 0 ? String(errno) : codeIn(code);
}

function isClosed(message: unknown): boolean {
  return typeof message === "string" && / in closed state\b|^Connection lost|^Pool is closed/.test(message);
}
