/** What the plugin takes, for the whole server and route by route. Layer 8. */
import type { Engine } from "../engine/engine.ts";
import type { ConnectOptions } from "../engine/options.ts";

export interface KakaOptions extends ConnectOptions {
  /** The database to connect to; the connection is closed with the server. */
  readonly url?: string;
  /** An engine instead, which stays connected when the server closes. */
  readonly engine?: Engine;
  /** Answer errors of the ORM, and unknown ones, with `errorReply`. Default true; false leaves them to the server's own handler. */
  readonly errors?: boolean;
  /** Seconds that a client is asked to wait when the database is too busy. Default 1. */
  readonly retryAfter?: number;
  /**
   * Tell the statements of each request and their time in the header `Server-Timing`. Default true, and false when NODE_ENV is
   * `production`.
   */
  readonly serverTiming?: boolean;
  /** What happens to a request that sends more than its `maxStatements`. Default `throw`, and `log` when NODE_ENV is `production`. */
  readonly overBudget?: "throw" | "log";
  /** The spelling of the schemas that routes and their documentation get. Default `openapi-3.0`. */
  readonly schemas?: "openapi-3.0" | "draft-2020-12" | "draft-07";
}

/** `config: { kaka: { transaction: true } }` of a route. */
export interface KakaRouteOptions {
  /**
   * Run the handler in a transaction. It is committed before the answer is sent, and rolled back when the handler throws or
   * answers with a status of 400 or more. Work that goes on after the handler is not part of it.
   */
  readonly transaction?: boolean;
  /** How many statements one request may send. */
  readonly maxStatements?: number;
}

declare module "fastify" {
  interface FastifyInstance {
    /** The database of the server. */
    readonly db: Engine;
  }
  interface FastifyContextConfig {
    kaka?: KakaRouteOptions;
  }
}
