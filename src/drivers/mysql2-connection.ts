/**
 * One MySQL or MariaDB session. Layer 4.
 * Values are always bound by the server (`execute`); the client's own formatter is never given any.
 */

import { UsageError } from "../errors.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import type { Connection, DriverResult, ExecuteOptions, RawRow, ServerInfo, Statement, TransactionStatus } from "./driver.ts";
import { withDeadline } from "./facts.ts";
import {
  isInTransaction,
  type Line,
  type LineOptions,
  lineValues,
  type OkPacket,
  type TypedIntegers,
  watchPackets,
} from "./mysql2-line.ts";
import { RowStream } from "./mysql2-stream.ts";

/** What the driver gives each of its connections. */
export interface SessionTools {
  readonly prepare: boolean;
  readonly integer: TypedIntegers | null;
  /** Sets the session's settings again. */
  restore(line: Line): Promise<void>;
  /** Stops what runs on the line, over another one. */
  kill(line: Line): Promise<void>;
}

const GOODBYE_MS = 2000;
const UNSUPPORTED_BY_PREPARE = 1295;
/** The server forgot the statement or its tables changed under it; it was not executed. */
const PREPARE_AGAIN: readonly unknown[] = [1243, 1615];
/** Statements that leave nothing behind in the session, unless they set a variable or take a lock by name. Comments that run are not skipped. */
const HARMLESS =
  /^(?:\s|\/\*(?![!M])[\s\S]*?\*\/)*(?:select|insert|update|delete|replace|with|values|table|begin|start|commit|rollback|savepoint|release|show|explain|desc|describe|do|set\s+(?:transaction|statement)\b)/i;
const LEAVES_STATE = /@|get_lock/i;

export class MysqlSession implements Connection {
  readonly id: number;
  readonly server: ServerInfo;
  readonly #line: Line;
  readonly #tools: SessionTools;
  readonly #checked = new BoundedMap<{ readonly harmless: boolean }>(512);
  #alive = true;
  #loss: unknown = null;
  #open = false;
  #touched = false;
  #stream: RowStream | null = null;

