/** PostgreSQL errors: every row of the table, and those that a real server can be brought to say. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errors, isFatal, mapError } from "../../../src/dialects/postgres/errors.ts";
import {
  CheckViolation,
  ConnectionError,
  ConnectionLost,
  ConstraintError,
  DeadlockError,
  ForeignKeyViolation,
  LockTimeout,
  NotNullViolation,
  QueryError,
  SerializationFailure,
  TimeoutError,
  TransactionLost,
  TransactionRolledBack,
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
import { role, schema, statements, tables } from "../../support/postgres-error-cases.ts";

const clientErrors: Readonly<Record<string, string>> = {
  CLIENT_CLOSED: "Connection terminated unexpectedly",
  CLIENT_CONNECT_TIMEOUT: "timeout expired",
  CLIENT_TIMEOUT: "Query read timeout",
  CLIENT_LOGIN: "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string",
  CLIENT_TLS: "The server does not support SSL connections",
};

function synthetic(key: string): unknown {
  if (key === "connect") return Object.assign(new Error(`connect ENOENT ${secret}`), { code: "ENOENT", syscall: "connect" });
  if (key === "tls") return Object.assign(new Error(secret), { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
  if (clientErrors[key] !== undefined) return new Error(clientErrors[key]);
  const [code = "", severity = "FATAL"] = key.split(":");
  return Object.assign(new Error(`something about ${secret}`), {
    name: "error",
    code: code.length === 2 ? `${code}ZZZ` : code,
    severity,
    detail: `Key (a, b)=(${secret}, 1) exists. Failing row contains (${secret})`,
    where: secret,
    internalQuery: secret,
    hint: secret,
  });
}

describe("table", () => {
  testRows(
    { errors, mapError, isFatal },
    [
      ["23505", UniqueViolation],
      ["23503 23001", ForeignKeyViolation],
      ["23502", NotNullViolation],
      ["23514 44000", CheckViolation],
      ["23P01 23 27000 40002", ConstraintError],
      ["40P01", DeadlockError, "retryable"],
      ["40001", SerializationFailure, "retryable"],
      ["55P03", LockTimeout, "retryable"],
      ["40003", QueryError, "unknown"],
      ["40 40000", TransactionRolledBack],
      ["57014", TimeoutError],
      ["CLIENT_TIMEOUT", TimeoutError, "unknown fatal"],
      ["08 57P01 57P02 57P04 CLIENT_CLOSED", ConnectionLost, "unknown"],
      ["ECONNRESET EPIPE ECONNABORTED ETIMEDOUT ESHUTDOWN ENOTCONN", ConnectionLost, "unknown"],
      ["ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END", ConnectionLost, "unknown"],
      ["connect ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH EHOSTDOWN EADDRNOTAVAIL", ConnectionLost],
      ["57P03 57P05 25P03 25P04 CLIENT_CONNECT_TIMEOUT", ConnectionLost],
      ["28 28000 28P01 53300 CLIENT_LOGIN CLIENT_TLS", ConnectionError],
      ["tls EPROTO CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN", ConnectionError],
      ["UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY", ConnectionError],
      ["3D000", ConnectionError],
      ["25P01", TransactionLost],
      ["08P01:ERROR 25P02 25006 25001 25 3B001 3B", QueryError],
      ["22 22000 22001 22003 22007 22008 22012 22021 22023 22P02 22P03 22P05 21000", QueryError],
      ["42 42000 42P01 42703 42702 42601 42501 42883 42804 42846 42P18 42P02 42P07 42710 42701 42P05 26000", QueryError],
      ["3F000 2BP01 55006 0A000 P0001 53 53100 53200 54 54000 54001 58 XX XX001 XX002", QueryError],
    ],
    synthetic,
  );
  testForeign({ errors, mapError, isFatal });

  it("reads names of a detail, never its values", () => {
    const columns = (code: string, detail: string) => mapError(Object.assign(new Error("x"), { code, detail, severity: "ERROR" })).columns;
    expect(columns("23505", `Key (a, "B, c")=(1, ${secret}) already exists.`)).toEqual(["a", "B, c"]);
    expect(columns("23505", `Key (a, "say ""x""")=(1, 2) already exists.`)).toEqual(["a", 'say "x"']);
    expect(columns("23505", `Key (a)=(${secret})=(x) already exists.`)).toEqual(["a"]);
    expect(columns("23505", `Key ("a)=(${secret}")=(x) already exists.`)).toBeUndefined();
    expect(columns("23505", `Key (lower(a), b)=(${secret}, x) already exists.`)).toBeUndefined();
    expect(columns("23503", `Key (a, b)=(1, 2) is not present in table "t".`)).toEqual(["a", "b"]);
    expect(columns("23503", `Key (id)=(1) is still referenced from table "t".`)).toBeUndefined();
    expect(columns("23514", `Key (a)=(1) already exists.`)).toBeUndefined();
  });

  it("tells connecting from a broken line", () => {
    const system = { code: "ETIMEDOUT", syscall: "connect" };
    expect(mapError(Object.assign(new Error("x"), system)).outcome).toBe("not_applied");
    expect(mapError(Object.assign(new Error("x"), { code: "ETIMEDOUT", syscall: "read" })).outcome).toBe("unknown");
    expect(mapError(Object.assign(new AggregateError([system, system]), { code: "ETIMEDOUT" })).outcome).toBe("not_applied");
  });
});

const servers = [
  ["PostgreSQL", process.env.KAKA_POSTGRES_URL ?? "postgresql://postgres@127.0.0.1:5432/test"],
  ["PostgreSQL, newest", process.env.KAKA_POSTGRES_NEW_URL ?? "postgresql://postgres@127.0.0.1:5433/test"],
] as const;

for (const [name, url] of servers) {
  const connect = async () => {
    const client = new pg.Client(url);
    // A session that gets killed says so in an event as well.
    client.on("error", () => undefined);
    await client.connect();
    await client.query(`set search_path = ${schema}; set deadlock_timeout = '50ms'`);
    return client;
  };
  await describeServer(
    name,
    async () => (await connect()).end(),
    () => {
      let client: pg.Client;
      let other: pg.Client;
      let major = 0;
      beforeAll(async () => {
        client = await connect();
        other = await connect();
        major = Math.floor(Number((await client.query("show server_version_num")).rows[0].server_version_num) / 10_000);
        await client.query(`drop schema if exists ${schema} cascade; create schema ${schema}; drop role if exists ${role}`);
        await client.query(`create role ${role} login connection limit 0; grant usage on schema ${schema} to ${role}; ${tables}`);
      });
      afterAll(async () => {
        await client.query("rollback; reset all; reset role");
        await client.query(`drop schema if exists ${schema} cascade; drop role if exists ${role}`);
        await Promise.all([client.end(), other.end()]);
      });

      const check = (original: unknown, code: string, type: ErrorClass, facts: Facts = {}) => {
        const mapped = mapError(original);
        expectMapped(mapped, original, type, { nativeCode: code, ...facts });
        return mapped;
      };

      const refused = statements.map(([code, type, sql, params = [], facts = {}]) => ({ code, type, sql, params, facts }));
      it.each(refused)("$code: $sql", async ({ code, type, sql, params, facts }) => {
        const original = await failure(() => (params.length > 0 ? client.query(sql, [...params]) : client.query(sql)));
        expect(isFatal(check(original, code, type, { ...facts, retryable: false }))).toBe(code === "25P01");
      });

      it("says what it found in words of our own", async () => {
        const unique = mapError(await failure(() => client.query("insert into author (id, email, age) values (3, $1, 1)", [secret])));
        expect(unique.message).toBe("A row with this key exists already: constraint author_key, table author, columns email, age [23505]");
        const value = mapError(await failure(() => client.query("select $1::int", [secret])));
        expect(value.message).toContain(": type integer [22P02]");
        const syntax = mapError(await failure(() => client.query(`select 1 fromm x where a = '${secret}'`)));
        expect(syntax.message).toContain(": at character 16 [42601]");
      });

      it("ON DELETE RESTRICT", async () => {
        const original = await failure(() => client.query("delete from author where id = 2"));
        check(original, major >= 18 ? "23001" : "23503", ForeignKeyViolation, { constraint: "strict_author", table: "strict_post" });
      });

      it("deadlock", async () => {
        await client.query("begin");
        await other.query("begin");
        await client.query("update author set nick = 'a' where id = 1");
        await other.query("update author set nick = 'b' where id = 2");
        const results = await Promise.allSettled([
          client.query("update author set nick = left($1, 3) where id = 2", [secret]),
          other.query("update author set nick = left($1, 3) where id = 1", [secret]),
        ]);
        await client.query("rollback");
        await other.query("rollback");
        const rejected = results.filter((result) => result.status === "rejected");
        expect(rejected).toHaveLength(1);
        check(rejected[0]?.reason, "40P01", DeadlockError, { retryable: true });
      });

      it("serialization failure", async () => {
        await client.query("begin isolation level repeatable read");
        await client.query("select * from author");
        await other.query("update author set born = '2020-01-01' where id = 1");
        const original = await failure(() => client.query("update author set nick = left($1, 3) where id = 1", [secret]));
        check(original, "40001", SerializationFailure, { retryable: true });
        check(await failure(() => client.query("select $1::text", [secret])), "25P02", QueryError);
        await client.query("rollback");
      });

      it("lock timeout and NOWAIT", async () => {
        await other.query("begin");
        await other.query("select * from author where id = 1 for update");
        await client.query("set lock_timeout = 50");
        check(await failure(() => client.query("update author set email = $1 where id = 1", [secret])), "55P03", LockTimeout, {
          retryable: true,
        });
        check(
          await failure(() => client.query("select $1::text from author where id = 1 for update nowait", [secret])),
          "55P03",
          LockTimeout,
          {
            retryable: true,
          },
        );
        await client.query("set lock_timeout = 0");
        await other.query("rollback");
      });

      it("statement timeout and cancel", async () => {
        await client.query("set statement_timeout = 50");
        check(await failure(() => client.query("select pg_sleep(5), $1::text", [secret])), "57014", TimeoutError, { retryable: false });
        await client.query("set statement_timeout = 0");
        const pid = (await client.query("select pg_backend_pid() pid")).rows[0].pid;
        const running = failure(() => client.query("select pg_sleep(5), $1::text", [secret]));
        await new Promise((resolve) => setTimeout(resolve, 50));
        await other.query("select pg_cancel_backend($1)", [pid]);
        expect(isFatal(check(await running, "57014", TimeoutError))).toBe(false);
      });

      it("read only, savepoint and autocommit-only statements", async () => {
        await client.query("begin read only");
        check(await failure(() => client.query("insert into author (id, email) values (9, $1)", [secret])), "25006", QueryError);
        await client.query("rollback");
        await client.query("begin");
        check(await failure(() => client.query("rollback to savepoint nowhere")), "3B001", QueryError);
        await client.query("rollback");
        await client.query("begin");
        check(await failure(() => client.query("create database kaka_err_none")), "25001", QueryError);
        await client.query("rollback");
      });

      it("prepared statements that changed, clash or are wanted twice", async () => {
        await client.query("create table changing (a int)");
        await client.query({ name: "kaka_err_changing", text: "select * from changing where $1 <> ''", values: [secret] });
        await client.query("alter table changing add column b int");
        const original = await failure(() =>
          client.query({ name: "kaka_err_changing", text: "select * from changing where $1 <> ''", values: [secret] }),
        );
        check(original, "0A000", QueryError);
        await client.query("prepare kaka_err_twice as select 1");
        check(await failure(() => client.query("prepare kaka_err_twice as select 1")), "42P05", QueryError);
      });

      it("missing rights", async () => {
        await client.query(`set role ${role}`);
        check(await failure(() => client.query("select * from author where email = $1", [secret])), "42501", QueryError, {
          table: "author",
        });
        await client.query("reset role");
      });

      it("sessions that end", async () => {
        const killed = await connect();
        const pid = (await killed.query("select pg_backend_pid() pid")).rows[0].pid;
        const running = failure(() => killed.query("select pg_sleep(5), $1::text", [secret]));
        await new Promise((resolve) => setTimeout(resolve, 50));
        await other.query("select pg_terminate_backend($1)", [pid]);
        expect(isFatal(check(await running, "57P01", ConnectionLost, { outcome: "unknown", retryable: false }))).toBe(true);
        check(await failure(() => killed.query("select $1::text", [secret])), "CLIENT_CLOSED", ConnectionLost, { outcome: "unknown" });
        const ended = await connect();
        const lost = failure(() => ended.query("select pg_sleep(5), $1::text", [secret]));
        ended.connection.stream.destroy();
        check(await lost, "CLIENT_CLOSED", ConnectionLost, { outcome: "unknown" });
      });

      it("sessions that the server ends for idling or slowness", async () => {
        const last = async (before: readonly string[]) => {
          const idle = await connect();
          const event = new Promise<unknown>((resolve) => idle.once("error", resolve));
          for (const sql of before) await idle.query(sql);
          return event;
        };
        check(await last(["begin", "set local idle_in_transaction_session_timeout = 20"]), "25P03", ConnectionLost, {
          outcome: "not_applied",
        });
        check(await last(["set idle_session_timeout = 20"]), "57P05", ConnectionLost);
        if (major >= 17) check(await last(["begin", "set local transaction_timeout = 20"]), "25P04", ConnectionLost);
      });

      it("client limit", async () => {
        const hasty = new pg.Client({ connectionString: url, query_timeout: 30 });
        hasty.on("error", () => undefined);
        await hasty.connect();
        const mapped = check(await failure(() => hasty.query("select pg_sleep(0.2), $1::text", [secret])), "CLIENT_TIMEOUT", TimeoutError, {
          outcome: "unknown",
        });
        expect(isFatal(mapped)).toBe(true);
        await hasty.end();
      });

      it("connections that cannot be made", async () => {
        const attempt = (change: (target: URL) => void) => {
          const target = new URL(url);
          change(target);
          return failure(() => new pg.Client(target.href).connect());
        };
        check(
          await attempt((target) => Object.assign(target, { username: "kaka_err_nobody", password: secret })),
          "28000",
          ConnectionError,
        );
        check(await attempt((target) => Object.assign(target, { pathname: "/kaka_err_none" })), "3D000", ConnectionError);
        check(await attempt((target) => Object.assign(target, { username: role })), "53300", ConnectionError);
        check(await attempt((target) => Object.assign(target, { port: "1" })), "ECONNREFUSED", ConnectionLost, { outcome: "not_applied" });
        check(await attempt((target) => Object.assign(target, { hostname: "no.such.host.invalid" })), "ENOTFOUND", ConnectionLost);
      });
    },
  );
}

describe("PGlite", () => {
  it("speaks the same codes", async () => {
    const { PGlite } = await import("@electric-sql/pglite");
    const lite = await PGlite.create();
    await lite.exec("create table author (email text constraint author_key unique)");
    await lite.query("insert into author values ($1)", [secret]);
    const cases: readonly (readonly [string, string, ErrorClass, Facts?])[] = [
      ["insert into author values ($1)", "23505", UniqueViolation, { constraint: "author_key", table: "author", columns: ["email"] }],
      ["select $1::int", "22P02", QueryError],
      ["select nothing from author where email = $1", "42703", QueryError, { columns: ["nothing"] }],
    ];
    for (const [sql, code, type, facts] of cases) {
      const original = await failure(() => lite.query(sql, [secret]));
      expectMapped(mapError(original), original, type, { nativeCode: code, ...facts });
    }
    await lite.close();
    const closed = await failure(() => lite.query("select $1::text", [secret]));
    expectMapped(mapError(closed), closed, ConnectionLost, { nativeCode: "CLIENT_CLOSED", outcome: "unknown" });
  });
});
