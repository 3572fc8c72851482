/** Aggregates that SQLite has under other names, or not at all. Layer 4. */
import type { AggregateName, AggregateNode, ExprNode } from "../../ast/expr.ts";
import { textCodec } from "../../codec/text.ts";
import type { ExprRenderer } from "../../render/expr-renderer.ts";
import { writeJsonItem, writeTemplate } from "../../render/json-items.ts";

/** `node` is one of jsonAgg: the texts of its elements, put together. */
export function writeJsonList(to: ExprRenderer, node: AggregateNode): void {
  to.write("('[' || coalesce(");
  to.aggregateCall(node, "group_concat", () => writeJsonItem(to, node.item as ExprNode, elements, members));
  to.write(", '') || ']')");
}

/** SQLite writes 15 digits by default before 3.53; a double has 17. */
const exactFloat = "(case when @ is null then 'null' else printf('%!.17g', @) end)";
const hexadecimal = "case when @ is null then null else hex(@) end";
const elements = {
  int: "json_quote(@)",
  float: exactFloat,
  bool: "json_quote(@)",
  text: "json_quote(@)",
  json: "coalesce(json(@), 'null')",
  bytes: `json_quote(${hexadecimal})`,
  array: "@",
} as const;
const members = { int: "@", float: `json(${exactFloat})`, bool: "@", text: "@", json: "json(@)", bytes: hexadecimal, array: "@" } as const;

/** GROUP_CONCAT takes no separator beside DISTINCT: the different texts are collected first. */
export function writeStrings(to: ExprRenderer, node: AggregateNode): void {
  const item = node.item as ExprNode;
  const { frame } = to;
  if (node.distinct !== true || frame === null) {
    return to.aggregateCall(node, "group_concat", () => {
      to.expr(item);
      to.write(", ");
      to.value(node.separator, textCodec);
    });
  }
  const { orderBy = [], filter, ...plain } = node;
  const collected: AggregateNode = filter === undefined ? plain : { ...plain, filter };
  to.write("(select ");
  to.aggregateCall({ ...plain, distinct: false, orderBy: orderBy.map((term) => ({ ...term, item: found })) }, "group_concat", () => {
    to.write("value, ");
    to.value(node.separator, textCodec);
  });
  to.write(" from json_each(");
  // Names of their own would win over those of the tables around.
  to.frame = { ...frame, qualify: true };
  to.aggregateCall(collected, "json_group_array", () => to.expr(item));
  to.frame = frame;
  to.write(") where value is not null)");
}

const found: ExprNode = { kind: "raw", texts: ["value"], items: [], codec: textCodec };

/** Of the number of values, their sum and the sum of their squares. */
export function writeStatistic(to: ExprRenderer, node: AggregateNode): void {
  const part = (name: AggregateName & ("count" | "sum"), template: string): void =>
    to.aggregateCall(node, name, () => writeTemplate(to, template, node.item as ExprNode));
  const count = (): void => part("count", "@");
  const sum = (): void => part("sum", "cast(@ as real)");
  const root = node.name.startsWith("stddev");
  // Rounding may leave a little less than nothing, and a division by nothing gives NULL.
  to.write(root ? "sqrt(max(0.0, (" : "max(0.0, (");
  part("sum", "cast(@ as real) * cast(@ as real)");
  to.write(" - ");
  sum();
  to.write(" * ");
  sum();
  to.write(" / ");
  count();
  to.write(") / (");
  count();
  to.write(`${node.name.endsWith("_samp") ? " - 1" : ""}${root ? ")))" : "))"}`);
}
