/** The engine over the real client libraries: what the fake cannot prove. Each target has a fresh database of its own. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadDriver } from "../../../src/drivers/load.ts";
import { loadDialect } from "../../../src/engine/dialects.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { openEngine } from "../../../src/engine/open.ts";
import { type ConnectOptions, resolveOptions } from "../../../src/engine/options.ts";
import type { Session } from "../../../src/engine/session.ts";
import { parseUrl } from "../../../src/engine/url.ts";
import {
  ConnectionError,
  DeadlockError,
  TimeoutError,
  TransactionLost,
  TransactionRolledBack,
  UniqueViolation,
} from "../../../src/errors.ts";
import { selectTargets } from "../../targets/all.ts";
import { caught, META, run, sleep, statement } from "./fake-engine.ts";

async function open(url: string, options: ConnectOptions = {}): Promise<Engine> {
  const target = parseUrl(url);
  const openDriver = await loadDriver(target);
  return openEngine({
    name: "real",
    target,
    openDriver,
    dialect: await loadDialect(target.family),
    options: resolveOptions(options),
    onDisconnect: () => {},
  });
}

const write = (sql: string) => statement(sql, "update");
const add = (id: number | string) => statement(`insert into kaka_engine (id, n) values (${id}, 0)`, "insert");

async function rows(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const result = await session.run(statement(sql, "select"), { model: null, names: true });
  return result.rows.map((row) => (Array.isArray(row) ? row : Object.values(row)));
}

async function ids(session: Session): Promise<number[]> {
  return (await rows(session, "select id from kaka_engine order by id")).map((row) => Number(row[0]));
}

const { running } = await selectTargets();

describe.each(running)("$name", (target) => {
  let engine: Engine;
  let url = "";
  const server = target.name !== "pglite" && target.family !== "sqlite";

  beforeAll(async () => {
    url = await target.url();
    engine = await open(url, { pool: { max: 4 }, lockTimeoutMs: 3_000 });
    await run(engine, statement("create table kaka_engine (id int primary key, n int not null)", "ddl"));
  });
  beforeEach(async () => {
    await run(engine, write("delete from kaka_engine where 1 = 1"));
    return () => expect(engine.poolStats()).toMatchObject({ leased: 0, waiting: 0 });
  });
  afterAll(async () => {
    await engine?.disconnect();
    await target.dispose();
  });

  it("commits, undoes, and undoes the nested part alone", async () => {
    await engine.transaction(async (tx) => {
      await run(engine, add(1));
      await caught(
        tx.transaction(async () => {
          await run(engine, add(2));
          await tx.transaction(() => run(engine, add(3)));
          throw new Error("undo");
        }),
      );
      await tx.transaction(() => run(engine, add(4)));
    });
    await caught(
      engine.transaction(async () => {
        await run(engine, add(5));
        throw new Error("undo");
      }),
    );
    expect(await ids(engine)).toEqual([1, 4]);
  });

  it("maps errors, and goes on after one inside a nested transaction", async () => {
    await run(engine, add(1));
    expect(await caught(run(engine, add(1)))).toMatchObject({ name: "UniqueViolation", outcome: "not_applied" });
    await engine.transaction(async (tx) => {
      expect(await caught(tx.transaction(() => run(engine, add(1))))).toBeInstanceOf(UniqueViolation);
      await run(tx, add(2));
    });
    expect(await ids(engine)).toEqual([1, 2]);
  });

  it("does not report work as saved that was not", async () => {
    await run(engine, add(1));
    const work = engine.transaction(async () => {
      await run(engine, add(2));
      await run(engine, add(1)).catch(() => {});
    });
    if (target.family === "postgres") {
      expect(await caught(work)).toBeInstanceOf(TransactionRolledBack);
      expect(await ids(engine)).toEqual([1]);
    } else {
      await work;
      expect(await ids(engine)).toEqual([1, 2]);
    }
  });

  it("takes isolation and read-only mode", async () => {
    for (const isolation of ["read committed", "repeatable read", "serializable"] as const) {
      await engine.transaction(() => ids(engine), { isolation });
      await engine.transaction(() => ids(engine), { isolation, readOnly: true });
    }
    expect(await caught(engine.transaction(() => run(engine, add(1)), { readOnly: true }))).toMatchObject({ code: "KAKA_USAGE" });
  });

  it("keeps exactly the acknowledged rows of many tasks", async () => {
    const acked: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const undo = i % 3 === 0;
        const done =
          i % 2 === 0
            ? engine.transaction(async () => {
                await run(engine, add(i));
                await sleep(i % 5);
                if (undo) throw new Error("undo");
              })
            : run(engine, add(i));
        await done.then(
          () => acked.push(i),
          () => {},
        );
      }),
    );
    expect(await ids(engine)).toEqual(acked.sort((a, b) => a - b));
  });

  it("refuses late statements and keeps nothing of the transaction they belonged to", async () => {
    const error = await caught(
      engine.transaction(async () => {
        await run(engine, add(1));
        for (const id of [2, 3]) void run(engine, add(id)).catch(() => {});
        if (engine.core.driver.synchronous) throw new Error("ran at once");
      }),
    );
    expect(error.message).toMatch(/await is missing|ran at once/);
    expect(await ids(engine)).toEqual([]);
  });

  it("streams, and frees the connection when the loop ends early", async () => {
    for (let i = 0; i < 10; i++) await run(engine, add(i));
    const query = statement("select id as c0 from kaka_engine order by id", "select");
    let seen = 0;
    for await (const batch of engine.stream(query, 3, META)) seen += batch.length;
    expect(seen).toBe(10);
    for (let i = 0; i < 6; i++) for await (const _ of engine.stream(query, 3, META)) break;
    await engine.transaction(async (tx) => {
      for await (const _ of tx.stream(query, 3, META)) break;
      await run(tx, add(10));
    });
    expect((await ids(engine)).length).toBe(11);
  });

  it("rolls back a transaction that raw SQL left open", async () => {
    await run(engine, statement("begin", "raw", { rows: false }));
    await run(engine, add(1));
    expect(await ids(engine)).toEqual([1]);
    const other = target.family === "sqlite" ? engine : null;
    if (other !== null) await other.transaction(() => run(other, add(2)));
  });

  it.runIf(target.family !== "postgres")("notices that raw SQL ended the transaction", async () => {
    const error = await caught(
      engine.transaction(async (tx) => {
        await run(tx, add(1));
        await caught(run(tx, statement("commit", "raw", { rows: false })));
        expect(await caught(run(tx, add(2)))).toBeInstanceOf(TransactionLost);
      }),
    );
    expect(error).toMatchObject({ name: "TransactionLost", outcome: "unknown" });
    expect(await ids(engine)).toEqual([1]);
  });

  it.runIf(target.family === "mysql")("notices a schema change that committed", async () => {
    const error = await caught(
      engine.transaction(async (tx) => {
        await run(tx, add(1));
        await run(tx, statement("create table if not exists kaka_other (id int)", "raw", { rows: false }));
      }),
    );
    expect(error).toBeInstanceOf(TransactionLost);
  });

  it.runIf(target.family === "sqlite")("notices that SQLite itself rolled back", async () => {
    await run(engine, add(1));
    const error = await caught(
      engine.transaction(async (tx) => {
        await run(tx, add(2));
        await caught(run(tx, statement("insert or rollback into kaka_engine (id, n) values (1, 0)", "insert")));
        expect(await caught(run(tx, add(3)))).toBeInstanceOf(TransactionLost);
      }),
    );
    expect(error).toBeInstanceOf(TransactionLost);
    expect(await ids(engine)).toEqual([1]);
  });

  it.runIf(server)("lives on when its sessions are killed, busy or idle", async () => {
    const kill = async () => {
      const admin = await open(url);
      const list =
        target.family === "postgres"
          ? "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
          : "select id from information_schema.processlist where db = database() and id <> connection_id()";
      for (const [id] of await rows(admin, list)) {
        const sql = target.family === "postgres" ? `select pg_terminate_backend(${id})` : `kill ${id}`;
        await run(admin, statement(sql, "raw", { rows: target.family === "postgres" })).catch(() => {});
      }
      await admin.disconnect();
    };
    const lost = await caught(
      engine.transaction(async (tx) => {
        await run(tx, add(1));
        await kill();
        const error = await caught(run(tx, add(2)));
        expect(error).toBeInstanceOf(ConnectionError);
        expect(await caught(run(tx, add(3)))).toBeInstanceOf(TransactionLost);
        throw error;
      }),
    );
    expect(lost).toMatchObject({ outcome: "not_applied" });
    await run(engine, add(4));
    await kill();
    await sleep(50);
    await run(engine, add(5));
    expect(await ids(engine)).toEqual([4, 5]);
  });

  it.runIf(server)("stops a running statement by its signal, within and outside of transactions", async () => {
    const slow = statement(target.family === "postgres" ? "select pg_sleep(20)" : "select sleep(20) from kaka_engine", "select");
    await run(engine, add(1));
    for (const inside of [false, true]) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(new Error("left")), 60);
      const started = performance.now();
      const work = inside
        ? engine.transaction(
            async (tx) => {
              await run(tx, add(2));
              await run(tx, slow);
            },
            { signal: abort.signal },
          )
        : Promise.resolve(engine.run(slow, { model: null, signal: abort.signal }));
      const error = await caught(work);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(performance.now() - started).toBeLessThan(1_500);
    }
    expect(await ids(engine)).toEqual([1]);
  });

  it.runIf(server)("ends one of two transactions that lock each other, for good", async () => {
    await run(engine, add(1));
    await run(engine, add(2));
    const met = { count: 0, go: () => {}, all: Promise.resolve() };
    met.all = new Promise((resolve) => {
      met.go = resolve;
    });
    const change = (first: number, second: number) =>
      engine.transaction(async (tx) => {
        await run(tx, write(`update kaka_engine set n = n + ${first} where id = ${first}`));
        if (++met.count === 2) met.go();
        await met.all;
        const error = await run(tx, write(`update kaka_engine set n = n + ${first} where id = ${second}`)).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) {
          expect(error).toBeInstanceOf(DeadlockError);
          expect(await caught(run(tx, add(99)))).toBeInstanceOf(TransactionLost);
          throw error;
        }
      });
    const results = await Promise.allSettled([change(1, 2), change(2, 1)]);
    const failed = results.filter((result) => result.status === "rejected");
    expect(failed.length).toBe(1);
    expect(failed[0]?.reason).toMatchObject({ retryable: true, outcome: "not_applied" });
    expect(await ids(engine)).toEqual([1, 2]);
    const winner = results[0]?.status === "fulfilled" ? 1 : 2;
    expect((await rows(engine, "select n from kaka_engine order by id")).map((row) => Number(row[0]))).toEqual([winner, winner]);
  });

  it.runIf(target.name === "sqlite-file")("shares its file with another engine without a lost increment", async () => {
    const second = await open(url, { lockTimeoutMs: 20_000 });
    await run(engine, add(1));
    const bump = (one: Engine) =>
      one.transaction(async (tx) => {
        const [row] = await rows(tx, "select n from kaka_engine where id = 1");
        await sleep(0);
        await run(tx, write(`update kaka_engine set n = ${Number(row?.[0]) + 1} where id = 1`));
      });
    await Promise.all([engine, second].flatMap((one) => Array.from({ length: 30 }, () => bump(one))));
    await second.disconnect();
    expect(Number((await rows(engine, "select n from kaka_engine where id = 1"))[0]?.[0])).toBe(60);
  });
});
