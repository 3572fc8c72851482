/** Column types as data: the same words on every dialect. Layer 0: imports nothing. */

export type TypeWord =
  | "smallint"
  | "int"
  | "bigint"
  | "float"
  | "decimal"
  | "bool"
  | "string"
  | "text"
  | "datetime"
  | "date"
  | "time"
  | "uuid"
  | "json"
  | "bytes"
  | "enum"
  | "array";

/** A generic column type; each dialect has its own spelling for it. */
export interface ColumnType {
  readonly word: TypeWord;
  /** `string`: the greatest number of characters (Unicode code points). */
  readonly length?: number;
  /** `decimal`: digits in all. */
  readonly precision?: number;
  /** `decimal`: digits after the point. */
  readonly scale?: number;
  /** `enum`: the allowed values, in declared order. */
  readonly values?: readonly string[];
  /** `array`: the codec of one element. */
  readonly element?: TypedCodec;
  /** The type in one database's own words, for a column that no generic word describes; `word` is how it is read. */
  readonly native?: string;
  /** `json` that a query made of values: what each element of its list is. */
  readonly items?: JsonShape;
}

/** What a document that a query made holds: values in their JSON form, each read by its own codec. */
export type JsonShape =
  | { readonly kind: "value"; readonly codec: TypedCodec }
  | { readonly kind: "object"; readonly fields: readonly (readonly [name: string, shape: JsonShape])[] };

/** The part of a codec that the tree knows: which type its values have. */
export interface TypedCodec {
  readonly type: ColumnType;
}
