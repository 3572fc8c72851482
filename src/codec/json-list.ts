/** Lists that a query makes of values: read only. Layer 1. */
import type { JsonShape } from "../ast/type.ts";
import type { Codec } from "./codec.ts";
import { refuseBecause } from "./refuse.ts";

/** An array whose elements are read by the codecs of what they were made of. */
export function jsonListCodec(items: JsonShape): Codec<readonly unknown[]> {
  return {
    type: { word: "json", items },
    family: "json",
    accept: (_, label) =>
      refuseBecause(label, "a list that a query made is compared with nothing", { rule: "type", expectedType: "array" }),
  };
}
