/** Aggregates as PostgreSQL writes them. Layer 4. */
import type { AggregateNode, ExprNode } from "../../ast/expr.ts";
import { textCodec } from "../../codec/text.ts";
import type { ExprRenderer } from "../../render/expr-renderer.ts";
import { jsonItem } from "../../render/json-items.ts";

/** False for aggregates that need nothing of their own. */
export function writeAggregate(to: ExprRenderer, node: AggregateNode): boolean {
  const item = node.item as ExprNode;
  switch (node.name) {
    case "json_agg":
      to.write("coalesce(");
      to.aggregateCall(node, "jsonb_agg", () => writeJson(to, item));
      to.write(", '[]'::jsonb)");
      return true;
    case "string_agg":
      to.aggregateCall(node, "string_agg", () => {
        to.expr(item);
        to.write(", ");
        to.value(node.separator, textCodec);
      });
      return true;
    case "stddev_samp":
    case "stddev_pop":
    case "var_samp":
    case "var_pop":
      to.aggregateCall(node, node.name, () => around(to, "cast(", item, " as double precision)"));
      return true;
    default:
      return false;
  }
}

function around(to: ExprRenderer, before: string, item: ExprNode, after: string): void {
  to.write(before);
  to.expr(item);
  to.write(after);
}

function writeJson(to: ExprRenderer, of: ExprNode): void {
  const { as, node } = jsonItem(of);
  if (as === "object") {
    to.write("jsonb_build_object(");
    node.fields.forEach(({ name, value }, i) => {
      if (i > 0) to.write(", ");
      to.value(name, textCodec);
      to.write("::text, ");
      writeJson(to, value);
    });
    to.write(")");
  } else if (as === "bytes") around(to, "encode(", node, ", 'hex')");
  // Booleans and arrays are read in the form they have outside of a document.
  else if (as === "bool" || as === "array") around(to, "cast(", node, " as text)");
  else to.expr(node);
}
