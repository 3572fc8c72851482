/** What the plugin does beside schemas: transactions, limits, errors, requests that are given up. */
import { setTimeout as pause } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { connect, type Engine, NotFoundError, PoolTimeout, StaleObjectError, TimeoutError, UsageError, ValidationError } from "kakaorm";
import { errorReply, kaka } from "kakaorm/fastify";
import { describe, expect, it } from "vitest";
import { selectTargets } from "../targets/all.ts";
import { Author, library, open, start } from "./library.ts";

describe("a route in a transaction", () => {
  const transaction = { config: { kaka: { transaction: true } } };
  const routes = (app: FastifyInstance) => {
    app.post<{ Body: { name: string; status?: number } }>("/returns", transaction, async (request, reply) => {
      const { name, status = 200 } = request.body;
      await Author.create({ name });
      reply.code(status);
      return { inside: app.db.inTransaction };
    });
    app.post<{ Body: { name: string } }>("/sends", transaction, async (request, reply) => {
      await Author.create({ name: request.body.name });
      return reply.code(201).send({ sent: true });
    });
    app.post<{ Body: { name: string } }>("/calls", transaction, (request, reply) => {
      Author.create({ name: request.body.name }).then(() => reply.send({ called: true }));
    });
    app.post("/throws", transaction, async () => {
      await Author.create({ name: "lost" });
      throw new NotFoundError("no");
    });
    app.post("/sends-error", transaction, async (_request, reply) => {
      await Author.create({ name: "lost" });
      return reply.send(new NotFoundError("no"));
    });
    app.post("/nothing", transaction, async (_request, reply) => {
      await Author.create({ name: "Nobody" });
      return reply.code(204).send();
    });
  };
  const post = (app: FastifyInstance, url: string, payload: object = {}) => app.inject({ method: "POST", url, payload });

  it("is committed before it is answered, however the handler answers", async () => {
    const app = await library(routes);
    const ended: string[] = [];
    app.db.on("transaction", ({ phase }) => ended.push(phase));
    expect((await post(app, "/returns", { name: "Bob" })).json()).toEqual({ inside: true });
    const sent = await post(app, "/sends", { name: "Cleo" });
    expect([sent.statusCode, sent.json()]).toEqual([201, { sent: true }]);
    expect((await post(app, "/calls", { name: "Dora" })).json()).toEqual({ called: true });
    expect((await post(app, "/nothing")).statusCode).toBe(204);
    expect(ended).toEqual(Array(4).fill(["begin", "commit"]).flat());
    expect(await Author.count()).toBe(5);
  });

  it("is rolled back when the handler throws, or answers that it failed", async () => {
    const app = await library(routes);
    const refused = await post(app, "/returns", { name: "Bob", status: 409 });
    expect([refused.statusCode, refused.json()]).toEqual([409, { inside: true }]);
    expect((await post(app, "/throws")).statusCode).toBe(404);
    expect((await post(app, "/sends-error")).statusCode).toBe(404);
    expect((await post(app, "/sends", { name: "Ada" })).statusCode).toBe(409);
    expect(await Author.all().pluck((a) => a.name)).toEqual(["Ada"]);
    expect(app.db.poolStats().leased).toBe(0);
  });
});

describe("statements of a request", () => {
  const counted = (app: FastifyInstance) => {
    app.get("/", { config: { kaka: { maxStatements: 2 } } }, async () => {
      for (const _ of [1, 2, 3]) await Author.count();
      return {};
    });
    app.get("/swallows", { config: { kaka: { maxStatements: 2 } } }, async () => {
      for (const _ of [1, 2, 3]) await Author.count().catch(() => {});
      return {};
    });
    app.post("/", { preValidation: async () => void (await Author.count()) }, async () => ({ n: await Author.count() }));
  };

  it("are counted through hooks and bodies, and told in development", async () => {
    const app = await library(counted);
    const answer = await app.inject({ method: "POST", url: "/", payload: { a: 1 } });
    expect(answer.headers["server-timing"]).toMatch(/^db;dur=\d+\.\d;desc="2 statements"$/);
    const quiet = await library(counted, { serverTiming: false });
    expect((await quiet.inject({ method: "POST", url: "/", payload: {} })).headers).not.toHaveProperty("server-timing");
  });

  it("beyond what the route allows are an error that names route and statements, and no client sees them", async () => {
    const errors: Error[] = [];
    const app = await library((app) => {
      counted(app);
      app.addHook("onError", async (_request, _reply, error) => void errors.push(error));
    });
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.json().message]).toEqual([500, "Internal Server Error"]);
    expect((await app.inject("/swallows")).statusCode).toBe(500);
    expect(errors).toHaveLength(2);
    expect(errors[0]?.message).toMatch(
      /^GET \/ may send 2 statements and asked for one more:\n {2}select count\(\*\) from `plugin_author`/,
    );
    expect(errors[1]?.message).toBe("GET /swallows may send 2 statements and asked for 3");
  });

  it("are logged where a live service must not fail for it", async () => {
    const app = await library(counted, { overBudget: "log" });
    expect((await app.inject("/")).statusCode).toBe(200);
  });
});

