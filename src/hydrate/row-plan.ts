/** What a row becomes. Made together with the select list, so that the two cannot disagree. Layer 3. */
import type { TypedCodec } from "../ast/type.ts";

/** How instances of a class are made without running its initial values. */
export interface InstanceTarget {
  readonly construct: new (mark: never) => object;
  /** Passed to the constructor: tells it that a row follows. */
  readonly mark: unknown;
  /** Gives the instance its raw row, to compare with when it is saved. */
  readonly attach: (instance: object, row: never) => void;
}

export type RowShape =
  | { readonly kind: "value"; readonly slot: number; readonly codec: TypedCodec | null }
  | { readonly kind: "object"; readonly fields: readonly (readonly [name: string, shape: RowShape])[] }
  | {
      readonly kind: "instance";
      readonly target: InstanceTarget;
      readonly fields: readonly (readonly [name: string, shape: RowShape])[];
      /** An outer join's row is missing, and the instance null, where this slot is null; null: it is always there. */
      readonly missing: number | null;
      /** Rows of one table that become instances of several classes. */
      readonly variants?: Variants;
    };

/** By the value of a column; any other value is left to the shape that has these. */
export interface Variants {
  readonly tells: RowShape;
  readonly shapes: ReadonlyMap<unknown, RowShape>;
}

export type RowReader = (row: never) => unknown;

/** What a reader needs to know of the dialect and its driver. */
export interface WireAccess {
  /** Null: the value is used as delivered. */
  decode(codec: TypedCodec): ((raw: never) => unknown) | null;
  /** Rows come as objects with the keys `c0 c1 ...`. */
  readonly aliased: boolean;
}
