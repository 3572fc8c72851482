/** Several values compared as one row. Layer 2. */
import type { CompareOp, ExprNode } from "../ast/expr.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import type { Bare, Expr, Operand, WhereClause } from "./expr.types.ts";
import { Condition, Expression, OrderedExpression, Quantified } from "./expression.ts";

type Items = readonly [Expr<unknown>, Expr<unknown>, ...Expr<unknown>[]];
type Values<E> = { readonly [I in keyof E]: E[I] extends Expr<infer T> ? Bare<T> : never };
type Operands<E> = { readonly [I in keyof E]: E[I] extends Expr<infer T> ? Operand<T> : never };

/** A row of values. `gt gte lt lte` compare the first values, where those are equal the second ones, and so on. */
export interface Tuple<E extends Items> {
  /** True where every value is equal. */
  eq(other: Operands<E>): WhereClause;
  /** True where some value differs. */
  ne(other: Operands<E>): WhereClause;
  gt(other: Operands<E>): WhereClause;
  gte(other: Operands<E>): WhereClause;
  lt(other: Operands<E>): WhereClause;
  lte(other: Operands<E>): WhereClause;
  /** True where the row is one of these. An empty list is false. */
  in(list: readonly Values<E>[]): WhereClause;
  /** True where the row is none of these. An empty list is true. */
  notIn(list: readonly Values<E>[]): WhereClause;
}

class RowTuple {
  readonly #items: readonly Expression[];
  constructor(items: readonly Expression[]) {
    this.#items = items;
  }

  eq(other: unknown): Condition {
    return this.#compare("=", other, "eq");
  }
  ne(other: unknown): Condition {
    return this.#compare("<>", other, "ne");
  }
  gt(other: unknown): Condition {
    return this.#ordered(">", other, "gt");
  }
  gte(other: unknown): Condition {
    return this.#ordered(">=", other, "gte");
  }
  lt(other: unknown): Condition {
    return this.#ordered("<", other, "lt");
  }
  lte(other: unknown): Condition {
    return this.#ordered("<=", other, "lte");
  }
  in(list: unknown): Condition {
    return this.#member(list, false);
  }
  notIn(list: unknown): Condition {
    return this.#member(list, true);
  }

  #row(given: unknown, method: string): ExprNode[] {
    if (!Array.isArray(given) || given.length !== this.#items.length) {
      throw new UsageError(
        `a tuple's ${method} takes arrays of ${this.#items.length} values, got ${Array.isArray(given) ? `one of ${given.length}` : kindOf(given)}`,
      );
    }
    if (given.some(Quantified.is)) throw new UsageError(`a tuple's ${method} takes no anyOf() or allOf()`);
    return this.#items.map((item, i) => item.operand(given[i], method));
  }

  #compare(op: CompareOp, other: unknown, method: string): Condition {
    return new Condition({ kind: "rowCompare", op, left: this.#items.map((item) => item.node), right: this.#row(other, method) });
  }

  #ordered(op: CompareOp, other: unknown, method: string): Condition {
    const item = this.#items.find((one) => !(one instanceof OrderedExpression));
    if (item !== undefined) throw new UsageError(`a tuple's ${method}: ${item.label} has no order`);
    return this.#compare(op, other, method);
  }

  #member(list: unknown, negated: boolean): Condition {
    const method = negated ? "notIn" : "in";
    if (!Array.isArray(list)) throw new UsageError(`a tuple's ${method} takes an array of rows, got ${kindOf(list)}`);
    if (list.length === 0) return new Condition({ kind: "constant", value: negated });
    const rows = Array.from(list, (given: unknown) => {
      if (Array.isArray(given) && given.some(Expression.is)) throw new UsageError(`a tuple's ${method} takes values, not expressions`);
      return this.#row(given, method);
    });
    return new Condition({ kind: "rowIn", items: this.#items.map((item) => item.node), rows, negated });
  }
}

/**
 * Several expressions as one row: `tuple(p.createdAt, p.id).lt([last.createdAt, last.id])` is the next page of a list.
 * Yields `("created_at", "id") < ($1, $2)`; written out with AND and OR where a database would compare rows otherwise.
 * A NULL among the values makes a comparison unknown unless a value before it decides.
 * @throws UsageError for fewer than two expressions, rows of another length, null in a row, and an order of what has none
 */
export function tuple<const E extends Items>(...items: E): Tuple<E> {
  if (items.length < 2) throw new UsageError("tuple takes two expressions or more");
  const all = items.map((item: unknown, i) => {
    if (!Expression.is(item)) throw new UsageError(`tuple takes columns and expressions, got ${kindOf(item)} at ${i}`);
    if (item.codec.family === "json") throw new UsageError(`tuple: ${item.label} is a document, which has no place in a row`);
    return item;
  });
  return new RowTuple(all) as never;
}
