/** Value and condition nodes: plain readonly data. Layer 0. */
import type { PathToken } from "./path.ts";
import type { SelectNode, TableRef } from "./select.ts";
import type { TypedCodec } from "./type.ts";

/**
 * What a column points at: the token that its lambda received. New for every lambda call; which source it stands for
 * is recorded by the clause that the lambda's result was put into.
 */
export interface ScopeToken {
  readonly kind: "scope";
  /** For messages only. */
  readonly label: string;
}

/** The token of `Model.c.x`: stands for the nearest enclosing source of that table. */
export interface TableToken {
  readonly kind: "table";
  readonly table: TableRef;
}

/** The name of a column; `explicit` names are used as they are, others pass the engine's naming. */
export interface ColumnRef {
  readonly property: string;
  readonly name: string;
  readonly explicit: boolean;
}

export interface ColumnNode {
  readonly kind: "column";
  readonly token: ScopeToken | TableToken | PathToken;
  readonly column: ColumnRef;
  readonly codec: TypedCodec;
}

/** A value that travels as a parameter. `value` has passed its codec, or will be given later, and is never null. */
export interface ValueNode {
  readonly kind: "value";
  readonly value: unknown;
  readonly codec: TypedCodec;
}

export interface NullNode {
  readonly kind: "null";
}

/** A constant truth value, e.g. what `in([])` means. */
export interface ConstantNode {
  readonly kind: "constant";
  readonly value: boolean;
}

export type CompareOp = "=" | "<>" | "<" | "<=" | ">" | ">=";
export interface CompareNode {
  readonly kind: "compare";
  readonly op: CompareOp;
  readonly left: ExprNode;
  readonly right: ExprNode;
}

/** Two rows of one length; ordered by the first values that differ. */
export interface RowCompareNode {
  readonly kind: "rowCompare";
  readonly op: CompareOp;
  readonly left: readonly ExprNode[];
  readonly right: readonly ExprNode[];
}

/** `rows` are never empty, and each is as long as `items`. */
export interface RowInNode {
  readonly kind: "rowIn";
  readonly items: readonly ExprNode[];
  readonly rows: readonly (readonly ExprNode[])[];
  readonly negated: boolean;
}

export interface LogicNode {
  readonly kind: "logic";
  readonly op: "and" | "or";
  readonly items: readonly ExprNode[];
}

export interface NotNode {
  readonly kind: "not";
  readonly item: ExprNode;
}

export interface IsNullNode {
  readonly kind: "isNull";
  readonly item: ExprNode;
  readonly negated: boolean;
}

/** `values` have passed the codec; empty lists never reach a node (they are constants). */
export interface InListNode {
  readonly kind: "inList";
  readonly item: ExprNode;
  readonly values: readonly unknown[];
  /** The codec of the values; the condition itself has none. */
  readonly of: TypedCodec;
  readonly negated: boolean;
}

export interface InQueryNode {
  readonly kind: "inQuery";
  readonly item: ExprNode;
  readonly query: SelectNode;
  readonly negated: boolean;
}

export interface ExistsNode {
  readonly kind: "exists";
  readonly query: SelectNode;
}

/** The one value of a query of one column; NULL where it has no row. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly query: SelectNode;
  readonly codec: TypedCodec;
}

/** `any (query)`, `all (query)`: only on the right of a comparison. */
export interface QuantifiedNode {
  readonly kind: "quantified";
  readonly quantifier: "any" | "all";
  readonly query: SelectNode;
}

export interface BetweenNode {
  readonly kind: "between";
  readonly item: ExprNode;
  readonly low: ExprNode;
  readonly high: ExprNode;
}

