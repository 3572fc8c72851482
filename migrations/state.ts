/** A database's tables as plain data: what models declare, what files replay to, what a live database has. */
import type { ReferentialAction } from "../src/ast/ddl.ts";
import type { TypeWord } from "../src/ast/type.ts";

/** A table by name; in a schema of its own where the database has schemas. */
export type TableName = string | { readonly schema: string; readonly name: string };

/** A generic column type with its parameters: each dialect has its own spelling for it. */
export interface TypeData {
  /** `native`: a type of one database that has no generic word, in its own words. */
  readonly type: TypeWord | "native";
  /** `string`: the greatest number of characters. */
  readonly length?: number;
  /** `decimal`: digits in all, and after the point. */
  readonly precision?: number;
  readonly scale?: number;
  /** `enum`: the allowed values, in declared order. */
  readonly values?: readonly string[];
  /** `array`: the type of one element. */
  readonly element?: TypeData;
  /** `native`: the type as the database spells it. */
  readonly native?: string;
}

/** A value in JSON form: dates and times as text, 64-bit integers and decimals as text, bytes in hexadecimal, JSON as its text. */
export type PlainValue = string | number | boolean | readonly (PlainValue | null)[];

/** An expression tree: a node's `kind` and its parts; a column is its name. */
export interface ExpressionData {
  readonly kind: string;
  readonly [part: string]: unknown;
}

/** A constant, SQL as it is, or an expression as a tree. */
export type DefaultData = PlainValue | SqlData | { readonly expression: ExpressionData };

/** SQL written by hand: one text for every database, or one for each. */
export interface SqlData {
  readonly sql: string | { readonly postgres?: string; readonly sqlite?: string; readonly mysql?: string };
}

/** A condition over the columns of one table. */
export type ConditionData = SqlData | ExpressionData;

export interface ColumnState extends TypeData {
  readonly name: string;
  /** Default false. */
  readonly nullable?: boolean;
  /** Numbered by the database. Default false. */
  readonly identity?: boolean;
  readonly default?: DefaultData;
  readonly comment?: string;
}

export interface UniqueState {
  readonly name: string;
  readonly columns: readonly string[];
  /** Unique among the rows that meet it, where the database has partial indexes; elsewhere among all. */
  readonly among?: ConditionData;
}

export interface CheckState {
  readonly name: string;
  readonly condition: ConditionData;
}

export interface IndexColumn {
  readonly column: string;
  readonly direction: "desc";
}

export interface IndexState {
  readonly name: string;
  /** Ascending, unless it says otherwise. */
  readonly columns: readonly (string | IndexColumn)[];
  readonly unique?: boolean;
  /** Only rows that meet it. */
  readonly where?: ConditionData;
}

export interface ForeignKeyState {
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: TableName;
  readonly targetColumns: readonly string[];
  /** Default `no action`. */
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
}

/** A table without its name. Lists that are absent are empty. */
export interface TableParts {
  readonly columns: readonly ColumnState[];
  readonly primaryKey?: readonly string[];
  readonly uniques?: readonly UniqueState[];
  readonly checks?: readonly CheckState[];
  readonly foreignKeys?: readonly ForeignKeyState[];
  readonly indexes?: readonly IndexState[];
  readonly comment?: string;
}

export interface TableState {
  readonly name: string;
  readonly schema: string | null;
  readonly columns: readonly ColumnState[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly UniqueState[];
  readonly checks: readonly CheckState[];
  readonly foreignKeys: readonly ForeignKeyState[];
  readonly indexes: readonly IndexState[];
  readonly comment: string | null;
}

/** Tables by key, in the order they were made. */
export type SchemaState = ReadonlyMap<string, TableState>;

export const emptyState: SchemaState = new Map();

/** What finds a table in a state. */
export function keyOf(table: TableName): string {
  return typeof table === "string" ? JSON.stringify([null, table]) : JSON.stringify([table.schema, table.name]);
}

/** The table as an operation names it. */
export function nameOf(table: Pick<TableState, "name" | "schema">): TableName {
  return table.schema === null ? table.name : { schema: table.schema, name: table.name };
}

/** For messages. */
export function shownName(table: TableName): string {
  return typeof table === "string" ? table : `${table.schema}.${table.name}`;
}

export function tableState(table: TableName, parts: TableParts): TableState {
  const { name, schema } = typeof table === "string" ? { name: table, schema: null } : table;
  return {
    name,
    schema,
    columns: parts.columns,
    primaryKey: parts.primaryKey ?? [],
    uniques: parts.uniques ?? [],
    checks: parts.checks ?? [],
    foreignKeys: parts.foreignKeys ?? [],
    indexes: parts.indexes ?? [],
    comment: parts.comment ?? null,
  };
}

/** A table's parts without what is empty. */
export function partsOf(table: TableState): TableParts {
  const { columns, comment, primaryKey, uniques, checks, foreignKeys, indexes } = table;
  const filled = Object.entries({ primaryKey, uniques, checks, foreignKeys, indexes }).filter(([, list]) => list.length > 0);
  return { columns, ...Object.fromEntries(filled), ...(comment === null ? {} : { comment }) };
}

/** One text per value, whatever the order of its keys: equal texts are equal values. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function same(one: unknown, other: unknown): boolean {
  return canonical(one ?? null) === canonical(other ?? null);
}

/** The columns of an index, without their direction. */
export function indexedColumns(index: IndexState): string[] {
  return index.columns.map((part) => (typeof part === "string" ? part : part.column));
}