  constructor(id: number, server: ServerInfo, line: Line, tools: SessionTools) {
    this.id = id;
    this.server = server;
    this.#line = line;
    this.#tools = tools;
    line.on("error", (error) => this.#lost(error));
    line.on("end", () => this.#lost(new Error("Connection terminated")));
    watchPackets(line, (flags) => {
      this.#open = isInTransaction(flags);
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  status(): TransactionStatus {
    if (!this.#alive) return null;
    return this.#open ? "open" : "idle";
  }

  async execute(statement: Statement, options?: ExecuteOptions): Promise<DriverResult> {
    // mysql2 would queue it behind the stream, which waits for its reader: neither would ever go on.
    if (this.#stream !== null)
      throw new UsageError("A stream is open on this connection", { hint: "read it to its end or leave the loop first" });
    this.#watch(statement.sql);
    const line: LineOptions = {
      sql: statement.sql,
      values: lineValues(statement.params, this.#tools.integer),
      rowsAsArray: options?.names === true,
      dateStrings: options?.names === true,
    };
    try {
      return await this.#run(statement, line, options?.names === true);
    } catch (error) {
      await this.#checkAfterError();
      throw error;
    }
  }

  /** Rows as the server sends them; the line can run nothing else before the end. */
  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    if (!this.#alive) throw this.#loss;
    this.#watch(statement.sql);
    const options = { sql: statement.sql, values: lineValues(statement.params, this.#tools.integer), rowsAsArray: false };
    const rows = new RowStream(this.#line, this.#line.execute(options), batchSize);
    this.#stream = rows;
    try {
      for (let batch = await rows.next(); batch !== null; batch = await rows.next()) yield batch;
    } catch (error) {
      this.#noteLoss(error);
      await this.#checkAfterError();
      throw error;
    } finally {
      await this.#endStream(rows, options);
    }
  }

  /** COM_RESET_CONNECTION ends a transaction, drops locks, variables and temporary tables; the settings then come back. */
  async reset(): Promise<boolean> {
    if (!this.#alive) return false;
    // It would also forget every prepared statement: a session that nothing was left in is as new already.
    if (!this.#touched && !this.#open) return true;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#line.reset((error) => (error ? reject(error) : resolve()));
      });
      await this.#tools.restore(this.#line);
    } catch {
      // The answer "false" has the connection destroyed: nobody needs to know why it could not be made as new.
      return false;
    }
    this.#open = false;
    this.#touched = false;
    return this.#alive;
  }

  cancel(): Promise<void> {
    return this.#tools.kill(this.#line);
  }

  async close(): Promise<void> {
    if (!this.#alive) return;
    this.#lost(new Error("Connection terminated"));
    const goodbye = new Promise<void>((resolve) => {
      this.#line.on("end", () => resolve());
      this.#line.end(() => {});
    });
    await withDeadline(GOODBYE_MS, goodbye, () => {}).catch(() => {
      // The server does not answer the goodbye: it will notice the dropped line.
    });
    this.#line.stream.destroy();
  }

  destroy(): void {
    this.#lost(new Error("Connection terminated"));
    this.#line.stream.destroy();
  }

  async #run(statement: Statement, options: LineOptions, names: boolean): Promise<DriverResult> {
    const once = statement.prepare === false || !this.#tools.prepare;
    // The text protocol writes some values differently, so it serves only what gives no rows and takes no values.
    if (once && !statement.rows && statement.params.length === 0) return this.#send("query", options, names);
    try {
      return await this.#send("execute", options, names);
    } catch (error) {
      const number = errnoOf(error);
      if (number === UNSUPPORTED_BY_PREPARE && statement.params.length === 0) return this.#send("query", options, names);
      if (!PREPARE_AGAIN.includes(number)) throw error;
      this.#line.unprepare(options);
      return await this.#send("execute", options, names);
    } finally {
      if (once && this.#alive) this.#line.unprepare(options);
    }
  }

  #send(method: "query" | "execute", options: LineOptions, names: boolean): Promise<DriverResult> {
    if (!this.#alive) return Promise.reject(this.#loss);
    return new Promise((resolve, reject) => {
      const sent = method === "query" ? { sql: options.sql, rowsAsArray: options.rowsAsArray === true } : options;
      this.#line[method](sent, (error, rows, fields) => {
        if (!error) return resolve(this.#result(rows, fields, names));
        this.#noteLoss(error);
        reject(error);
      });
    });
  }

  /** mysql2 tells a broken line to the statement that waits for it, and then to nobody else. */
  #noteLoss(error: unknown): void {
    if (typeof error === "object" && error !== null && "fatal" in error && error.fatal === true) this.#lost(error);
  }

  #result(rows: unknown, fields: unknown, names: boolean): DriverResult {
    // A CALL answers with several results: the first is the one with the rows.
    const several = Array.isArray(fields) && Array.isArray(fields[0]);
    const first: unknown = several && Array.isArray(rows) ? rows[0] : rows;
    const columns: unknown = several ? fields[0] : fields;
    if (Array.isArray(first)) {
      const list = names && Array.isArray(columns) ? columns.map((column: { readonly name: string }) => column.name) : [];
      return { rows: first, affected: 0, insertId: null, tag: null, names: list };
    }
    const ok = first as OkPacket;
    if (ok.serverStatus !== undefined) this.#open = isInTransaction(ok.serverStatus);
    return { rows: [], affected: ok.affectedRows, insertId: keyOf(ok.insertId), tag: null, names: [] };
  }

  /** An error packet has no status flags, and some errors end the transaction (a deadlock does): ask when one was open. */
  async #checkAfterError(): Promise<void> {
    if (!this.#open || !this.#alive) return;
    try {
      await this.#send("query", { sql: "do 0" }, false);
    } catch {
      // The statement's own error is the one to tell; a session that cannot even do nothing is of no use.
      this.destroy();
    }
  }

  async #endStream(rows: RowStream, options: LineOptions): Promise<void> {
    try {
      await rows.abandon(() => this.cancel());
    } catch {
      // The statement could not be stopped: the line would stay busy for as long as it likes.
      this.destroy();
    }
    this.#stream = null;
    if (this.#alive) this.#line.unprepare(options);
  }

  #watch(sql: string): void {
    if (this.#touched) return;
    let known = this.#checked.get(sql);
    if (known === undefined) {
      known = { harmless: HARMLESS.test(sql) && !LEAVES_STATE.test(sql) };
      this.#checked.set(sql, known);
    }
    this.#touched = !known.harmless;
  }

  #lost(error: unknown): void {
    this.#alive = false;
    this.#loss ??= error;
    this.#stream?.fail(this.#loss);
  }
}

function errnoOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "errno" in error ? error.errno : undefined;
}

/** mysql2 gives keys beyond 2^53 as text; 0 means that no key was generated. */
function keyOf(id: number | string): number | bigint | null {
  if (typeof id === "string") return BigInt(id);
  return id === 0 ? null : id;
}
