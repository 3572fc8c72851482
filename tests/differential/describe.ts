/** A query as data: what the builder's query is made from, and what the evaluation interprets. */
import type { OperatorName } from "./operators.ts";
import type { Kind, Parameter } from "./values.ts";

export type TableName = "owner" | "item" | "part";

/** Decimals and dates are texts, instants ISO texts. */
export type Literal = null | number | bigint | string | boolean;
export interface LiteralNode {
  readonly op: "value";
  readonly kind: Kind;
  readonly value: Literal;
}
/** `up` counts the queries around: 0 is the query itself. `scale` are the digits of a decimal. */
export interface ColumnNode {
  readonly op: "column";
  readonly kind: Kind;
  readonly up: number;
  readonly source: number;
  readonly name: string;
  readonly scale?: number;
  /** Through a to-one relation of the source. */
  readonly relation?: string;
}
export interface CallNode {
  readonly op: "call";
  readonly call: OperatorName;
  readonly kind: Kind;
  readonly args: readonly Node[];
  /** What is no expression: digits, a pattern, a list. */
  readonly with?: Parameter;
}
export interface AggregateNode {
  readonly op: "aggregate";
  readonly call: "count" | "sum" | "avg" | "min" | "max";
  readonly kind: Kind;
  /** null: the rows are counted. */
  readonly item: Node | null;
  readonly distinct?: boolean;
  readonly filter?: Node;
}
export type RankingName =
  | "rowNumber"
  | "rank"
  | "denseRank"
  | "percentRank"
  | "cumeDist"
  | "ntile"
  | "lag"
  | "lead"
  | "firstValue"
  | "lastValue"
  | "nthValue";
export type Edge = number | "unbounded";
export interface FrameNode {
  readonly unit: "rows" | "range" | "groups";
  readonly start: Edge;
  readonly end: Edge;
}
export interface WindowNode {
  readonly op: "window";
  readonly kind: Kind;
  readonly call: RankingName | AggregateNode;
  readonly item: Node | null;
  /** How far `lag` and `lead` look, how many buckets `ntile` makes, which value `nthValue` takes. */
  readonly n?: number;
  /** Of `lag` and `lead`. */
  readonly fallback?: LiteralNode;
  readonly partition: readonly Node[];
  readonly order: readonly Term[];
  readonly frame?: FrameNode;
}
/** `in` and `notIn` have an item, and comparisons with the values of a query. */
export interface SubqueryNode {
  readonly op: "subquery";
  readonly form: "exists" | "scalar" | "in" | "notIn" | "any" | "all";
  readonly kind: Kind;
  readonly item?: Node;
  readonly compare?: "eq" | "ne" | "gt" | "gte" | "lt" | "lte";
  readonly query: Query;
}
/** A to-many relation; the related rows are a query of their own around `where` and `item`. */
export interface RelatedNode {
  readonly op: "related";
  readonly form: "some" | "none" | "every" | "count" | "sum" | "max";
  readonly kind: Kind;
  readonly up: number;
  readonly source: number;
  readonly relation: string;
  readonly where?: Node;
  readonly item?: Node;
}
export type Node = LiteralNode | ColumnNode | CallNode | AggregateNode | WindowNode | SubqueryNode | RelatedNode;

export interface Term {
  readonly by: Node;
  readonly desc?: boolean;
  readonly nulls?: "first" | "last";
}
/** A table, or a query under a name: in place, or in front of the statement. */
export type Source = { readonly table: TableName } | { readonly rows: "derived" | "cte"; readonly name: string; readonly query: Query };
export interface Join {
  readonly kind: "join" | "leftJoin" | "rightJoin" | "fullJoin" | "crossJoin";
  readonly source: Source;
  readonly on?: Node;
}
export interface Query {
  readonly from: Source;
  readonly joins?: readonly Join[];
  readonly where?: Node;
  /** Every key is an expression of the rows; none means one group of them all. */
  readonly group?: { readonly keys: readonly Node[]; readonly having?: Node };
  readonly select: Readonly<Record<string, Node>>;
  readonly distinct?: boolean;
  readonly order?: readonly Term[];
  readonly limit?: number;
  readonly offset?: number;
}
/** `order` names columns of the first query. */
export interface SetOperation {
  readonly set: "union" | "unionAll" | "intersect" | "except";
  readonly left: Query;
  readonly right: Query;
  readonly order?: readonly { readonly name: string; readonly desc?: boolean; readonly nulls?: "first" | "last" }[];
  readonly limit?: number;
}
/** Rolled back when the table was read. */
export interface Change {
  readonly change: "update" | "delete";
  readonly table: TableName;
  readonly where: Node;
  readonly set?: Readonly<Record<string, Node>>;
}
export type Statement = Query | SetOperation | Change;

/** The digits of a decimal's expression. */
export type Scales = (node: Node) => number;
