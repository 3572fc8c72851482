/**
 * A PostgreSQL session over any line that speaks the wire protocol: pg and PGlite share it. Layer 4.
 * Always the extended protocol (one statement at a time, values apart from the text), all values as text.
 */

import { UsageError } from "../errors.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import type { Connection, DriverResult, ExecuteOptions, RawRow, ServerInfo, Statement, TransactionStatus } from "./driver.ts";
import { codeOf } from "./facts.ts";

export type WireValue = string | Buffer | null;

/** One round trip, ended by a Sync. */
export interface WireRequest {
  /** Named statements to close before anything else. */
  readonly drop: readonly string[];
  /** Text of a statement without values and rows that runs before; when it fails, nothing else does. Null: none. */
  readonly before: string | null;
  /** `run` binds and executes, `fetch` goes on with an open portal, `close` ends it. */
  readonly action: "run" | "fetch" | "close";
  /** The text to parse; null when the statement `name` is known to the server. */
  readonly parse: string | null;
  /** Name of the statement; empty: unnamed. */
  readonly name: string;
  readonly params: readonly WireValue[];
  /** Name of the portal; empty: unnamed. */
  readonly portal: string;
  /** Most rows to send; 0: all. */
  readonly limit: number;
  /** Ask for the column names. */
  readonly names: boolean;
}

export interface WireAnswer {
  readonly rows: RawRow[];
  readonly names: string[];
  /** Type OIDs of the named columns. */
  readonly types: number[];
  readonly tag: string | null;
  /** True when the limit was reached and the portal has more rows. */
  readonly suspended: boolean;
}

/** The line itself. `send` settles only after the server is ready again, so that `status` is never stale. */
export interface Wire {
  readonly alive: boolean;
  send(request: WireRequest): Promise<WireAnswer>;
  status(): TransactionStatus;
  cancel(): Promise<void>;
  close(): Promise<void>;
  destroy(): void;
}

const KEPT_STATEMENTS = 256;
/** The words that end a transaction, as the engine sends them. */
const ENDS: readonly string[] = ["commit", "rollback"];
const nothing = (tag: string): DriverResult => ({ rows: [], affected: 0, insertId: null, tag, names: [], types: [] });
/** The protocol counts parameters in 16 bits; a larger count would wrap and break the line. */
const MOST_PARAMS = 65_535;

export class PostgresSession implements Connection {
  readonly id: number;
  readonly server: ServerInfo;
  readonly #wire: Wire;
  readonly #restore: (session: PostgresSession) => Promise<void>;
  readonly #announce: () => void;
  readonly #kept = new BoundedMap<string>(KEPT_STATEMENTS, (name) => this.#drop.push(name));
  #drop: string[] = [];
  #named: boolean;
  #counter = 0;
  #settingsTouched = false;
  /** A BEGIN that goes out with the next request: a round trip less, and none for a transaction that runs nothing. */
  #waiting: string | null = null;

  /**
   * @param restore - sets the session's settings again.
   * @param announce - called when the server lost a named statement and this session goes on without names.
   */
  constructor(
    id: number,
    server: ServerInfo,
    wire: Wire,
    prepare: boolean,
    restore: (session: PostgresSession) => Promise<void>,
    announce: () => void,
  ) {
    this.id = id;
    this.server = server;
    this.#wire = wire;
    this.#named = prepare;
    this.#restore = restore;
    this.#announce = announce;
  }

  get alive(): boolean {
    return this.#wire.alive;
  }

  status(): TransactionStatus {
    if (!this.#wire.alive) return null;
    return this.#waiting === null ? this.#wire.status() : "open";
  }

  execute(statement: Statement, options?: ExecuteOptions): DriverResult | Promise<DriverResult> {
    if (statement.mayWait === true && this.status() === "idle") {
      this.#waiting = statement.sql;
      return nothing("BEGIN");
    }
    if (this.#waiting !== null && ENDS.includes(statement.sql)) {
      this.#waiting = null;
      return nothing(statement.sql.toUpperCase());
    }
    return this.#execute(statement, options);
  }

  async #execute(statement: Statement, options?: ExecuteOptions): Promise<DriverResult> {
    const { rows, names, types, tag } = await this.#run(statement, options?.names === true);
    if (tag !== null) this.#watch(tag, statement.sql);
    return { rows, affected: affectedRows(tag), insertId: null, tag, names, types };
  }

  /** Rows from a portal. It lives in a transaction, so outside of one the stream opens its own around it. */
  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    const own = this.status() === "idle";
    if (own) this.#waiting = "begin";
    this.#counter += 1;
    const portal = `kaka_p${this.#counter}`;
    let more = false;
    let failed = false;
    try {
      let answer = await this.#send({ parse: statement.sql, params: wireValues(statement), portal, limit: batchSize });
      for (;;) {
        more = answer.suspended;
        if (answer.rows.length > 0) yield answer.rows;
        if (!more) break;
        answer = await this.#send({ action: "fetch", portal, limit: batchSize });
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await this.#endStream(more && !failed ? portal : null, own, failed);
    }
  }

