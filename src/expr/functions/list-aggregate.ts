/** Values of many rows put together: to a text, to an array. Layer 2. */
import type { AggregateNode, ExprNode, JsonObjectNode } from "../../ast/expr.ts";
import type { JsonShape } from "../../ast/type.ts";
import { jsonListCodec } from "../../codec/json-list.ts";
import { kindOf } from "../../codec/refuse.ts";
import { acceptText, textCodec } from "../../codec/text.ts";
import { UsageError } from "../../errors.ts";
import type { ListAggregate, ListOrder } from "../aggregate.types.ts";
import { aggregateOf } from "../aggregate-expression.ts";
import type { Expr, TextExpr } from "../expr.types.ts";
import { Expression } from "../expression.ts";

interface ListOptions {
  /** How the values follow one another. */
  orderBy?: ListOrder;
}

function made(node: AggregateNode, o: ListOptions): never {
  const all = aggregateOf(node) as Expression & { orderBy(order: unknown): Expression };
  return (o.orderBy === undefined ? all : all.orderBy(o.orderBy)) as never;
}

/**
 * The non-null texts one after another, with a separator between them; null when there are none.
 * Yields `string_agg(...)` or `group_concat(...)`; SQLite needs 3.44 for an order.
 */
export function stringAgg(
  item: Expr<any, "text" | "enum">,
  separator: string,
  o: ListOptions = {},
): ListAggregate<string | null, TextExpr<string | null>> {
  if (!Expression.is(item)) throw new UsageError(`stringAgg takes a column or an expression, got ${kindOf(item)}`);
  if (item.codec.family !== "text" && item.codec.family !== "enum")
    throw new UsageError(`stringAgg takes texts, and ${item.label} is none`, { hint: "write cast(column, text())" });
  return made(
    { kind: "aggregate", name: "string_agg", item: item.node, separator: acceptText(separator, "stringAgg"), codec: textCodec },
    o,
  );
}

/** The values of an object of expressions. */
export type JsonItems<R> = { -readonly [K in keyof R]: R[K] extends Expr<infer T> ? T : R[K] extends object ? JsonItems<R[K]> : never };

/** PostgreSQL's functions take 100 arguments. */
const mostFields = 50;

function shapeOf(value: unknown, path: string): { readonly node: ExprNode; readonly shape: JsonShape } {
  if (Expression.is(value)) return { node: value.node, shape: { kind: "value", codec: value.codec } };
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null)
    throw new UsageError(`jsonAgg takes an expression or an object of expressions, got ${kindOf(value)}${path}`);
  const entries = Object.entries(value as object);
  if (entries.length === 0 || entries.length > mostFields)
    throw new UsageError(`jsonAgg takes an object of 1 to ${mostFields} expressions, got ${entries.length}${path}`);
  const fields = entries.map(([name, item]) => {
    if (name === "__proto__") throw new UsageError("a selected value cannot be called __proto__");
    return { name: acceptText(name, "a key of jsonAgg"), ...shapeOf(item, ` at ${name}`) };
  });
  const node: JsonObjectNode = { kind: "jsonObject", fields: fields.map(({ name, node: of }) => ({ name, value: of })) };
  return { node, shape: { kind: "object", fields: fields.map(({ name, shape }) => [name, shape]) } };
}

/**
 * An array of a value of each row, nulls included, or of an object of several; empty when there are no rows. Every value arrives as it
 * would from a column: bigints and decimals exact, instants as Dates. A document that is `null` cannot be told from no document.
 * Where a row of an outer join is missing, its values are null: `jsonAgg(...).filter(c.id.isNotNull())` leaves it out.
 */
export function jsonAgg<T>(item: Expr<T>, o?: ListOptions): ListAggregate<T[], Expr<T[], "json">>;
export function jsonAgg<const R extends Readonly<Record<string, unknown>>>(
  items: R,
  o?: ListOptions,
): ListAggregate<JsonItems<R>[], Expr<JsonItems<R>[], "json">>;
export function jsonAgg(item: unknown, o: ListOptions = {}): never {
  const { node, shape } = shapeOf(item, "");
  return made({ kind: "aggregate", name: "json_agg", item: node, codec: jsonListCodec(shape) }, o);
}
