/** Aggregates as MySQL and MariaDB write them. Layer 4. */
import type { AggregateNode, ExprNode } from "../../ast/expr.ts";
import { codecOf, type ExprRenderer } from "../../render/expr-renderer.ts";
import { writeJsonItem } from "../../render/json-items.ts";

/** A separator has to be a literal: as digits it holds nothing that could end it. */
export function separatorLiteral(separator: string): string {
  return separator === "" ? "''" : `0x${Buffer.from(separator, "utf8").toString("hex")}`;
}

/** `node` has no filter. MySQL averages integers as decimals of four digits. */
export function writeAverage(to: ExprRenderer, node: AggregateNode, item: ExprNode): void {
  const decimal = codecOf(item)?.family === "decimal";
  to.aggregateCall(node, "avg", () => {
    to.write(decimal ? "cast(" : "");
    to.expr(item, decimal ? 0 : 5);
    to.write(decimal ? " as decimal(65, 20))" : " * 1e0");
  });
}

/**
 * MySQL puts `0000-00-00` into its own table of groups where one has no date, and refuses that by NO_ZERO_DATE in a statement
 * that changes rows; seen in 9.7, `update t set n = n where exists (select 1 from u group by name having min(day) > now())`
 */
export function writeExtremeDate(to: ExprRenderer, node: AggregateNode, item: ExprNode): void {
  to.write("cast(");
  to.aggregateCall(node, node.name, () => {
    to.write("cast(");
    to.expr(item);
    to.write(" as datetime)");
  });
  to.write(" as date)");
}

/** MySQL 9.7 counts one value in a prepared `count(distinct nullif(?, ?))`, though it is NULL. */
export function writeConstantCount(to: ExprRenderer, { distinct: _, ...node }: AggregateNode, item: ExprNode): void {
  to.write("coalesce(");
  to.aggregateCall(node, "max", () => {
    to.expr(item, 4);
    to.write(" is not null");
  });
  to.write(", 0)");
}

/** JSON_ARRAYAGG knows neither an order nor DISTINCT nor rows to leave out: the texts of the elements are put together. */
export function writeJsonList(to: ExprRenderer, { filter, ...node }: AggregateNode): void {
  to.write("concat('[', coalesce(");
  to.aggregateCall({ ...node, separator: "," }, "group_concat", () => {
    if (filter !== undefined) {
      to.write("case when ");
      to.expr(filter);
      to.write(" then ");
    }
    // Documents have a collation of their own, which may take different ones for equal.
    if (node.distinct === true) to.write("cast(");
    writeJsonItem(to, node.item as ExprNode, elements, members);
    if (node.distinct === true) to.write(` as char character set utf8mb4) collate ${to.traits.textCollation ?? "utf8mb4_bin"}`);
    if (filter !== undefined) to.write(" end");
  });
  to.write(", ''), ']')");
}

const elements = {
  int: "coalesce(cast(@ as char), 'null')",
  float: "coalesce(cast(@ as char), 'null')",
  bool: "coalesce(cast(@ as char), 'null')",
  text: "coalesce(json_quote(@), 'null')",
  json: "coalesce(cast(json_extract(@, '$') as char), 'null')",
  bytes: "coalesce(json_quote(hex(@)), 'null')",
  array: "@",
} as const;
const members = { int: "@", float: "@", bool: "@", text: "@", json: "json_extract(@, '$')", bytes: "hex(@)", array: "@" } as const;