  async reset(): Promise<boolean> {
    if (this.status() !== "idle") return false;
    if (!this.#settingsTouched) return true;
    try {
      await this.#control("reset session authorization");
      await this.#control("reset all");
      await this.#restore(this);
    } catch {
      // The answer "false" has the connection destroyed: nobody needs to know why it could not be made as new.
      return false;
    }
    this.#settingsTouched = false;
    return true;
  }

  cancel(): Promise<void> {
    return this.#wire.cancel();
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  destroy(): void {
    this.#wire.destroy();
  }

  async #run(statement: Statement, names: boolean, again = false): Promise<WireAnswer> {
    const { sql } = statement;
    const params = wireValues(statement);
    const named = this.#named && statement.prepare !== false;
    const known = named ? this.#kept.get(sql) : undefined;
    const name = known ?? (named ? this.#nextName(sql) : "");
    try {
      return await this.#send({ parse: known === undefined ? sql : null, name, params, names });
    } catch (error) {
      if (name === "" || !this.#wire.alive) throw error;
      const repeat = this.#afterError(error, sql, name, known !== undefined);
      if (!repeat || again || this.status() !== "idle") throw error;
      return this.#run(statement, names, true);
    }
  }

  /** Keeps the book of names right after an error; true when the statement was refused before it did anything. */
  #afterError(error: unknown, sql: string, name: string, known: boolean): boolean {
    const code = codeOf(error);
    if (code === "26000" || code === "42P05") {
      // An old pooler between us and the server hands our statements to other sessions.
      this.#named = false;
      this.#kept.clear();
      this.#drop = [];
      this.#announce();
      return true;
    }
    const planChanged = code === "0A000" && routineOf(error) === "RevalidateCachedQuery";
    if (planChanged || !known) {
      // Whether a new statement was parsed before it failed is not known: closing a name that is not there is no error.
      this.#kept.delete(sql);
      this.#drop.push(name);
    }
    return planChanged;
  }

  #nextName(sql: string): string {
    this.#counter += 1;
    const name = `kaka_s${this.#counter}`;
    this.#kept.set(sql, name);
    return name;
  }

  #send(request: Partial<WireRequest>): Promise<WireAnswer> {
    const drop = this.#drop;
    if (drop.length > 0) this.#drop = [];
    const before = this.#waiting;
    this.#waiting = null;
    return this.#wire.send({
      action: "run",
      parse: null,
      name: "",
      params: [],
      portal: "",
      limit: 0,
      names: false,
      drop,
      before,
      ...request,
    });
  }

  async #control(sql: string): Promise<void> {
    await this.#send({ parse: sql });
  }

  async #endStream(portal: string | null, own: boolean, failed: boolean): Promise<void> {
    if (!this.#wire.alive) return;
    try {
      if (portal !== null && this.status() === "open") await this.#send({ action: "close", portal });
      if (own) await this.#control(failed || this.status() === "failed" ? "rollback" : "commit");
    } catch (error) {
      // A stream that failed already has its own error; the connection is in an unknown state either way.
      this.#wire.destroy();
      if (!failed) throw error;
    }
  }

  /** Some statements change what a session remembers: `reset` must know. SET LOCAL ends with its transaction. */
  #watch(tag: string, sql: string): void {
    if (tag === "DISCARD ALL" || tag === "DEALLOCATE ALL") {
      this.#kept.clear();
      this.#drop = [];
    }
    if (tag === "SET" ? !/^\s*set\s+(?:local|transaction)\b/i.test(sql) : tag === "RESET" || tag === "DISCARD ALL") {
      this.#settingsTouched = true;
    }
  }
}

/** `INSERT 0 3`, `UPDATE 3`, `DELETE 3`, `MERGE 3`. */
function affectedRows(tag: string | null): number {
  return tag !== null && /^(?:INSERT|UPDATE|DELETE|MERGE)\b/.test(tag) ? Number(tag.slice(tag.lastIndexOf(" ") + 1)) : 0;
}

function routineOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "routine" in error ? error.routine : undefined;
}

/** @throws {UsageError} for what would break the protocol instead of failing one statement. */
function wireValues({ sql, params }: Statement): readonly WireValue[] {
  if (sql.includes("\u0000")) throw new UsageError("The SQL text contains a NUL character", { hint: "pass such values as parameters" });
  if (params.length > MOST_PARAMS) {
    throw new UsageError(`The statement has ${params.length} parameters, PostgreSQL takes ${MOST_PARAMS}`, {
      hint: "send the rows in several statements, or the values as one array",
    });
  }
  return params.map(wireValue);
}

function wireValue(value: unknown): WireValue {
  if (typeof value === "string" || value === null) return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new UsageError(`A parameter of type ${typeof value} reached the driver`, { hint: "give it a type that has a codec" });
}