/** `pattern` is a LIKE pattern whose escape mark is `!`. */
export interface LikeNode {
  readonly kind: "like";
  readonly item: ExprNode;
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/** A regular expression in the database's own flavour; never empty. */
export interface MatchNode {
  readonly kind: "match";
  readonly item: ExprNode;
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

export type ArithmeticOp = "+" | "-" | "*" | "/";
export interface ArithmeticNode {
  readonly kind: "arithmetic";
  readonly op: ArithmeticOp;
  readonly left: ExprNode;
  readonly right: ExprNode;
  readonly codec: TypedCodec;
}

export type AggregateName =
  | "count"
  | "sum"
  | "avg"
  | "min"
  | "max"
  | "stddev_samp"
  | "stddev_pop"
  | "var_samp"
  | "var_pop"
  | "string_agg"
  | "json_agg";
/** `item` null is COUNT(*). */
export interface AggregateNode {
  readonly kind: "aggregate";
  readonly name: AggregateName;
  readonly item: ExprNode | null;
  /** Equal values count once. */
  readonly distinct?: boolean;
  /** Only rows that meet this are looked at. */
  readonly filter?: ExprNode;
  /** `string_agg` and `json_agg`: how their values follow one another. */
  readonly orderBy?: readonly OrderNode[];
  /** `string_agg`: what stands between two texts. */
  readonly separator?: string;
  readonly codec: TypedCodec;
}

/** A document of these members, as the item of `json_agg`. */
export interface JsonObjectNode {
  readonly kind: "jsonObject";
  readonly fields: readonly { readonly name: string; readonly value: ExprNode }[];
}

export type FunctionName =
  | "abs"
  | "ceil"
  | "coalesce"
  | "concat"
  | "floor"
  | "greatest"
  | "grouping"
  | "least"
  | "length"
  | "lower"
  | "mod"
  | "now"
  | "nullif"
  | "power"
  | "replace"
  | "round"
  | "substr"
  | "trim"
  | "upper"
  | RankingName;
/** Functions that mean something over a window only. */
export type RankingName =
  | "row_number"
  | "rank"
  | "dense_rank"
  | "percent_rank"
  | "cume_dist"
  | "ntile"
  | "lag"
  | "lead"
  | "first_value"
  | "last_value"
  | "nth_value";
export interface CallNode {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly args: readonly ExprNode[];
  readonly codec: TypedCodec;
}

/** `when` conditions in order; null `otherwise` is NULL. */
export interface CaseNode {
  readonly kind: "case";
  readonly branches: readonly { readonly when: ExprNode; readonly value: ExprNode }[];
  readonly otherwise: ExprNode | null;
  readonly codec: TypedCodec;
}

export type FrameBound = { readonly kind: "unbounded" | "preceding" | "following" | "current"; readonly offset: number };
export interface FrameNode {
  readonly unit: "rows" | "range" | "groups";
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: "current row" | "group" | "ties" | null;
}

/** An aggregate or ranking function over the rows around each row. */
export interface WindowNode {
  readonly kind: "window";
  readonly call: AggregateNode | CallNode;
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly OrderNode[];
  readonly frame: FrameNode | null;
  /** Windows of one name are the same, and written once. */
  readonly name?: string;
  readonly codec: TypedCodec;
}

/** The value as one of another type; of a parameter or of NULL: the type that it has. */
export interface CastNode {
  readonly kind: "cast";
  readonly item: ExprNode;
  readonly codec: TypedCodec;
}

export type DatePart = "year" | "month" | "day" | "hour" | "minute" | "second";
export interface DatePartNode {
  readonly kind: "datePart";
  readonly part: DatePart;
  readonly item: ExprNode;
  readonly codec: TypedCodec;
}

/** Months first (the day is cut to the last one of its new month), then days, then seconds; all in UTC. */
export interface DateShiftNode {
  readonly kind: "dateShift";
  readonly item: ExprNode;
  readonly months: number;
  readonly days: number;
  readonly seconds: number;
  readonly codec: TypedCodec;
}

/** `left - right` in units of so many milliseconds. Both are instants, or both are dates. */
export interface DateDifferenceNode {
  readonly kind: "dateDifference";
  readonly left: ExprNode;
  readonly right: ExprNode;
  readonly unit: number;
  readonly codec: TypedCodec;
}

/** A key of an object, or an index of an array; bound as a parameter, never text. */
export type JsonStep = string | number;
export interface JsonPathNode {
  readonly kind: "jsonPath";
  readonly item: ExprNode;
  readonly path: readonly JsonStep[];
  /** `json`: the value as JSON; else the scalar it holds, null when it is missing, JSON null or (but for text) of another type. */
  readonly as: "json" | "text" | "number" | "boolean";
  readonly codec: TypedCodec;
}
/** True where the document has all of `part` (JSON text), by the rules of PostgreSQL's `@>`; null without a document. */
export interface JsonContainsNode {
  readonly kind: "jsonContains";
  readonly item: ExprNode;
  readonly part: string;
}
/** The number of elements of an array; null for everything else. */
export interface JsonLengthNode {
  readonly kind: "jsonLength";
  readonly item: ExprNode;
  readonly codec: TypedCodec;
}
/**
 * The document with one place changed, or as it is where that place cannot be: `set` needs the object that holds the key
 * (or the element to replace), `append` an array. `value` null is for `unset`; a value that is NULL becomes JSON's null.
 */
export interface JsonChangeNode {
  readonly kind: "jsonChange";
  readonly item: ExprNode;
  readonly change: "set" | "unset" | "append";
  readonly path: readonly JsonStep[];
  readonly value: ExprNode | null;
  readonly codec: TypedCodec;
}

/** SQL written by the caller: texts and nodes alternate, starting with a text. */
export interface RawNode {
  readonly kind: "raw";
  readonly texts: readonly string[];
  readonly items: readonly RawItem[];
  readonly codec: TypedCodec | null;
}
/** What may stand in a hole of a raw fragment. */
export type RawItem = ExprNode | IdentifierNode | ListNode | PlainValueNode;
/** A value of raw SQL that has no column to take its codec from. */
export interface PlainValueNode {
  readonly kind: "plain";
  readonly value: string | number | bigint | boolean | Date | Uint8Array | null;
}
/** One part per level; each is quoted on its own. */
export interface IdentifierNode {
  readonly kind: "identifier";
  readonly parts: readonly string[];
}
/** Comma-separated items. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly RawItem[];
}

export type ExprNode =
  | ColumnNode
  | ValueNode
  | NullNode
  | ConstantNode
  | CompareNode
  | RowCompareNode
  | RowInNode
  | LogicNode
  | NotNode
  | IsNullNode
  | InListNode
  | InQueryNode
  | ExistsNode
  | ScalarNode
  | QuantifiedNode
  | BetweenNode
  | LikeNode
  | MatchNode
  | ArithmeticNode
  | AggregateNode
  | JsonObjectNode
  | CallNode
  | CaseNode
  | WindowNode
  | CastNode
  | DatePartNode
  | DateShiftNode
  | DateDifferenceNode
  | JsonPathNode
  | JsonContainsNode
  | JsonLengthNode
  | JsonChangeNode
  | RawNode;

export interface OrderNode {
  readonly item: ExprNode;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last" | null;
}
