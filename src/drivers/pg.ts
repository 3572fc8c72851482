/**
 * PostgreSQL through the package pg. Layer 4.
 * Statements go as an own query object, which reads the protocol's messages directly: rows stay the arrays of texts
 * that arrived, the whole command tag is kept, and a call settles only when the server is ready again.
 */

import { UsageError } from "../errors.ts";
import type { Connection, ConnectionTarget, Driver, SessionSettings, TransactionStatus } from "./driver.ts";
import { connectTimeout, openError, serverInfo, withDeadline } from "./facts.ts";
import { importLibrary, LIBRARIES, member } from "./library.ts";
import { PostgresSession, type Wire, type WireAnswer, type WireRequest, type WireValue } from "./pg-session.ts";
import { applySettings } from "./pg-settings.ts";

/** The protocol side of a client: what a query object writes to and listens on. */
interface PgLine {
  readonly stream: { cork?(): void; uncork?(): void; destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: readonly WireValue[] }): void;
  describe(message: { type: "P"; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  close(message: { type: "S" | "P"; name: string }): void;
  sync(): void;
  sendCopyFail(message: string): void;
  on(event: string, listener: (message: unknown) => void): unknown;
}

interface PgClient {
  readonly connection: PgLine;
  readonly processID: number;
  readonly secretKey: number;
  connect(): Promise<unknown>;
  query(query: WireQuery): unknown;
  getTransactionStatus(): string | null;
  end(): Promise<void>;
  on(event: string, listener: (error: unknown) => void): unknown;
}

type PgClientConstructor = new (config: Readonly<Record<string, unknown>>) => PgClient;
type PgLineConstructor = new (config: { ssl: unknown }) => PgLine;

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: "idle", T: "open", E: "failed" };

/** Opens PostgreSQL through pg. */
export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const library = await importLibrary(LIBRARIES.pg);
  const Client = member(library, "Client") as PgClientConstructor;
  const Line = member(library, "Connection") as PgLineConstructor;
  const timeout = connectTimeout(target, settings);
  const ssl = tlsOptions(target.options["sslmode"]);
  const host = target.options["host"] ?? target.host ?? "localhost";
  const port = target.port ?? 5432;
  let connections = 0;
  let announced = false;

  const announce = (): void => {
    if (announced) return;
    announced = true;
    process.emitWarning("The server lost a prepared statement (an old pooler?): statements go unnamed from now on", {
      type: "KakaWarning",
      code: "KAKA_UNNAMED_STATEMENTS",
    });
  };

  /** The request to stop a statement goes over a line of its own, which the server closes as its answer. */
  const cancel = async (client: PgClient): Promise<void> => {
    const line = new Line({ ssl });
    const answered = new Promise<void>((resolve, reject) => {
      const ask = (): void => line.cancel(client.processID, client.secretKey);
      line.on("connect", () => (ssl === false ? ask() : line.requestSsl()));
      line.on("sslconnect", ask);
      line.on("error", reject);
      line.on("end", () => resolve());
    });
    if (host.startsWith("/")) line.connect(`${host}/.s.PGSQL.${port}`);
    else line.connect(port, host);
    try {
      await withDeadline(timeout, answered, () => line.stream.destroy());
    } catch (error) {
      throw openError(target, error);
    }
  };

  const open = async (): Promise<Connection> => {
    const client = new Client({
      host,
      port,
      user: target.user ?? undefined,
      password: target.password ?? undefined,
      database: target.database,
      ssl,
      keepAlive: true,
    });
    const wire = new ClientWire(client, () => cancel(client));
    const restore = async (session: PostgresSession): Promise<void> => {
      await applySettings(target, settings, async (sql, params) => {
        return (await session.execute({ sql, params, rows: true, prepare: false })).rows[0];
      });
    };
    const start = async (): Promise<string> => {
      await client.connect();
      wire.listen();
      return applySettings(target, settings, async (sql, params) => (await wire.send(plain(sql, params))).rows[0]);
    };
    try {
      const version = await withDeadline(timeout, start(), () => wire.destroy());
      connections += 1;
      return new PostgresSession(connections, serverInfo("postgres", version), wire, settings.prepare, restore, announce);
    } catch (error) {
      wire.destroy();
      throw openError(target, named(error));
    }
  };

  return { name: "pg", family: "postgres", topology: "many", synchronous: false, aliasedRows: false, open, dispose: async () => {} };
}

/** pg gives this one error no code to tell it by. */
function named(error: unknown): unknown {
  const noTls = error instanceof Error && !("code" in error) && error.message.includes("does not support SSL");
  return noTls ? Object.assign(error, { code: "HANDSHAKE_NO_SSL_SUPPORT" }) : error;
}

function plain(sql: string, params: readonly string[]): WireRequest {
  return { drop: [], before: null, action: "run", parse: sql, name: "", params, portal: "", limit: 0, names: false };
}

