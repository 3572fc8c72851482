/** MySQL and MariaDB errors: every row of the table, and those that a real server can be brought to say. */
import mysql from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errors, isFatal, mapError } from "../../../src/dialects/mysql/errors.ts";
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
  RetryableError,
  SerializationFailure,
  TimeoutError,
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
import { routine, statements, tables, user } from "../../support/mysql-error-cases.ts";

function synthetic(key: string): unknown {
  const sqlMessage = `Something '${secret}' for key 'a' with CONSTRAINT \`${secret}\``;
  const details = { sqlMessage, sql: `select '${secret}'` };
  if (key === "connect") return Object.assign(new Error(secret), { code: "ENOENT", errno: -2, syscall: "connect", fatal: true });
  if (key === "tls") return Object.assign(new Error(secret), { code: "ERR_SSL_WRONG_VERSION_NUMBER", fatal: true });
  if (key === "CLIENT_CLOSED") return Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true });
  if (/^\d\d$/.test(key)) return Object.assign(new Error(sqlMessage), details, { errno: 65_000, sqlState: `${key}000` });
  if (/^\d+$/.test(key))
    return Object.assign(new Error(sqlMessage), details, { code: "ER_SOMETHING", errno: Number(key), sqlState: "HY000" });
  return Object.assign(new Error(secret), { code: key, errno: -104, fatal: true });
}

describe("table", () => {
  testRows(
    { errors, mapError, isFatal },
    [
      ["1062 1586 1022 1169 1557 1761 1762 1859", UniqueViolation],
      ["1452 1216 1451 1217 3730", ForeignKeyViolation],
      ["1048 1263 1364", NotNullViolation],
      ["4025 3819 1369", CheckViolation],
      ["23", ConstraintError],
      ["1213", DeadlockError, "retryable fatal"],
      ["3058", DeadlockError, "retryable"],
      ["1020 8022 8028 9007", SerializationFailure, "retryable fatal"],
      ["1205", LockTimeout, "retryable fatal"],
      ["3572", LockTimeout, "retryable"],
      ["1615", RetryableError, "retryable"],
      ["1317 1969 3024 1028", TimeoutError],
      ["PROTOCOL_SEQUENCE_TIMEOUT", TimeoutError, "unknown fatal"],
      ["1053 1077 1079 1080 1152 1158 1159 1160 1161 1184 1927 2006 2013 2055 3169 4031 08", ConnectionLost, "unknown"],
      ["PROTOCOL_CONNECTION_LOST PROTOCOL_ENQUEUE_AFTER_QUIT PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR", ConnectionLost, "unknown"],
      ["PROTOCOL_PACKETS_OUT_OF_ORDER CLIENT_CLOSED", ConnectionLost, "unknown"],
      ["ECONNRESET EPIPE ECONNABORTED ETIMEDOUT ESHUTDOWN ENOTCONN", ConnectionLost, "unknown"],
      ["ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END", ConnectionLost, "unknown"],
      ["connect ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH EHOSTDOWN EADDRNOTAVAIL 2002 2003 2005", ConnectionLost],
      ["tls EPROTO CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN", ConnectionError],
      ["UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY", ConnectionError],
      ["1045 1130 1251 1698 1820 1862 3118 28 AUTH_SWITCH_PLUGIN_ERROR MYSQL_CLEAR_PASSWORD_NOT_ENABLED", ConnectionError],
      ["1129 1049 1046 1040 1203 1226 3032", ConnectionError],
      ["HANDSHAKE_NO_SSL_SUPPORT HANDSHAKE_SSL_ERROR HANDSHAKE_UNKNOWN_ERROR", ConnectionError],
      ["1206 1153 1030 1034 1035 1194 1712", QueryError, "fatal"],
      ["1792 1290 1836 1568 1292 1366 1411 1525 1264 1265 1406 3140 1690 1367 22 1365 1242 1390", QueryError],
      ["1146 1051 1054 1052 1064 1149 1142 1143 1044 1227 1370 1305 1050 1060 1061 1826 3822 1005 1091", QueryError],
      ["1243 1461 1210 1295 1644 1021 1114 1037 1038 1041 1135", QueryError],
    ],
    synthetic,
  );
  testForeign({ errors, mapError, isFatal });

  it("takes no value for a name", () => {
    const facts = (errno: number, sqlMessage: string) => {
      const { constraint, table, columns, message } = mapError(
        Object.assign(new Error(sqlMessage), { errno, sqlMessage, sqlState: "HY000" }),
      );
      expect(message).not.toContain(secret);
      return { constraint, table, columns };
    };
    const none = { constraint: undefined, table: undefined, columns: undefined };
    expect(facts(1062, `Duplicate entry '${secret}' for key 'author.k'`)).toEqual({ ...none, constraint: "k", table: "author" });
    expect(facts(1062, `Duplicate entry 'x\n' for key '${secret}' for key 'k'`)).toEqual({ ...none, constraint: "k" });
    // Another language, another order of words: nothing is read at all.
    expect(facts(1062, `Doppelter Eintrag 'x' for key '${secret}' für Schlüssel 'k'`)).toEqual(none);
    expect(facts(1062, `Duplicate entry 'x' for key '${secret}`)).toEqual(none);
    expect(facts(1366, `Incorrect integer value: 'x' for column '${secret}' at row 1' for column 'a' at row 1`)).toEqual({
      ...none,
      columns: ["a"],
    });
    expect(facts(1064, `You have an error near '${secret}' at line 7`)).toEqual(none);
  });

  it("reads both sides of a composite foreign key", () => {
    const sqlMessage =
      "Cannot add or update a child row: a foreign key constraint fails (`d`.`post`, CONSTRAINT `fk` FOREIGN KEY (`a`, `b`) REFERENCES `x` (`c`, `d`))";
    const mapped = mapError(Object.assign(new Error(sqlMessage), { errno: 1452, sqlMessage }));
    expect({ ...mapped }).toMatchObject({ constraint: "fk", table: "post", columns: ["a", "b"] });
  });
});

