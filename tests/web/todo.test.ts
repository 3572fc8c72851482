/** The Todo API on every target: what clients send who mean well, and what those send who do not. */
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../examples/04-fastify-todo/app.ts";
import { Todo, User } from "../../examples/04-fastify-todo/models.ts";
import { selectTargets } from "../targets/all.ts";
import { hostile, type Request } from "./hostile.ts";

type App = Awaited<ReturnType<typeof buildApp>>;

const { running } = await selectTargets();

for (const target of running) {
  describe(target.name, () => {
    let app: App;
    let address = "";
    beforeAll(async () => {
      app = await buildApp({ url: await target.url(), name: `web ${target.name}`, default: true });
      await User.create({ name: "Ada", email: "ada@example.com" });
      const ada = await User.get({ email: "ada@example.com" });
      await app.db.execute`update todo_user set api_key = ${"a secret"} where id = ${ada.id}`;
      await Todo.bulkCreate([
        { title: "Buy milk", priority: 1, ownerId: ada.id },
        { title: "Write", priority: 5, urgent: true, ownerId: ada.id, dueAt: new Date("2030-01-02T03:04:05.678Z") },
        { title: "Milk the cow", state: "done", ownerId: ada.id },
      ]);
      address = await app.listen({ port: 0, host: "127.0.0.1" });
    });
    afterAll(async () => {
      await app?.db.dropTableIfExists(User, Todo);
      await app?.close();
      await target.dispose();
    });

    async function everything(): Promise<unknown> {
      const users = await User.all()
        .orderBy((u) => u.id)
        .select("id", "name", "email", "apiKey");
      return { users, todos: (await Todo.all().orderBy((t) => t.id)).map((todo) => todo.toDict()) };
    }

    async function inject({ method, url, json, raw, headers }: Pick<Request, "method" | "url" | "json" | "raw" | "headers">) {
      const sent = raw ?? (json === undefined ? undefined : JSON.stringify(json));
      const type = json === undefined ? {} : { "content-type": "application/json" };
      return app.inject({ method, url, headers: { ...type, ...headers }, ...(sent === undefined ? {} : { payload: sent }) });
    }

    function expectRefusal({ status, fields }: Request, answer: { status: number; type: string | null; text: string }): void {
      expect(answer.status, answer.text).toBe(status);
      expect(answer.type).toMatch(/^application\/json/);
      const body = JSON.parse(answer.text) as { statusCode: number; message: string; errors?: Record<string, string[]> };
      expect(body.statusCode).toBe(status);
      expect(body.message.length).toBeGreaterThan(5);
      expect(answer.text.length, "of what was sent, little comes back").toBeLessThan(8_000);
      expect(answer.text).not.toMatch(/todo_item|todo_user|\bselect\b|\binsert into\b|constraint|node_modules|a secret/i);
      for (const field of fields ?? []) expect(Object.keys(body.errors ?? {})).toContain(field);
    }

    it("answers what it was asked for", async () => {
      const created = await inject({
        method: "POST",
        url: "/todos",
        json: { title: "Rest", ownerId: 1, dueAt: "2031-05-06T07:08:09+02:00" },
      });
      expect(created.statusCode).toBe(201);
      const todo = created.json() as { id: number };
      expect(todo).toEqual({
        id: expect.any(Number),
        title: "Rest",
        notes: null,
        state: "open",
        urgent: false,
        priority: 3,
        dueAt: "2031-05-06T05:08:09.000Z",
        ownerId: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      const changed = await inject({ method: "PATCH", url: `/todos/${todo.id}`, json: { state: "doing", dueAt: null } });
      expect(changed.json()).toEqual({ ...todo, state: "doing", dueAt: null });
      const shown = await inject({ method: "GET", url: `/todos/${todo.id}` });
      expect(shown.json()).toEqual({ ...changed.json(), owner: { id: 1, name: "Ada", email: "ada@example.com" } });
      expect(shown.headers["server-timing"]).toMatch(/^db;dur=[\d.]+;desc="2 statements"$/);
      const gone = await inject({ method: "DELETE", url: `/todos/${todo.id}` });
      expect([gone.statusCode, gone.body]).toEqual([204, ""]);
      expect((await inject({ method: "GET", url: `/todos/${todo.id}` })).statusCode).toBe(404);
    });

    it("filters, orders and pages", async () => {
      const titles = async (query: string) => {
        const answer = (await inject({ method: "GET", url: `/todos?${query}` })).json() as { items: { title: string }[] };
        return answer.items.map(({ title }) => title);
      };
      expect(await titles("order=-priority")).toEqual(["Write", "Milk the cow", "Buy milk"]);
      expect(await titles("search=MILK&order=title")).toEqual(["Buy milk", "Milk the cow"]);
      expect(await titles("state=done")).toEqual(["Milk the cow"]);
      expect(await titles("urgent=true")).toEqual(["Write"]);
      expect(await titles("search=%25")).toEqual([]);
      expect(await titles("ownerId=2")).toEqual([]);
      expect(await titles("order=title,-id&page=2&perPage=2")).toEqual(["Write"]);
      const page = await inject({ method: "GET", url: "/todos?perPage=2" });
      expect(page.json()).toMatchObject({ total: 3, page: 1, pages: 2 });
    });

    it("writes all rows of an import", async () => {
      const before = await everything();
      const rows = [
        { title: "One", ownerId: 1 },
        { title: "Two", ownerId: 1 },
      ];
      const answer = await inject({ method: "POST", url: "/todos/import", json: rows });
      expect([answer.statusCode, answer.json()]).toEqual([201, { created: 2 }]);
      expect(await Todo.where((t) => t.title.in(["One", "Two"])).delete()).toBe(2);
      expect(await everything()).toEqual(before);
    });

    it.each(hostile.map((request) => [request.name, request] as const))("refuses %s", async (_, request) => {
      const before = await everything();
      const answer = await inject(request);
      expectRefusal(request, { status: answer.statusCode, type: String(answer.headers["content-type"]), text: answer.body });
      expect(await everything()).toEqual(before);
    });

    it("refuses all of it over a socket as well", async () => {
      const before = await everything();
      for (const request of hostile) {
        const { method, url, json, raw, headers } = request;
        const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
        const type = json === undefined ? {} : { "content-type": "application/json" };
        const answer = await fetch(address + url, { method, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) });
        const text = await answer.text();
        expectRefusal(request, { status: answer.status, type: answer.headers.get("content-type"), text });
      }
      expect(await everything()).toEqual(before);
      expect((app.server.address() as AddressInfo).port).toBeGreaterThan(0);
    });

    it("gives no connection away", () => {
      expect(app.db.poolStats().leased).toBe(0);
    });
  });
}
