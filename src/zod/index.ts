/** The entry `kakaorm/zod`. */

export type { ZodOf } from "./zod.types.ts";
export { type ZodOptions, zodOf } from "./zod-of.ts";
