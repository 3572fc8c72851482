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
  /** Unique among the rows that meet it, where the database has partial indexes; elsewhere among all rows. */
  readonly among?: ExprNode | null;
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

/** One change of an existing table. Names of keys and indexes are explicit here. */
export type TableChange =
  | { readonly kind: "renameTable" }
  | { readonly kind: "addColumn"; readonly column: ColumnDefinition; readonly fill: ExprNode | null }
  | { readonly kind: "dropColumn"; readonly column: ColumnRef }
  | { readonly kind: "renameColumn"; readonly from: ColumnRef; readonly to: ColumnRef }
  | { readonly kind: "alterColumn"; readonly from: ColumnDefinition; readonly to: ColumnDefinition; readonly fill: ExprNode | null }
  | { readonly kind: "addIndex" | "dropIndex"; readonly index: IndexDefinition; readonly concurrently: boolean }
  | { readonly kind: "addUnique" | "dropUnique"; readonly unique: UniqueDefinition }
  | { readonly kind: "addCheck" | "dropCheck"; readonly check: CheckDefinition }
  | { readonly kind: "addForeignKey" | "dropForeignKey"; readonly foreignKey: ForeignKeyDefinition }
  | { readonly kind: "primaryKey" }
  | { readonly kind: "comment" };

/** A change with the whole table before and after it. */
export interface TableStep {
  readonly change: TableChange;
  readonly before: TableDefinition;
  readonly after: TableDefinition;
}

/** A table made anew with its rows, where it cannot be changed in place (SQLite). */
export interface TableRebuild {
  readonly table: TableRef;
  /** The name of the new table until the old one is gone. */
  readonly temporary: string;
  /** The columns that the old table must have: one that nobody declared would be lost. */
  readonly columns: readonly string[];
  /** Indexes of the old table that are made anew as the definition says; all others as they are. */
  readonly indexes: readonly string[];
  /** How many keys of each kind the old table must have. */
  readonly foreignKeys: number;
  /** Count the rows of the old table, and of the new one. */
  readonly count: string;
  readonly countNew: string;
  readonly create: string;
  readonly copy: string;
  readonly drop: string;
  readonly rename: string;
  /** Carries on where the old table's numbers ended; null without numbered column. */
  readonly counter: readonly string[];
  readonly after: readonly string[];
}

/** What changes a database: a statement, or the making anew of a table. */
export interface DdlStep {
  readonly sql: string;
  /** Must run outside of every transaction (PostgreSQL: indexes built concurrently). */
  readonly alone?: true;
  /** Run before it when an earlier run of it was broken off. */
  readonly cleanup?: string;
  readonly rebuild?: TableRebuild;
  /** Which changes it makes. */
  readonly of?: readonly TableStep[];
}
