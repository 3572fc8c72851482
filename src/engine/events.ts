/** What an engine tells about its work, and who listens. Layer 5. */
import { AsyncResource } from "node:async_hooks";
import type { KakaError } from "../errors.ts";
import type { CompiledStatement, Operation } from "../render/compiled.ts";
import { describe, warn } from "./faults.ts";
import { Signals } from "./signals.ts";

/** One statement, sent or refused on its way out. Holds names and types, never values. */
export interface StatementEvent {
  /** The text with placeholders. */
  readonly sql: string;
  readonly operation: Operation;
  readonly model: string | null;
  readonly parameterCount: number;
  /** One word per parameter: `text`, `int`, `float`, `boolean`, `bytes`, `timestamp`, `array`, `json` or `null`. */
  readonly parameterTypes: readonly string[];
  readonly milliseconds: number;
  /** Rows received. */
  readonly rows: number;
  /** Rows matched by an INSERT, UPDATE or DELETE. */
  readonly affected: number;
  readonly error: KakaError | null;
  /** Null when the statement never got a connection. */
  readonly connectionId: number | null;
  readonly transactionId: number | null;
  /** The reasons given to `unscoped(reason)` anywhere in the statement. */
  readonly unscoped: readonly string[];
}

export interface TransactionEvent {
  readonly transactionId: number;
  /** 0 is the transaction itself, 1 and more are savepoints within it. */
  readonly depth: number;
  readonly phase: "begin" | "commit" | "rollback" | "lost" | "unknown";
  /** Since the begin of this level. */
  readonly milliseconds: number;
  readonly connectionId: number;
  readonly error: unknown;
}

export interface ConnectionEvent {
  readonly connectionId: number;
  readonly role: "write" | "read";
}

export interface EngineEvents {
  statement: StatementEvent;
  transaction: TransactionEvent;
  connect: ConnectionEvent;
  disconnect: ConnectionEvent;
}

type Listener<E> = (event: E) => void;
type Listeners = { readonly [K in keyof EngineEvents]: Listener<EngineEvents[K]>[] };

/** The listeners of one engine. */
export class Events {
  /** Read before an event is built: nobody listening costs one comparison. */
  readonly listeners: Listeners = { statement: [], transaction: [], connect: [], disconnect: [] };
  /** Who is told of rows, and may say no. */
  readonly signals = new Signals();

  /** Adds a listener; the returned function removes it. */
  on<K extends keyof EngineEvents>(kind: K, listener: Listener<EngineEvents[K]>): () => void {
    const list: Listener<EngineEvents[K]>[] = this.listeners[kind];
    // Bound to where it was added: a listener must not find itself inside the transaction that it hears about.
    const bound = AsyncResource.bind(listener);
    list.push(bound);
    return () => {
      const index = list.indexOf(bound);
      if (index >= 0) list.splice(index, 1);
    };
  }

  emit<K extends keyof EngineEvents>(kind: K, event: EngineEvents[K]): void {
    const list: readonly Listener<EngineEvents[K]>[] = this.listeners[kind];
    for (const listener of [...list]) {
      try {
        listener(event);
      } catch (error) {
        // The statement has run: a faulty listener may be reported, never felt.
        warn(`a listener of "${kind}" threw ${describe(error)}`);
      }
    }
  }
}

/** What only the run itself knows. */
export interface StatementRun {
  readonly model: string | null;
  readonly started: number;
  readonly rows: number;
  readonly affected: number;
  readonly error: KakaError | null;
  readonly connectionId: number | null;
  readonly transactionId: number | null;
}

export function emitStatement(events: Events, statement: CompiledStatement, run: StatementRun): void {
  if (events.listeners.statement.length === 0) return;
  const { started, ...facts } = run;
  events.emit("statement", {
    sql: statement.sql,
    operation: statement.operation,
    parameterCount: statement.params.length,
    parameterTypes: statement.params.map(parameterType),
    milliseconds: performance.now() - started,
    unscoped: statement.unscoped ?? [],
    ...facts,
  });
}

function parameterType(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return Number.isInteger(value) ? "int" : "float";
    case "bigint":
      return "int";
    case "boolean":
      return "boolean";
    default:
      if (value === null || value === undefined) return "null";
      if (ArrayBuffer.isView(value)) return "bytes";
      if (value instanceof Date) return "timestamp";
      return Array.isArray(value) ? "array" : "json";
  }
}
