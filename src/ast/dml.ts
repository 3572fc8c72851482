/** INSERT, UPDATE, DELETE as data. Layer 0. */
import type { ColumnRef, ExprNode } from "./expr.ts";
import type { Clause, TableRef } from "./select.ts";
import type { TypedCodec } from "./type.ts";

export interface InsertColumn {
  readonly column: ColumnRef;
  readonly codec: TypedCodec;
}

/** `rows[r][c]` has passed the codec of `columns[c]`; null is NULL. Columns that are not named are left to the database. */
export interface InsertNode {
  readonly kind: "insert";
  readonly table: TableRef;
  readonly columns: readonly InsertColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** What happens to a row whose key is there already; absent: the insert fails. */
  readonly conflict?: ConflictNode;
  /** Read back in this order, where the dialect can. */
  readonly returning: readonly InsertColumn[];
}

/** `update` columns take the new row's values; none leaves the old row as it is. */
export interface ConflictNode {
  readonly columns: readonly ColumnRef[];
  readonly update: readonly ColumnRef[];
}

export interface Assignment {
  readonly column: ColumnRef;
  readonly codec: TypedCodec;
  readonly value: ExprNode;
}

export interface UpdateNode {
  readonly kind: "update";
  readonly table: TableRef;
  readonly set: Clause<readonly Assignment[]>;
  readonly where: readonly Clause<ExprNode>[];
}

export interface DeleteNode {
  readonly kind: "delete";
  readonly table: TableRef;
  readonly where: readonly Clause<ExprNode>[];
}
