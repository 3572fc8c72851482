/** What `zodOf` returns. Types only. */
import type * as z from "zod";
import type { JsonOf, OutOf } from "../model/types/shape.types.ts";

type Has<In, K> = K extends keyof In ? In[K] : never;
/** The fields of an object of these values: the optional ones may be missing, and are not undefined. */
type Fields<Out, In> = {
  -readonly [K in keyof Out]-?: Record<never, never> extends Pick<Out, K>
    ? z.ZodExactOptional<z.ZodType<Exclude<Out[K], undefined>, Exclude<Has<In, K>, undefined>>>
    : z.ZodType<Out[K], Has<In, K>>;
};
export type ZodOf<S, J extends boolean> = z.ZodObject<Fields<OutOf<S>, J extends true ? JsonOf<S> : OutOf<S>>>;
