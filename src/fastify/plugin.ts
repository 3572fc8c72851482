/** Models in a Fastify server: the connection, the routes' schemas, the errors' answers. Layer 8. */
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preSerializationHookHandler,
  preValidationHookHandler,
  RouteOptions,
} from "fastify";
import { connect } from "../engine/connect.ts";
import { Engine } from "../engine/engine.ts";
import { UsageError } from "../errors.ts";
import { errorReply, plainReply } from "./error-reply.ts";
import type { KakaOptions, KakaRouteOptions } from "./options.ts";
import { checkRequest, type Inputs } from "./request-input.ts";
import { beginWork, workOf, workProperty } from "./request-work.ts";
import { answerConverters, converterFor, type InputPart, inputParts, inputSchema, type Plain, plainSchema } from "./route-schema.ts";
import { inTransaction } from "./route-transaction.ts";

/** The schemas of a route before and after the server has compiled them. */
interface Documented {
  readonly route: RouteOptions;
  readonly schema: Plain;
}

async function engineFor(options: KakaOptions): Promise<{ db: Engine; owned: boolean }> {
  const { url, engine, errors: _, retryAfter: __, serverTiming: ___, overBudget: ____, schemas: _____, ...connecting } = options;
  if (engine !== undefined) {
    if (!(engine instanceof Engine)) throw new UsageError("the option engine takes what connect() gives");
    if (url !== undefined) throw new UsageError("the plugin takes a url or an engine, not both");
    return { db: engine, owned: false };
  }
  if (typeof url !== "string")
    throw new UsageError("the plugin needs a database", { hint: 'write app.register(kaka, { url: "sqlite:./app.db" })' });
  // The server adds this one to the options of every plugin.
  const { prefix: _prefix, ...rest } = connecting as typeof connecting & { prefix?: unknown };
  return { db: await connect(url, rest), owned: true };
}

/** The keys of the input parts that models check, which the server is not to check as well. */
function inputsOf(schema: Plain, where: string): [InputPart, NonNullable<ReturnType<typeof inputSchema>>][] {
  return inputParts.flatMap((part) => {
    const given = schema[part] ?? (part === "querystring" ? schema["query"] : undefined);
    const input = given === undefined ? null : inputSchema(given, `${where}: ${part}`);
    return input === null ? [] : [[part, input] as const];
  }) as [InputPart, NonNullable<ReturnType<typeof inputSchema>>][];
}

function list<T>(hooks: T | T[] | undefined): T[] {
  return hooks === undefined ? [] : ([hooks].flat() as T[]);
}

/** Makes plain what is a model in the schemas of a route, and adds what checks requests and writes answers. */
function adaptSchemas(route: RouteOptions, target: string): Documented | null {
  const schema = route.schema as Plain | undefined;
  if (schema === undefined) return null;
  const inputs = inputsOf(schema, `${String(route.method)} ${route.url}`);
  const converters = answerConverters(schema["response"]);
  const way = (key: string) => (key === "response" ? "output" : "input");
  const plain = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, plainSchema(value, target, way(key))]));
  if (inputs.length === 0 && Object.entries(plain).every(([key, value]) => schema[key] === value)) return null;
  if (inputs.length > 0) {
    const checked = inputs.flatMap(([part]) => (part === "querystring" ? [part, "query"] : [part]));
    route.schema = Object.fromEntries(Object.entries(plain).filter(([key]) => !checked.includes(key)));
    route.preValidation = [...list(route.preValidation), inputHook(inputs, route.attachValidation === true)] as never;
  } else route.schema = plain;
  if (converters !== null) {
    const convert: preSerializationHookHandler<unknown> = (_request, reply, payload, done) => {
      const found = converterFor(converters, reply.statusCode);
      try {
        done(null, found === undefined ? payload : found(payload));
      } catch (error) {
        done(error as Error);
      }
    };
    route.preSerialization = [...list(route.preSerialization), convert] as never;
  }
  return inputs.length > 0 ? { route, schema: plain } : null;
}

