/** How models type a route: `Fastify().withTypeProvider<KakaTypeProvider>()`. Types only. */
import type { FastifyTypeProvider } from "fastify";
import type { Relation } from "../model/types/relation.types.ts";
import type { OutOf } from "../model/types/shape.types.ts";

/** What a handler finds in `request.body`, `query`, `params` and `headers`. */
type Incoming<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : unknown
  : S extends readonly (infer E)[]
    ? Incoming<E>[]
    : unknown;

interface Words {
  readonly string: string;
  readonly integer: number;
  readonly number: number;
  readonly boolean: boolean;
}
/** A related row may stand there as the row's own getter, which was loaded. */
type Shown<Out> = { readonly [K in keyof Out]: Out[K] | Relation<any, any, any> };
/** What a handler may answer: rows or anything that has their columns, also within plain JSON Schema. */
export type Outgoing<S> = S extends { readonly $specs: any } | { readonly "~standard": any }
  ? [OutOf<S>] extends [never]
    ? Incoming<S>
    : S extends { readonly $specs: any }
      ? OutOf<S>
      : Shown<OutOf<S>>
  : S extends readonly (infer E)[]
    ? readonly Outgoing<E>[]
    : S extends { readonly properties: infer P }
      ? { readonly [K in keyof P]: Outgoing<P[K]> }
      : S extends { readonly type: "array"; readonly items: infer E }
        ? readonly Outgoing<E>[]
        : S extends { readonly type: infer T extends keyof Words }
          ? Words[T]
          : S extends { readonly type: "null" }
            ? undefined
            : unknown;

export interface KakaTypeProvider extends FastifyTypeProvider {
  readonly validator: Incoming<this["schema"]>;
  readonly serializer: Outgoing<this["schema"]>;
}
