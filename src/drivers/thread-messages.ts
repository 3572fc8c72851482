/** What passes between a SQLite connection and its thread: requests, answers, and errors as data. Layer 4. */
import { ConnectionError, KakaError, withDriverError } from "../errors.ts";
import type { ConnectionTarget, DriverResult, ServerInfo, SessionSettings, Statement, TransactionStatus } from "./driver.ts";

/** What a thread is started with. */
export interface ThreadData {
  readonly kakaormThread: true;
  readonly target: ConnectionTarget;
  readonly settings: SessionSettings;
  readonly role: "write" | "read";
}

export type ThreadWork =
  | { readonly kind: "execute"; readonly statement: Statement; readonly names: boolean }
  /** Answers nothing; `next` then answers one batch, or null at the end. */
  | { readonly kind: "stream"; readonly stream: number; readonly statement: Statement; readonly batchSize: number }
  | { readonly kind: "next"; readonly stream: number }
  | { readonly kind: "end"; readonly stream: number }
  | { readonly kind: "reset" }
  | { readonly kind: "close" };

export interface ThreadRequest {
  readonly id: number;
  readonly work: ThreadWork;
}

/** `id` 0: the connection is open, or could not be opened. */
export interface ThreadAnswer {
  readonly id: number;
  /** Of the transaction, after the work. */
  readonly status: TransactionStatus;
  readonly value?: ThreadValue;
  readonly error?: ErrorData;
}

export type ThreadValue = ServerInfo | DriverResult | readonly unknown[] | boolean | null;

/** An error as structured cloning would not bring it over: with its code. */
export interface ErrorData {
  readonly message: string;
  readonly stack: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  /** It is one of ours, of `open`. */
  readonly ours: boolean;
  /** Of one of ours: the client library's own, where there is one. */
  readonly driver: ErrorData | null;
}

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, facts: {}, ours: false, driver: null };
  const facts = Object.fromEntries(Object.entries(error).filter(([, value]) => typeof value !== "object" && typeof value !== "function"));
  const own = error instanceof KakaError ? error.driverError() : undefined;
  const driver = own === undefined ? null : errorData(own);
  return { message: error.message, stack: error.stack, facts, ours: error instanceof KakaError, driver };
}

export function errorFrom({ message, stack, facts, ours, driver }: ErrorData): Error {
  const error = ours ? new ConnectionError(message) : new Error(message);
  if (error instanceof KakaError && driver !== null) withDriverError(error, errorFrom(driver));
  Object.assign(error, facts);
  if (stack !== undefined) error.stack = stack;
  return error;
}
