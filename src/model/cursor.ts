/** A position in an order as text that can go through a URL and come back from anybody. Layer 6. */
import type { Codec } from "../codec/codec.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { UsageError, ValidationError } from "../errors.ts";
import { sha256 } from "../util/sha256.ts";
import { type QueryState, selectTree } from "./query-state.ts";
import { compileFor } from "./reading.ts";
import { orderClauses, type TotalOrder } from "./total-order.ts";
import type { Cursor } from "./types/query.types.ts";

type Json = string | number | boolean | null;

/** Tells two orders apart: their columns, directions, places of NULLs and sources. */
export function orderFingerprint(state: QueryState, session: Session, order: TotalOrder): string {
  const bare = { ...state, where: [], lock: null };
  const { sql, params } = compileFor(session, selectTree(bare, [], orderClauses(order)));
  const plain = params.map((value) => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)));
  return sha256().update(sql).update("\0").update(plain.join("\0")).digest("base64url").slice(0, 12);
}

export function writeCursor(fingerprint: string, { terms }: TotalOrder, values: readonly unknown[]): Cursor {
  const list = terms.map(({ codec }, i) => (values[i] === null ? null : toJson(codec, values[i])));
  return Buffer.from(JSON.stringify([fingerprint, ...list])).toString("base64url") as Cursor;
}

/**
 * The values of the position.
 * @throws ValidationError for text that is no cursor, or one of another order: it may come from anybody
 */
export function readCursor(text: unknown, fingerprint: string, { terms }: TotalOrder, label: string): unknown[] {
  if (typeof text !== "string") throw damaged(label, `a cursor is a string, got ${kindOf(text)}`);
  if (!/^[\w-]+$/.test(text)) throw damaged(label, "the text is not a cursor");
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    // What the parser says would quote the text, which is a stranger's.
    throw damaged(label, "the text is not a cursor");
  }
  if (!Array.isArray(parsed) || typeof parsed[0] !== "string") throw damaged(label, "the text is not a cursor");
  const [mark, ...values] = parsed as unknown[];
  if (mark !== fingerprint) {
    throw new ValidationError(`${label}: the cursor was made in another order, or by another query`, {
      hint: "start from the first page when the order changes",
    });
  }
  if (values.length !== terms.length) throw damaged(label, "the cursor is damaged");
  return terms.map(({ codec, nulls }, i) => {
    const value = values[i];
    if (value === null && nulls !== null) return null;
    try {
      return fromJson(codec, value, label);
    } catch {
      // A codec's refusal, or whatever the decoder of a custom column makes of a stranger's value.
      throw damaged(label, "the cursor is damaged");
    }
  });
}

function damaged(label: string, what: string): ValidationError {
  return new ValidationError(`${label}: ${what}`, { hint: "pass a page's next or previous on as it is" });
}

function toJson(codec: Codec, value: unknown): Json {
  if (codec.custom !== undefined) return toJson(codec.custom.base, codec.custom.encode(value));
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value as Json;
}

/** @throws UsageError for what the codec does not take */
function fromJson(codec: Codec, value: unknown, label: string): unknown {
  const { custom, family } = codec;
  if (custom !== undefined) return custom.decode(fromJson(custom.base, value, label));
  const text = typeof value === "string" ? value : "";
  if (family === "bigint") return codec.accept(/^-?\d{1,19}$/.test(text) ? BigInt(text) : value, label);
  if (family === "timestamp") return codec.accept(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(text) ? new Date(text) : value, label);
  if (family === "bytes") return codec.accept(/^(?:[0-9a-f]{2})*$/.test(text) && typeof value === "string" ? hex(text) : value, label);
  if (value === null || value === undefined) throw new UsageError(`${label}: a value is missing`);
  return codec.accept(value, label);
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}
