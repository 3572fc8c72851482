/** The entry `kakaorm/fastify`. */
export { type ErrorBody, type ErrorReply, errorReply } from "./error-reply.ts";
export type { KakaOptions, KakaRouteOptions } from "./options.ts";
export { kaka } from "./plugin.ts";
export type { KakaTypeProvider } from "./provider.types.ts";
