import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Connection } from "../../../src/drivers/driver.ts";
import { statementFacts } from "../../../src/drivers/sqlite-text.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import { connect, control, describeIfUsable, driverOf, failure, open, rows, run, select, value } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "kd-sqlite-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
function newFile(): string {
  files += 1;
  return join(directory, `db${files}.sqlite`);
}

/** Values by position, whichever form the library gives rows in. */
async function table(db: Connection, sql: string, ...params: readonly unknown[]): Promise<readonly unknown[][]> {
  return (await rows(db, sql, ...params)).map((row) => Object.values(row));
}

function behaviour(scheme: string, name: string, synchronous: boolean): void {
  const memory = `${scheme}::memory:`;

  it("says how its connections may be shared", async () => {
    const driver = await driverOf(memory);
    expect(driver).toMatchObject({ name, family: "sqlite", topology: "single", synchronous, aliasedRows: name === "sqlite3" });
    const db = await open(driver);
    expect(db.id).toBe(1);
    expect(db.server).toMatchObject({ family: "sqlite", flavour: "sqlite" });
    expect(db.server.version).toBe(await value(db, "select sqlite_version()"));
    expect((await driverOf(`${scheme}:${newFile()}`)).topology).toBe("writer");
    const answer = db.execute(select("select 1 as c0"));
    expect(answer instanceof Promise).toBe(!synchronous);
    await answer;
  });

  it("gives rows by position, and names for raw SQL", async () => {
    const db = await connect(memory);
    expect(await table(db, "select ? as c0, ? as c1, ? as c2, ? as c3, x'00ff' as c4", 7, 1.5, "ä𝄞'\\", null)).toEqual([
      [7, 1.5, "ä𝄞'\\", null, expect.any(Uint8Array)],
    ]);
    const raw = await db.execute(select("select 1 as a, 2 as b"), { names: true });
    expect(raw).toMatchObject({ rows: [[1, 2]], names: ["a", "b"] });
    const twice = await db.execute(select("select 1 as a, 2 as a"), { names: true });
    // The library itself keeps one value per name.
    if (name === "sqlite3") expect(twice.rows).toEqual([[2]]);
    else expect(twice).toMatchObject({ rows: [[1, 2]], names: ["a", "a"] });
    if (name !== "sqlite3") expect((await db.execute(select("select 1 as a where 0"), { names: true })).names).toEqual(["a"]);
  });

  it("binds each value as the type it is", async () => {
    const db = await connect(memory);
    await run(db, "create table t (a any) strict");
    const bytes = Buffer.from([1, 2, 3, 4]).subarray(1, 3);
    const values = [5, -5, 0.5, 1e300, "x", null, bytes, new Uint8Array(0), "a\u0000b", 12n];
    for (const one of values) expect(await run(db, "insert into t values (?)", one)).toMatchObject({ affected: 1 });
    const stored = await table(db, "select typeof(a) as c0, hex(a) as c1 from t order by rowid");
    expect(stored.map(([type]) => type)).toEqual("integer integer real real text null blob blob text integer".split(" "));
    expect(stored[6]?.[1]).toBe("0203");
    expect(stored[8]?.[1]).toBe("610062");
    expect(await value(db, "select a from t where rowid = 9")).toBe("a\u0000b");
    await run(db, "create table s (a text) strict");
    await run(db, "insert into s values (?)", 1);
    expect(await value(db, "select a from s")).toBe("1");
  });

  it("keeps 64-bit integers, read as text", async () => {
    const db = await connect(memory);
    await run(db, "create table t (id integer primary key, n integer)");
    const big = 9007199254740993n;
    expect(await run(db, "insert into t values (?, ?)", big, -big)).toMatchObject({ insertId: big });
    expect(await table(db, "select cast(id as text) as c0, cast(n as text) as c1 from t where id = ?", big)).toEqual([
      [String(big), String(-big)],
    ]);
    expect(await table(db, "select 1 as c0 from t where id = ?", big - 1n)).toEqual([]);
    expect(await run(db, "delete from t where n = ?", -big)).toMatchObject({ affected: 1 });
    if (name === "node") expect((await failure(() => rows(db, "select 9007199254740993"))).code).toBe("ERR_OUT_OF_RANGE");
  });

  it("tells affected rows and keys of this statement only", async () => {
    const db = await connect(memory);
    await run(db, "create table t (id integer primary key, a text unique)");
    expect(await run(db, "insert into t (a) values ('x'), ('y')")).toMatchObject({ affected: 2, insertId: 2 });
    expect(await run(db, "update t set a = a || '!' where id > 5")).toMatchObject({ affected: 0, insertId: null });
    expect(await run(db, "update t set a = a || '!'")).toMatchObject({ affected: 2, insertId: null });
    expect(await run(db, "create table u (a)")).toMatchObject({ affected: 0, insertId: null });
    expect(await control(db, "begin")).toMatchObject({ affected: 0, insertId: null });
    await control(db, "commit");
    expect(await db.execute(select("insert into t (a) values ('z') returning id as c0"))).toMatchObject({ affected: 1 });
    expect(
      await db.execute(select("with q as (select 1 as n) delete from t where id in (select n from q) returning id as c0")),
    ).toMatchObject({ affected: 1 });
    expect(await db.execute(select("select id as c0 from t"))).toMatchObject({ affected: 0, insertId: null });
    expect(await run(db, "insert into t (a) values ('z') on conflict do nothing")).toMatchObject({ affected: 0, insertId: null });
    expect(await run(db, "insert into t (a) values ('w') returning id")).toMatchObject({ affected: 1, insertId: 4 });
  });

  it("takes rows: true for statements that have none", async () => {
    const db = await connect(memory);
    expect(await db.execute(select("create table t (a)"), { names: true })).toMatchObject({ rows: [], names: [], affected: 0 });
    expect(await db.execute(select("insert into t values (1)"))).toMatchObject({ rows: [] });
    expect(await value(db, "select count(*) from t")).toBe(1);
  });

  it("refuses a second statement instead of dropping it", async () => {
    const db = await connect(memory);
    expect(await failure(() => run(db, "create table t (a); create table u (a)"))).toBeInstanceOf(UsageError);
    expect(await failure(() => rows(db, "select 1 where '\u0000'"))).toBeInstanceOf(UsageError);
    expect(await value(db, "select ';' as a; -- a comment; no statement")).toBe(";");
    await run(db, "create table t (a)");
    await run(db, "/* ; */ create trigger tr after insert on t begin select 1; select 2; end");
    expect(await value(db, "select count(*) from sqlite_master where type = 'trigger'")).toBe(1);
  });

  it("sets the session up and reads it back", async () => {
    const db = await connect(`${scheme}:${newFile()}`);
    for (const [pragma, expected] of [
      ["foreign_keys", 1],
      ["journal_mode", "wal"],
      ["synchronous", 1],
      ["trusted_schema", 0],
      ["busy_timeout", 50],
      ["query_only", 0],
    ] as const) {
      expect(await value(db, `pragma ${pragma}`), pragma).toBe(expected);
    }
  });

  it("reset brings settings back and ends what was left open", async () => {
    const db = await connect(memory);
    await run(db, "create table t (a)");
    await run(db, "pragma foreign_keys = off");
    expect(await value(db, "pragma foreign_keys")).toBe(0);
    await control(db, "begin");
    await run(db, "insert into t values (1)");
    expect(db.status()).toBe("open");
    expect(await db.reset()).toBe(true);
    expect(db.status()).toBe("idle");
    expect(await value(db, "pragma foreign_keys")).toBe(1);
    expect(await value(db, "select count(*) from t")).toBe(0);
  });

  it("follows the transaction, also when SQLite ends it by itself", async () => {
    const db = await connect(memory);
    await run(db, "create table t (a integer primary key)");
    await run(db, "insert into t values (1)");
    expect(db.status()).toBe("idle");
    await control(db, "begin immediate");
    expect(db.status()).toBe("open");
    await control(db, "savepoint a");
    await failure(() => run(db, "insert into t values (1)"));
    expect(db.status()).toBe("open");
    await control(db, "rollback to a");
    await control(db, "release a");
    expect(db.status()).toBe("open");
    await failure(() => run(db, "insert or rollback into t values (1)"));
    expect(db.status()).toBe("idle");
    await control(db, "savepoint b");
    expect(db.status()).toBe("open");
    await control(db, "release b");
    expect(db.status()).toBe("idle");
    await control(db, "begin");
    await control(db, "commit");
    expect(db.status()).toBe("idle");
  });

  it("keeps statements that survive a change of the schema", async () => {
    const db = await connect(memory);
    await run(db, "create table t (a)");
    await run(db, "insert into t values (1)");
    expect(await table(db, "select * from t")).toEqual([[1]]);
    await run(db, "alter table t add b default 2");
    expect(await table(db, "select * from t")).toEqual([[1, 2]]);
    for (let i = 0; i < 300; i++) expect(await value(db, `select ${i} as n`)).toBe(i);
    expect(await value(db, "select 0 as n")).toBe(0);
    const plain = await connect(memory, { prepare: false });
    expect(await value(plain, "select ?", 3)).toBe(3);
    expect(await value(plain, "select ?", 4)).toBe(4);
  });

  it("streams every row once, and is free after an early end", async () => {
    const db = await connect(memory);
    const numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) select i as c0 from n";
    for (const size of [1, 4, 5, 6, 10, 100]) {
      const seen: unknown[] = [];
      for await (const batch of db.stream(select(numbers, 10), size)) {
        expect(batch.length).toBeLessThanOrEqual(size);
        seen.push(...batch.map((row) => Object.values(row)[0]));
      }
      expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    for await (const _ of db.stream(select("select 1 as c0 where 0"), 5)) throw new Error("no batch was due");
    await run(db, "create table t (a)");
    await run(db, "insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select i from n");
    for await (const _ of db.stream(select("select a as c0 from t"), 10)) break;
    await run(db, "drop table t");
    const wrong = async (): Promise<void> => {
      for await (const _ of db.stream(select("select json(c0) as c0 from (select '1' as c0 union all select 'x')"), 1));
    };
    await failure(wrong);
    expect(await value(db, "select 1")).toBe(1);
  });

  it("shares a file: the reader sees commits and cannot write", async () => {
    const driver = await driverOf(`${scheme}:${newFile()}`);
    // The reader may be asked for first, when there is no file yet.
    const reader = await open(driver, "read");
    const writer = await open(driver);
    await run(writer, "create table t (a)");
    await control(writer, "begin immediate");
    await run(writer, "insert into t values (1)");
    expect(await value(reader, "select count(*) from t")).toBe(0);
    await control(writer, "commit");
    expect(await value(reader, "select count(*) from t")).toBe(1);
    await failure(() => run(reader, "insert into t values (2)"));
    await failure(() => run(reader, "create table u (a)"));
    expect(await value(writer, "select count(*) from t")).toBe(1);
    expect(await value(reader, "pragma query_only")).toBe(1);
  });

  it("does not wait long for a lock", async () => {
    const driver = await driverOf(`${scheme}:${newFile()}`);
    const [a, b] = [await open(driver), await open(driver)];
    await run(a, "create table t (a)");
    await control(a, "begin immediate");
    const started = performance.now();
    await failure(() => control(b, "begin immediate"));
    expect(performance.now() - started).toBeLessThan(700);
    expect(b.status()).toBe("idle");
    await control(a, "commit");
    await control(b, "begin immediate");
    await control(b, "rollback");
  });

  it("several connections may create and open one file at once", async () => {
    const url = `${scheme}:${newFile()}`;
    const all = await Promise.all(Array.from({ length: 6 }, () => connect(url)));
    for (const [i, db] of all.entries()) await run(db, `create table t${i} (a)`);
    expect(await value(all[0] as Connection, "select count(*) from sqlite_master")).toBe(6);
  });

  it("waits for a file that another connection holds while it is opened", async () => {
    const url = `${scheme}:${newFile()}`;
    const holder = await connect(url);
    await value(holder, "pragma journal_mode = delete");
    await control(holder, "begin exclusive");
    const second = connect(url);
    const early = await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 200, "waits"))]);
    expect(early).toBe("waits");
    await control(holder, "commit");
    expect(await value(await second, "pragma journal_mode")).toBe("wal");
  });

  it("gives up on a file that another connection keeps", async () => {
    const url = `${scheme}:${newFile()}`;
    const holder = await connect(url);
    await value(holder, "pragma journal_mode = delete");
    await control(holder, "begin exclusive");
    const error = await failure(async () => open(await driverOf(url, { connectTimeoutMs: 150 })));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("another process holds the file");
  });

  it("opens by the mode of the URL", async () => {
    const file = newFile();
    for (const mode of ["ro", "rw"]) {
      const error = await failure(async () => open(await driverOf(`${scheme}:${file}?mode=${mode}`)));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toContain(`${file}: it does not exist`);
      expect(existsSync(file)).toBe(false);
    }
    const db = await connect(`${scheme}:${file}?mode=rwc`);
    await run(db, "create table t (a)");
    const readonly = await connect(`${scheme}:${file}?mode=ro`);
    await failure(() => run(readonly, "insert into t values (1)"));
    expect(await value(readonly, "select count(*) from t")).toBe(0);
    expect(await run(await connect(`${scheme}:${file}?mode=rw`), "insert into t values (1)")).toMatchObject({ affected: 1 });
  });

  it("tells why a file cannot be opened", async () => {
    const none = await failure(async () => open(await driverOf(`${scheme}:${directory}/none/a.db`)));
    expect(none).toBeInstanceOf(ConnectionError);
    expect(none.message).toContain("its directory does not exist");
    const text = newFile();
    writeFileSync(text, "this is not a database, and it is long enough to be looked at by the library ".repeat(20));
    const garbage = await failure(async () => open(await driverOf(`${scheme}:${text}`)));
    expect(garbage).toBeInstanceOf(ConnectionError);
    expect(garbage.message).toContain("is not a SQLite database");
    const folder = join(directory, `folder${files}`);
    mkdirSync(folder);
    const wrong = await failure(async () => open(await driverOf(`${scheme}:${folder}`)));
    expect(wrong).toBeInstanceOf(ConnectionError);
    expect(wrong.message).toContain("the file cannot be opened");
  });

  it("lets the file go when it is destroyed within a stream", async () => {
    const url = `${scheme}:${newFile()}`;
    const [db, other] = [await connect(url), await connect(url)];
    await run(db, "create table t (a)");
    await run(db, "insert into t values (1), (2)");
    await db.stream(select("select a as c0 from t"), 1)[Symbol.asyncIterator]().next();
    db.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Possible for the last connection of a file only.
    expect(await value(other, "pragma journal_mode = delete")).toBe("delete");
  });

  it("close and destroy end it, twice as well as once, even while a stream is open", async () => {
    const db = await connect(memory);
    await db.cancel();
    const stream = db.stream(select("select 1 as c0 union all select 2"), 1)[Symbol.asyncIterator]();
    await stream.next();
    db.destroy();
    db.destroy();
    await db.close();
    expect(db.alive).toBe(false);
    expect(db.status()).toBeNull();
    expect(await db.reset()).toBe(false);
    await failure(() => rows(db, "select 1"));
    await failure(() => stream.next());
  });
}

