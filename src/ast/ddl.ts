/** Tables as data: what models declare, what is created, what later is compared. Layer 0. */
import type { ColumnRef, ExprNode } from "./expr.ts";
import type { TableRef } from "./select.ts";
import type { TypedCodec } from "./type.ts";

export type ReferentialAction = "cascade" | "set null" | "set default" | "restrict" | "no action";

export interface ColumnDefinition {
  readonly column: ColumnRef;
  readonly codec: TypedCodec;
  readonly nullable: boolean;
  /** Numbered by the database. */
  readonly identity: boolean;
  /** DEFAULT of the database: a constant expression or raw SQL. */
  readonly default: ExprNode | null;
  readonly comment: string | null;
}

export interface ForeignKeyDefinition {
  readonly name: string | null;
  readonly columns: readonly ColumnRef[];
  readonly target: TableRef;
  readonly targetColumns: readonly ColumnRef[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
}

export interface UniqueDefinition {
  readonly name: string | null;
  readonly columns: readonly ColumnRef[];
}

/** The condition's columns are static columns of the table. */
export interface CheckDefinition {
  readonly name: string | null;
  readonly condition: ExprNode;
  /** For the generated name: the columns that it was declared on. */
  readonly columns: readonly ColumnRef[];
}

export interface IndexDefinition {
  readonly name: string | null;
  readonly columns: readonly { readonly column: ColumnRef; readonly direction: "asc" | "desc" }[];
  readonly unique: boolean;
  /** Partial index: only rows that meet it. */
  readonly where: ExprNode | null;
}

export interface TableDefinition {
  readonly table: TableRef;
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly ColumnRef[];
  readonly uniques: readonly UniqueDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly comment: string | null;
}
