/** How a value travels: what a caller may give, and the normal form it has in the tree. Layer 1. */
import type { ColumnType, TypedCodec } from "../ast/type.ts";

/** What a column's values are to SQL; decides which operators its expressions have. */
export type Family =
  | "int"
  | "bigint"
  | "float"
  | "decimal"
  | "text"
  | "bool"
  | "timestamp"
  | "date"
  | "time"
  | "uuid"
  | "json"
  | "bytes"
  | "enum";

export interface Codec<T = unknown> extends TypedCodec {
  readonly type: ColumnType;
  readonly family: Family;
  /**
   * Checks what a caller gave and returns its normal form. Never sees null or undefined.
   * @throws ValueError naming `label` and the type that was given, never the value.
   */
  accept(value: unknown, label: string): T;
  /** Set on custom codecs: between the caller's T and the base type's value. */
  readonly custom?: CustomCodec<T>;
}

export interface CustomCodec<T> {
  /** The built-in codec whose column type is used. */
  readonly base: Codec;
  encode(value: T): unknown;
  decode(stored: unknown): T;
}

/** One dialect's wire form of a type. */
export interface WireCodec {
  /** The accepted value as the client library takes it: string, number, bigint, boolean, Uint8Array. Identity when null. */
  readonly encode: ((value: never) => unknown) | null;
  /** What the client library delivered as the value of the tree. Never sees null. Identity when null. */
  readonly decode: ((raw: never) => unknown) | null;
}