describe("errors", () => {
  const cases: readonly [string, unknown, number][] = [
    ["a row that is not there", new NotFoundError("no plugin_author"), 404],
    ["a row that others changed", new StaleObjectError("Author id=1"), 409],
    ["a pool without a free connection", new PoolTimeout("select * from plugin_author"), 503],
    ["wrong use", new UsageError("plugin_author"), 500],
    ["any other error", new TypeError("plugin_author"), 500],
    ["what is no error", "plugin_author", 500],
  ];
  it.each(cases)("%s", async (_, error, status) => {
    const app = await start((app) => {
      app.get("/", async () => {
        throw error;
      });
    });
    const answer = await app.inject("/");
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
    expect(answer.json()).toEqual({ statusCode: status, error: expect.any(String), code: expect.any(String), message: expect.any(String) });
    expect(answer.body).not.toContain("plugin_author");
  });

  it("of a service that says no are told in its words", async () => {
    const app = await start((app) => {
      app.get("/", () => Promise.reject(new ValidationError("the seats are gone")));
      app.get("/field", () => Promise.reject(new ValidationError({ seats: "are gone" })));
    });
    expect((await app.inject("/")).json()).toMatchObject({ statusCode: 422, message: "the seats are gone" });
    expect((await app.inject("/field")).json()).toMatchObject({ statusCode: 422, errors: { seats: ["are gone"] } });
  });

  it("are answered by a handler of one's own where that is wanted", async () => {
    const app = await start(
      (app) => {
        app.setErrorHandler((error, _request, reply) => reply.code(418).send({ status: errorReply(error)?.statusCode ?? null }));
        app.get("/", () => Promise.reject(new NotFoundError("no")));
        app.get("/other", () => Promise.reject(new Error("no")));
      },
      { errors: false },
    );
    expect((await app.inject("/")).json()).toEqual({ status: 404 });
    expect((await app.inject("/other")).json()).toEqual({ status: null });
  });

  it("of HTTP keep their status and words up to 499", async () => {
    const app = await start((app) => {
      app.get("/teapot", () => Promise.reject(Object.assign(new Error("short and stout"), { statusCode: 418 })));
      app.get("/down", () => Promise.reject(Object.assign(new Error("inner workings"), { statusCode: 502 })));
    });
    expect((await app.inject("/teapot")).json()).toMatchObject({ statusCode: 418, message: "short and stout" });
    const down = await app.inject("/down");
    expect([down.statusCode, down.body.includes("inner workings")]).toEqual([502, false]);
  });
});

describe("the connection", () => {
  it("is closed with the server, unless it was given", async () => {
    const app = await start(() => {});
    const { db } = app;
    await app.close();
    expect(db.connected).toBe(false);
    const engine = await connect("sqlite::memory:", { name: "given" });
    const second = await start(() => {}, { engine });
    await second.close();
    expect(engine.connected).toBe(true);
    await engine.disconnect();
  });

  it("is a url or an engine", async () => {
    await expect(Fastify().register(kaka, {})).rejects.toThrow(/needs a database/);
    await expect(Fastify().register(kaka, { engine: {} as Engine })).rejects.toThrow(/takes what connect\(\) gives/);
    await expect(Fastify().register(kaka, { url: "sqlite::memory:", nonsense: 1 } as never)).rejects.toThrow(/unknown option nonsense/);
  });
});

const { running } = await selectTargets();
const sleep = (db: Engine, family: string) => (family === "mysql" ? db.sql`select sleep(20)` : db.sql`select pg_sleep(20)`);
const servers = running.filter(({ name, family }) => family !== "sqlite" && name !== "pglite");

describe.each(servers.map((target) => [target.name, target] as const))("a client that goes away, %s", (_, target) => {
  it("stops the statement that runs for it", async () => {
    const failed: unknown[] = [];
    const app = await start(
      (app) => {
        app.post("/sleep", async () => sleep(app.db, target.family));
        app.db.on("statement", ({ error, sql }) => sql.includes("sleep") && failed.push(error));
      },
      { url: await target.url() },
    );
    try {
      const address = await app.listen({ port: 0, host: "127.0.0.1" });
      const controller = new AbortController();
      const body = JSON.stringify({ a: 1 });
      const headers = { "content-type": "application/json" };
      const answer = fetch(`${address}/sleep`, { method: "POST", body, headers, signal: controller.signal });
      answer.catch(() => {});
      await pause(300);
      const before = performance.now();
      controller.abort();
      await expect(answer).rejects.toThrow();
      for (let look = 0; failed.length === 0 && look < 100; look++) await pause(20);
      // MySQL's own sleep answers 1 when it is stopped, which is no error.
      if (target.name.startsWith("mysql")) expect(failed).toHaveLength(1);
      else expect(failed[0]).toBeInstanceOf(TimeoutError);
      expect(performance.now() - before).toBeLessThan(3_000);
      expect(app.db.poolStats().leased).toBe(0);
    } finally {
      await app.close();
      open.length = 0;
      await target.dispose();
    }
  });
});
