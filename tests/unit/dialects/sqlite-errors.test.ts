/** SQLite errors: every row of the table, and those that the three client libraries can be brought to say. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sqlite3 from "sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errors, isFatal, mapError } from "../../../src/dialects/sqlite/errors.ts";
import {
  CheckViolation,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  ForeignKeyViolation,
  LockTimeout,
  NotNullViolation,
  QueryError,
  RetryableError,
  SerializationFailure,
  TimeoutError,
  TransactionLost,
  UniqueViolation,
} from "../../../src/errors.ts";
import {
  describeServer,
  type ErrorClass,
  expectMapped,
  type Facts,
  failure,
  secret,
  testForeign,
  testRows,
} from "../../support/error-cases.ts";
import { nodeWithSqlite } from "../../support/newer-node.ts";
import { messageOnly, setup, statements } from "../../support/sqlite-error-cases.ts";

const meanings: Readonly<Record<string, string>> = {
  "SQLITE_ERROR:transaction": "cannot commit - no transaction is active",
  "SQLITE_ERROR:nested": "cannot start a transaction within a transaction",
  "SQLITE_ERROR:savepoint": `no such savepoint: ${secret}`,
  "SQLITE_ERROR:value": "malformed JSON",
  "SQLITE_ERROR:table": `no such table: "${secret}"`,
  "SQLITE_ERROR:column": `no such column: "${secret}" - should this be a string literal in single-quotes?`,
  "SQLITE_ERROR:ambiguous": `ambiguous column name: '${secret}'`,
  "SQLITE_ERROR:function": `no such function: ${secret}`,
  "SQLITE_ERROR:exists": `table '${secret}' already exists`,
  "SQLITE_ERROR:syntax": `near "${secret}": syntax error`,
  "SQLITE_ERROR:parameters": "too many SQL variables",
};

function synthetic(key: string): unknown {
  if (key === "CLIENT_CLOSED") return new TypeError("The database connection is not open");
  if (key === "CLIENT_CANTOPEN") return new TypeError("Cannot open database because the directory does not exist");
  return Object.assign(new Error(meanings[key] ?? `about ${secret}`), { code: key.replace(/:.*/, "") });
}

