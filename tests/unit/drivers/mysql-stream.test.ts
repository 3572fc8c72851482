import { expect, it } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { connect, control, describeIfUsable, failure, rows, run, SERVERS, select, value, withTable } from "./support.ts";

const NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) select i as c0 from n";

function behaviour(url: string): void {
  it("streams every row once, whatever the batch size is", async () => {
    const db = await connect(url);
    for (const size of [1, 4, 5, 6, 10, 100]) {
      const seen: unknown[] = [];
      for await (const batch of db.stream(select(NUMBERS, 10), size)) {
        expect(batch.length).toBeLessThanOrEqual(size);
        seen.push(...batch.map((row) => Object.values(row)[0]));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    for await (const _ of db.stream(select("select 1 as c0 from dual where false"), 5)) throw new Error("no batch was due");
    expect(await value(db, "select 5")).toBe(5);
  });

  it("holds the server back while the reader is slow", async () => {
    const db = await connect(url);
    await withTable(db, "kd_my_large", "a int, b varchar(1000)", async () => {
      await run(db, "set session cte_max_recursion_depth = 100000").catch(() => run(db, "set session max_recursive_iterations = 100000"));
      await run(
        db,
        "insert into kd_my_large with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000) select i, repeat('x', 1000) from n",
      );
      const before = process.memoryUsage().rss;
      let seen = 0;
      for await (const batch of db.stream(select("select a as c0, b as c1 from kd_my_large"), 500)) {
        if (seen === 0) await new Promise((resolve) => setTimeout(resolve, 300));
        expect(batch.length).toBe(500);
        seen += batch.length;
        if (seen === 500) expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
      }
      expect(seen).toBe(60_000);
      const started = performance.now();
      for await (const _ of db.stream(select("select a as c0, b as c1 from kd_my_large, (select 1 union all select 2) x"), 100)) break;
      expect(await value(db, "select 1")).toBe(1);
      expect(performance.now() - started).toBeLessThan(1000);
    });
  });

  it("kills the statement of a stream that is left early, inside a transaction too", async () => {
    const db = await connect(url);
    await control(db, "start transaction");
    const numbers = "(with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) select i from n)";
    const endless = `select a.i as c0, repeat('x', 1000) as c1 from ${numbers} a, ${numbers} b, ${numbers} c`;
    const started = performance.now();
    for await (const batch of db.stream(select(endless), 1)) {
      expect(batch.length).toBe(1);
      break;
    }
    expect(performance.now() - started).toBeLessThan(4000);
    expect(await value(db, "select 1")).toBe(1);
    expect(db.status()).toBe("open");
    await control(db, "rollback");
  });

  it("tells errors of a stream, and refuses statements beside it", async () => {
    const db = await connect(url);
    const wrong = async (): Promise<void> => {
      for await (const _ of db.stream(select("select nothing as c0"), 5));
    };
    expect((await failure(wrong)).code).toBe("ER_BAD_FIELD_ERROR");
    const beside = async (): Promise<void> => {
      for await (const _ of db.stream(select(NUMBERS, 10), 2)) await rows(db, "select 1");
    };
    expect(await failure(beside)).toBeInstanceOf(UsageError);
    expect(await value(db, "select 1")).toBe(1);
  });
}

for (const [name, url] of [
  ["MariaDB", SERVERS.mariadb],
  ["MySQL (new)", SERVERS.newMysql],
] as const) {
  await describeIfUsable(name, url, behaviour);
}
