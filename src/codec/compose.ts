/** Codecs made of codecs: arrays, and a caller's own type over a built-in one. Layer 1. */
import type { Codec, CustomCodec } from "./codec.ts";
import { refuse } from "./refuse.ts";

export function arrayCodec(element: Codec): Codec<readonly unknown[]> {
  return {
    type: { word: "array", element },
    family: "json",
    accept(value, label) {
      if (!Array.isArray(value)) return refuse(label, "an array", value);
      return value.map((item, i) => (item === null ? null : element.accept(item, `${label}[${i}]`)));
    },
  };
}

/** Stored as `base` stores what `encode` returns. */
export function customCodec<T>(custom: CustomCodec<T>): Codec<T> {
  return {
    type: custom.base.type,
    family: custom.base.family,
    custom,
    accept(value, label) {
      custom.base.accept(custom.encode(value as T), label);
      return value as T;
    },
  };
}
