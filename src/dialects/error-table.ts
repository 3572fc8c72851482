/**
 * What the error tables of the dialects share: their rows, reading names out of a server's message, and building our error.
 * Only names leave a driver's error: what can quote a value is never copied. Layer 4.
 */
import {
  ConnectionError,
  ConnectionLost,
  type ErrorDetails,
  type KakaError,
  type Outcome,
  QueryError,
  RetryableError,
  TransactionLost,
  withDriverError,
} from "../errors.ts";

type ErrorClass = new (message: string, details?: ErrorDetails) => KakaError;

/** What a table knows about a native code besides its class and meaning. */
export interface RowFacts {
  readonly hint?: string;
  /** `not_applied` unless told. */
  readonly outcome?: Outcome;
  /** True when the server ends the transaction together with this error; the classes that mean it need no mark. */
  readonly fatal?: boolean;
  /**
   * Where names stand in the server's message, first match wins. Groups: `table`, `column`, `columns` (a list), `constraint`,
   * `qualified` (a list of table.column), `type`, `line`. Anchored, so that a value in the same message cannot pose as a name.
   */
  readonly names?: readonly RegExp[];
}

/** Native codes separated by blanks, the class they become, what they mean, and the rest. */
export type Row = readonly [codes: string, type: ErrorClass, meaning: string, facts?: RowFacts];

export interface ErrorRow extends RowFacts {
  readonly type: ErrorClass;
  readonly meaning: string;
}

export type ErrorTable = ReadonlyMap<string, ErrorRow>;

export function errorTable(rows: readonly Row[]): ErrorTable {
  return new Map(
    rows.flatMap(([codes, type, meaning, facts]) => codes.split(" ").map((code) => [code, { type, meaning, ...facts }] as const)),
  );
}

/** Names found in an error of a client library. */
export interface NameFacts {
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  /** A place or type, as words: `type integer`, `at line 3`. */
  readonly note?: string | undefined;
}

const unknown: ErrorRow = {
  type: QueryError,
  meaning: "The database or its client refused the statement",
  hint: "driverError() holds the client's own error; it may quote values",
};

/** Failures of the line itself: codes of Node's sockets, the same for every server. */
export const networkRows: readonly Row[] = [
  [
    "ECONNRESET EPIPE ECONNABORTED ETIMEDOUT ESHUTDOWN ENOTCONN ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END",
    ConnectionLost,
    "The connection broke",
    { outcome: "unknown" },
  ],
  [
    "connect ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH EHOSTDOWN EADDRNOTAVAIL",
    ConnectionLost,
    "The database could not be reached",
    { hint: "check host and port, and that the server runs" },
  ],
  [
    "tls EPROTO CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    ConnectionError,
    "The encrypted connection could not be set up",
    { hint: "check the server's certificate and the SSL options of the URL" },
  ],
];

/** The row of a failure that shows in no code: while connecting nothing was sent yet, and TLS has codes without end. */
export function networkKey(fields: Fields): "connect" | "tls" | "" {
  // A host with several addresses fails with one error around those of all addresses.
  const { syscall } = Array.isArray(fields.errors) ? fieldsOf(fields.errors[0]) : fields;
  if (syscall === "connect" || syscall === "getaddrinfo") return "connect";
  return typeof fields.code === "string" && /^ERR_(?:SSL|TLS)_/.test(fields.code) ? "tls" : "";
}

export type Fields = Readonly<Record<string, unknown>>;

/** The properties of anything that was thrown. */
export function fieldsOf(error: unknown): Fields {
  return typeof error === "object" && error !== null ? (error as Fields) : {};
}

/** A name as an error may carry it; undefined for what is none. */
export function nameIn(value: unknown): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with a line break would forge lines in a log
  return typeof value === "string" && value !== "" && value.length <= 256 && !/[\u0000-\u001f\u007f]/.test(value) ? value : undefined;
}