describe("table", () => {
  testRows(
    { errors, mapError, isFatal },
    [
      ["SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_ROWID", UniqueViolation],
      ["SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation],
      ["SQLITE_CONSTRAINT_NOTNULL", NotNullViolation],
      ["SQLITE_CONSTRAINT_CHECK", CheckViolation],
      ["SQLITE_CONSTRAINT SQLITE_CONSTRAINT_TRIGGER", ConstraintError],
      ["SQLITE_BUSY_SNAPSHOT", SerializationFailure, "retryable"],
      ["SQLITE_BUSY SQLITE_LOCKED SQLITE_PROTOCOL", LockTimeout, "retryable"],
      ["SQLITE_SCHEMA", RetryableError, "retryable"],
      ["SQLITE_INTERRUPT", TimeoutError, "fatal"],
      ["SQLITE_FULL SQLITE_NOMEM SQLITE_CORRUPT SQLITE_ABORT_ROLLBACK", QueryError, "fatal"],
      ["SQLITE_IOERR", QueryError, "unknown fatal"],
      ["SQLITE_ERROR:transaction", TransactionLost],
      ["SQLITE_CANTOPEN CLIENT_CANTOPEN SQLITE_NOTADB", ConnectionError],
      ["CLIENT_CLOSED", ConnectionLost],
      ["SQLITE_ABORT SQLITE_READONLY SQLITE_PERM SQLITE_AUTH SQLITE_NOLFS SQLITE_RANGE", QueryError],
      ["SQLITE_CONSTRAINT_DATATYPE SQLITE_MISMATCH SQLITE_TOOBIG SQLITE_ERROR:value", QueryError],
      ["SQLITE_ERROR:table SQLITE_ERROR:column SQLITE_ERROR:ambiguous SQLITE_ERROR:function SQLITE_ERROR:exists", QueryError],
      ["SQLITE_ERROR:syntax SQLITE_ERROR:parameters SQLITE_ERROR:nested SQLITE_ERROR:savepoint", QueryError],
    ],
    synthetic,
  );
  testForeign({ errors, mapError, isFatal });

  it.each([
    [2067, "SQLITE_CONSTRAINT_UNIQUE", UniqueViolation],
    [1555, "SQLITE_CONSTRAINT_PRIMARYKEY", UniqueViolation],
    [2579, "SQLITE_CONSTRAINT_ROWID", UniqueViolation],
    [787, "SQLITE_CONSTRAINT_FOREIGNKEY", ForeignKeyViolation],
    [1299, "SQLITE_CONSTRAINT_NOTNULL", NotNullViolation],
    [275, "SQLITE_CONSTRAINT_CHECK", CheckViolation],
    [1811, "SQLITE_CONSTRAINT_TRIGGER", ConstraintError],
    [3091, "SQLITE_CONSTRAINT_DATATYPE", QueryError],
    [5, "SQLITE_BUSY", LockTimeout],
    [261, "SQLITE_BUSY", LockTimeout],
    [773, "SQLITE_BUSY", LockTimeout],
    [517, "SQLITE_BUSY_SNAPSHOT", SerializationFailure],
    [6, "SQLITE_LOCKED", LockTimeout],
    [262, "SQLITE_LOCKED", LockTimeout],
    [9, "SQLITE_INTERRUPT", TimeoutError],
    [778, "SQLITE_IOERR", QueryError],
    [516, "SQLITE_ABORT_ROLLBACK", QueryError],
    [13, "SQLITE_FULL", QueryError],
    [11, "SQLITE_CORRUPT", QueryError],
    [26, "SQLITE_NOTADB", ConnectionError],
    [1032, "SQLITE_READONLY", QueryError],
    [1, "SQLITE_ERROR", QueryError],
    [200, undefined, QueryError],
  ] as const)("reads the number %i as %s", (errcode, code, type) => {
    const node = Object.assign(new Error(secret), { code: "ERR_SQLITE_ERROR", errcode, errstr: "constraint failed" });
    const facts = { nativeCode: code ?? "ERR_SQLITE_ERROR", outcome: code === "SQLITE_IOERR" ? "unknown" : "not_applied" } as const;
    expectMapped(mapError(node), node, type, facts);
    const better = Object.assign(new Error(secret), { code: `UNKNOWN_SQLITE_ERROR_${errcode}` });
    expectMapped(mapError(better), better, type, { ...facts, nativeCode: code ?? `UNKNOWN_SQLITE_ERROR_${errcode}` });
  });

  it("takes an extended name it does not know for its primary code", () => {
    const full = mapError(Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_SHMSIZE" }));
    expect(full.nativeCode).toBe("SQLITE_IOERR_SHMSIZE");
    expect(isFatal(full)).toBe(true);
  });
});

const check = (original: unknown, code: string, type: ErrorClass, facts: Facts = {}) => {
  const mapped = mapError(original);
  expectMapped(mapped, original, type, { nativeCode: code, ...facts });
  return mapped;
};
const refused = statements.map(([code, type, sql, params = [], facts = {}]) => ({
  code,
  type,
  sql,
  short: sql.slice(0, 80),
  params,
  facts,
}));

interface Better {
  exec(sql: string): void;
  prepare(sql: string): {
    readonly reader: boolean;
    all(...params: unknown[]): unknown;
    run(...params: unknown[]): unknown;
    iterate(): Iterator<unknown>;
  };
  close(): void;
}
// The library ships no types, and its binary belongs to one version of Node.
const Database: new (path: string, options?: object) => Better = createRequire(import.meta.url)("better-sqlite3");

await describeServer(
  "better-sqlite3",
  async () => new Database(":memory:").close(),
  () => {
    let folder: string;
    let path: string;
    let database: Better;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "kaka-err-"));
      path = join(folder, "a.db");
      database = new Database(":memory:");
      database.exec(setup);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each(refused)("$code: $short", async ({ code, type, sql, params, facts }) => {
      const original = await failure(() => {
        const statement = database.prepare(sql);
        return statement.reader ? statement.all(...params) : statement.run(...params);
      });
      check(original, code, type, { ...facts, retryable: false });
    });

    it("says what it found in words of our own", async () => {
      const original = await failure(() => database.prepare("insert into author (email, age) values (?, 1)").run(secret));
      expect(mapError(original).message).toBe(
        "A row with this key exists already: table author, columns email, age [SQLITE_CONSTRAINT_UNIQUE]",
      );
    });

    it("locks, snapshots and readers of one file", async () => {
      const first = new Database(path, { timeout: 0 });
      const second = new Database(path, { timeout: 0 });
      first.exec("pragma journal_mode = wal; create table t (a text); insert into t values ('x')");
      first.exec("begin immediate");
      check(await failure(() => second.prepare("insert into t values (?)").run(secret)), "SQLITE_BUSY", LockTimeout, { retryable: true });
      first.exec("commit");
      second.exec("begin; select * from t");
      first.exec("insert into t values ('y')");
      const original = await failure(() => second.prepare("insert into t values (?)").run(secret));
      expect(isFatal(check(original, "SQLITE_BUSY_SNAPSHOT", SerializationFailure, { retryable: true }))).toBe(false);
      second.exec("rollback; begin");
      check(await failure(() => second.exec("begin")), "SQLITE_ERROR", QueryError);
      second.close();
      const reader = new Database(path, { readonly: true });
      check(await failure(() => reader.prepare("insert into t values (?)").run(secret)), "SQLITE_READONLY", QueryError);
      reader.close();
      const shared = first.prepare("select * from t").iterate();
      shared.next();
      expect(mapError(await failure(() => first.exec("drop table t"))).nativeCode).toBeUndefined();
      shared.return?.();
      first.close();
    });

    it("a full disk ends the transaction", async () => {
      const small = new Database(join(folder, "small.db"));
      small.exec("create table t (a text); pragma max_page_count = 3; begin");
      const original = await failure(() => small.prepare("insert into t values (?)").run(secret.repeat(2000)));
      expect(isFatal(check(original, "SQLITE_FULL", QueryError, { outcome: "not_applied" }))).toBe(true);
      small.close();
    });

    it("files that are no database, damaged or missing", async () => {
      const other = join(folder, "text.db");
      writeFileSync(other, secret.repeat(200));
      check(await failure(() => new Database(other).prepare("select * from t").all()), "SQLITE_NOTADB", ConnectionError);
      const damaged = join(folder, "damaged.db");
      const whole = new Database(damaged);
      whole.exec("create table t (a text)");
      for (let n = 0; n < 500; n += 1) whole.prepare("insert into t values (?)").run(secret);
      whole.close();
      const bytes = readFileSync(damaged);
      writeFileSync(damaged, bytes.fill(0xff, 4096));
      expect(
        isFatal(check(await failure(() => new Database(damaged).prepare("select * from t").all()), "SQLITE_CORRUPT", QueryError)),
      ).toBe(true);
      check(await failure(() => new Database("/no/such.db", { fileMustExist: true })), "CLIENT_CANTOPEN", ConnectionError);
      check(await failure(() => new Database(join(folder, "none.db"), { fileMustExist: true })), "SQLITE_CANTOPEN", ConnectionError);
    });

    it("a closed database", async () => {
      const closed = new Database(":memory:");
      closed.close();
      check(await failure(() => closed.prepare("select 1")), "CLIENT_CLOSED", ConnectionLost);
    });
  },
);

