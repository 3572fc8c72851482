/** SELECT as data. Layer 0. */
import type { ColumnRef, ExprNode, OrderNode, ScopeToken, ValueNode } from "./expr.ts";
import type { TypedCodec } from "./type.ts";

/** A table by name. One object per model: sources and static columns find each other by its identity. */
export interface TableRef {
  readonly name: string;
  readonly schema: string | null;
}

/** Something that can stand in FROM. */
export type SourceNode = TableSource | DerivedSource | CteSource | ValuesSource;

export interface TableSource {
  readonly kind: "table";
  readonly table: TableRef;
  /** What every row that is read through this source meets: not deleted, of the tenant. */
  readonly scopes?: readonly StandingScope[];
  /** Why the model's own conditions are left out, for whoever listens. */
  readonly unscoped?: string;
}
export interface StandingScope {
  readonly name: string;
  /** Asked for whenever the source is rendered; its token stands for the source. */
  readonly condition: () => Clause;
  /** It may be another condition each time. */
  readonly changing: boolean;
}

/** A query in parentheses, under a name of its own. */
export interface DerivedSource {
  readonly kind: "derived";
  readonly name: string;
  readonly query: QueryNode;
  /** What its columns are called, in the order in which they are selected. */
  readonly columns: readonly ColumnRef[];
  /** The table whose rows these are: its static columns mean this source. */
  readonly table: TableRef | null;
  /** LATERAL: the query may use the sources before it, which these tokens stand for. */
  readonly lateral: readonly ScopeToken[] | null;
}

/** A query that is written once, in WITH, and read by name. One object per query: sources share it. */
export interface CteNode {
  readonly name: string;
  readonly columns: readonly ColumnRef[];
  readonly query: QueryNode;
  /** It reads from itself. */
  readonly recursive: boolean;
  /** MATERIALIZED or NOT MATERIALIZED, where the dialect has the words; null says nothing. */
  readonly materialized: boolean | null;
}
export interface CteSource {
  readonly kind: "cte";
  readonly cte: CteNode;
}

/** Rows that the statement brings with it: `rows[r][c]` has passed the codec of `columns[c]`; null is NULL. */
export interface ValuesSource {
  readonly kind: "values";
  readonly name: string;
  /** Called column1, column2 ... (`valuesColumn`). */
  readonly columns: readonly TypedCodec[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The column at this place, from 0: SQLite and PostgreSQL call them so, the others are told to. */
export function valuesColumn(place: number): ColumnRef {
  const name = `column${place + 1}`;
  return { property: name, name, explicit: true };
}

/** Select lists of columns alone that are made once and come again. */
export const lastingLists = new WeakSet<readonly Clause[]>();

export type SetOperator = "union" | "union all" | "intersect" | "except";
/** Two queries with the same columns as one. */
export interface CompoundNode {
  readonly kind: "compound";
  readonly op: SetOperator;
  readonly left: QueryNode;
  readonly right: QueryNode;
}
export type QueryNode = SelectNode | CompoundNode;

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
  /** Subtotals as well: of all keys but the last, and so on to one of everything. */
  readonly rollup?: boolean;
  /** ANDed; over groups. */
  readonly having: readonly Clause[];
  readonly orderBy: readonly Clause<OrderNode>[];
  /** A checked whole number, or one that is given later. */
  readonly limit: number | ValueNode | null;
  readonly offset: number | ValueNode | null;
  readonly distinct: boolean;
  /** Rows of the sources are locked until the transaction ends. */
  readonly lock: LockNode | null;
}

export interface LockNode {
  /** `share` lets others read with the same lock, `update` does not. */
  readonly strength: "update" | "share";
  /** What happens to rows that somebody else has locked: wait for them, leave them out, or fail at once. */
  readonly taken: "wait" | "skip" | "fail";
  /** Positions of the sources whose rows are locked; null: all of them. */
  readonly of: readonly number[] | null;
}
