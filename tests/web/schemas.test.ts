/** Models as schemas of routes: what is answered, what is taken, what is documented. */
import swagger from "@fastify/swagger";
import Fastify from "fastify";
import { Model, shapeOf, str } from "kakaorm";
import { kaka } from "kakaorm/fastify";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Author, Book, Celsius, library, open, start } from "./library.ts";

const notes = {
  id: 1,
  title: "Notes",
  big: "9007199254740993",
  at: "2024-02-29T12:00:00.500Z",
  data: "aGk=",
  meta: { pages: 7 },
  heat: "20 C",
  authorId: 1,
};

describe("answers", () => {
  it("have every column in its JSON form, related rows where they were asked for, and no hidden column", async () => {
    const app = await library((app) => {
      app.get("/books", { schema: { response: { 200: [Book] } } }, async () => Book.all());
      app.get("/page", { schema: { response: { "2xx": { type: "object", properties: { items: [Book] } } } } }, async () => ({
        items: await Book.all(),
        more: "is not told",
      }));
      const full = shapeOf(Author, { omit: ["id"], nested: ["books"] });
      app.get("/authors", { schema: { response: { default: [full] } } }, async () => Author.all().prefetch("books"));
      app.get("/loose", async () => Author.first());
      app.get("/selected", { schema: { response: { 200: [Author] } } }, async () => Author.all().select("id", "name", "secret"));
      app.get("/media", { schema: { response: { 200: { content: { "application/json": { schema: Book } } } } } }, async () => Book.first());
    });
    const body = async (url: string) => (await app.inject(url)).json();
    expect(await body("/books")).toEqual([notes]);
    expect(await body("/page")).toEqual({ items: [notes] });
    expect(await body("/authors")).toEqual([{ name: "Ada", books: [notes] }]);
    expect(await body("/loose")).toEqual({ id: 1, name: "Ada" });
    expect(await body("/selected")).toEqual([{ id: 1, name: "Ada" }]);
    expect(await body("/media")).toEqual(notes);
  });

  it("without the relation that they are to have are a mistake of the program, which the client is not told", async () => {
    const app = await library((app) => {
      app.get("/", { schema: { response: { 200: shapeOf(Book, { nested: ["author"] }) } } }, async () => Book.first());
    });
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.json().message]).toEqual([500, "Internal Server Error"]);
  });

  it("are what a class says in its own toJSON", async () => {
    class Loud extends Model("plugin_author", { name: str() }) {
      override toJSON() {
        return { ...super.toJSON(), name: this.name.toUpperCase() } as never;
      }
    }
    const app = await library((app) => {
      app.get("/", { schema: { response: { 200: Loud } } }, async () => Loud.first());
    });
    expect((await app.inject("/")).json()).toEqual({ id: 1, name: "ADA" });
  });
});

