/** What pg and PGlite must do alike. */

import { expect, it } from "vitest";
import type { Connection } from "../../../src/drivers/driver.ts";
import { UsageError } from "../../../src/errors.ts";
import { connect, control, failure, rows, run, select, value } from "./support.ts";

export function sharedBehaviour(connection: () => Promise<Connection>): void {
  it("gives rows as arrays of texts, double names included", async () => {
    const db = await connection();
    const sql =
      "select $1::int as a, 2.50::numeric as a, null as b, true as c, $2::bytea as d, '{1,2}'::int[] as e, timestamptz '2024-01-02 03:04+02' as f";
    const answer = await db.execute(select(sql, 7, new Uint8Array([1, 255])), { names: true });
    expect(answer.rows).toEqual([["7", "2.50", null, "t", "\\x01ff", "{1,2}", "2024-01-02 01:04:00+00"]]);
    expect(answer.names).toEqual(["a", "a", "b", "c", "d", "e", "f"]);
    expect(answer).toMatchObject({ affected: 0, insertId: null, tag: "SELECT 1" });
    expect((await db.execute(select("select 1 as a"))).names).toEqual([]);
    expect(await rows(db, 'select 1 as "__proto__", 2 as "constructor"')).toEqual([["1", "2"]]);
  });

  it("sends numbers, bigints, texts, bytes and null so that the server reads them", async () => {
    const db = await connection();
    const sql = "select $1::bigint, $2::float8, $3::text, $4::bytea is null, $5::bool, $6::bytea";
    const bytes = Buffer.from([9, 8, 7, 6]).subarray(1, 3);
    expect(await rows(db, sql, 9007199254740993n, 0.1, "ä'\\\"\n𝄞", null, true, bytes)).toEqual([
      ["9007199254740993", "0.1", "ä'\\\"\n𝄞", "t", "t", "\\x0807"],
    ]);
    expect(await rows(db, "select $1::float8, $2::float8", Number.NaN, -0)).toEqual([["NaN", "0"]]);
  });

  it("tells affected rows and tags", async () => {
    const db = await connection();
    await run(db, "create temp table kd_affected (a int)");
    expect(await run(db, "insert into kd_affected select generate_series(1, 5)")).toMatchObject({ affected: 5, tag: "INSERT 0 5" });
    expect(await run(db, "update kd_affected set a = a where a > 2")).toMatchObject({ affected: 3, tag: "UPDATE 3" });
    expect(await db.execute(select("delete from kd_affected where a < 3 returning a"))).toMatchObject({
      affected: 2,
      rows: [["1"], ["2"]],
    });
    expect(await run(db, "")).toMatchObject({ affected: 0, tag: null });
  });

  it("sets the session up and reads it back", async () => {
    const db = await connection();
    const names = ["TimeZone", "DateStyle", "standard_conforming_strings", "client_encoding", "bytea_output", "extra_float_digits"];
    const shown = await rows(db, `select ${names.map((name) => `current_setting('${name}')`).join(", ")}`);
    expect(shown).toEqual([["UTC", expect.stringMatching(/^ISO/), "on", "UTF8", "hex", "1"]]);
    const limits = "statement_timeout lock_timeout idle_in_transaction_session_timeout application_name".split(" ");
    expect(await rows(db, `select ${limits.map((name) => `current_setting('${name}')`).join(", ")}`)).toEqual([
      ["31500ms", "1500ms", "61s", "kaka driver test"],
    ]);
  });

  it("follows the transaction: idle, open, failed", async () => {
    const db = await connection();
    expect(db.status()).toBe("idle");
    expect((await control(db, "begin")).tag).toBe("BEGIN");
    expect(db.status()).toBe("open");
    expect((await failure(() => rows(db, "select 1/0"))).code).toBe("22012");
    expect(db.status()).toBe("failed");
    expect(await db.reset()).toBe(false);
    expect((await failure(() => rows(db, "select 1"))).code).toBe("25P02");
    expect((await control(db, "commit")).tag).toBe("ROLLBACK");
    expect(db.status()).toBe("idle");
    await control(db, "begin");
    expect((await control(db, "commit")).tag).toBe("COMMIT");
    expect((await failure(() => rows(db, "select broken"))).code).toBe("42703");
    expect(db.status()).toBe("idle");
    expect(await db.reset()).toBe(true);
  });

  it("keeps a BEGIN that may wait, and sends it together with the next statement", async () => {
    const db = await connection();
    const begin = (sql = "begin") => db.execute({ sql, params: [], rows: false, prepare: false, mayWait: true });
    const inBlock = "select now() < clock_timestamp() - interval '20 ms'";
    await run(db, "create temp table kd_wait (a int)");
    expect(begin()).toMatchObject({ tag: "BEGIN", rows: [] });
    expect(db.status()).toBe("open");
    expect(await run(db, "insert into kd_wait values (1)")).toMatchObject({ tag: "INSERT 0 1", affected: 1 });
    expect(db.status()).toBe("open");
    expect((await control(db, "rollback")).tag).toBe("ROLLBACK");
    expect(await value(db, "select count(*) from kd_wait")).toBe("0");

    begin("begin isolation level repeatable read read only");
    expect(await value(db, "show transaction_isolation")).toBe("repeatable read");
    expect((await failure(() => run(db, "create table kd_never (a int)"))).code).toBe("25006");
    await control(db, "rollback");

    // Time stands still within a transaction: it began with its first statement.
    begin();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await value(db, inBlock)).toBe("f");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await value(db, inBlock)).toBe("t");
    expect((await run(db, "")).tag).toBe(null);
    await control(db, "commit");
    begin();
    expect((await run(db, "")).tag).toBe(null);
    expect(db.status()).toBe("open");
    expect((await control(db, "commit")).tag).toBe("COMMIT");
    expect(db.status()).toBe("idle");
  });

  it("runs nothing behind a BEGIN that waited and failed", async () => {
    const db = await connection();
    await run(db, "create temp table kd_refused (a int)");
    await db.execute({ sql: "begin isolation level imaginary", params: [], rows: false, prepare: false, mayWait: true });
    expect((await failure(() => run(db, "insert into kd_refused values (1)"))).code).toBe("42601");
    expect(db.status()).toBe("idle");
    expect(await value(db, "select count(*) from kd_refused")).toBe("0");
    // The insert was never parsed: its name is not taken for known.
    expect(await run(db, "insert into kd_refused values (1)")).toMatchObject({ affected: 1 });
  });

  it("takes a failing statement, a savepoint, a stream and the end behind a BEGIN that waits", async () => {
    const db = await connection();
    const begin = () => db.execute({ sql: "begin", params: [], rows: false, prepare: false, mayWait: true });
    for (const end of ["commit", "rollback"]) {
      begin();
      expect((await control(db, end)).tag).toBe(end.toUpperCase());
      expect(db.status()).toBe("idle");
      expect(await db.reset()).toBe(true);
    }
    begin();
    expect((await failure(() => rows(db, "select broken"))).code).toBe("42703");
    expect(db.status()).toBe("failed");
    await control(db, "rollback");
    begin();
    expect(await failure(() => rows(db, "select 1\u0000"))).toBeInstanceOf(UsageError);
    expect(db.status()).toBe("open");
    await control(db, "savepoint a");
    await control(db, "release savepoint a");
    await control(db, "commit");
    begin();
    const seen: number[] = [];
    for await (const batch of db.stream(select("select generate_series(1, 10)"), 4)) seen.push(batch.length);
    expect(seen).toEqual([4, 4, 2]);
    // The stream had a transaction around it, so it did not end it.
    expect(db.status()).toBe("open");
    await control(db, "rollback");
    expect(db.status()).toBe("idle");
  });

  it("prepares again when the plan's columns changed, outside of a transaction only", async () => {
    const db = await connection();
    await run(db, "create temp table kd_plan (a int)");
    await run(db, "insert into kd_plan values (1)");
    await rows(db, "select * from kd_plan");
    await run(db, "alter table kd_plan add b int default 2");
    expect(await rows(db, "select * from kd_plan")).toEqual([["1", "2"]]);
    await run(db, "alter table kd_plan add c int default 3");
    await control(db, "begin");
    expect((await failure(() => rows(db, "select * from kd_plan"))).code).toBe("0A000");
    await control(db, "rollback");
    expect(await rows(db, "select * from kd_plan")).toEqual([["1", "2", "3"]]);
  });

  it("streams every row once, whatever the batch size is", async () => {
    const db = await connection();
    for (const size of [1, 4, 5, 6, 10, 100]) {
      const batches: number[] = [];
      const seen: unknown[] = [];
      for await (const batch of db.stream(select("select g from generate_series(1, $1::int) g", 10), size)) {
        batches.push(batch.length);
        seen.push(...batch.map((row) => Object.values(row)[0]));
      }
      expect(seen).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
      expect(Math.max(...batches)).toBeLessThanOrEqual(size);
      expect(db.status()).toBe("idle");
    }
    for await (const _ of db.stream(select("select 1 where false"), 5)) throw new Error("no batch was due");
  });

  it("takes statements between two batches, in a transaction of the caller as well", async () => {
    const db = await connection();
    await run(db, "create temp table kd_copy (a int)");
    await control(db, "begin");
    for await (const batch of db.stream(select("select generate_series(1, 10)"), 3)) {
      for (const row of batch) await run(db, "insert into kd_copy values ($1)", Object.values(row)[0]);
    }
    expect(db.status()).toBe("open");
    await control(db, "commit");
    expect(await value(db, "select sum(a) from kd_copy")).toBe("55");
  });

  it("frees the connection when a stream is left early or fails", async () => {
    const db = await connection();
    const started = performance.now();
    for await (const batch of db.stream(select("select generate_series(1, 5000000)"), 100)) {
      expect(batch.length).toBe(100);
      break;
    }
    expect(await rows(db, "select 1")).toEqual([["1"]]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(db.status()).toBe("idle");
    const late = async (): Promise<void> => {
      for await (const _ of db.stream(select("select 10 / (5 - g) from generate_series(1, 10) g"), 2));
    };
    expect((await failure(late)).code).toBe("22012");
    expect(db.status()).toBe("idle");
    await control(db, "begin");
    expect((await failure(late)).code).toBe("22012");
    expect(db.status()).toBe("failed");
    await control(db, "rollback");
    const thrown = async (): Promise<void> => {
      for await (const _ of db.stream(select("select generate_series(1, 10)"), 2)) throw new RangeError("mine");
    };
    expect(await failure(thrown)).toBeInstanceOf(RangeError);
    expect(db.status()).toBe("idle");
  });

  it("reset brings settings back", async () => {
    const db = await connection();
    await control(db, "set time zone 'Asia/Tokyo'");
    await control(db, "set search_path to pg_catalog");
    await control(db, "set statement_timeout to 0");
    expect(await db.reset()).toBe(true);
    expect(await rows(db, "select current_setting('TimeZone'), current_setting('statement_timeout')")).toEqual([["UTC", "31500ms"]]);
    expect(await value(db, "select current_setting('search_path')")).not.toBe("pg_catalog");
  });

  it("refuses what would break the protocol, and stays usable", async () => {
    const db = await connection();
    expect(await failure(() => rows(db, "select '\u0000'"))).toBeInstanceOf(UsageError);
    expect((await failure(() => rows(db, "select $1::text", "a\u0000b"))).code).toBe("22021");
    const many = Array.from({ length: 65_536 }, () => 1);
    expect(await failure(() => rows(db, "select $1::int", ...many))).toBeInstanceOf(UsageError);
    expect((await failure(() => rows(db, "select 1; select 2"))).code).toBe("42601");
    for (const odd of [undefined, {}, [1], () => 1, Symbol("x")]) {
      expect(await failure(() => rows(db, "select $1::text", odd))).toBeInstanceOf(UsageError);
    }
    expect(await rows(db, "select 1")).toEqual([["1"]]);
  });
}

export function ending(url: string): void {
  it("close and destroy end it, twice as well as once", async () => {
    const db = await connect(url);
    await db.close();
    await db.close();
    db.destroy();
    expect(db.alive).toBe(false);
    expect(db.status()).toBeNull();
    expect(await db.reset()).toBe(false);
    await failure(() => rows(db, "select 1"));
  });
}
