import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../../src/errors.ts";
import {
  closedPort,
  connect,
  control,
  describeIfUsable,
  driverOf,
  failure,
  open,
  rows,
  run,
  SERVERS,
  select,
  silentServer,
  until,
  value,
  withTable,
} from "./support.ts";

function behaviour(url: string): void {
  it("has a pool of equal connections, numbered from 1, with server facts", async () => {
    const driver = await driverOf(url);
    expect(driver).toMatchObject({ name: "mysql2", family: "mysql", topology: "many", synchronous: false, aliasedRows: true });
    const [a, b] = [await open(driver), await open(driver, "read")];
    expect([a.id, b.id]).toEqual([1, 2]);
    expect(a.server.flavour).toBe(/mariadb/i.test(String(await value(a, "select version()"))) ? "mariadb" : "mysql");
    expect(String(await value(a, "select version()")).startsWith(a.server.version)).toBe(true);
  });

  it("gives aliased objects, and arrays with names for raw SQL", async () => {
    const db = await connect(url);
    expect(await rows(db, "select ? as c0, ? as c1, null as c2, '?' as c3", 7, "ä𝄞'\\")).toEqual([
      { c0: 7, c1: "ä𝄞'\\", c2: null, c3: "?" },
    ]);
    const raw = await db.execute(select("select 1 as a, 2 as a, 'x' as b"), { names: true });
    expect(raw.rows).toEqual([[1, 2, "x"]]);
    expect(raw.names).toEqual(["a", "a", "b"]);
    expect((await db.execute(select("select 1 as a"))).names).toEqual([]);
  });

  it("delivers the forms that the codecs read", async () => {
    const db = await connect(url);
    const columns =
      "a bigint unsigned, b bigint, c decimal(20,5), d datetime(3), e date, f json, g blob, h bit(2), i tinyint(1), j double, k time(3), l varchar(20)";
    await withTable(db, "kd_my_forms", columns, async () => {
      const values = [18446744073709551615n, -9007199254740993n, "1234567890123.12345", "2024-02-03 04:05:06.789", "2024-02-29"];
      const more = ['{"a": [1]}', new Uint8Array([0, 255]), 2, 1, 0.1, "-12:00:00.500", "𝄞"];
      const marks = Array.from({ length: 12 }, () => "?").join(", ");
      expect(await run(db, `insert into kd_my_forms values (${marks})`, ...values, ...more)).toMatchObject({ affected: 1, insertId: null });
      const [row] = await rows(db, "select * from kd_my_forms");
      expect(row).toMatchObject({ a: "18446744073709551615", b: "-9007199254740993", c: "1234567890123.12345", i: 1, j: 0.1, l: "𝄞" });
      expect(row).toMatchObject({ d: Date.UTC(2024, 1, 3, 4, 5, 6, 789), e: "2024-02-29", f: '{"a": [1]}', k: "-12:00:00.5" });
      expect(row).toMatchObject({ g: Buffer.from([0, 255]), h: Buffer.from([2]) });
    });
  });

  it("gives an instant as milliseconds, and as text where a Date would take it for another or the caller reads it", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_instants", "a int primary key, d datetime(6), t timestamp(3) null, n datetime null", async () => {
      // What a server keeps that is not strict.
      await control(db, "set sql_mode = 'ALLOW_INVALID_DATES'");
      const instants = [
        "2024-02-29 23:59:59.999999",
        "0099-12-31 00:00:00",
        "1000-01-01 00:00:00.5",
        "1969-12-31 23:59:59.9",
        "9999-12-31",
      ];
      const none = ["0000-00-00 00:00:00", "2024-00-10 01:02:03", "2024-01-00 00:00:00", "2023-02-29 01:00:00.25"];
      for (const [i, text] of [...instants, ...none].entries())
        await run(db, "insert into kd_my_instants values (?, ?, '2024-03-10 07:30:00.001', null)", i, text);
      const found = await rows(db, "select d as c0, t as c1, n as c2 from kd_my_instants order by a");
      expect(found.map((row) => (row as Record<string, unknown>)["c0"])).toEqual([
        Date.parse("2024-02-29T23:59:59.999Z"),
        "0099-12-31 00:00:00.000000",
        Date.parse("1000-01-01T00:00:00.500Z"),
        Date.parse("1969-12-31T23:59:59.900Z"),
        Date.parse("9999-12-31T00:00:00.000Z"),
        "0000-00-00 00:00:00.000000",
        "2024-00-10 01:02:03.000000",
        "2024-01-00 00:00:00.000000",
        "2023-02-29 01:00:00.250000",
      ]);
      expect(found[0]).toMatchObject({ c1: Date.parse("2024-03-10T07:30:00.001Z"), c2: null });
      const raw = await db.execute(select("select d, t, n from kd_my_instants where a = 0"), { names: true });
      expect(raw.rows).toEqual([["2024-02-29 23:59:59.999999", "2024-03-10 07:30:00.001", null]]);
    });
  });

  it("compares integers as integers, not as floating-point numbers", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_exact", "a bigint primary key, s varchar(20)", async () => {
      await run(db, "insert into kd_my_exact values (?, ?), (?, ?)", 9007199254740992n, "5", 9007199254740993n, "x");
      expect(await rows(db, "select s as c0 from kd_my_exact where a = ?", 9007199254740993n)).toEqual([{ c0: "x" }]);
      expect(await value(db, "select json_type(json_extract(json_array(?), '$[0]'))", 5)).toBe("INTEGER");
      expect(await rows(db, "select s as c0 from kd_my_exact order by a limit ? offset ?", 1, 1)).toEqual([{ c0: "x" }]);
    });
  });

  it("tells affected as matched rows, and generated keys", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_keys", "id bigint auto_increment primary key, a int", async () => {
      expect(await run(db, "insert into kd_my_keys (a) values (?), (?)", 1, 2)).toMatchObject({ affected: 2, insertId: 1 });
      expect(await run(db, "update kd_my_keys set a = 1 where a = 1")).toMatchObject({ affected: 1, insertId: null });
      await run(db, "insert into kd_my_keys (id) values (?)", 9007199254740993n);
      expect(await run(db, "insert into kd_my_keys (a) values (3)")).toMatchObject({ insertId: 9007199254740994n });
    });
  });

  it("sets the session up and reads it back", async () => {
    const db = await connect(url);
    const mode = String(await value(db, "select @@sql_mode"))
      .split(",")
      .sort();
    expect(mode).toEqual(
      [
        "ERROR_FOR_DIVISION_BY_ZERO",
        "NO_ENGINE_SUBSTITUTION",
        "NO_UNSIGNED_SUBTRACTION",
        "NO_ZERO_DATE",
        "NO_ZERO_IN_DATE",
        "ONLY_FULL_GROUP_BY",
        "STRICT_TRANS_TABLES",
      ].sort(),
    );
    expect(await value(db, "select concat_ws(' ', @@time_zone, @@character_set_client, @@character_set_results)")).toBe(
      "+00:00 utf8mb4 utf8mb4",
    );
    expect(await value(db, "select @@innodb_lock_wait_timeout")).toBe(2);
    const limit = db.server.flavour === "mariadb" ? "@@max_statement_time * 1000" : "@@max_execution_time";
    expect(Number(await value(db, `select ${limit}`))).toBe(31_500);
    const free = await connect(url, { lockTimeoutMs: 0, statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0 });
    expect(Number(await value(free, `select ${limit}`))).toBe(0);
    expect(Number(await value(free, "select @@innodb_lock_wait_timeout"))).toBeGreaterThan(1_000_000);
  });

  it("refuses stacked statements and keeps the flags pinned", async () => {
    const db = await connect(url);
    expect((await failure(() => rows(db, "select 1; select 2"))).code).toBe("ER_PARSE_ERROR");
    expect((await failure(() => control(db, "set @a = 1; set @b = 2"))).code).toBe("ER_PARSE_ERROR");
    await failure(() => control(db, "load data local infile '/etc/hostname' into table kd_nothing"));
    expect(db.alive).toBe(true);
  });

  it("follows the transaction, after rows and after errors too", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_status", "a int primary key", async () => {
      expect(db.status()).toBe("idle");
      await control(db, "start transaction");
      expect(db.status()).toBe("open");
      await rows(db, "select 1 as c0");
      expect(db.status()).toBe("open");
      await run(db, "insert into kd_my_status values (1)");
      expect((await failure(() => run(db, "insert into kd_my_status values (1)"))).code).toBe("ER_DUP_ENTRY");
      expect(db.status()).toBe("open");
      await control(db, "commit");
      expect(db.status()).toBe("idle");
      await rows(db, "select 1 as c0");
      expect(db.status()).toBe("idle");
      await control(db, "start transaction");
      // DDL ends the transaction without asking.
      await run(db, "create table if not exists kd_my_status (a int)");
      expect(db.status()).toBe("idle");
    });
  });

  it("knows that a statement with rows began a transaction", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_implicit", "a int", async () => {
      await run(db, "set autocommit = 0");
      await rows(db, "select a as c0 from kd_my_implicit");
      expect(db.status()).toBe("open");
      expect(await db.reset()).toBe(true);
      await rows(db, "select a as c0 from kd_my_implicit");
      expect(db.status()).toBe("idle");
    });
  });

  it("knows that a deadlock ended the transaction", async () => {
    const [a, b] = [await connect(url), await connect(url)];
    await withTable(a, "kd_my_dead", "a int primary key, n int", async () => {
      await run(a, "insert into kd_my_dead values (1, 0), (2, 0)");
      for (const db of [a, b]) await control(db, "start transaction");
      await run(a, "update kd_my_dead set n = 1 where a = 1");
      await run(b, "update kd_my_dead set n = 1 where a = 2");
      const both = await Promise.allSettled([
        run(a, "update kd_my_dead set n = 2 where a = 2"),
        run(b, "update kd_my_dead set n = 2 where a = 1"),
      ]);
      const lost = both.findIndex((one) => one.status === "rejected");
      expect(both[lost]).toMatchObject({ reason: { code: "ER_LOCK_DEADLOCK" } });
      expect([a, b].map((db) => db.status())).toEqual(lost === 0 ? ["idle", "open"] : ["open", "idle"]);
      for (const db of [a, b]) await control(db, "rollback");
    });
  });

  it("prepares a text once, and closes what was prepared for one use", async () => {
    const db = await connect(url);
    const count = async (): Promise<number> =>
      Number((await rows(db, "show session status like 'Com_stmt_prepare'")).map((row) => Object.values(row)[1])[0]);
    // Texts: given a number, the server prepares a bare placeholder again for its type, and counts that.
    await rows(db, "select ? as c0", "a");
    await count();
    const before = await count();
    for (let i = 0; i < 5; i++) await rows(db, "select ? as c0", `b${i}`);
    expect((await count()) - before).toBe(0);
    for (let i = 0; i < 3; i++) await db.execute({ ...select("select ? as c0, 5 as c1", `c${i}`), prepare: false });
    expect((await count()) - before).toBe(3);
    const plain = await connect(url, { prepare: false });
    expect(await rows(plain, "select ? as c0", 4)).toEqual([{ c0: 4 }]);
  });

  it("runs statements that cannot be prepared", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_lock", "a int", async () => {
      expect((await rows(db, "check table kd_my_lock")).length).toBe(1);
      await run(db, "lock tables kd_my_lock write");
      await run(db, "unlock tables");
      await run(db, "drop procedure if exists kd_my_proc");
      await run(db, "create procedure kd_my_proc() begin select 1 as c0 union select 2; end");
      expect(await rows(db, "call kd_my_proc()")).toEqual([{ c0: 1 }, { c0: 2 }]);
      await run(db, "drop procedure kd_my_proc");
    });
  });

  it("cancels the statement that runs", async () => {
    const db = await connect(url);
    const started = performance.now();
    const sleeping = Promise.resolve(
      rows(db, "select count(*) as c0 from information_schema.columns a, information_schema.columns b, information_schema.columns c"),
    ).catch((error: { code: string }) => error.code);
    setTimeout(() => void db.cancel(), 100);
    expect(["ER_QUERY_INTERRUPTED", "ER_QUERY_TIMEOUT"]).toContain(await sleeping);
    expect(performance.now() - started).toBeLessThan(5000);
    await db.cancel();
    expect(await value(db, "select 1")).toBe(1);
  });

  it("an idle connection that the server kills does not end the process", async () => {
    const [db, other] = [await connect(url), await connect(url)];
    const id = Number(await value(db, "select connection_id()"));
    await control(other, `kill ${id}`);
    await until(() => !db.alive);
    expect(db.status()).toBeNull();
    await failure(() => rows(db, "select 1"));
    expect(await db.reset()).toBe(false);
    await db.cancel();
  });

  it("a busy connection and a stream that the server kills reject", async () => {
    for (const stream of [false, true]) {
      const [db, other] = [await connect(url), await connect(url)];
      const id = Number(await value(db, "select connection_id()"));
      const busy = failure(async () => {
        if (stream) for await (const _ of db.stream(select("select sleep(20) as c0"), 5));
        else await rows(db, "select sleep(20) as c0");
      });
      setTimeout(() => void control(other, `kill ${id}`), 50);
      await busy;
      await until(() => !db.alive);
    }
  });

  it("destroy rejects the statement that runs", async () => {
    const db = await connect(url);
    const busy = failure(() => rows(db, "select sleep(20) as c0"));
    setTimeout(() => db.destroy(), 50);
    await busy;
    expect(db.alive).toBe(false);
  });

  it("reset brings settings back and ends what was left open", async () => {
    const db = await connect(url);
    await run(db, "set time_zone = '+05:00'");
    await run(db, "set sql_mode = ''");
    await run(db, "set names latin1");
    await rows(db, "select get_lock('kd_my_lock', 1) as c0");
    expect(await db.reset()).toBe(true);
    expect(await value(db, "select concat_ws(' ', @@time_zone, @@character_set_client)")).toBe("+00:00 utf8mb4");
    expect(await value(db, "select @@sql_mode")).toContain("STRICT_TRANS_TABLES");
    expect(await value(db, "select is_free_lock('kd_my_lock')")).toBe(1);
    await control(db, "start transaction");
    expect(await db.reset()).toBe(true);
    expect(db.status()).toBe("idle");
    expect(await rows(db, "select ? as c0", 1)).toEqual([{ c0: 1 }]);
  });

  it("reset costs nothing when nothing was left behind", async () => {
    const db = await connect(url);
    await rows(db, "/* note */ select ? as c0", 1);
    const questions = async (): Promise<number> =>
      Number(Object.values((await rows(db, "show session status like 'Questions'"))[0] ?? {})[1]);
    await questions();
    const before = await questions();
    expect(await db.reset()).toBe(true);
    expect(await db.reset()).toBe(true);
    expect((await questions()) - before).toBe(1);
  });

  it("notices that a column name of an object's own broke the line", async () => {
    const db = await connect(url);
    await failure(() => rows(db, "select 1 as __proto__"));
    expect(db.alive).toBe(false);
  });

  it("refuses undefined without breaking the line", async () => {
    const db = await connect(url);
    await failure(() => rows(db, "select ? as c0", undefined));
    expect(await rows(db, "select ? as c0", "a\u0000b")).toEqual([{ c0: "a\u0000b" }]);
  });

  it("names the database that does not exist, and never user or password", async () => {
    const missing = await failure(async () => open(await driverOf(url.replace(/\/[^/]*$/, "/kd_missing_db"))));
    expect(missing).toBeInstanceOf(ConnectionError);
    expect(missing.message).toContain("the database does not exist");
    const secret = "Zq7Hidden93x";
    const user = await failure(async () => open(await driverOf(url.replace(/\/\/[^/]*@/, `//${secret}:${secret}@`))));
    expect(user).toBeInstanceOf(ConnectionError);
    expect(user.message).toContain("authentication failed");
    expect(`${user.stack}${JSON.stringify(user)}`).not.toContain(secret);
  });

  it("close ends it, twice as well as once", async () => {
    const db = await connect(url);
    await db.close();
    await db.close();
    db.destroy();
    expect(db.alive).toBe(false);
    await failure(() => rows(db, "select 1"));
  });
}

describe("mysql2 without a server", () => {
  it("tells host and port that refuse", async () => {
    const port = await closedPort();
    const error = await failure(async () => open(await driverOf(`mysql://Zq7:Zq7@127.0.0.1:${port}/db`)));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`MySQL at 127.0.0.1:${port}: nothing listens there`);
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain("Zq7");
  });

  it("gives up on a server that does not answer", async () => {
    const server = await silentServer();
    const started = performance.now();
    const error = await failure(async () => open(await driverOf(`mysql://u@127.0.0.1:${server.port}/db`, { connectTimeoutMs: 200 })));
    server.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`127.0.0.1:${server.port}: the server did not answer in time`);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

for (const [name, url] of [
  ["MariaDB", SERVERS.mariadb],
  ["MySQL (new)", SERVERS.newMysql],
] as const) {
  await describeIfUsable(name, url, behaviour);
}
