/** Values on their way into a document that a query makes: those that JSON would change go as text. Layer 3. */
import type { CastNode, ExprNode, JsonObjectNode } from "../ast/expr.ts";
import type { Codec } from "../codec/codec.ts";
import { textCodec } from "../codec/text.ts";
import { codecOf, type ExprRenderer } from "./expr-renderer.ts";

/** How a value enters a document. */
export type JsonItem =
  | { readonly as: "int" | "float" | "bool" | "text" | "json" | "bytes" | "array"; readonly node: ExprNode }
  | { readonly as: "object"; readonly node: JsonObjectNode };

/** JavaScript reads JSON's numbers as doubles, and databases write times each in their own way. */
const asText: ReadonlySet<Codec["family"]> = new Set(["bigint", "decimal", "timestamp", "date", "time", "uuid", "enum"] as const);

export function jsonItem(node: ExprNode): JsonItem {
  if (node.kind === "jsonObject") return { as: "object", node };
  const codec = codecOf(node);
  if (codec === null || codec.family === "bool") return { as: "bool", node };
  if (codec.type.word === "array") return { as: "array", node };
  if (codec.family === "json" || codec.family === "bytes") return { as: codec.family, node };
  if (asText.has(codec.family)) return { as: "text", node: { kind: "cast", item: node, codec: textCodec } satisfies CastNode };
  return { as: codec.family === "int" || codec.family === "float" ? codec.family : "text", node };
}

/** A piece of SQL for each kind of value, `@` being where the value stands. */
export type ItemTemplates = Readonly<Record<Exclude<JsonItem["as"], "object">, string>>;

/** `@` in the template stands for the value. */
export function writeTemplate(to: Pick<ExprRenderer, "write" | "expr">, template: string, item: ExprNode): void {
  template.split("@").forEach((text, i) => {
    if (i > 0) to.expr(item, 6);
    to.write(text);
  });
}

/** A value by the templates of its place; objects nest, and their members have templates of their own. */
export function writeJsonItem(to: ExprRenderer, of: ExprNode, templates: ItemTemplates, members: ItemTemplates): void {
  const { as, node } = jsonItem(of);
  if (as !== "object") return writeTemplate(to, templates[as], node);
  to.write("json_object(");
  node.fields.forEach(({ name, value }, i) => {
    if (i > 0) to.write(", ");
    to.value(name, textCodec);
    to.write(", ");
    writeJsonItem(to, value, members, members);
  });
  to.write(")");
}