describe("sqlite3", () => {
  let database: sqlite3.Database;
  const run = (target: sqlite3.Database, sql: string, params: readonly unknown[] = []) =>
    new Promise<void>((resolve, reject) => target.all(sql, params, (error: Error | null) => (error ? reject(error) : resolve())));
  beforeAll(async () => {
    database = new sqlite3.Database(":memory:");
    await new Promise<void>((resolve, reject) => database.exec(setup, (error) => (error ? reject(error) : resolve())));
  });

  it.each(refused)("$code: $short", async ({ code, type, sql, params, facts }) => {
    check(await failure(() => run(database, sql, params)), messageOnly[code] ?? code, type, { ...facts, retryable: false });
  });

  it("interrupt may have ended the transaction", async () => {
    const running = failure(() =>
      run(database, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n where i <> ?", [secret]),
    );
    setTimeout(() => database.interrupt(), 50);
    expect(isFatal(check(await running, "SQLITE_INTERRUPT", TimeoutError, { retryable: false }))).toBe(true);
  });

  it("a closed database and a missing file", async () => {
    await new Promise((resolve) => database.close(resolve));
    check(await failure(() => run(database, "select ?", [secret])), "CLIENT_CLOSED", ConnectionLost);
    const missing = await new Promise((resolve) => void new sqlite3.Database("/no/such.db", sqlite3.OPEN_READONLY, resolve));
    check(missing, "SQLITE_CANTOPEN", ConnectionError);
  });
});

if (nodeWithSqlite === null && process.env.KAKA_REQUIRE_ALL !== "1")
  console.log("skipped: node:sqlite needs Node 24, and none is installed");

describe.skipIf(nodeWithSqlite === null && process.env.KAKA_REQUIRE_ALL !== "1")("node:sqlite", () => {
  type Properties = Readonly<Record<string, string | number>> | null;
  let found: { readonly errors: readonly Properties[]; readonly closed: Properties; readonly missing: Properties };
  beforeAll(() => {
    if (nodeWithSqlite === null) throw new Error("node:sqlite needs Node 24, and none is installed");
    const script = fileURLToPath(new URL("../../support/node-sqlite-errors.mjs", import.meta.url));
    const input = JSON.stringify({ setup, statements: refused.map(({ sql, params }) => [sql, params]) });
    const child = spawnSync(nodeWithSqlite, ["--no-warnings", script], { input, encoding: "utf8" });
    if (child.status !== 0) throw new Error(child.stderr);
    found = JSON.parse(child.stdout);
  });
  const thrown = (properties: Properties | undefined) => {
    if (!properties) throw new Error("expected a failure, but the statement ran");
    return Object.assign(new Error(String(properties.message)), properties);
  };

  it.each(refused.map((each, index) => ({ ...each, index })))("$code: $short", ({ code, type, facts, index }) => {
    check(thrown(found.errors[index]), code, type, { ...facts, retryable: false });
  });

  it("a closed database and a missing file", () => {
    check(thrown(found.closed), "CLIENT_CLOSED", ConnectionLost);
    check(thrown(found.missing), "SQLITE_CANTOPEN", ConnectionError);
  });
});
