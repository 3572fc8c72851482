/** Queries inside expressions. Layer 2. */
import type { ExprNode } from "../../ast/expr.ts";
import type { SelectNode } from "../../ast/select.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { kindOf } from "../../codec/refuse.ts";
import { boolCodec } from "../../codec/text.ts";
import { UsageError } from "../../errors.ts";
import type { Bare, Expr, ExprFor, Quantified as QuantifiedType, Subquery, WhereClause } from "../expr.types.ts";
import { Condition, Quantified } from "../expression.ts";
import { expressionOf } from "../expression-of.ts";
import { isSelectSource, selectNode } from "../subquery.ts";

function tree(query: unknown, name: string): SelectNode {
  if (isSelectSource(query)) return query[selectNode]();
  throw new UsageError(`${name} takes a query, got ${kindOf(query)}`);
}

function oneColumn(query: unknown, name: string): SelectNode {
  const node = tree(query, name);
  if (node.columns.length === 1) return node;
  throw new UsageError(`${name} takes a query of one column, this one has ${node.columns.length}`, {
    hint: "choose it with .select((p) => ({ value: p.title }))",
  });
}

/** The type and family of a query's one column. */
type OneColumn<Out> = { [K in keyof Out]: Out[K] }[keyof Out];
type TypeOf<E> = E extends Expr<infer T, any> ? T : never;
type FamilyOf<E> = E extends Expr<any, infer F extends Family> ? F : never;

/** True where the query has a row: `exists (select 1 ...)`. It may use the columns of the query around it. */
export function exists(query: Subquery<unknown>): WhereClause {
  return new Condition({ kind: "exists", query: tree(query, "exists") }) as never;
}

/**
 * The one value of a query of one column, null where it has no row: `(select ...)`. It may use the columns of the query
 * around it.
 * @throws QueryError on PostgreSQL and MySQL when the query has several rows; SQLite takes the first
 */
export function scalar<Out>(query: Subquery<unknown, Out>): ExprFor<FamilyOf<OneColumn<Out>>, Bare<TypeOf<OneColumn<Out>>> | null> {
  const node = oneColumn(query, "scalar");
  const item = node.columns[0]?.node as ExprNode;
  const codec = ("codec" in item ? (item.codec as Codec | null) : null) ?? boolCodec;
  return expressionOf({ kind: "scalar", query: node, codec }, codec, "a query's value") as never;
}

/** True for a comparison with at least one value of the query: `p.price.gt(anyOf(query))`. */
export function anyOf<Out>(query: Subquery<unknown, Out>): QuantifiedType<Bare<TypeOf<OneColumn<Out>>>> {
  return new Quantified({ kind: "quantified", quantifier: "any", query: oneColumn(query, "anyOf") }) as never;
}

/** True for a comparison with every value of the query, and where it has none. */
export function allOf<Out>(query: Subquery<unknown, Out>): QuantifiedType<Bare<TypeOf<OneColumn<Out>>>> {
  return new Quantified({ kind: "quantified", quantifier: "all", query: oneColumn(query, "allOf") }) as never;
}
