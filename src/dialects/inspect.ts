/** Reading what a live database has, in the server's own words. Layer 4: what the dialects' inspectors share. */
import type { ReferentialAction, TableDefinition } from "../ast/ddl.ts";
import type { TableRef } from "../ast/select.ts";
import type { TypeWord } from "../ast/type.ts";
import type { DdlOptions } from "./ddl-options.ts";

/** What runs the questions: rows come as objects with the names of the question's columns. */
export interface Asker {
  sql<T extends object>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T[]>;
}

/** An asker that can also run a statement of its own, on the same connection as everything else it runs. */
export interface Scratch extends Asker {
  /** Runs a text; it makes nothing that lasts. */
  execute(text: string): Promise<void>;
}

/** A generic type that holds what the column holds. */
export interface InspectedType {
  readonly word: TypeWord;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly element?: InspectedType;
}

export interface InspectedColumn {
  readonly name: string;
  /** The type as the server spells it. */
  readonly native: string;
  /** Null: no generic word comes near. */
  readonly type: InspectedType | null;
  readonly nullable: boolean;
  readonly identity: boolean;
  /** The value is calculated by the database. */
  readonly generated: boolean;
  /** As the server spells it. */
  readonly default: string | null;
  /** The default, where it is a constant: a text without quotes, or null for an expression. */
  readonly constant: string | null;
  readonly comment: string | null;
}

export interface InspectedKey {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface InspectedIndex {
  readonly name: string;
  readonly columns: readonly { readonly column: string; readonly direction: "asc" | "desc" }[];
  readonly unique: boolean;
  /** As the server spells it. */
  readonly where: string | null;
  /** It has expressions, another method or options that no migration can say: it is left alone. */
  readonly special: boolean;
}

export interface InspectedCheck {
  readonly name: string;
  readonly condition: string;
}

export interface InspectedForeignKey extends InspectedKey {
  readonly target: TableRef;
  readonly targetColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
}

export interface InspectedTable {
  readonly table: TableRef;
  readonly columns: readonly InspectedColumn[];
  readonly primaryKey: readonly string[];
  readonly uniques: readonly InspectedKey[];
  readonly checks: readonly InspectedCheck[];
  readonly foreignKeys: readonly InspectedForeignKey[];
  readonly indexes: readonly InspectedIndex[];
  readonly comment: string | null;
}

/** How the server would spell the columns and conditions of a definition. */
export interface Echo {
  readonly columns: readonly InspectedColumn[];
  /** The checks that column types need, then those of the definition, in order; null where there is none. */
  readonly checks: readonly (string | null)[];
}

export interface Inspector {
  /** The tables of the database's own place (PostgreSQL: the current schema); none of the server's. */
  tableNames(db: Asker): Promise<TableRef[]>;
  /** The name of that place: null where no table can be anywhere else. */
  place(db: Asker): Promise<string | null>;
  /** The tables there, whose schema is null; or those of a schema that is named. A schema that does not exist has none. */
  tables(db: Asker, schema?: string): Promise<InspectedTable[]>;
  /**
   * The same definition as the server would have it, found by making a temporary table. Names of keys and indexes play no part.
   * The definition has columns, a primary key and checks only.
   */
  echo(db: Scratch, definition: TableDefinition, o: DdlOptions): Promise<Echo>;
  /** What the server makes of an action: some are the same to it. */
  action(action: ReferentialAction): ReferentialAction;
  /** A unique constraint and a unique index are the same thing here. */
  readonly uniqueIndexes: boolean;
  /** The live column holds what the expected one is for. */
  fits(live: InspectedColumn, expected: InspectedColumn): boolean;
}

/** Both are the same type, with the same length and digits. */
export function sameType(one: InspectedType | null, other: InspectedType | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.word !== other.word || one.length !== other.length) return false;
  if (one.precision !== other.precision || one.scale !== other.scale) return false;
  if (one.element === undefined || other.element === undefined) return one.element === other.element;
  return sameType(one.element, other.element);
}

export const temporaryName = "kaka_echo";
