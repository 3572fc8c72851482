/** What a query knows of the things it reads from: tables of models, and rows of other queries. Layer 6. */
import type { ColumnNode, ColumnRef, OrderNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, SourceNode } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";

export interface SourceColumn {
  readonly property: string;
  /** `Post.title`, for messages. */
  readonly label: string;
  readonly ref: ColumnRef;
  readonly codec: Codec;
}

export interface SourceMeta {
  /** For messages. */
  readonly name: string;
  readonly token: ScopeToken;
  /** What stands in FROM unless the query says otherwise; rows of a query have no such thing. */
  readonly source?: SourceNode;
  /** The columns that a row has unless it asks for more. */
  readonly visible: readonly SourceColumn[];
  /** Empty: rows have no key. */
  readonly primaryKey: readonly SourceColumn[];
  readonly defaultOrder: readonly Clause<OrderNode>[];
  /** @throws UsageError with the nearest name */
  column(property: string): SourceColumn;
  node(column: SourceColumn, token: ColumnNode["token"]): ColumnNode;
  /** What a lambda's parameter is. */
  scope(token: ScopeToken): object;
}

/** One source of a query. */
export interface QuerySource {
  readonly meta: SourceMeta;
  /** The class that its rows are made of; null: they are plain objects. */
  readonly model: (abstract new (...args: never[]) => object) | null;
  /** What stands in FROM. */
  readonly node: SourceNode;
  /** The row may be missing: it stands on the far side of an outer join. */
  readonly outer: boolean;
}
