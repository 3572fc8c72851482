/** What can be done with a JSON document inside a statement. Layer 2. The types are in `json.types.ts`. */
import type { ExprNode, JsonChangeNode, JsonPathNode, JsonStep } from "../ast/expr.ts";
import type { Codec, Family } from "../codec/codec.ts";
import { JsonNull, jsonCodec, stringifyJson } from "../codec/json.ts";
import { jsonPartText } from "../codec/json-part.ts";
import { floatCodec, safeIntCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { acceptText, boolCodec, textCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { Condition, Expression, NumberExpression, TextExpression } from "./expression.ts";

/** Families whose values mean the same inside a document on every database. */
const storable: ReadonlySet<Family> = new Set<Family>(["int", "float", "text", "enum", "uuid", "bool", "json"]);
const longestPath = 16;

function jsonStep(step: unknown, label: string): JsonStep {
  if (typeof step !== "number") return acceptText(step, label);
  if (Number.isInteger(step) && step >= 0 && step < 2 ** 31) return step;
  throw new UsageError(`${label}: a JSON index is a whole number from 0`);
}

export class JsonExpression extends Expression {
  path(...steps: readonly unknown[]): JsonExpression {
    return new JsonExpression(this.#reach(this.#steps(steps, "path", 1), "json", jsonCodec), jsonCodec, this.label);
  }
  asText(): TextExpression {
    return new TextExpression(this.#reach([], "text", textCodec), textCodec, this.label);
  }
  asNumber(): NumberExpression {
    return new NumberExpression(this.#reach([], "number", floatCodec), floatCodec, this.label);
  }
  asBoolean(): Condition {
    return new Condition(this.#reach([], "boolean", boolCodec), boolCodec, this.label);
  }
  length(): NumberExpression {
    return new NumberExpression({ kind: "jsonLength", item: this.#document(), codec: safeIntCodec }, safeIntCodec, this.label);
  }

  contains(part: unknown): Condition {
    return this.#contains(part, "contains", (text) => text);
  }
  has(element: unknown): Condition {
    if (typeof element === "object" && element !== null && element !== JsonNull)
      throw new UsageError(`${this.label}: has takes a text, number or boolean, got ${kindOf(element)}`, { hint: "use contains([...])" });
    return this.#contains(element, "has", (text) => `[${text}]`);
  }

  set(path: unknown, value: unknown): JsonExpression {
    return this.#change("set", this.#path(path, "set", 1), this.#stored(value, "set"));
  }
  unset(path: unknown): JsonExpression {
    return this.#change("unset", this.#path(path, "unset", 1), null);
  }
  append(path: unknown, element: unknown): JsonExpression {
    return this.#change("append", this.#path(path, "append", 0), this.#stored(element, "append"));
  }

  #document(): ExprNode {
    if (this.codec.type.word !== "array") return this.node;
    throw new UsageError(`${this.label} is an array column, not a JSON document`, { hint: "write its operators with sql`...`" });
  }

  #reach(steps: readonly JsonStep[], as: JsonPathNode["as"], codec: Codec): ExprNode {
    const node = this.#document();
    if (node.kind === "jsonPath" && node.as === "json") return { ...node, path: [...node.path, ...steps], as, codec };
    return { kind: "jsonPath", item: node, path: steps, as, codec };
  }

  #contains(part: unknown, method: string, write: (text: string) => string): Condition {
    if (part === null || part === undefined)
      throw new UsageError(`${this.label}: ${method}(${part})`, { hint: "JSON's own null is JsonNull; a missing document is isNull()" });
    if (Expression.is(part)) throw new UsageError(`${this.label}: ${method} takes a value, not an expression`);
    return new Condition({ kind: "jsonContains", item: this.#document(), part: write(jsonPartText(part, this.label)) });
  }

  #steps(steps: readonly unknown[], method: string, least: number): readonly JsonStep[] {
    if (steps.length < least || steps.length > longestPath)
      throw new UsageError(`${this.label}: ${method} takes ${least} to ${longestPath} keys or indexes`);
    return steps.map((step) => jsonStep(step, this.label));
  }
  #path(path: unknown, method: string, least: number): readonly JsonStep[] {
    if (!Array.isArray(path))
      throw new UsageError(`${this.label}: ${method} takes an array of keys first, got ${kindOf(path)}`, {
        hint: `write ${method}(["address", "city"]${method === "unset" ? "" : ", value"})`,
      });
    return this.#steps(Array.from(path as unknown[]), method, least);
  }

  /** JSON's null for `null`; anything else as a column would store it. */
  #stored(value: unknown, method: string): ExprNode {
    if (!Expression.is(value)) {
      if (value === undefined) throw new UsageError(`${this.label}: ${method}(..., undefined)`, { hint: "write null, or unset() the key" });
      const document = value === null ? JsonNull : jsonCodec.accept(value, this.label);
      stringifyJson(document, this.label);
      return { kind: "value", value: document, codec: jsonCodec };
    }
    if (storable.has(value.codec.family) && value.codec.type.word !== "array") return value.node;
    throw new UsageError(`${this.label}: ${method} cannot store ${value.label}, of the kind ${value.codec.family}, in a document`, {
      hint: "texts, 32-bit integers, floats, booleans and documents mean the same in JSON on every database",
    });
  }

  #change(change: JsonChangeNode["change"], path: readonly JsonStep[], value: ExprNode | null): JsonExpression {
    return new JsonExpression(
      { kind: "jsonChange", item: this.#document(), change, path, value, codec: this.codec },
      this.codec,
      this.label,
    );
  }
}
