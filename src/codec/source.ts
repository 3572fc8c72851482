/** Where a codec comes from, when an expression is told its type by a column. Layer 1. */
import type { Codec, Family } from "./codec.ts";

/** The member under which a column hands out its codec: null while it is not known (a foreign key's is its target's). */
export const ownCodec: unique symbol = Symbol("ownCodec");

/** A column to the compiler: its values T and their family. */
export interface TypedBy<T, F extends Family> {
  readonly [ownCodec]: readonly [value: T, family: F];
}

/** A column at run time. */
export interface CodecSource {
  readonly [ownCodec]: Codec | null;
}

export function isCodecSource(candidate: unknown): candidate is CodecSource {
  return typeof candidate === "object" && candidate !== null && ownCodec in candidate;
}
