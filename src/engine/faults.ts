/** Our errors at the edge of the engine: mapping, completing facts, keeping second errors. Layer 5. */

import type { Dialect } from "../dialects/dialect.ts";
import type { Connection } from "../drivers/driver.ts";
import {
  ConnectionError,
  ConnectionLost,
  KakaError,
  QueryError,
  RetryableError,
  TimeoutError,
  UsageError,
  withDriverError,
} from "../errors.ts";

/** The error as one of ours; errors that are ours already stay the same object. */
export function asOurs(dialect: Dialect, error: unknown): KakaError {
  return error instanceof KakaError ? error : dialect.mapError(error);
}

/** What is known about a statement when it fails. */
export interface FailedStatement {
  readonly connection: Connection;
  readonly writes: boolean;
  readonly model: string | null;
  readonly inTransaction: boolean;
}

/**
 * States outcome, retryable and model as far as the engine knows them: for a line that broke it knows more than the
 * dialect, for an answer of the server it only fills in what is missing.
 */
export function completeFacts(error: KakaError, at: FailedStatement): KakaError {
  if (error instanceof ConnectionError) {
    // A lone write that was under way may have happened. Within a transaction nothing did, for COMMIT was not sent.
    setFact(error, "outcome", at.writes && !at.inTransaction ? "unknown" : "not_applied");
  } else addFact(error, "outcome", "not_applied");
  addFact(error, "retryable", error instanceof RetryableError);
  if (at.model !== null && error instanceof QueryError) addFact(error, "model", at.model);
  return error;
}

/** An error that nobody knows, over a line that is broken, is the news that it broke. */
export function asLoss(error: KakaError, connection: Connection): KakaError {
  if (connection.alive || error instanceof ConnectionError || error.nativeCode !== undefined) return error;
  const lost = new ConnectionLost("the connection broke while a statement was running", { cause: error });
  return withDriverError(lost, error.driverError());
}

/** Adds one fact unless the error already states it. */
function addFact<K extends "outcome" | "retryable" | "model">(error: KakaError, key: K, value: KakaError[K]): void {
  if (error[key] === undefined) setFact(error, key, value);
}

function setFact<K extends "outcome" | "retryable" | "model">(error: KakaError, key: K, value: KakaError[K]): void {
  Object.defineProperty(error, key, { value, enumerable: true, writable: true, configurable: true });
}

/** What every use after the end of an engine gets. */
export function closedError(): UsageError {
  return new UsageError("the engine is disconnected", { hint: "call connect(url) again", outcome: "not_applied", retryable: false });
}

/** The error of a connection that could not be opened; names the server, never its user or password. */
export function openError(label: string, cause: KakaError): KakaError {
  // What a driver says of its own address names the server already.
  if (cause instanceof UsageError || /^Cannot (?:connect|open)\b/.test(cause.message)) return cause;
  return new ConnectionError(`cannot connect to ${label}: ${cause.message}`, {
    cause,
    nativeCode: cause.nativeCode,
    outcome: "not_applied",
    retryable: false,
  });
}

/** The reason of a signal that fired because a limit of time was over. */
export class TimeLimit {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/** The error of a cancelled piece of work; the signal's reason is its cause. */
export function cancelled(what: string, signal: AbortSignal): TimeoutError {
  const reason: unknown = signal.reason;
  if (reason instanceof TimeLimit) {
    const message = `${what} was stopped at its limit of ${reason.milliseconds} ms`;
    return new TimeoutError(message, {
      hint: "give timeout() more time, or the query less work",
      outcome: "not_applied",
      retryable: false,
    });
  }
  return new TimeoutError(`${what} was cancelled by its signal`, { cause: signal.reason, outcome: "not_applied", retryable: false });
}

/** Keeps a second error beside the first, which stays the one that is thrown. */
export function suppress(first: unknown, second: KakaError): void {
  if (first === second) return;
  if (typeof first === "object" && first !== null && Object.isExtensible(first)) {
    const kept: unknown = Reflect.get(first, "suppressed");
    const value = Array.isArray(kept) ? [...kept, second] : [second];
    // Not enumerable: neither the JSON of our errors nor an application's own error changes its shape.
    Object.defineProperty(first, "suppressed", { value, enumerable: false, writable: true, configurable: true });
  } else {
    warn(`a second error followed one that cannot carry it: ${second.code} ${second.message}`);
  }
}

/** A warning of this library on the process's warning channel. */
export function warn(message: string): void {
  process.emitWarning(message, { type: "KakaormWarning" });
}

/** Name and code of anything thrown; its message only when it is one of ours, for others may quote values. */
export function describe(error: unknown): string {
  if (error instanceof KakaError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.name : typeof error;
}