/** Certificates are checked by verify-full only, as in the server's own tools. */
function tlsOptions(mode: string | undefined): false | { readonly rejectUnauthorized: boolean } {
  return mode === undefined || mode === "disable" ? false : { rejectUnauthorized: mode === "verify-full" };
}

/** How long a polite goodbye may take before the line is dropped. */
const GOODBYE_MS = 2000;

class ClientWire implements Wire {
  alive = true;
  readonly cancel: () => Promise<void>;
  readonly #client: PgClient;
  #query: WireQuery | null = null;
  #loss: unknown = null;

  constructor(client: PgClient, cancel: () => Promise<void>) {
    this.#client = client;
    this.cancel = cancel;
    // Without these two listeners the loss of an idle connection would end the process.
    client.on("error", (error) => this.#lost(error));
    client.on("end", () => this.#lost(new Error("Connection terminated")));
  }

  /** Call after `connect`: pg's own listener must come first, it takes the transaction status from the same message. */
  listen(): void {
    this.#client.connection.on("readyForQuery", () => this.#query?.failIfRefused());
  }

  send(request: WireRequest): Promise<WireAnswer> {
    if (!this.alive) return Promise.reject(this.#loss);
    if (this.#query !== null) return Promise.reject(new UsageError("A statement runs on this connection", { hint: "await it first" }));
    return new Promise((resolve, reject) => {
      const query = new WireQuery(request, this, (error) => {
        this.#query = null;
        if (error === null) resolve(query);
        else reject(error);
      });
      this.#query = query;
      this.#client.query(query);
    });
  }

  status(): TransactionStatus {
    return STATUS[this.#client.getTransactionStatus() ?? ""] ?? null;
  }

  async close(): Promise<void> {
    if (!this.alive) return;
    this.alive = false;
    this.#loss = new Error("Connection terminated");
    await withDeadline(GOODBYE_MS, this.#client.end(), () => {}).catch(() => {
      // The server does not answer the goodbye: it will notice the dropped line.
    });
    this.#client.connection.stream.destroy();
  }

  destroy(): void {
    this.#lost(new Error("Connection terminated"));
    this.#client.connection.stream.destroy();
  }

  #lost(error: unknown): void {
    this.alive = false;
    this.#loss ??= error;
    this.#query?.fail(error);
  }
}

const UNNAMED = { portal: "", statement: "", values: [] } as const;
const ALL_ROWS = { portal: "", rows: 0 } as const;

/** One round trip; pg calls the `handle...` methods with the messages that arrive. */
class WireQuery implements WireAnswer {
  readonly rows: (readonly unknown[])[] = [];
  names: string[] = [];
  types: number[] = [];
  tag: string | null = null;
  suspended = false;
  readonly #request: WireRequest;
  readonly #wire: ClientWire;
  readonly #settle: (error: unknown) => void;
  #refusal: unknown = null;
  #settled = false;

  constructor(request: WireRequest, wire: ClientWire, settle: (error: unknown) => void) {
    this.#request = request;
    this.#wire = wire;
    this.#settle = settle;
  }

  submit(line: PgLine): null {
    const { drop, before, action, parse, name, params, portal, limit, names } = this.#request;
    line.stream.cork?.();
    for (const old of drop) line.close({ type: "S", name: old });
    if (before !== null) {
      line.parse({ text: before, name: "" });
      line.bind(UNNAMED);
      line.execute(ALL_ROWS);
    }
    if (action === "close") line.close({ type: "P", name: portal });
    else {
      if (parse !== null) line.parse({ text: parse, name });
      if (action === "run") line.bind({ portal, statement: name, values: params });
      if (names) line.describe({ type: "P", name: portal });
      line.execute({ portal, rows: limit });
    }
    line.sync();
    line.stream.uncork?.();
    return null;
  }

  handleRowDescription(message: { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }): void {
    this.names = message.fields.map((field) => field.name);
    this.types = message.fields.map((field) => field.dataTypeID);
  }

  handleDataRow(message: { readonly fields: readonly unknown[] }): void {
    this.rows.push(message.fields);
  }

  handlePortalSuspended(): void {
    this.suspended = true;
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.tag = message.text;
  }

  handleEmptyQuery(): void {
    this.tag = null;
  }

  handleCopyInResponse(line: PgLine): void {
    line.sendCopyFail("COPY FROM STDIN is not supported");
  }

  handleCopyData(): void {}

  handleReadyForQuery(): void {
    this.#end(null);
  }

  /** A server's refusal is told only with the next "ready", when the transaction status is known; a lost line at once. */
  handleError(error: unknown): void {
    this.#refusal ??= error;
    if (!this.#wire.alive) this.#end(this.#refusal);
  }

  failIfRefused(): void {
    if (this.#refusal !== null) this.#end(this.#refusal);
  }

  fail(error: unknown): void {
    this.#end(this.#refusal ?? error);
  }

  #end(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(error);
  }
}