describe("requests", () => {
  it("arrive as the model's values, from JSON and from text", async () => {
    const seen: unknown[] = [];
    const app = await library((app) => {
      app.put("/:id", { schema: { params: shapeOf(Book, { pick: ["id"] }), body: Book.insert } }, async (request) => {
        seen.push(request.params, request.body);
        return {};
      });
      const filter = shapeOf(Book, { pick: ["title", "big", "at"], partial: true });
      app.get("/", { schema: { querystring: filter } }, async (request) => {
        seen.push(request.query);
        return {};
      });
      app.post("/zod", { schema: { body: z.strictObject({ n: z.number() }) } }, async (request) => request.body);
      app.post("/later", { schema: { body: z.object({ n: z.number().refine(async (n) => n > 1) }) } }, async () => ({}));
    });
    const { id: _, ...given } = notes;
    await app.inject({ method: "PUT", url: "/4", payload: given });
    await app.inject("/?big=5&at=2024-02-29T12:00:00Z");
    const heat = new Celsius(20);
    const written = { ...given, big: 9_007_199_254_740_993n, at: new Date(notes.at), data: new Uint8Array([104, 105]), heat };
    expect(seen).toEqual([{ id: 4 }, written, { big: 5n, at: new Date("2024-02-29T12:00:00Z") }]);
    expect((await app.inject("/?title=a&title=b")).statusCode).toBe(400);
    expect((await app.inject("/?other=a")).statusCode).toBe(400);
    expect((await app.inject({ method: "PUT", url: "/4.5", payload: given })).json().errors).toEqual({ id: ["must be a whole number"] });
    expect((await app.inject({ method: "POST", url: "/zod", payload: { n: 1 } })).json()).toEqual({ n: 1 });
    expect((await app.inject({ method: "POST", url: "/zod", payload: { n: "1", m: 1 } })).json().errors).toHaveProperty("n");
    expect((await app.inject({ method: "POST", url: "/later", payload: { n: 2 } })).statusCode).toBe(200);
    expect((await app.inject({ method: "POST", url: "/later", payload: { n: 1 } })).statusCode).toBe(422);
  });

  it("are left to the server where a schema is plain, and to the handler where it asks for the error", async () => {
    const plain = { type: "object", properties: { page: { type: "integer", default: 1 } } };
    const app = await start((app) => {
      app.get("/", { schema: { querystring: plain } }, async (request) => request.query);
      app.post("/", { schema: { body: Author.insert }, attachValidation: true }, async (request) => String(request.validationError?.name));
    });
    expect((await app.inject("/?page=5&other=1")).json()).toEqual({ page: 5, other: "1" });
    expect((await app.inject("/?page=x")).json()).toMatchObject({ statusCode: 400, code: "FST_ERR_VALIDATION" });
    expect((await app.inject({ method: "POST", url: "/", payload: {} })).body).toBe("ValidationError");
  });

  it("with a schema that would check nothing are refused when the route is declared", async () => {
    const body = { type: "object", properties: { author: Author.insert } };
    await expect(start((app) => void app.post("/", { schema: { body } }, async () => ({})))).rejects.toThrow(
      /POST \/: body has a model within/,
    );
    const nested = shapeOf(Author, { nested: ["books"] });
    await expect(start((app) => void app.post("/", { schema: { body: nested } }, async () => ({})))).rejects.toThrow(
      /nested relations are for answers/,
    );
  });
});

describe("a route that was declared before the plugin was there", () => {
  it.each([
    [{ body: Author.insert }, /await app\.register\(kaka, \.\.\.\)` before the route/],
    [{ response: { 200: [Author] } }, /Failed building the serialization schema/],
  ])("keeps the server from starting", async (schema, message) => {
    const app = Fastify();
    open.push(app as never);
    app.register(kaka, { url: "sqlite::memory:", name: "late" });
    app.post("/", { schema }, async () => ({}));
    await expect(app.ready()).rejects.toThrow(message);
  });
});

describe("documentation", () => {
  it("sees plain schemas of inputs and answers", async () => {
    const app = Fastify();
    open.push(app as never);
    await app.register(kaka, { url: "sqlite::memory:", default: true });
    await app.register(swagger, { openapi: { info: { title: "t", version: "1" } } });
    app.post("/books", { schema: { body: Book.insert, response: { 201: Book } } }, async () => ({}) as never);
    app.get(
      "/books/:id",
      { schema: { params: shapeOf(Book, { pick: ["id"] }), querystring: z.object({ q: z.string() }) } },
      async () => ({}),
    );
    await app.ready();
    const { paths } = app.swagger() as unknown as { paths: Record<string, Record<string, Record<string, unknown>>> };
    expect(paths["/books"]?.["post"]?.["requestBody"]).toMatchObject({
      content: { "application/json": { schema: { title: "Book insert", required: ["title", "authorId"], additionalProperties: false } } },
    });
    expect(paths["/books"]?.["post"]?.["responses"]).toMatchObject({
      201: { content: { "application/json": { schema: { properties: { at: { type: "string", format: "date-time", nullable: true } } } } } },
    });
    expect(paths["/books/{id}"]?.["get"]?.["parameters"]).toEqual([
      { schema: { type: "string" }, in: "query", name: "q", required: true },
      { schema: { type: "integer" }, in: "path", name: "id", required: true },
    ]);
  });
});
