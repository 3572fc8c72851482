/** The steps of a migration as data. A file's operations serve every database: SQL is written when they run. */
import type { Engine } from "../src/engine/engine.ts";
import type { TransactionHandle } from "../src/engine/session.ts";
import type {
  CheckState,
  ColumnState,
  DefaultData,
  ForeignKeyState,
  IndexState,
  TableName,
  TableParts,
  TypeData,
  UniqueState,
} from "./state.ts";

/** What an alteration changes; the rest of the column stays. Null takes a default or a comment away. */
export interface ColumnChange {
  readonly type?: TypeData;
  readonly nullable?: boolean;
  readonly identity?: boolean;
  readonly default?: DefaultData | null;
  readonly comment?: string | null;
}

/** The handle of a data step: bind models with `Post.using(db)`. */
export type DataHandle = Engine | TransactionHandle;

export interface DataContext {
  /** Tells how far the step is: `progress(400, 1000)`. */
  progress(done: number, total?: number): void;
  /** Runs `work` for 0, 1, 2 ... until it resolves to 0 rows, and reports the sum after each batch. */
  batches(work: (batch: number) => Promise<number>): Promise<number>;
  readonly signal: AbortSignal | undefined;
}

export type DataStep = (db: DataHandle, context: DataContext) => Promise<unknown>;

/** SQL of one or several statements, each an item of its own. */
export type SqlStatements =
  | string
  | readonly string[]
  | { readonly [dialect in "postgres" | "sqlite" | "mysql"]?: string | readonly string[] };

type InTable<Op extends string, Rest = unknown> = { readonly op: Op; readonly table: TableName } & Rest;

export type Operation =
  | InTable<"createTable", { readonly parts: TableParts }>
  | InTable<"dropTable">
  | InTable<"renameTable", { readonly to: string }>
  | InTable<"addColumn", { readonly column: ColumnState; readonly fill?: DefaultData }>
  | InTable<"dropColumn", { readonly column: string; readonly fill?: DefaultData }>
  | InTable<"renameColumn", { readonly column: string; readonly to: string }>
  | InTable<"alterColumn", { readonly column: string; readonly change: ColumnChange; readonly fill?: DefaultData }>
  | InTable<"addIndex", { readonly index: IndexState; readonly concurrently?: boolean }>
  | InTable<"dropIndex", { readonly name: string; readonly concurrently?: boolean }>
  | InTable<"addUnique", { readonly unique: UniqueState }>
  | InTable<"dropUnique", { readonly name: string }>
  | InTable<"addCheck", { readonly check: CheckState }>
  | InTable<"dropCheck", { readonly name: string }>
  | InTable<"addForeignKey", { readonly foreignKey: ForeignKeyState }>
  | InTable<"dropForeignKey", { readonly name: string }>
  | InTable<"setPrimaryKey", { readonly columns: readonly string[] }>
  | InTable<"comment", { readonly text: string | null }>
  | { readonly op: "runSql"; readonly up: SqlStatements; readonly down: SqlStatements | null; readonly destroys?: boolean }
  | { readonly op: "run"; readonly up: DataStep; readonly down: DataStep | null; readonly destroys?: boolean }
  | { readonly op: "separateState"; readonly state: readonly Operation[]; readonly database: readonly Operation[] };

export type OperationKind = Operation["op"];

/** A new table with its keys, checks, foreign keys and indexes. */
export function createTable(table: TableName, parts: TableParts): Operation {
  return { op: "createTable", table, parts };
}
/** Removes a table and its rows. Its reverse makes the table again, empty. */
export function dropTable(table: TableName): Operation {
  return { op: "dropTable", table };
}
/** Gives a table another name; what refers to it follows. */
export function renameTable(table: TableName, to: string): Operation {
  return { op: "renameTable", table, to };
}
/** A new column. `fill` is what existing rows get in it, once, where it takes no null and has no default. */
export function addColumn(table: TableName, column: ColumnState, o: { readonly fill?: DefaultData } = {}): Operation {
  return { op: "addColumn", table, column, ...o };
}
/** Removes a column and its values. Its reverse adds it again: `fill` is for the rows then, where it takes no null. */
export function dropColumn(table: TableName, column: string, o: { readonly fill?: DefaultData } = {}): Operation {
  return { op: "dropColumn", table, column, ...o };
}
/** Gives a column another name; keys, indexes and conditions follow. */
export function renameColumn(table: TableName, column: string, to: string): Operation {
  return { op: "renameColumn", table, column, to };
}
/** Changes a column's type, nullability, default or comment. `fill` replaces its nulls before it takes none any more. */
export function alterColumn(table: TableName, column: string, change: ColumnChange, o: { readonly fill?: DefaultData } = {}): Operation {
  return { op: "alterColumn", table, column, change, ...o };
}
/** A new index. `concurrently`: without holding up writes, outside of a transaction (PostgreSQL; elsewhere it has no meaning). */
export function addIndex(table: TableName, index: IndexState, o: { readonly concurrently?: boolean } = {}): Operation {
  return { op: "addIndex", table, index, ...o };
}
export function dropIndex(table: TableName, name: string, o: { readonly concurrently?: boolean } = {}): Operation {
  return { op: "dropIndex", table, name, ...o };
}
export function addUnique(table: TableName, unique: UniqueState): Operation {
  return { op: "addUnique", table, unique };
}
export function dropUnique(table: TableName, name: string): Operation {
  return { op: "dropUnique", table, name };
}
export function addCheck(table: TableName, check: CheckState): Operation {
  return { op: "addCheck", table, check };
}
export function dropCheck(table: TableName, name: string): Operation {
  return { op: "dropCheck", table, name };
}
export function addForeignKey(table: TableName, foreignKey: ForeignKeyState): Operation {
  return { op: "addForeignKey", table, foreignKey };
}
export function dropForeignKey(table: TableName, name: string): Operation {
  return { op: "dropForeignKey", table, name };
}
/** Puts another primary key in the place of the table's own. */
export function setPrimaryKey(table: TableName, columns: readonly string[]): Operation {
  return { op: "setPrimaryKey", table, columns };
}
/** The table's comment; null takes it away. */
export function comment(table: TableName, text: string | null): Operation {
  return { op: "comment", table, text };
}
/**
 * SQL written by hand, one statement per item, for all databases or for each of them. Without `down` it cannot be undone.
 * @example
 * runSql("update post set views = 0", { down: [] })
 */
export function runSql(up: SqlStatements, o: { readonly down?: SqlStatements; readonly destroys?: boolean } = {}): Operation {
  return { op: "runSql", up, down: o.down ?? null, ...(o.destroys === undefined ? {} : { destroys: o.destroys }) };
}
/**
 * A step in code, in the transaction of its migration where the database has such. Without `down` it cannot be undone.
 * @example
 * run(async (db, { batches }) => {
 *   await batches(() => db.execute`update post set slug = id
 *     where id in (select id from (select id from post where slug is null limit 1000) as next)`);
 * })
 */
export function run(up: DataStep, o: { readonly down?: DataStep; readonly destroys?: boolean } = {}): Operation {
  return { op: "run", up, down: o.down ?? null, ...(o.destroys === undefined ? {} : { destroys: o.destroys }) };
}
/** Operations that only the files' state sees, beside operations that only the database sees. */
export function separateState(o: { readonly state?: readonly Operation[]; readonly database?: readonly Operation[] }): Operation {
  return { op: "separateState", state: o.state ?? [], database: o.database ?? [] };
}