const servers = [
  ["MariaDB", process.env.KAKA_MARIADB_URL ?? "mysql://root@127.0.0.1:3306/test"],
  ["MySQL, newest", process.env.KAKA_MYSQL_NEW_URL ?? "mysql://root@127.0.0.1:3307/test"],
] as const;

for (const [name, url] of servers) {
  const connect = async () => {
    const connection = await mysql.createConnection(url);
    // A session that gets killed says so in an event as well.
    connection.on("error", () => undefined);
    return connection;
  };
  await describeServer(
    name,
    async () => (await connect()).end(),
    () => {
      let client: mysql.Connection;
      let other: mysql.Connection;
      let maria = false;
      const drop = async () => {
        await client.query("drop view if exists kaka_err_adult");
        await client.query("drop table if exists kaka_err_post, kaka_err_author, kaka_err_guarded");
        await client.query(`drop user if exists ${user}`);
      };
      beforeAll(async () => {
        client = await connect();
        other = await connect();
        const [rows] = await client.query<mysql.RowDataPacket[]>("select version() as version");
        maria = String(rows[0]?.version).includes("MariaDB");
        await drop();
        for (const sql of [...tables, routine]) await client.query(sql);
      });
      afterAll(async () => {
        await other.query("rollback");
        await client.query("rollback");
        await drop();
        await Promise.all([client.end(), other.end()]);
      });

      const check = (original: unknown, code: string, type: ErrorClass, facts: Facts = {}) => {
        const mapped = mapError(original);
        expectMapped(mapped, original, type, { nativeCode: code, ...facts });
        return mapped;
      };

      const refused = statements.map(([code, type, sql, params = [], facts = {}, only = null]) => ({
        code,
        type,
        sql,
        params,
        facts,
        only,
      }));
      it.each(refused)("$code: $sql", async ({ code, type, sql, params, facts, only }) => {
        if (only !== null && only !== (maria ? "mariadb" : "mysql")) {
          // The other family has another code for this, in a row of its own.
          const elsewhere = mapError(await failure(() => client.execute(sql, [...params])));
          expect(elsewhere).toBeInstanceOf(type);
          expect(elsewhere.nativeCode).not.toBe(code);
          return;
        }
        const original = await failure(() => client.execute(sql, [...params]));
        const table = maria && code === "1062" ? undefined : facts.table;
        expect(isFatal(check(original, code, type, { retryable: false, ...facts, ...(facts.table && { table }) }))).toBe(false);
      });

      it("keeps a text sent through the client-side formatter silent", async () => {
        const original = await failure(() => client.query("insert into kaka_err_post values (?, 77)", [secret]));
        expectMapped(mapError(original), original, QueryError, { nativeCode: "1366", columns: ["id"] });
        const syntax = check(await failure(() => client.query("select ? from", [secret])), "1064", QueryError);
        expect(syntax.message).toContain(": at line 1 [1064]");
      });

      it("says what it found in words of our own", async () => {
        const original = await failure(() => client.execute("insert into kaka_err_post values (3, 77)"));
        expect(mapError(original).message).toBe(
          "A foreign key has no row to point at: constraint kaka_err_fk, table kaka_err_post, column author_id [1452]",
        );
      });

      it("names a key whose value is long and full of quotes", async () => {
        for (const length of [1, 50, 190, 230]) {
          const email = `${secret}' for key 'evil' ${"z".repeat(length)}' for key 'worse`.slice(0, 250);
          await client.execute("insert into kaka_err_author (id, email) values (?, ?)", [100 + length, email]);
          const original = await failure(() => client.execute("insert into kaka_err_author (id, email) values (?, ?)", [99, email]));
          check(original, "1062", UniqueViolation, { constraint: "author_email" });
        }
      });

      it("deadlock ends the transaction", async () => {
        await client.query("start transaction");
        await other.query("start transaction");
        await client.execute("update kaka_err_author set age = 5 where id = 1");
        await other.execute("update kaka_err_author set age = 6 where id = 2");
        const results = await Promise.allSettled([
          client.execute("update kaka_err_author set email = ? where id = 2", [`${secret}1`]),
          other.execute("update kaka_err_author set email = ? where id = 1", [`${secret}2`]),
        ]);
        await client.query("rollback");
        await other.query("rollback");
        const rejected = results.filter((result) => result.status === "rejected");
        expect(rejected).toHaveLength(1);
        expect(isFatal(check(rejected[0]?.reason, "1213", DeadlockError, { retryable: true }))).toBe(true);
      });

      it("lock timeout and NOWAIT", async () => {
        await other.query("start transaction");
        await other.execute("select * from kaka_err_author where id = 1 for update");
        await client.query("set innodb_lock_wait_timeout = 1");
        const late = await failure(() => client.execute("update kaka_err_author set email = ? where id = 1", [secret]));
        expect(isFatal(check(late, "1205", LockTimeout, { retryable: true }))).toBe(true);
        const now = await failure(() =>
          client.execute("select * from kaka_err_author where id = 1 and email <> ? for update nowait", [secret]),
        );
        expect(isFatal(check(now, maria ? "1205" : "3572", LockTimeout, { retryable: true }))).toBe(maria);
        await other.query("rollback");
      });

      it("a change made beside a snapshot (MariaDB), which ends the transaction", async () => {
        if (!maria) {
          const original = await failure(() => client.query("set innodb_snapshot_isolation = 1"));
          expect(mapError(original).nativeCode).toBe("1193");
          return;
        }
        await client.query("set innodb_snapshot_isolation = 1");
        await client.query("start transaction with consistent snapshot");
        await client.execute("insert into kaka_err_author (id, email) values (70, 'lost')");
        await other.execute("update kaka_err_author set age = 9 where id = 1");
        const original = await failure(() => client.execute("update kaka_err_author set email = ? where id = 1", [secret]));
        const mapped = check(original, "1020", SerializationFailure, { retryable: true, table: "kaka_err_author" });
        expect(isFatal(mapped)).toBe(true);
        const [left] = await client.query<mysql.RowDataPacket[]>(
          "select @@in_transaction as open, (select count(*) from kaka_err_author where id = 70) as n",
        );
        expect({ ...left[0] }).toEqual({ open: 0, n: 0 });
        await client.query("set innodb_snapshot_isolation = 0");
      });

      it("statement timeout and cancel", async () => {
        const slow =
          "select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c where a.table_name <> ?";
        await client.query(maria ? "set max_statement_time = 0.05" : "set max_execution_time = 50");
        check(await failure(() => client.execute(slow, [secret])), maria ? "1969" : "3024", TimeoutError, { retryable: false });
        await client.query(maria ? "set max_statement_time = 0" : "set max_execution_time = 0");
        const running = failure(() => client.execute(slow, [secret]));
        await new Promise((resolve) => setTimeout(resolve, 100));
        await other.query(`kill query ${client.threadId}`);
        expect(isFatal(check(await running, "1317", TimeoutError))).toBe(false);
      });

      it("read only, savepoints and levels out of place", async () => {
        await client.query("start transaction read only");
        check(await failure(() => client.execute("insert into kaka_err_author (id, email) values (9, ?)", [secret])), "1792", QueryError);
        check(await failure(() => client.query("set transaction isolation level serializable")), "1568", QueryError);
        await client.query("rollback");
        check(await failure(() => client.query("rollback to savepoint nowhere")), "1305", QueryError);
      });

      it("logins, rights and limits of a user", async () => {
        await client.query(`create user ${user} identified by '${secret}' with max_user_connections 1`);
        const target = new URL(url);
        const as = (username: string, password: string, pathname: string) =>
          Object.assign(new URL(target), { username, password, pathname }).href;
        const wrong = await failure(() => mysql.createConnection(as(user, `${secret}wrong`, "")));
        check(wrong, "1045", ConnectionError, { outcome: "not_applied" });
        check(await failure(() => mysql.createConnection(as(user, secret, target.pathname))), "1044", QueryError);
        const limited = await mysql.createConnection(as(user, secret, ""));
        check(await failure(() => mysql.createConnection(as(user, secret, ""))), "1226", ConnectionError);
        check(await failure(() => limited.query("select * from t")), "1046", ConnectionError);
        const rights = await failure(() => limited.query(`select '${secret}' from ${target.pathname.slice(1)}.kaka_err_author`));
        check(rights, "1142", QueryError, { table: "kaka_err_author" });
        check(await failure(() => limited.query("set global max_connections = 10")), "1227", QueryError);
        await limited.end();
      });

      it("connections that cannot be made", async () => {
        const attempt = (change: Partial<URL>) => failure(() => mysql.createConnection(Object.assign(new URL(url), change).href));
        check(await attempt({ pathname: "/kaka_err_none" }), "1049", ConnectionError);
        check(await attempt({ port: "1", password: secret }), "ECONNREFUSED", ConnectionLost, { outcome: "not_applied" });
        check(await attempt({ hostname: "no.such.host.invalid" }), "ENOTFOUND", ConnectionLost, { outcome: "not_applied" });
      });

      it("sessions that end", async () => {
        const killed = await connect();
        const running = failure(() => killed.execute("select sleep(5), ?", [secret]));
        await new Promise((resolve) => setTimeout(resolve, 100));
        await other.query(`kill ${killed.threadId}`);
        expect(isFatal(check(await running, "PROTOCOL_CONNECTION_LOST", ConnectionLost, { outcome: "unknown", retryable: false }))).toBe(
          true,
        );
        check(await failure(() => killed.execute("select ?", [secret])), "CLIENT_CLOSED", ConnectionLost, { outcome: "unknown" });
      });

      it("client limit", async () => {
        const hasty = await connect();
        const original = await failure(() => hasty.query({ sql: "select sleep(0.3), ?", values: [secret], timeout: 30 }));
        expect(isFatal(check(original, "PROTOCOL_SEQUENCE_TIMEOUT", TimeoutError, { outcome: "unknown" }))).toBe(true);
        hasty.destroy();
      });
    },
  );
}
