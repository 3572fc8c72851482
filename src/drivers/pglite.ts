/**
 * PostgreSQL in this process through PGlite. Layer 4.
 * The wire protocol is written and read as bytes, so rows, tags and transaction status are those of a real server.
 * It runs in this thread: nothing can be cancelled, and the server's time limits never fire.
 */

import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import type { Connection, ConnectionTarget, Driver, SessionSettings, TransactionStatus } from "./driver.ts";
import { connectTimeout, openError, serverInfo, withDeadline } from "./facts.ts";
import { importLibrary, LIBRARIES, member } from "./library.ts";
import { PostgresSession, type Wire, type WireAnswer, type WireRequest, type WireValue } from "./pg-session.ts";
import { applySettings } from "./pg-settings.ts";

/** Writes the messages of the protocol. */
interface Serializer {
  parse(message: { text: string; name: string }): Uint8Array;
  bind(message: { portal: string; statement: string; values: readonly WireValue[] }): Uint8Array;
  describe(message: { type: "P"; name: string }): Uint8Array;
  execute(message: { portal: string; rows: number }): Uint8Array;
  close(message: { type: "S" | "P"; name: string }): Uint8Array;
  sync(): Uint8Array;
}

interface Message {
  readonly name: string;
  readonly fields?: readonly unknown[];
  readonly text?: string;
  readonly status?: string;
}

interface Instance {
  readonly waitReady: Promise<void>;
  execProtocol(bytes: Uint8Array, options: { throwOnError: boolean; syncToFs: boolean }): Promise<{ messages: readonly Message[] }>;
  close(): Promise<void>;
}

type InstanceConstructor = new (options: { readonly dataDir?: string }) => Instance;

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: "idle", T: "open", E: "failed" };

/** Opens PostgreSQL in this process, in memory or in a directory. */
/** A server is started here, which takes seconds on a busy machine; no network can be silent meanwhile. */
const startMs = 60_000;

export async function openDriver(target: ConnectionTarget, settings: SessionSettings): Promise<Driver> {
  const library = await importLibrary(LIBRARIES.pglite);
  const PGlite = member(library, "PGlite") as InstanceConstructor;
  const serializer = member(member(library, "protocol"), "serialize") as Serializer;
  let connections = 0;
  let current: PgliteWire | null = null;

  const open = async (): Promise<Connection> => {
    if (current?.alive) throw new UsageError("A PGlite database has one connection, and it is open", { hint: "close it first" });
    // The old instance may still be writing its files.
    await current?.close();
    const instance = new PGlite(target.path === ":memory:" || target.path === null ? {} : { dataDir: resolve(target.path) });
    const wire = new PgliteWire(instance, serializer, target.path !== ":memory:");
    current = wire;
    const restore = async (session: PostgresSession): Promise<void> => {
      await applySettings(target, settings, async (sql, params) => {
        return (await session.execute({ sql, params, rows: true, prepare: false })).rows[0];
      });
    };
    const start = async (): Promise<string> => {
      await instance.waitReady;
      const request = { drop: [], before: null, action: "run", name: "", portal: "", limit: 0, names: false } as const;
      return applySettings(target, settings, async (sql, params) => (await wire.send({ ...request, parse: sql, params })).rows[0]);
    };
    try {
      const version = await withDeadline(Math.max(startMs, connectTimeout(target, settings)), start(), () => {});
      connections += 1;
      return new PostgresSession(connections, serverInfo("pglite", version), wire, settings.prepare, restore, () => {});
    } catch (error) {
      wire.destroy();
      current = null;
      throw openError(target, error);
    }
  };

  return {
    name: "pglite",
    family: "postgres",
    topology: "single",
    synchronous: false,
    aliasedRows: false,
    open,
    dispose: async () => current?.close(),
  };
}

class PgliteWire implements Wire {
  alive = true;
  readonly #instance: Instance;
  readonly #serializer: Serializer;
  readonly #files: boolean;
  #status: TransactionStatus = "idle";
  #closing: Promise<void> | null = null;

  constructor(instance: Instance, serializer: Serializer, files: boolean) {
    this.#instance = instance;
    this.#serializer = serializer;
    this.#files = files;
  }

  async send(request: WireRequest): Promise<WireAnswer> {
    if (!this.alive) throw new Error("Connection terminated");
    const options = { throwOnError: false, syncToFs: this.#files };
    const { messages } = await this.#instance.execProtocol(this.#bytes(request), options);
    return this.#read(messages);
  }

  status(): TransactionStatus {
    return this.#status;
  }

  /** Nothing can run while this is called: a statement holds the thread until it has ended. */
  async cancel(): Promise<void> {}

  close(): Promise<void> {
    this.alive = false;
    this.#closing ??= this.#instance.close();
    return this.#closing;
  }

  destroy(): void {
    this.close().catch(() => {
      // Nobody waits for a dropped instance, and its memory goes with it.
    });
  }

  #bytes({ drop, before, action, parse, name, params, portal, limit, names }: WireRequest): Uint8Array {
    const write = this.#serializer;
    const parts = drop.map((old) => write.close({ type: "S", name: old }));
    if (before !== null) {
      parts.push(write.parse({ text: before, name: "" }));
      parts.push(write.bind({ portal: "", statement: "", values: [] }));
      parts.push(write.execute({ portal: "", rows: 0 }));
    }
    if (action === "close") parts.push(write.close({ type: "P", name: portal }));
    else {
      if (parse !== null) parts.push(write.parse({ text: parse, name }));
      if (action === "run") parts.push(write.bind({ portal, statement: name, values: params }));
      if (names) parts.push(write.describe({ type: "P", name: portal }));
      parts.push(write.execute({ portal, rows: limit }));
    }
    parts.push(write.sync());
    return Buffer.concat(parts);
  }

  #read(messages: readonly Message[]): WireAnswer {
    const rows: (readonly unknown[])[] = [];
    let names: string[] = [];
    let types: number[] = [];
    let tag: string | null = null;
    let suspended = false;
    let refusal: Message | null = null;
    for (const message of messages) {
      if (message.name === "dataRow") rows.push(message.fields ?? []);
      else if (message.name === "rowDescription") {
        names = (message.fields ?? []).map((field) => String(member(field, "name")));
        types = (message.fields ?? []).map((field) => Number(member(field, "dataTypeID")));
      } else if (message.name === "commandComplete") tag = message.text ?? null;
      else if (message.name === "emptyQuery") tag = null;
      else if (message.name === "portalSuspended") suspended = true;
      else if (message.name === "readyForQuery") this.#status = STATUS[message.status ?? ""] ?? null;
      else if (message.name === "error") refusal ??= message;
    }
    if (refusal !== null) throw refusal;
    return { rows, names, types, tag, suspended };
  }
}
