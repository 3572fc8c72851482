/** Which types turn into which, and how a value without a column gets one. Layer 2. */
import type { ExprNode } from "../ast/expr.ts";
import type { Codec, Family } from "../codec/codec.ts";
import { bigintCodec, floatCodec, intCodec, safeIntCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { datetimeCodec } from "../codec/temporal.ts";
import { boolCodec, bytesCodec, isBytes, textCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "./expression.ts";
import { expressionOf } from "./expression-of.ts";

/** What each family can be made of with the same result on every database. */
const sources: Readonly<Record<Family, readonly Family[]>> = {
  int: ["int", "bigint", "float", "decimal", "bool", "text"],
  bigint: ["int", "bigint", "float", "decimal", "bool", "text"],
  float: ["int", "bigint", "float", "decimal", "text"],
  decimal: ["int", "bigint", "float", "decimal", "text"],
  text: ["text", "enum", "uuid", "int", "bigint", "decimal", "bool", "date", "time", "timestamp"],
  bool: ["bool", "int", "bigint", "float", "decimal"],
  timestamp: ["timestamp", "date"],
  date: ["date", "timestamp"],
  time: ["time", "timestamp"],
  uuid: ["uuid"],
  json: [],
  bytes: ["bytes"],
  enum: [],
};

/** @throws UsageError for a conversion that databases do not agree on */
export function castExpression(item: unknown, codec: Codec): Expression {
  if (!Expression.is(item))
    throw new UsageError(`cast takes a column or an expression, got ${kindOf(item)}`, { hint: "for a constant use value()" });
  const from = item.codec.family;
  // What a fragment of SQL holds is its writer's word.
  if (item.node.kind !== "raw" && !sources[codec.family].includes(from)) {
    throw new UsageError(`${item.label}: ${from} is not cast to ${codec.type.word}`, {
      hint: from === "float" && codec.family === "text" ? "cast it to a decimal first: each database spells floats its own way" : undefined,
    });
  }
  return typed(item.node, codec);
}

function typed(item: ExprNode, codec: Codec): Expression {
  return expressionOf({ kind: "cast", item, codec }, codec, "a cast");
}

/** The codec of a constant, by what it is in JavaScript. */
function codecOfConstant(given: unknown): Codec {
  if (typeof given === "string") return textCodec;
  if (typeof given === "boolean") return boolCodec;
  if (typeof given === "bigint") return bigintCodec;
  if (typeof given === "number") {
    if (!Number.isSafeInteger(given)) return floatCodec;
    return Math.abs(given) < 2 ** 31 ? intCodec : safeIntCodec;
  }
  if (given instanceof Date) return datetimeCodec;
  if (isBytes(given)) return bytesCodec;
  throw new UsageError(`value takes a text, number, bigint, boolean, Date or bytes, got ${kindOf(given)}`, {
    hint: given === null || given === undefined ? "say its type for a NULL: value(null, int())" : "say its type: value(document, json())",
  });
}

/** A constant of a type; null only where the type is said. */
export function constant(given: unknown, codec: Codec | null): Expression {
  if (codec === null) return constant(given, codecOfConstant(given));
  if (given === undefined) throw new UsageError("value(undefined) is no constant", { hint: "write null for NULL" });
  return typed(given === null ? { kind: "null" } : { kind: "value", value: codec.accept(given, "value"), codec }, codec);
}
