/** The error tree: who is whose subclass, the pinned codes, and what an error prints. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as module from "../../src/errors.ts";
import {
  ConnectionLost,
  ConstraintError,
  DeadlockError,
  InputError,
  KakaError,
  UniqueViolation,
  ValidationError,
  withDriverError,
} from "../../src/errors.ts";
import { expectSilent, secret } from "../support/error-cases.ts";
import { expectGolden } from "../support/golden.ts";

type ErrorType = typeof KakaError;

const classes = Object.values(module).filter(
  (value): value is ErrorType => value === KakaError || Object.prototype.isPrototypeOf.call(KakaError, value),
);

function parentOf(type: ErrorType): string {
  return type === KakaError ? "Error" : Object.getPrototypeOf(type).name;
}

/** The whole tree, class by class with its parents up to the root. */
const lineages: Readonly<Record<string, string>> = {
  KakaError: "",
  UsageError: "KakaError",
  UnsupportedError: "UsageError KakaError",
  ValueError: "UsageError KakaError",
  ValidationError: "KakaError",
  HookAborted: "KakaError",
  InputError: "ValidationError KakaError",
  QueryError: "KakaError",
  ConstraintError: "QueryError KakaError",
  UniqueViolation: "ConstraintError QueryError KakaError",
  ForeignKeyViolation: "ConstraintError QueryError KakaError",
  NotNullViolation: "ConstraintError QueryError KakaError",
  CheckViolation: "ConstraintError QueryError KakaError",
  RetryableError: "QueryError KakaError",
  DeadlockError: "RetryableError QueryError KakaError",
  SerializationFailure: "RetryableError QueryError KakaError",
  LockTimeout: "RetryableError QueryError KakaError",
  TimeoutError: "QueryError KakaError",
  ConnectionError: "KakaError",
  PoolTimeout: "ConnectionError KakaError",
  ConnectionLost: "ConnectionError KakaError",
  CommitOutcomeUnknown: "KakaError",
  TransactionRolledBack: "KakaError",
  TransactionLost: "KakaError",
  NotFoundError: "KakaError",
  MultipleResultsError: "KakaError",
  StaleObjectError: "KakaError",
  NotLoadedError: "UsageError KakaError",
  ProtectedError: "KakaError",
  MigrationError: "KakaError",
};

describe("the tree", () => {
  it("holds these classes", () => {
    expect(classes.map((type) => type.name).sort()).toEqual(Object.keys(lineages).sort());
  });

  it.each(classes.map((type) => [type.name, type] as const))("%s", (name, type) => {
    const error = new type("words");
    const ancestors = new Set([name, ...(lineages[name] ?? "").split(" ")]);
    for (const other of classes) expect(error instanceof other, other.name).toBe(ancestors.has(other.name));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, code: type.code, message: "words" });
    expect(error.cause).toBeUndefined();
    expect(error.driverError()).toBeUndefined();
    const fields = error instanceof ValidationError || error instanceof ConstraintError ? ["detail", "errors"] : [];
    const facts = type === InputError ? ["status"] : [];
    expect(Object.keys(JSON.parse(JSON.stringify(error))).sort()).toEqual(["code", "message", "name", ...fields, ...facts].sort());
  });

  it("has a code of its own for every class, and none changes", () => {
    expect(new Set(classes.map((type) => type.code)).size).toBe(classes.length);
    const lines = classes.map((type) => `${type.code} ${type.name} < ${parentOf(type)}`).sort();
    expectGolden("error-codes.txt", lines.join("\n"));
  });
});

describe("what an error prints", () => {
  const error = withDriverError(
    new UniqueViolation("A row with this key exists already", {
      hint: "choose another",
      cause: { name: "DatabaseError", code: "23505" },
      outcome: "not_applied",
      retryable: false,
      model: "Author",
      table: "author",
      columns: ["email"],
      constraint: "author_key",
      nativeCode: "23505",
    }),
    Object.assign(new Error(`Key (email)=(${secret})`), { detail: secret, params: [secret] }),
  );

  it("is its facts, with the hint in the message", () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "UniqueViolation",
      code: "KAKA_UNIQUE",
      message: "A row with this key exists already (choose another)",
      hint: "choose another",
      outcome: "not_applied",
      retryable: false,
      model: "Author",
      table: "author",
      columns: ["email"],
      constraint: "author_key",
      nativeCode: "23505",
      errors: { email: ["is taken already"] },
      detail: [{ field: "email", rule: "unique", message: "is taken already" }],
    });
    expect(inspect(error)).toContain("author_key");
    expect(error.cause).toEqual({ name: "DatabaseError", code: "23505" });
  });

  it("is never the client's own error, which driverError() gives", () => {
    expectSilent(error);
    expectSilent(new ConnectionLost("around it", { cause: error }));
    expect(Object.values(Object.getOwnPropertyDescriptors(error)).some(({ value }) => value === error.driverError())).toBe(false);
    expect(inspect(error.driverError(), { depth: 10 })).toContain(secret);
  });

  it("keeps facts that were not given out of the way", () => {
    expect(new DeadlockError("x", { table: undefined, hint: undefined }).message).toBe("x");
    expect(new DeadlockError("x", { table: undefined }).table).toBeUndefined();
  });
});
