/**
 * The public error tree. One class per reaction a caller can have; `code` is stable, `hint` says what to do next.
 * Values never enter a message, a stack or the JSON of an error: only names and types do.
 */

/** What is known about the effect of a statement or transaction that failed. */
export type Outcome = "applied" | "not_applied" | "unknown";

export interface ErrorDetails {
  /** The next action, one sentence. */
  readonly hint?: string | undefined;
  /** A stripped copy of what caused this error; see `causeOf`. */
  readonly cause?: unknown;
  readonly outcome?: Outcome | undefined;
  readonly retryable?: boolean | undefined;
  readonly model?: string | undefined;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly constraint?: string | undefined;
  /** Rows that stand in the way, by model. */
  readonly blocking?: Readonly<Record<string, number>> | undefined;
  /** The event that said no. */
  readonly event?: string | undefined;
  /** Versions of a row that was changed by others. */
  readonly expected?: number | undefined;
  readonly found?: number | null | undefined;
  /** The database's own code: SQLSTATE, errno or SQLite result code. */
  readonly nativeCode?: string | undefined;
}

const driverErrors = new WeakMap<object, unknown>();

/** The root of every error that kakaorm throws. */
export class KakaError extends Error {
  static readonly code: string = "KAKA_ERROR";
  readonly code: string;
  declare readonly hint?: string;
  declare readonly outcome?: Outcome;
  declare readonly retryable?: boolean;
  declare readonly model?: string;
  declare readonly table?: string;
  declare readonly columns?: readonly string[];
  declare readonly constraint?: string;
  declare readonly nativeCode?: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = new.target.code;
    const { cause: _, ...rest } = details;
    for (const [key, value] of Object.entries(rest)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true, writable: true, configurable: true });
    }
    if (this.hint) this.message = `${message} (${this.hint})`;
  }

  /** The error object of the client library, or undefined. It may quote values: never log it. */
  driverError(): unknown {
    return driverErrors.get(this);
  }

  /** Name, code, message and the facts; no values, no SQL parameters, no driver error. */
  toJSON(): Record<string, unknown> {
    const { name, code, message } = this;
    return { ...(this as object), name, code, message };
  }
}

/** Attaches the client library's own error where only `driverError()` finds it. @internal */
export function withDriverError<E extends KakaError>(error: E, driverError: unknown): E {
  driverErrors.set(error, driverError);
  return error;
}

/** Wrong use, found before any SQL is sent. */
export class UsageError extends KakaError {
  static override readonly code: string = "KAKA_USAGE";
}
/** SQL that this dialect cannot express; names the missing capability and an alternative. */
export class UnsupportedError extends UsageError {
  static override readonly code: string = "KAKA_UNSUPPORTED";
}
/** A value that its column cannot hold, found before SQL or while reading a row. */
export class ValueError extends UsageError {
  static override readonly code: string = "KAKA_VALUE";
}
/** One thing that is wrong with a row, as data. */
export interface ValidationDetail {
  /** The property; `*` for what is about several of them or none. */
  readonly field: string;
  /** A stable word such as `min_length`, `type` or `unique`; `custom` for rules without a name. */
  readonly rule: string;
  /** For people: without the field's name. */
  readonly message: string;
  /** What was given, never its value: the kind of thing (`string`, `null`), or its length where the rule counts. */
  readonly received?: string | number;
  /** Its place in an array of rows. */
  readonly index?: number;
  /** What the rule asks for: `expectedMin`, `expectedPattern` ... */
  readonly [expected: `expected${string}`]: unknown;
}

/** What is said about a constraint of the database; other rules have their messages in `validate/locales`. */
export const constraintMessages = {
  unique: "is taken already",
  unique_together: "is taken already, together with {expectedTogether}",
  foreign_key: "refers to a row that is not there",
  foreign_key_referred: "other rows refer to this one",
  foreign_key_either: "refers to a row that is not there, or other rows refer to this one",
  not_null: "must not be null",
  check: "breaks a rule of the database",
  constraint: "breaks a rule of the database",
} as const;

/** Messages by field, of several rows by `2.title`. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

function errorsByField(detail: readonly ValidationDetail[]): FieldErrors {
  const found = new Map<string, string[]>();
  for (const { field, index, message } of detail) {
    const key = index === undefined ? field : `${index}.${field}`;
    const messages = found.get(key);
    if (messages === undefined) found.set(key, [message]);
    else messages.push(message);
  }
  // A field may have been named by whoever sent the input: each is an own property here, `__proto__` included.
  return Object.fromEntries(found);
}

function detailOf(problem: Readonly<Record<string, string | readonly string[]>>): ValidationDetail[] {
  return Object.entries(problem).flatMap(([field, messages]) =>
    [messages].flat().map((message) => ({ field, rule: "custom", message: message as string })),
  );
}

/**
 * A row, insert or update that breaks the rules of its model; it tells everything that is wrong at once.
 * @example
 * throw new ValidationError({ endsAt: "must be after the start" });
 */
export class ValidationError extends KakaError {
  static override readonly code: string = "KAKA_VALIDATION";
  /** What is wrong, one entry each; empty where no field is to blame. */
  readonly detail: readonly ValidationDetail[];

  /** @param problem messages by field, or one message */
  constructor(
    problem: string | Readonly<Record<string, string | readonly string[]>>,
    details: ErrorDetails & { readonly detail?: readonly ValidationDetail[] } = {},
  ) {
    const { detail = typeof problem === "string" ? [] : detailOf(problem), ...rest } = details;
    super(
      typeof problem === "string" ? problem : `not valid: ${detail.map(({ field, message }) => `${field}: ${message}`).join("; ")}`,
      rest,
    );
    this.detail = detail;
  }

