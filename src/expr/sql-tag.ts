/** SQL written by hand: every hole is a bound value, a quoted name or another fragment. Layer 2. */
import type { PlainValueNode, RawItem, RawNode } from "../ast/expr.ts";
import type { Codec } from "../codec/codec.ts";
import { kindOf } from "../codec/refuse.ts";
import { instantOf } from "../codec/temporal.ts";
import { acceptText, isBytes } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import type { Expr, WhereClause } from "./expr.types.ts";
import { Condition, Expression, expressionOf } from "./expression.ts";

/** The codec of a fragment: its value is handed over as the database gives it. */
const anyCodec: Codec = { type: { word: "text" }, family: "text", accept: (value) => value };

/** A piece that stands in a hole but is no value: a name or a list. */
export class SqlPiece {
  readonly #branded = true;
  readonly item: RawItem;
  constructor(item: RawItem) {
    this.item = item;
  }
  static is(candidate: unknown): candidate is SqlPiece {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }
}

const help: Readonly<Record<string, string>> = {
  object: "bind its fields one by one, or JSON.stringify it",
  array: "use sql.list([...]) for a list of values",
  undefined: "write null for NULL",
};

/** @throws UsageError for objects, arrays, functions, symbols and undefined */
export function rawItem(value: unknown): RawItem {
  if (Expression.is(value)) return value.node;
  if (SqlPiece.is(value)) return value.item;
  if (typeof value === "string") return { kind: "plain", value: acceptText(value, "a value of raw SQL") };
  if (value === null || typeof value === "bigint" || typeof value === "boolean" || isBytes(value)) return { kind: "plain", value };
  if (typeof value === "number" && Number.isFinite(value)) return { kind: "plain", value };
  const instant = instantOf(value);
  if (instant !== null && !Number.isNaN(instant)) return { kind: "plain", value: new Date(instant) } satisfies PlainValueNode;
  throw new UsageError(`raw SQL cannot bind ${kindOf(value)}`, { hint: help[Array.isArray(value) ? "array" : typeof value] });
}

/** The tree of a tagged template. @throws UsageError when called as a plain function: then the text is not the programmer's */
export function rawNode(texts: TemplateStringsArray, values: readonly unknown[]): RawNode {
  if (!Array.isArray(texts) || !Array.isArray(texts.raw) || !Object.isFrozen(texts)) {
    throw new UsageError("this is a template tag: write sql`...` with no parentheses", {
      hint: "a text put together at run time would not be bound",
    });
  }
  return { kind: "raw", texts: [...texts], items: values.map(rawItem), codec: null };
}

/** A fragment: an expression of the caller's word T; one of boolean is a condition too. */
export type SqlFragment<T> = [T] extends [boolean] ? WhereClause : Expr<T>;

function tag<T>(texts: TemplateStringsArray, ...values: unknown[]): SqlFragment<T> {
  return new Condition({ ...rawNode(texts, values), codec: anyCodec }, anyCodec, "an sql fragment") as never;
}

/**
 * A fragment of SQL with bound values: `` sql<boolean>`${p.title} ~ ${pattern}` ``. T is the caller's word for its type.
 * Selected, its value is what the client library delivers (PostgreSQL: text), for no codec is known: use it in conditions,
 * orders and updates, and a function of the builder where a value is read.
 * Stands wherever an expression of that type can.
 */
export const sql: typeof tag & {
  /** A quoted name, one part per level: `sql.id("public", "post")`. */
  id(...parts: [string, ...string[]]): SqlPiece;
  /** Bound values separated by commas; must not be empty. */
  list(values: readonly unknown[]): SqlPiece;
} = Object.assign(tag, {
  id(...parts: string[]): SqlPiece {
    for (const part of parts) {
      if (typeof part !== "string" || part === "" || part.length > 63 || /[\p{Cc}]/u.test(part) || !part.isWellFormed()) {
        throw new UsageError("sql.id takes names: text of 1 to 63 characters without control characters");
      }
    }
    if (parts.length === 0) throw new UsageError("sql.id takes at least one part");
    return new SqlPiece({ kind: "identifier", parts });
  },
  list(values: readonly unknown[]): SqlPiece {
    if (!Array.isArray(values) || values.length === 0) throw new UsageError("sql.list takes an array with at least one value");
    return new SqlPiece({ kind: "list", items: values.map(rawItem) });
  },
});

/** A fragment whose values are read by this codec. @internal */
export function fragmentOf(node: RawNode, codec: Codec): Expression {
  return expressionOf({ ...node, codec }, codec);
}
