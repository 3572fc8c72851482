/** Limits of the wire, checked before a statement is sent: the connection stays usable. Layer 5. */
import { UsageError, ValueError } from "../errors.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import type { Core } from "./core.ts";

/** A UTF-16 unit takes three bytes at most in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** @throws UsageError for too many parameters or bytes, ValueError for a NUL character that the server cannot read */
export function checkStatement(core: Core, statement: CompiledStatement): void {
  const { sql, params } = statement;
  const { maxParameters, maxStatementBytes, label } = core.traits;
  if (params.length > maxParameters) {
    throw new UsageError(`a statement has ${params.length} parameters, ${label} takes ${maxParameters}`, {
      hint: "split the work into smaller parts",
      ...NOT_SENT,
    });
  }
  if (maxStatementBytes !== Number.POSITIVE_INFINITY) checkBytes(sql, params, maxStatementBytes, label);
  // Other servers take the character; on this wire it ends a string and breaks the message.
  if (core.server.family === "postgres") checkNul(sql, params);
}

const NOT_SENT = { outcome: "not_applied", retryable: false } as const;

function checkBytes(sql: string, params: readonly unknown[], limit: number, label: string): void {
  let units = sql.length;
  for (const value of params) units += typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
  if (units * MAX_BYTES_PER_UNIT <= limit) return;
  let bytes = Buffer.byteLength(sql);
  for (const value of params) {
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    else bytes += value instanceof Uint8Array ? value.length : 8;
  }
  if (bytes <= limit) return;
  throw new UsageError(`a statement has ${bytes} bytes, ${label} takes ${limit}`, {
    hint: "split the work into smaller parts",
    ...NOT_SENT,
  });
}

function checkNul(sql: string, params: readonly unknown[]): void {
  if (sql.includes("\0")) throw new UsageError("the SQL text holds a NUL character", NOT_SENT);
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    if (typeof value === "string" ? value.includes("\0") : Array.isArray(value) && holdsNul(value)) {
      throw new ValueError(`parameter ${i + 1} holds a NUL character, which PostgreSQL text cannot store`, NOT_SENT);
    }
  }
}

function holdsNul(list: readonly unknown[]): boolean {
  return list.some((value) => (typeof value === "string" ? value.includes("\0") : Array.isArray(value) && holdsNul(value)));
}