  /** The messages by field; those about no field alone are under `*`. */
  get errors(): FieldErrors {
    return this.detail.length === 0 ? { "*": [this.message] } : errorsByField(this.detail);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), errors: this.errors };
  }
}
/** Text that a user sent names what it may not: an answer to a request, its `status` says which. */
export class InputError extends ValidationError {
  static override readonly code: string = "KAKA_INPUT";
  /** HTTP: Bad Request. */
  readonly status: number = 400;
}

/** The database refused a statement. */
export class QueryError extends KakaError {
  static override readonly code: string = "KAKA_QUERY";
}
const referredRows = new WeakSet<ConstraintError>();

/** States that the columns are those of other rows, which refer to the one that was written. @internal */
export function markReferred(error: ConstraintError): void {
  referredRows.add(error);
}

/** A constraint said no: `errors` and `detail` name the properties, in the shape of a ValidationError. */
export class ConstraintError extends QueryError {
  static override readonly code: string = "KAKA_CONSTRAINT";
  /** The word of the entries. */
  static readonly rule: "unique" | "foreign_key" | "not_null" | "check" | "constraint" = "constraint";

  /** One entry for each column of the constraint; one of `*` where the database names none. */
  get detail(): readonly ValidationDetail[] {
    const { rule } = this.constructor as typeof ConstraintError;
    const referred = referredRows.has(this);
    const fields = this.columns?.length && !referred ? this.columns : ["*"];
    return fields.map((field) => {
      if (rule === "foreign_key" && field === "*")
        return { field, rule, message: constraintMessages[referred ? "foreign_key_referred" : "foreign_key_either"] };
      if (rule !== "unique" || fields.length === 1) return { field, rule, message: constraintMessages[rule] };
      const expectedTogether = fields.filter((other) => other !== field);
      const message = constraintMessages.unique_together.replace("{expectedTogether}", () => expectedTogether.join(", "));
      return { field, rule, message, expectedTogether };
    });
  }

  /** The messages by field. */
  get errors(): FieldErrors {
    return errorsByField(this.detail);
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), errors: this.errors, detail: this.detail };
  }
}
export class UniqueViolation extends ConstraintError {
  static override readonly code: string = "KAKA_UNIQUE";
  static override readonly rule = "unique";
}
export class ForeignKeyViolation extends ConstraintError {
  static override readonly code: string = "KAKA_FOREIGN_KEY";
  static override readonly rule = "foreign_key";
}
export class NotNullViolation extends ConstraintError {
  static override readonly code: string = "KAKA_NOT_NULL";
  static override readonly rule = "not_null";
}
export class CheckViolation extends ConstraintError {
  static override readonly code: string = "KAKA_CHECK";
  static override readonly rule = "check";
}
/** The same work may succeed when run again from its start. */
export class RetryableError extends QueryError {
  static override readonly code: string = "KAKA_RETRYABLE";
}
export class DeadlockError extends RetryableError {
  static override readonly code: string = "KAKA_DEADLOCK";
}
export class SerializationFailure extends RetryableError {
  static override readonly code: string = "KAKA_SERIALIZATION";
}
export class LockTimeout extends RetryableError {
  static override readonly code: string = "KAKA_LOCK_TIMEOUT";
}
/** A statement ran longer than its limit, or was cancelled by a signal. */
export class TimeoutError extends QueryError {
  static override readonly code: string = "KAKA_TIMEOUT";
}
/** The database could not be reached, or the line broke. */
export class ConnectionError extends KakaError {
  static override readonly code: string = "KAKA_CONNECTION";
}
export class PoolTimeout extends ConnectionError {
  static override readonly code: string = "KAKA_POOL_TIMEOUT";
}
export class ConnectionLost extends ConnectionError {
  static override readonly code: string = "KAKA_CONNECTION_LOST";
}
/** COMMIT was sent and its answer never came: the work may be there. Check by key before doing it again. */
export class CommitOutcomeUnknown extends KakaError {
  static override readonly code: string = "KAKA_COMMIT_UNKNOWN";
}
/** COMMIT was answered with a rollback: nothing of the transaction was kept. */
export class TransactionRolledBack extends KakaError {
  static override readonly code: string = "KAKA_ROLLED_BACK";
}
/** The database ended the transaction on its own; nothing more can run on this handle. */
export class TransactionLost extends KakaError {
  static override readonly code: string = "KAKA_TRANSACTION_LOST";
}
export class NotFoundError extends KakaError {
  static override readonly code: string = "KAKA_NOT_FOUND";
}
export class MultipleResultsError extends KakaError {
  static override readonly code: string = "KAKA_MULTIPLE_RESULTS";
}
/** The row that was to be changed is gone or was changed by somebody else. */
export class StaleObjectError extends KakaError {
  static override readonly code: string = "KAKA_STALE";
  /** Of a versioned model: the version that the change was based on. */
  declare readonly expected?: number;
  /** The version that the row has now; null: the row is gone. */
  declare readonly found?: number | null;
}
/** A hook or a receiver said no to a write: nothing of it was kept. */
export class HookAborted extends KakaError {
  static override readonly code: string = "KAKA_HOOK_ABORTED";
  /** The event that said no. */
  declare readonly event: string;
}
/** A relation that was to be loaded by then; names the prefetch to add. */
export class NotLoadedError extends UsageError {
  static override readonly code: string = "KAKA_NOT_LOADED";
}
/** A delete that the ORM refuses because other rows need this one. */
export class ProtectedError extends KakaError {
  static override readonly code: string = "KAKA_PROTECTED";
  /** The models whose rows refer to it, and how many do. */
  declare readonly blocking?: Readonly<Record<string, number>>;
}
export class MigrationError extends KakaError {
  static override readonly code: string = "KAKA_MIGRATION";
}
