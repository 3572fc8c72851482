/** The shapes inside a `json<T>()` column. T is the caller's word: no database checks it, so what is reached may be missing. Types only. */
import type { JsonNullValue } from "../codec/json.ts";

type Scalar = string | number | boolean;

/** What can be asked for in a T: keys of objects, indexes of arrays; anything where T is `unknown` or `any`. */
export type JsonKey<T> = unknown extends T ? string | number : KeyOf<T>;
type KeyOf<T> = T extends readonly unknown[] ? number : T extends object ? keyof T & string : never;

/** What stands at a key, without `undefined`: a missing member is NULL. */
export type JsonAt<T, K> = unknown extends T ? T : Exclude<MemberOf<T, K>, undefined>;
type MemberOf<T, K> = T extends readonly unknown[] ? (K extends number ? T[K] : never) : K extends keyof T ? T[K] : never;

/** A part of a T for `contains`: any of its members, any of its elements. */
export type JsonPart<T> = unknown extends T
  ? T
  : T extends readonly (infer E)[]
    ? readonly JsonPart<E>[]
    : T extends object
      ? { readonly [K in keyof T]?: JsonPart<T[K]> }
      : T;

type ElementOf<T> = T extends readonly (infer E)[] ? E : never;
/** The elements of an array; `unknown` where T is. */
export type JsonElement<T> = unknown extends T ? T : ElementOf<T>;
/** An element that `has` can look for. */
export type JsonMember<T> = unknown extends T ? Scalar | JsonNullValue : ScalarOf<ElementOf<T>>;
type ScalarOf<E> = Extract<E, Scalar> | (null extends E ? JsonNullValue : never);
/** What `contains` takes: a part, and for an array one of its elements by itself. */
export type JsonContained<T> = JsonPart<Exclude<T, null>> | (unknown extends T ? never : Extract<ElementOf<T>, Scalar>);
