/** What an expression is evaluated in. */
import type { Node, Term } from "./describe.ts";
import type { Row, Value } from "./values.ts";

/** One row of the sources of a query; null where an outer join found none. */
export type Sources = readonly (Row | null)[];
export interface Env {
  /** The sources of this query, then those of the queries around. */
  readonly levels: readonly Sources[];
  /** The rows of the group at hand. */
  readonly group?: readonly Env[];
  /** For windows: every row of the query, and which of them this is. */
  readonly among?: readonly Env[];
  readonly self?: Env;
}
export interface Evaluator {
  value(node: Node, env: Env): Value;
  /** The sign of two rows by an order. */
  order(order: readonly Term[]): (a: Env, b: Env) => number;
}
