import { describe, expect, it } from "vitest";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import { ending, sharedBehaviour } from "./postgres-behaviour.ts";
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
} from "./support.ts";

/** Keeping prepared statements is the session's work, the same over any line. */
function namedStatements(url: string): void {
  it("prepares a text once, and not at all when told so", async () => {
    const db = await connect(url);
    const count = "select count(*) from pg_prepared_statements where statement like 'select $1::int -- kd%'";
    for (let i = 0; i < 4; i++) expect(await rows(db, "select $1::int -- kd1", i)).toEqual([[String(i)]]);
    await db.execute({ ...select("select $1::int -- kd2", 5), prepare: false });
    expect(await value(db, count)).toBe("1");
    const plain = await connect(url, { prepare: false });
    await rows(plain, "select $1::int -- kd3", 1);
    expect(await value(plain, count)).toBe("0");
  });

  it("leaves none of the statements behind that fail when they first run", async () => {
    const db = await connect(url);
    for (let i = 0; i < 5; i++) await failure(() => rows(db, "select 1 / $1::int as kd_fails", 0));
    expect(await rows(db, "select 1 / $1::int as kd_fails", 1)).toEqual([["1"]]);
    expect(await value(db, "select count(*) from pg_prepared_statements where statement like '%kd_fails'")).toBe("1");
  });

  it("closes the statements that fall out of the bounded book", async () => {
    const db = await connect(url);
    for (let i = 0; i < 300; i++) await rows(db, `select ${i} as kd_evicted`);
    expect(Number(await value(db, "select count(*) from pg_prepared_statements where statement like '%kd_evicted'"))).toBeLessThanOrEqual(
      256,
    );
    expect(await rows(db, "select 0 as kd_evicted")).toEqual([["0"]]);
  });

  it("goes on unnamed when the server lost its statements", async () => {
    const db = await connect(url);
    await rows(db, "select $1::int as kd_lost", 1);
    // Hidden in a block, as a pooler would do it behind our back.
    await run(db, "do $$ begin execute 'deallocate all'; end $$");
    expect(await rows(db, "select $1::int as kd_lost", 2)).toEqual([["2"]]);
    expect(await rows(db, "select $1::int as kd_lost", 3)).toEqual([["3"]]);
    expect(await value(db, "select count(*) from pg_prepared_statements")).toBe("0");
  });

  it("does not repeat inside a transaction when the server lost its statements", async () => {
    const db = await connect(url);
    await rows(db, "select $1::int as kd_lost", 1);
    await run(db, "do $$ begin execute 'deallocate all'; end $$");
    await control(db, "begin");
    expect((await failure(() => rows(db, "select $1::int as kd_lost", 2))).code).toBe("26000");
    expect(db.status()).toBe("failed");
    await control(db, "rollback");
    expect(await rows(db, "select $1::int as kd_lost", 3)).toEqual([["3"]]);
  });

  it("knows the statements again after DEALLOCATE ALL", async () => {
    const db = await connect(url);
    await rows(db, "select $1::int as kd_known", 1);
    await control(db, "deallocate all");
    expect(await rows(db, "select $1::int as kd_known", 2)).toEqual([["2"]]);
    expect(await value(db, "select count(*) from pg_prepared_statements where statement like '%kd_known'")).toBe("1");
  });
}