await describeIfUsable("better-sqlite3", "sqlite+better-sqlite3::memory:", () =>
  behaviour("sqlite+better-sqlite3", "better-sqlite3", true),
);
await describeIfUsable("sqlite3", "sqlite+sqlite3::memory:", () => {
  behaviour("sqlite+sqlite3", "sqlite3", false);

  it("cancels the statement that runs", async () => {
    const db = await connect("sqlite+sqlite3::memory:");
    const endless = failure(() => rows(db, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as c0 from n"));
    setTimeout(() => void db.cancel(), 50);
    expect((await endless).code).toBe("SQLITE_INTERRUPT");
    expect(await value(db, "select 1")).toBe(1);
  });
});

const hasNodeSqlite = Number(process.versions.node.split(".")[0]) >= 22;
if (hasNodeSqlite) await describeIfUsable("node:sqlite", "sqlite+node::memory:", () => behaviour("sqlite+node", "node", true));
else {
  describe("node:sqlite on a Node without it", () => {
    it("is refused with the way out", async () => {
      const error = await failure(() => driverOf("sqlite+node::memory:"));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain("npm install better-sqlite3@12");
    });
  });
}

describe("statement facts", () => {
  it.each([
    ["select 1", "select", false, false],
    ["  -- note\n /* more */ INSERT into t values (1)", "insert", true, true],
    ["replace into t values (1)", "replace", true, true],
    ["with q as (select 1) insert into t select * from q", "with", true, true],
    ["with q as (select 1) update t set a = 1", "with", true, false],
    ["with q as (select 1) select * from q", "with", false, false],
    ["", "", false, false],
  ])("%j", (sql, word, writes, inserts) => {
    expect(statementFacts(sql)).toEqual({ word, writes, inserts, returning: false });
  });

  it.each(["select 1; select 2", "select ';'; x", 'select ";"; x', "select [;]; x", "select `;`; x", "; ; x", "select 1 -- \n; x"])(
    "%j holds a second statement",
    (sql) => {
      expect(() => statementFacts(sql)).toThrow(UsageError);
    },
  );

  it.each(["select 1;", "select 1 ; -- ; x", "select ';;' as a", "select 1; /* ; */ ;", "create temp trigger a begin x; y; end"])(
    "%j does not",
    (sql) => {
      expect(() => statementFacts(sql)).not.toThrow();
    },
  );
});
