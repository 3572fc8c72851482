/** Types in PostgreSQL's expressions, and values turned into them. Layer 4. */
import type { CastNode, ExprNode } from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Family } from "../../codec/codec.ts";
import { codecOf, type ExprRenderer, isInteger } from "../../render/expr-renderer.ts";

/** Text is left out: it is what a parameter is without a word. */
export const castWords: Readonly<Record<string, string>> = {
  smallint: "smallint",
  int: "integer",
  bigint: "bigint",
  float: "double precision",
  decimal: "numeric",
  bool: "boolean",
  bytes: "bytea",
  date: "date",
  datetime: "timestamptz",
  json: "jsonb",
  time: "time",
  uuid: "uuid",
};

/** The name of a codec's type in CAST. */
export function typeName({ type }: TypedCodec): string {
  if (type.word === "array") return `${typeName(type.element as TypedCodec)}[]`;
  return castWords[type.word] ?? "text";
}

/** What the value is; null for parameters, NULL and fragments, whose type the server is told. */
export function sourceFamily(item: ExprNode): Family | null {
  if (item.kind === "value" || item.kind === "null" || item.kind === "raw") return null;
  return codecOf(item)?.family ?? "bool";
}

const instantText = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

export function writeCast(to: ExprRenderer, { item, codec }: CastNode): void {
  const from = sourceFamily(item);
  const { word, scale, length } = codec.type;
  /** `@` stands for the value. */
  const as = (template: string): void => {
    template.split("@").forEach((text, i) => {
      if (i > 0) to.expr(item, 6);
      to.write(text);
    });
  };
  const numeric = (text: string): string => (from === "text" ? spelled(text) : text);
  if (from === null) return as(`cast(@ as ${typeName(codec)})`);
  if (isInteger(codec)) {
    // As a numeric a double would lose digits, and as it is it would be rounded to even.
    if (from === "float") return as(`cast(trunc(@) + trunc((@ - trunc(@)) * 2) as ${typeName(codec)})`);
    if (from === "bool") return as(`cast(cast(@ as integer) as ${typeName(codec)})`);
    return as(numeric(`cast(${from === "text" ? "cast(@ as numeric)" : "@"} as ${typeName(codec)})`));
  }
  if (word === "decimal") return as(numeric(`round(${from === "float" ? exactly("@") : "cast(@ as numeric)"}, ${scale ?? 0})`));
  if (word === "float") return as(numeric("cast(@ as double precision)"));
  if (word === "bool" && from !== "bool") return as("(@ <> 0)");
  if (word === "date" && from === "timestamp") return as("cast(@ at time zone 'UTC' as date)");
  if (word === "time" && from === "timestamp") return as("cast(@ at time zone 'UTC' as time)");
  if (word === "datetime" && from === "date") return as("(cast(@ as timestamp) at time zone 'UTC')");
  if (word !== "string" && word !== "text") return as(`cast(@ as ${typeName(codec)})`);
  if (length !== undefined) to.write("left(");
  if (from === "timestamp") as(`to_char(@ at time zone 'UTC', ${instantText})`);
  else if (from === "decimal") as(`cast(round(@, ${codecOf(item)?.type.scale ?? 0}) as text)`);
  else as("cast(@ as text)");
  if (length !== undefined) to.write(`, ${length})`);
}

/** A double as the decimal that it is written as: cast at once it would keep 15 digits. */
export function exactly(double: string): string {
  return `cast(cast(${double} as text) as numeric)`;
}

/** NULL where the text is no number. */
function spelled(text: string): string {
  return `(case when @ ~ '^[+-]?[0-9]{1,18}([.][0-9]+)?$' then ${text} end)`;
}
