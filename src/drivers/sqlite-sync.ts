/**
 * A connection over a client library that answers synchronously: better-sqlite3 and node:sqlite share it. Layer 4.
 */

import { BoundedMap } from "../util/bounded-map.ts";
import type { Connection, DriverResult, ExecuteOptions, RawRow, ServerInfo, Statement, TransactionStatus } from "./driver.ts";
import { type StatementFacts, statementFacts } from "./sqlite-text.ts";

/** What a library's prepared statement must offer. */
export interface SyncStatement {
  /** Rows by position, or keyed by name where the library has no arrays. */
  all(params: readonly unknown[]): readonly RawRow[];
  run(params: readonly unknown[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  iterate(params: readonly unknown[]): IterableIterator<RawRow>;
  /** The column names in order; empty when the statement yields no rows. */
  names(): readonly string[];
  /** False when the library knows that the statement yields no rows and refuses to ask for them. */
  readonly reader: boolean;
}

export interface SyncDatabase {
  prepare(sql: string): SyncStatement;
  inTransaction(): boolean;
  close(): void;
}

interface Kept extends StatementFacts {
  readonly statement: SyncStatement;
}

const KEPT_STATEMENTS = 256;
/** The ends of transactions come again and again. Savepoints have names that do not. */
const controlWords: ReadonlySet<string> = new Set(["begin", "commit", "rollback"]);

export class SyncSqliteConnection implements Connection {
  readonly id: number;
  readonly server: ServerInfo;
  readonly #database: SyncDatabase;
  readonly #restore: () => Promise<void>;
  readonly #kept: BoundedMap<Kept> | null;
  readonly #streams = new Set<IterableIterator<RawRow>>();
  #open = true;
  #pragmasTouched = false;

  constructor(id: number, server: ServerInfo, database: SyncDatabase, prepare: boolean, restore: () => Promise<void>) {
    this.id = id;
    this.server = server;
    this.#database = database;
    this.#restore = restore;
    this.#kept = prepare ? new BoundedMap<Kept>(KEPT_STATEMENTS) : null;
  }

  get alive(): boolean {
    return this.#open;
  }

  execute(statement: Statement, options?: ExecuteOptions): DriverResult {
    const { statement: prepared, writes, inserts } = this.#prepare(statement);
    const params = bindable(statement.params);
    if (!statement.rows || !prepared.reader) {
      const { changes, lastInsertRowid } = prepared.run(params);
      const affected = writes ? Number(changes) : 0;
      const insertId = inserts && affected > 0 ? this.#exact(lastInsertRowid) : null;
      return { rows: [], affected, insertId, tag: null, names: [] };
    }
    const rows = prepared.all(params);
    const names = options?.names === true ? prepared.names() : [];
    // A writing statement that yields rows has a RETURNING clause: one row for each row it wrote.
    return {
      rows: options?.names === true ? rows.map(asArray) : rows,
      affected: writes ? rows.length : 0,
      insertId: null,
      tag: null,
      names,
    };
  }

  /**
   * Steps through the statement. It stays open between two batches, and SQLite refuses to write on this connection
   * meanwhile: the caller uses it only where nothing else runs here before the end.
   */
  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    this.#check();
    // Never a kept statement: that one would be busy when the same text runs again inside the loop.
    statementFacts(statement.sql);
    const prepared = this.#database.prepare(statement.sql);
    const steps = prepared.iterate(bindable(statement.params));
    this.#streams.add(steps);
    try {
      let batch: RawRow[] = [];
      for (const row of steps) {
        batch.push(row);
        if (batch.length < batchSize) continue;
        yield batch;
        this.#check();
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } finally {
      this.#streams.delete(steps);
    }
  }

  status(): TransactionStatus {
    if (!this.#open) return null;
    return this.#database.inTransaction() ? "open" : "idle";
  }

  async reset(): Promise<boolean> {
    if (!this.#open) return false;
    if (this.#database.inTransaction()) this.#database.prepare("rollback").run([]);
    if (this.#pragmasTouched) {
      await this.#restore();
      this.#pragmasTouched = false;
    }
    return !this.#database.inTransaction();
  }

  /** Nothing can run while this is called: the library holds the thread until a statement has ended. */
  async cancel(): Promise<void> {}

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#kept?.clear();
    try {
      // A statement that is still stepped would keep the file open.
      for (const steps of this.#streams) steps.return?.();
      this.#database.close();
    } catch {
      // Nothing is left to be done with it: the file closes when the library's objects are collected.
    }
  }

  #check(): void {
    if (!this.#open) throw new Error("The connection was closed");
  }

  #prepare({ sql, prepare }: Statement): Kept {
    this.#check();
    const known = this.#kept?.get(sql);
    if (known) return known;
    const kept = { ...statementFacts(sql), statement: this.#database.prepare(sql) };
    if (kept.word === "pragma") this.#pragmasTouched = true;
    else if (prepare !== false || controlWords.has(kept.word)) this.#kept?.set(sql, kept);
    return kept;
  }

  /** The libraries round a key beyond 2^53; the text form keeps it. */
  #exact(id: number | bigint): number | bigint {
    if (typeof id === "bigint" || Number.isSafeInteger(id)) return id;
    const [row] = this.#database.prepare("select cast(last_insert_rowid() as text)").all([]);
    return BigInt(String(row ? asArray(row)[0] : id));
  }
}

/** A row by position: values in column order where the library gave an object. */
export function asArray(row: RawRow): readonly unknown[] {
  return isArray(row) ? row : Object.values(row);
}

const isArray: (row: RawRow) => row is readonly unknown[] = Array.isArray;

/** Both libraries bind every JS number as REAL, so that 1 would be stored as '1.0' in a text column: integers go as bigint. */
function bindable(params: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || Object.is(value, -0)) continue;
    copy ??= params.slice();
    copy[i] = BigInt(value);
  }
  return copy ?? params;
}