function serverBehaviour(url: string): void {
  it("has a pool of equal connections, numbered from 1, with server facts", async () => {
    const driver = await driverOf(url);
    expect(driver).toMatchObject({ name: "pg", family: "postgres", topology: "many", synchronous: false, aliasedRows: false });
    const [a, b] = [await open(driver), await open(driver, "read")];
    expect([a.id, b.id]).toEqual([1, 2]);
    expect(a.server).toMatchObject({ family: "postgres", flavour: "postgres" });
    expect(a.server.versionParts[0]).toBe(Number(a.server.version.split(".")[0]));
    expect(Number(await value(a, "select current_setting('server_version_num')::int / 10000"))).toBe(a.server.versionParts[0]);
  });

  it("cancels the statement that runs, and only that", async () => {
    const db = await connect(url);
    await control(db, "begin");
    const started = performance.now();
    const sleeping = failure(() => rows(db, "select pg_sleep(20)"));
    setTimeout(() => void db.cancel(), 100);
    expect((await sleeping).code).toBe("57014");
    expect(performance.now() - started).toBeLessThan(3000);
    expect(db.status()).toBe("failed");
    await control(db, "rollback");
    await db.cancel();
    expect(await rows(db, "select 1")).toEqual([["1"]]);
  });

  it("an idle connection that the server kills does not end the process", async () => {
    const [db, other] = [await connect(url), await connect(url)];
    await rows(other, "select pg_terminate_backend($1::int)", await value(db, "select pg_backend_pid()"));
    await until(() => !db.alive);
    expect(db.status()).toBeNull();
    await failure(() => rows(db, "select 1"));
    expect(await db.reset()).toBe(false);
  });

  it("a busy connection that the server kills rejects its statement", async () => {
    const [db, other] = [await connect(url), await connect(url)];
    const pid = await value(db, "select pg_backend_pid()");
    const busy = failure(() => rows(db, "select pg_sleep(20)"));
    setTimeout(() => void rows(other, "select pg_terminate_backend($1::int)", pid), 50);
    expect((await busy).code).toBe("57P01");
    await until(() => !db.alive);
  });

  it("destroy rejects the statement that runs", async () => {
    const db = await connect(url);
    const busy = failure(() => rows(db, "select pg_sleep(20)"));
    setTimeout(() => db.destroy(), 50);
    await busy;
    expect(db.alive).toBe(false);
  });

  it("takes one statement at a time", async () => {
    const db = await connect(url);
    const first = rows(db, "select 1");
    expect(await failure(() => rows(db, "select 2"))).toBeInstanceOf(UsageError);
    expect(await first).toEqual([["1"]]);
  });

  it("names the database that does not exist, the server that does not listen, and never user or password", async () => {
    const real = new URL(url);
    real.username = "postgres";
    const secret = "Zq7Hidden93x";
    const missing = await failure(async () => open(await driverOf(url.replace(/\/[^/]*$/, "/kd_missing_db"))));
    expect(missing).toBeInstanceOf(ConnectionError);
    expect(missing.message).toContain("the database does not exist");
    const user = await failure(async () => open(await driverOf(url.replace(/\/\/[^/]*@/, `//${secret}:${secret}@`))));
    expect(user).toBeInstanceOf(ConnectionError);
    expect(user.message).toContain("authentication failed");
    expect(`${user.stack}${JSON.stringify(user)}`).not.toContain(secret);
    expect(user).toMatchObject({ outcome: "not_applied" });
  });

  it("fills a setting of the URL in", async () => {
    const db = await connect(`${url}?application_name=from%20url&sslmode=disable&connect_timeout=3`);
    expect(await value(db, "select current_setting('application_name')")).toBe("from url");
  });
}

describe("pg without a server", () => {
  const secret = "Zq7Hidden93x";

  it("tells host and port that refuse", async () => {
    const port = await closedPort();
    const error = await failure(async () => open(await driverOf(`postgresql://${secret}:${secret}@127.0.0.1:${port}/db`)));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`PostgreSQL at 127.0.0.1:${port}: nothing listens there`);
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(secret);
  });

  it("gives up on a server that does not answer", async () => {
    const server = await silentServer();
    const started = performance.now();
    const error = await failure(async () => open(await driverOf(`postgresql://u@127.0.0.1:${server.port}/db`, { connectTimeoutMs: 200 })));
    server.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain(`127.0.0.1:${server.port}: the server did not answer in time`);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it("does not go on without TLS when TLS was asked for", async () => {
    // The server's whole answer to the question for TLS: no.
    const server = await silentServer("N");
    const error = await failure(async () => open(await driverOf(`postgresql://u:p@127.0.0.1:${server.port}/db?sslmode=require`)));
    server.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain("the server offers no TLS");
  });

  it("tells the socket that is not there", async () => {
    const error = await failure(async () => open(await driverOf("postgresql://u@/db?host=/nonexistent/kd")));
    expect(error.message).toContain("PostgreSQL at socket /nonexistent/kd: the unix socket does not exist");
  });
});

for (const [name, url] of [
  ["PostgreSQL", SERVERS.postgres],
  ["PostgreSQL (new)", SERVERS.newPostgres],
] as const) {
  await describeIfUsable(name, url, (reachable) => {
    sharedBehaviour(() => connect(reachable));
    namedStatements(reachable);
    ending(reachable);
    serverBehaviour(reachable);
  });
}
