/** INSERT, UPDATE, DELETE as data. Layer 0. */
import type { ColumnRef, ExprNode } from "./expr.ts";
import type { Clause, DerivedSource, SelectNode, TableRef, ValuesSource } from "./select.ts";
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
  /** The rows come from here instead; it selects a value for each of `columns`. */
  readonly query?: SelectNode;
  /** What happens to a row whose key is there already; absent: the insert fails. */
  readonly conflict?: ConflictNode;
  /** Read back in this order, where the dialect can. */
  readonly returning: readonly InsertColumn[];
  /** The column that numbers the rows: they follow one another, or none is inserted, and the number of rows says so. */
  readonly numberedBy?: ColumnRef;
}

/** `update` columns take the new row's values; none leaves the old row as it is. */
export interface ConflictNode {
  readonly columns: readonly ColumnRef[];
  /** The condition of the partial unique index that is meant. */
  readonly among?: Clause | null;
  readonly update: readonly ColumnRef[];
  /** Grows by one in a row that is changed. */
  readonly counted?: ColumnRef | null;
  /** Only rows that meet all of it are changed; the tokens stand for the row that is there and the new one. */
  readonly where: readonly Clause[];
}

export interface Assignment {
  readonly column: ColumnRef;
  readonly codec: TypedCodec;
  readonly value: ExprNode;
}

export interface UpdateNode {
  readonly kind: "update";
  readonly table: TableRef;
  /** With `from`, the second token stands for it. */
  readonly set: Clause<readonly Assignment[]>;
  readonly where: readonly Clause<ExprNode>[];
  /** Rows that values are taken from, and which of them belongs to which row of the table. */
  readonly from?: { readonly source: DerivedSource | ValuesSource; readonly on: Clause };
  /** Why the model's own conditions are left out. */
  readonly unscoped?: string;
  /** Values of the changed rows to read back; absent: none. */
  readonly returning?: readonly Clause[];
}

export interface DeleteNode {
  readonly kind: "delete";
  readonly table: TableRef;
  readonly where: readonly Clause<ExprNode>[];
  readonly unscoped?: string;
  readonly returning?: readonly Clause[];
}
