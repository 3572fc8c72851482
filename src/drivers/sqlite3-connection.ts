/**
 * One SQLite connection of the package sqlite3. Layer 4.
 */

import { BoundedMap } from "../util/bounded-map.ts";
import type { Connection, DriverResult, ExecuteOptions, RawRow, ServerInfo, Statement, TransactionStatus } from "./driver.ts";
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
  readonly #streams = new Set<Sqlite3Statement>();
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
    this.#check();
    statementFacts(statement.sql);
    const prepared = await prepareStatement(this.#database, statement.sql);
    this.#streams.add(prepared);
    try {
      let batch: RawRow[] = [];
      for (let row = await step(prepared, bindable(statement.params)); row !== undefined; row = await step(prepared, null)) {
        batch.push(row);
        if (batch.length < batchSize) continue;
        yield batch;
        this.#check();
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } finally {
      if (this.#streams.delete(prepared)) await finalizeStatement(prepared);
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
    this.#release();
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) => (error ? reject(error) : resolve()));
    });
  }

  destroy(): void {
    if (!this.#alive) return;
    this.#database.interrupt();
    this.#release();
    // Whether it closed interests nobody: the connection is gone either way.
    this.#database.close(() => {});
  }

  /** A statement that is not finalized keeps the file open, and the library then never calls back again. */
  #release(): void {
    this.#alive = false;
    this.#kept?.clear();
    for (const statement of this.#streams) void finalizeStatement(statement);
    this.#streams.clear();
  }

  #check(): void {
    if (!this.#alive) throw new Error("The connection was closed");
  }

  async #prepare({ sql, prepare }: Statement): Promise<Kept> {
    this.#check();
    const known = this.#kept?.get(sql);
    if (known) return known;
    const facts = statementFacts(sql);
    const keep = this.#kept !== null && prepare !== false && facts.word !== "pragma";
    const kept = { ...facts, keep, statement: await prepareStatement(this.#database, sql) };
    if (keep) this.#kept?.set(sql, kept);
    if (facts.word === "pragma") this.#pragmasTouched = true;
    return kept;
  }

  async #run({ statement, writes, inserts, returning }: Kept, { rows, params }: Statement, names: boolean): Promise<DriverResult> {
    if (!rows) {
      // `run` stops at the first row, before the counters are set: with RETURNING the rows are the count.
      const counted = returning ? null : await runStatement(statement, bindable(params));
      const affected = counted ? (writes ? counted.changes : 0) : (await allOf(statement, bindable(params))).length;
      const insertId = inserts && affected > 0 ? await this.#exact(counted?.lastID ?? null) : null;
      return { rows: [], affected, insertId, tag: null, names: [] };
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
  async #exact(id: number | null): Promise<number | bigint> {
    if (id !== null && Number.isSafeInteger(id)) return id;
    const [row] = await allRows(this.#database, "select cast(last_insert_rowid() as text) as id");
    const key = BigInt(String(row?.["id"]));
    return Number.isSafeInteger(Number(key)) ? Number(key) : key;
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