/** A code as an error may carry it: letters, digits, underscore. */
export function codeIn(value: unknown): string | undefined {
  return typeof value === "string" && /^\w{1,64}$/.test(value) ? value : undefined;
}

/** The first row that one of the keys names. */
export function findRow(table: ErrorTable, keys: readonly string[]): ErrorRow {
  for (const key of keys) {
    const row = table.get(key);
    if (row) return row;
  }
  return unknown;
}

/** Reads the names that a row's patterns find in a message. */
export function namesIn(row: ErrorRow, message: unknown): NameFacts {
  if (typeof message !== "string") return {};
  for (const pattern of row.names ?? []) {
    const groups = pattern.exec(message)?.groups;
    if (!groups) continue;
    const qualified = groups.qualified?.split(", ").map(splitQualified);
    const columns = groups.columns?.split(", ").map(unquoted) ?? qualified?.map(([, column]) => column);
    const column = nameIn(groups.column);
    const type = nameIn(groups.type);
    const line = nameIn(groups.line);
    return {
      constraint: nameIn(groups.constraint),
      table: nameIn(groups.table ?? qualified?.[0]?.[0]),
      columns: columns?.every((name) => nameIn(name) !== undefined) ? columns : column === undefined ? undefined : [column],
      note: type === undefined ? line && `at line ${line}` : `type ${type}`,
    };
  }
  return {};
}

function splitQualified(text: string): readonly [table: string, column: string] {
  const dot = text.indexOf(".");
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function unquoted(name: string): string {
  return name.replace(/^(["`])(.*)\1$/, "$2");
}

/** Our error for a row and the names found; the client's own error is kept where only `driverError()` finds it. */
export function buildError(row: ErrorRow, nativeCode: string | undefined, names: NameFacts, driverError: unknown): KakaError {
  const { constraint, table, columns, note } = names;
  const places = [
    constraint && `constraint ${constraint}`,
    table && `table ${table}`,
    columns && `${columns.length === 1 ? "column" : "columns"} ${columns.join(", ")}`,
    note,
  ].filter((part) => part !== undefined);
  const message = `${row.meaning}${places.length > 0 ? `: ${places.join(", ")}` : ""}${nativeCode ? ` [${nativeCode}]` : ""}`;
  const details: ErrorDetails = {
    hint: row.hint,
    outcome: row.outcome ?? "not_applied",
    retryable: row.type === RetryableError || row.type.prototype instanceof RetryableError,
    nativeCode,
    constraint,
    table,
    columns,
    cause: strippedCause(driverError, nativeCode, constraint, table),
  };
  return withDriverError(
    withCallers(() => new row.type(message, details)),
    driverError,
  );
}

/** The frames between a driver's answer and the caller of a model's method. */
const ownFrames = 15;

/** The way from the driver up is as long as a stack usually is: without more of it the caller's own line is cut off. */
function withCallers(make: () => KakaError): KakaError {
  const { stackTraceLimit } = Error;
  // Where the property is frozen the stack stays short.
  const raised = stackTraceLimit > 0 && Reflect.set(Error, "stackTraceLimit", stackTraceLimit + ownFrames);
  try {
    return make();
  } finally {
    if (raised) Error.stackTraceLimit = stackTraceLimit;
  }
}

// Not an Error: the stack of one begins with its message, and loggers print it.
function strippedCause(error: unknown, code: string | undefined, constraint: string | undefined, table: string | undefined): object {
  const facts = { name: codeIn(fieldsOf(error).name) ?? "Error", code, constraint, table };
  return Object.freeze(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)));
}

/** Whether the transaction, or the whole session, is over after this error. */
export function isFatalIn(table: ErrorTable, keys: readonly string[], error: KakaError): boolean {
  if (error instanceof ConnectionLost || error instanceof TransactionLost) return true;
  const row = findRow(table, keys);
  return row.fatal === true && error instanceof row.type;
}
