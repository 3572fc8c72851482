/** The server: routes with models as their schemas, and an API page at /docs. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyServerOptions } from "fastify";
import { type KakaOptions, type KakaTypeProvider, kaka } from "kakaorm/fastify";
import { Todo, TodoKey, TodoQuery, TodoWithOwner, User, UserKey } from "./models.ts";

const nothing = { type: "null", description: "Done" } as const;

export async function buildApp(database: KakaOptions, server: FastifyServerOptions = {}) {
  const app = Fastify(server).withTypeProvider<KakaTypeProvider>();
  await app.register(kaka, database);
  await app.register(swagger, { openapi: { info: { title: "Todo API", version: "1.0.0" } } });
  await app.register(swaggerUi, { routePrefix: "/docs" });
  await app.db.createTableIfNotExists(User, Todo);

  app.post("/users", { schema: { tags: ["users"], body: User.insert, response: { 201: User } } }, async (request, reply) => {
    reply.code(201);
    return User.create(request.body);
  });
  app.get("/users/:id", { schema: { tags: ["users"], params: UserKey, response: { 200: User } } }, async (request) =>
    User.get({ id: request.params.id }),
  );
  app.delete("/users/:id", { schema: { tags: ["users"], params: UserKey, response: { 204: nothing } } }, async (request, reply) => {
    await (await User.get({ id: request.params.id })).delete();
    return reply.code(204).send();
  });

  app.get(
    "/todos",
    {
      schema: {
        tags: ["todos"],
        summary: "Todos, page by page; order=-priority,dueAt sorts them",
        querystring: TodoQuery,
        response: {
          200: {
            description: "One page",
            type: "object",
            required: ["items", "total", "page", "pages"],
            properties: { items: [Todo], total: { type: "integer" }, page: { type: "integer" }, pages: { type: "integer" } },
          },
        },
      },
      // A list that grows a query per row fails its tests.
      config: { kaka: { maxStatements: 2 } },
    },
    async (request) => {
      const { page, perPage, order, state, urgent, ownerId, search } = request.query;
      let todos = Todo.orderByInput(order, { allow: ["priority", "dueAt", "title", "id"], default: "id" });
      if (state !== undefined) todos = todos.where({ state });
      if (urgent !== undefined) todos = todos.where({ urgent: urgent === "true" });
      if (ownerId !== undefined) todos = todos.where({ ownerId });
      if (search !== undefined) todos = todos.where((todo) => todo.title.contains(search, { ignoreCase: true }));
      const found = await todos.paginate({ page, perPage });
      return { items: found.items, total: found.total, page, pages: Math.ceil(found.total / perPage) };
    },
  );
  app.get("/todos/:id", { schema: { tags: ["todos"], params: TodoKey, response: { 200: TodoWithOwner } } }, async (request) =>
    Todo.where({ id: request.params.id }).prefetch("owner").get(),
  );
  app.post("/todos", { schema: { tags: ["todos"], body: Todo.insert, response: { 201: Todo } } }, async (request, reply) => {
    reply.code(201);
    return Todo.create(request.body);
  });
  app.post(
    "/todos/import",
    {
      schema: {
        tags: ["todos"],
        body: [Todo.insert],
        response: { 201: { description: "All of them", type: "object", properties: { created: { type: "integer" } } } },
      },
      config: { kaka: { transaction: true } },
    },
    async (request, reply) => {
      const created = await Todo.bulkCreate(request.body);
      return reply.code(201).send({ created: created.length });
    },
  );
  app.patch("/todos/:id", { schema: { tags: ["todos"], params: TodoKey, body: Todo.update, response: { 200: Todo } } }, async (request) => {
    const todo = await Todo.get({ id: request.params.id });
    return Object.assign(todo, request.body).save();
  });
  app.delete("/todos/:id", { schema: { tags: ["todos"], params: TodoKey, response: { 204: nothing } } }, async (request, reply) => {
    await (await Todo.get({ id: request.params.id })).delete();
    return reply.code(204).send();
  });
  return app;
}