function inputHook(inputs: Inputs, attach: boolean): preValidationHookHandler {
  return (request, _reply, done) => {
    const answer = (error: Error | null) => {
      if (error !== null && attach) request.validationError = error as never;
      done(attach || error === null ? undefined : error);
    };
    const checked = checkRequest(request, inputs);
    if (checked instanceof Promise) checked.then(answer, done);
    else answer(checked);
  };
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, retryAfter: number): FastifyReply {
  const answer = errorReply(error, retryAfter) ?? plainReply(error);
  if (answer.statusCode >= 500) request.log.error({ err: error }, "the request failed");
  else request.log.info({ err: error }, "the request was refused");
  if (answer.retryAfter !== undefined) reply.header("retry-after", String(answer.retryAfter));
  return reply.code(answer.statusCode).send(answer.body);
}

function routeOptionsOf(request: FastifyRequest): KakaRouteOptions | undefined {
  return request.routeOptions.config?.kaka;
}

function tooMany({ method, routeOptions }: FastifyRequest, statements: number, most: number): UsageError {
  return new UsageError(`${method} ${routeOptions.url ?? ""} may send ${most} statements and asked for ${statements}`);
}

/**
 * The plugin: connects, decorates the server with `db`, and lets routes take models as schemas. Register it before the routes, and
 * wait for it: `await app.register(kaka, { url })`.
 * @throws UsageError and ConnectionError while the server starts
 * @example
 * const app = Fastify().withTypeProvider<KakaTypeProvider>();
 * await app.register(kaka, { url: "sqlite:./app.db" });
 * app.post("/todos", { schema: { body: Todo.insert, response: { 201: Todo } } }, async (request, reply) => {
 *   reply.code(201);
 *   return Todo.create(request.body);
 * });
 */
export async function kaka(app: FastifyInstance, options: KakaOptions): Promise<void> {
  const live = process.env["NODE_ENV"] === "production";
  const { errors = true, retryAfter = 1, serverTiming = !live, overBudget = live ? "log" : "throw", schemas = "openapi-3.0" } = options;
  const { db, owned } = await engineFor(options);
  if (owned) app.addHook("onClose", () => db.disconnect());
  app.decorate("db", db);
  app.decorateRequest(workProperty, undefined);

  const documented: Documented[] = [];
  app.addHook("onRoute", (route) => {
    const adapted = adaptSchemas(route, schemas);
    if (adapted !== null) documented.push(adapted);
    if (route.config?.kaka?.transaction === true) route.handler = inTransaction(db, route.handler);
  });
  // Compiled by now, and not yet documented: whoever describes the routes is to see their inputs as well.
  app.addHook("onReady", (done) => {
    for (const { route, schema } of documented.splice(0)) route.schema = schema;
    done();
  });

  app.addHook("onRequest", (request, reply, done) => {
    const most = overBudget === "throw" ? routeOptionsOf(request)?.maxStatements : undefined;
    beginWork(request, reply, most).run(done);
  });
  // Reading a body leaves the context of the request.
  app.addHook("preValidation", (request, _reply, done) => {
    const work = workOf(request);
    if (work === undefined) done();
    else work.run(done);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const work = workOf(request);
    if (work === undefined) return done(null, payload);
    const { statements, milliseconds } = work;
    const most = routeOptionsOf(request)?.maxStatements;
    const over = most !== undefined && statements > most;
    if (serverTiming)
      reply.header("server-timing", `db;dur=${milliseconds.toFixed(1)};desc="${statements} statement${statements === 1 ? "" : "s"}"`);
    // A handler may have swallowed the refusal.
    if (over && overBudget === "throw" && reply.statusCode < 500) return done(tooMany(request, statements, most));
    if (over) request.log.warn({ statements, maxStatements: most }, "the request sent more statements than its route allows");
    done(null, payload);
  });
  if (errors) app.setErrorHandler((error, request, reply) => answerError(error, request, reply, retryAfter));
}

// The server's own mark of a plugin whose decorators and hooks are for its parent too; a package that sets it is one line.
Object.defineProperty(kaka, Symbol.for("skip-override"), { value: true });
Object.defineProperty(kaka, Symbol.for("fastify.display-name"), { value: "kakaorm" });
