/**
 * One SQLite connection of the package sqlite3. Layer 4.
 */

import type { Connection, DriverResult, ExecuteOptions, RawRow, ServerInfo, Statement, TransactionStatus } from "./driver.ts";
import { BoundedMap } from "./lru.ts";
import { type StatementFacts, statementFacts } from "./sqlite-text.ts";
import {
  allOf,
  allRows,
  finalizeStatement,
  prepareStatement,
  runStatement,
  type Sqlite3Database,
  type Sqlite3Statement,
  step,
} from "./sqlite3-library.ts";

interface Kept extends StatementFacts {
  readonly statement: Sqlite3Statement;
  /** False: finalize after use. */
  readonly keep: boolean;
}

const KEPT_STATEMENTS = 256;

export class Sqlite3Session implements Connection {
  readonly id: number;
  readonly server: ServerInfo;
  readonly #database: Sqlite3Database;
  readonly #restore: () => Promise<void>;
  readonly #kept: BoundedMap<Kept> | null;
  #alive = true;
  #open = false;
  #pragmasTouched = false;

  constructor(id: number, server: ServerInfo, database: Sqlite3Database, prepare: boolean, restore: () => Promise<void>) {
    this.id = id;
    this.server = server;
    this.#database = database;
    this.#restore = restore;
    this.#kept = prepare ? new BoundedMap<Kept>(KEPT_STATEMENTS, ({ statement }) => void finalizeStatement(statement)) : null;
  }

  get alive(): boolean {
    return this.#alive;
  }

  async execute(statement: Statement, options?: ExecuteOptions): Promise<DriverResult> {
    const kept = await this.#prepare(statement);
    try {
      const result = await this.#run(kept, statement, options?.names === true);
      await this.#follow(kept.word, statement.sql);
      return result;
    } catch (error) {
      // SQLite ends the transaction itself after some errors.
      if (this.#open) await this.#probe();
      throw error;
    } finally {
      if (!kept.keep) await finalizeStatement(kept.statement);
    }
  }

  /** Steps through the statement, which stays open between two batches: see the other SQLite drivers. */
  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    statementFacts(statement.sql);
    const prepared = await prepareStatement(this.#database, statement.sql);
    try {
      let batch: RawRow[] = [];
      for (let row = await step(prepared, bindable(statement.params)); row !== undefined; row = await step(prepared, null)) {
        batch.push(row);
        if (batch.length < batchSize) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } finally {
      await finalizeStatement(prepared);
    }
  }

  /** The library does not tell: followed by the statements that begin and end transactions, and asked for after errors. */
  status(): TransactionStatus {
    if (!this.#alive) return null;
    return this.#open ? "open" : "idle";
  }

  async reset(): Promise<boolean> {
    if (!this.#alive) return false;
    if (this.#open) await allRows(this.#database, "rollback");
    this.#open = false;
    if (this.#pragmasTouched) await this.#restore();
    this.#pragmasTouched = false;
    return true;
  }

  async cancel(): Promise<void> {
    if (this.#alive) this.#database.interrupt();
  }

  async close(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    this.#kept?.clear();
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) => (error ? reject(error) : resolve()));
    });
  }

  destroy(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#kept?.clear();
    // A statement that still runs keeps the file open until it has ended; the connection is gone either way.
    this.#database.interrupt();
    this.#database.close(() => {});
  }

  async #prepare({ sql, prepare }: Statement): Promise<Kept> {
    const known = this.#kept?.get(sql);
    if (known) return known;
    const facts = statementFacts(sql);
    const keep = this.#kept !== null && prepare !== false && facts.word !== "pragma";
    const kept = { ...facts, keep, statement: await prepareStatement(this.#database, sql) };
    if (keep) this.#kept?.set(sql, kept);
    if (facts.word === "pragma") this.#pragmasTouched = true;
    return kept;
  }

  async #run({ statement, writes, inserts }: Kept, { rows, params }: Statement, names: boolean): Promise<DriverResult> {
    if (!rows) {
      const { changes, lastID } = await runStatement(statement, bindable(params));
      const affected = writes ? changes : 0;
      return { rows: [], affected, insertId: inserts && affected > 0 ? await this.#exact(lastID) : null, tag: null, names: [] };
    }
    const found = await allOf(statement, bindable(params));
    return {
      rows: names ? found.map((row) => Object.values(row)) : found,
      // A writing statement that yields rows has a RETURNING clause: one row for each row it wrote.
      affected: writes ? found.length : 0,
      insertId: null,
      tag: null,
      names: names ? Object.keys(found[0] ?? {}) : [],
    };
  }

  /** The library rounds a key beyond 2^53; the text form keeps it. */
  async #exact(id: number): Promise<number | bigint> {
    if (Number.isSafeInteger(id)) return id;
    const [row] = await allRows(this.#database, "select cast(last_insert_rowid() as text) as id");
    return BigInt(String(row?.["id"]));
  }

  async #follow(word: string, sql: string): Promise<void> {
    if (word === "begin" || (word === "savepoint" && !this.#open)) this.#open = true;
    else if (word === "commit" || word === "end") this.#open = false;
    else if (word === "rollback") this.#open = /\bto\b/i.test(sql) && this.#open;
    // The outermost savepoint may have begun the transaction; then releasing it ends it.
    else if (word === "release") await this.#probe();
  }

  /** A second BEGIN is refused inside a transaction, and takes no lock outside of one. */
  async #probe(): Promise<void> {
    try {
      await allRows(this.#database, "begin");
    } catch {
      // The refusal is the answer.
      this.#open = true;
      return;
    }
    await allRows(this.#database, "rollback");
    this.#open = false;
  }
}

/** The library binds bigint as NULL: those that a number can hold go as numbers, the others as decimal text. */
function bindable(params: readonly unknown[]): readonly unknown[] {
  return params.map((value) => {
    if (typeof value === "bigint") return BigInt.asIntN(54, value) === value ? Number(value) : String(value);
    return value instanceof Uint8Array && !Buffer.isBuffer(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
  });
}
