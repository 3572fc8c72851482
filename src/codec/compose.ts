/** Codecs made of codecs: arrays, and a caller's own type over a built-in one. Layer 1. */
import { KakaError } from "../errors.ts";
import type { Codec, CustomCodec } from "./codec.ts";
import { refuse } from "./refuse.ts";

export function arrayCodec(element: Codec): Codec<readonly unknown[]> {
  return {
    type: { word: "array", element },
    family: "json",
    accept(value, label) {
      if (!Array.isArray(value)) return refuse(label, "array", value);
      return value.map((item, i) => (item === null ? null : element.accept(item, `${label}[${i}]`)));
    },
  };
}

/** What a codec of somebody's own throws for a value of another type is a refusal like any other's. */
function encoded<T>(custom: CustomCodec<T>, value: unknown, label: string): unknown {
  try {
    return custom.encode(value as T);
  } catch (error) {
    if (error instanceof KakaError) throw error;
    return refuse(label, "custom", value);
  }
}

/** Stored as `base` stores what `encode` returns. */
export function customCodec<T>(custom: CustomCodec<T>): Codec<T> {
  return {
    type: custom.base.type,
    family: custom.base.family,
    custom,
    accept(value, label) {
      custom.base.accept(encoded(custom, value, label), label);
      return value as T;
    },
  };
}
