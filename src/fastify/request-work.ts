/** What one request does with the database: counted, limited, and stopped when its client goes away. Layer 8. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { Bounds } from "../engine/bounds.ts";

const workKey: unique symbol = Symbol("kakaorm work of the request");

type WithWork = FastifyRequest & { [workKey]?: Bounds };

/** The property that requests get, so that all of them have the same form from the start. */
export const workProperty: symbol = workKey;

export function workOf(request: FastifyRequest): Bounds | undefined {
  return (request as WithWork)[workKey];
}

export function beginWork(request: FastifyRequest, reply: FastifyReply, most: number | undefined): Bounds {
  let controller: AbortController | null = null;
  const signal = (): AbortSignal => {
    controller ??= clientGone(reply);
    return controller.signal;
  };
  const { method, url } = request.routeOptions;
  const label = `${String(method)} ${url ?? ""}`;
  const work = new Bounds(most === undefined ? { signal, label } : { signal, label, maxStatements: most });
  (request as WithWork)[workKey] = work;
  return work;
}

/** Fires when the connection ends before the answer was sent. The request's own `close` comes with the end of its body. */
function clientGone({ raw }: FastifyReply): AbortController {
  const controller = new AbortController();
  const look = (): void => {
    if (!raw.writableFinished) controller.abort(new Error("the client closed the connection"));
  };
  if (raw.destroyed) look();
  else raw.once("close", look);
  return controller;
}
