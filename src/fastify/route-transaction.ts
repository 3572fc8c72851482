/** A handler in a transaction, whose end decides what is answered. Layer 8. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import type { Engine } from "../engine/engine.ts";

/** Takes the place of an error to roll back for an answer that is none. */
class RolledBack {
  readonly payload: unknown;
  constructor(payload: unknown) {
    this.payload = payload;
  }
}

/** What a handler answers by `reply.send`, held back until the transaction has ended. */
interface Held {
  readonly answer: Promise<unknown>;
  readonly given: () => boolean;
  release(): void;
}

function holdAnswer(reply: FastifyReply): Held {
  const own = reply as unknown as { send?: (payload?: unknown) => FastifyReply; then?: undefined };
  let given = false;
  let resolve: (payload: unknown) => void;
  const answer = new Promise((settle) => {
    resolve = settle;
  });
  own.send = (payload) => {
    given = true;
    resolve(payload);
    return reply;
  };
  // A reply can be awaited, until it was sent, and an async handler that returns it does so: here that would be for ever.
  // biome-ignore lint/suspicious/noThenProperty: it hides the one that the reply has
  Object.defineProperty(own, "then", { value: undefined, configurable: true });
  const release = (): void => {
    delete own.send;
    delete own.then;
  };
  return { answer, given: () => given, release };
}

/** The same handler: COMMIT comes before the answer, and an answer of 400 or more, or an error, rolls back. */
export function inTransaction(db: Engine, handler: RouteHandlerMethod): RouteHandlerMethod {
  return async function (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    const held = holdAnswer(reply);
    const payload = await db
      .transaction(async () => {
        const returned: unknown = handler.call(this as never, request as never, reply as never);
        const result: unknown = await returned;
        // One that returned the reply answers when it is ready; so does one that is not asynchronous and returned nothing.
        const waits = result === reply || (result === undefined && (held.given() || !(returned instanceof Promise)));
        const answer = waits ? await held.answer : result;
        if (reply.statusCode >= 400 || answer instanceof Error) throw new RolledBack(answer);
        return answer;
      })
      .catch((thrown: unknown) => {
        if (thrown instanceof RolledBack && !(thrown.payload instanceof Error)) return thrown.payload;
        throw thrown instanceof RolledBack ? thrown.payload : thrown;
      })
      .finally(held.release);
    return held.given() ? reply.send(payload) : payload;
  };
}
