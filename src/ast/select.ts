/** SELECT as data. Layer 0. */
import type { ExprNode, OrderNode, ScopeToken } from "./expr.ts";

/** A table by name. One object per model: sources and static columns find each other by its identity. */
export interface TableRef {
  readonly name: string;
  readonly schema: string | null;
}

/** Something that can stand in FROM. */
export interface TableSource {
  readonly kind: "table";
  readonly table: TableRef;
}
export type SourceNode = TableSource;

/**
 * An expression with what its columns mean: `tokens[i]` stands for the query's source at position i.
 * Static columns need no token.
 */
export interface Clause<N = ExprNode> {
  readonly tokens: readonly ScopeToken[];
  readonly node: N;
}

export type JoinKind = "inner" | "left" | "right" | "full" | "cross";

/** `on` sees the sources before it and its own; a cross join has none. */
export interface JoinNode {
  readonly kind: JoinKind;
  readonly source: SourceNode;
  readonly on: Clause | null;
}

export interface SelectNode {
  readonly kind: "select";
  /** The first source: position 0. */
  readonly source: SourceNode;
  /** Sources from position 1 on. */
  readonly joins: readonly JoinNode[];
  /** What is selected, in the order in which rows are read. Empty: `select 1` (exists). */
  readonly columns: readonly Clause[];
  /** ANDed. */
  readonly where: readonly Clause[];
  readonly groupBy: readonly Clause[];
  /** ANDed; over groups. */
  readonly having: readonly Clause[];
  readonly orderBy: readonly Clause<OrderNode>[];
  readonly limit: number | null;
  readonly offset: number | null;
  readonly distinct: boolean;
  /** Rows of `sources` are locked until the transaction ends. */
  readonly lock: "update" | null;
}

/** `select <columns> from (<query>) as q`: counts and aggregates over a query that is limited or distinct. */
export interface WrappedSelectNode {
  readonly kind: "wrapped";
  readonly query: SelectNode;
  /** Each aggregates the inner query's column at this position, or counts rows (null). */
  readonly columns: readonly ExprNode[];
}

/** What the outer columns of a wrapped select read from: `c0 c1 ...` of `q`. */
export const wrappedTable: TableRef = { name: "q", schema: null };
