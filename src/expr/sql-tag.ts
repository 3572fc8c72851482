/** SQL written by hand: every hole is a bound value, a quoted name or another fragment. Layer 2. */
import type { PlainValueNode, RawItem, RawNode } from "../ast/expr.ts";
import type { Codec, Family } from "../codec/codec.ts";
import { kindOf } from "../codec/refuse.ts";
import { isCodecSource, ownCodec, type TypedBy } from "../codec/source.ts";
import { instantOf } from "../codec/temporal.ts";
import { acceptText, isBytes } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import type { Expr, ExprFor, WhereClause } from "./expr.types.ts";
import { Condition, Expression } from "./expression.ts";
import { expressionOf } from "./expression-of.ts";

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

/** Hand-written SQL as an expression. */
class Fragment extends Condition {
  declare readonly node: RawNode;
  constructor(texts: readonly string[], items: readonly RawItem[]) {
    super({ kind: "raw", texts, items, codec: anyCodec }, anyCodec, "an sql fragment");
  }
  as(column: unknown): Expression {
    const codec = isCodecSource(column) ? column[ownCodec] : null;
    if (codec === null)
      throw new UsageError(`as takes a column such as int() or str(), got ${isCodecSource(column) ? "a foreign key" : kindOf(column)}`);
    return expressionOf({ ...this.node, codec }, codec, this.label);
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

/** @throws UsageError for what a hole cannot hold, a hole in the array included */
function rawItems(values: unknown, name: string): RawItem[] {
  if (!Array.isArray(values) || values.length === 0) throw new UsageError(`${name} takes an array with at least one value`);
  return Array.from(values as unknown[], rawItem);
}

/** The tree of a tagged template. @throws UsageError when called as a plain function: then the text is not the programmer's */
export function rawNode(texts: TemplateStringsArray, values: readonly unknown[]): RawNode {
  if (!Array.isArray(texts) || !Array.isArray(texts.raw) || !Object.isFrozen(texts)) {
    throw new UsageError("this is a template tag: write sql`...` with no parentheses", {
      hint: "a text put together at run time would not be bound",
    });
  }
  for (const text of texts) {
    if (typeof text !== "string") throw new UsageError("an escape in the sql template is not valid", { hint: "write a backslash as \\\\" });
    acceptText(text, "the text of raw SQL");
  }
  return { kind: "raw", texts: [...texts], items: values.map(rawItem), codec: null };
}

interface Typable {
  /**
   * The fragment as an expression of a column's type, with all its operators and read as the column is:
   * `` sql`${p.views} * 2`.as(int()) ``. It is the writer's word, nothing is converted: for that there is `cast()`.
   * @throws UsageError for what is no column, and for a foreign key: say the type of the key it holds
   */
  as<V, F extends Family>(column: TypedBy<V, F>): ExprFor<F, V>;
}
/** A fragment: an expression of the caller's word T; one of boolean is a condition too. */
export type SqlFragment<T> = ([T] extends [boolean | null] ? WhereClause : Expr<T>) & Typable;

function tag<T>(texts: TemplateStringsArray, ...values: unknown[]): SqlFragment<T> {
  const node = rawNode(texts, values);
  return new Fragment(node.texts, node.items) as never;
}

/** The text between two parts. @throws UsageError for anything but a fragment without values */
function separatorText(separator: unknown): string {
  if (separator === undefined) return ", ";
  if (separator instanceof Fragment && separator.node.items.length === 0) return separator.node.texts.join("");
  throw new UsageError(`sql.join takes a separator written in the code, got ${kindOf(separator)}`, { hint: "write sql` and `" });
}

/**
 * A fragment of SQL with bound values: `` sql<boolean>`${p.title} ~ ${pattern}` ``. T is the caller's word for its type.
 * Selected, its value is what the client library delivers (PostgreSQL: text), for no codec is known: say its type with
 * `as(int())` where it is read. Stands wherever an expression of that type can.
 */
export const sql: typeof tag & {
  /** A quoted name, one part per level: `sql.id("public", "post")`. */
  id(...parts: [string, ...string[]]): SqlPiece;
  /** Bound values separated by commas; must not be empty. */
  list(values: readonly unknown[]): SqlPiece;
  /**
   * Fragments, expressions and bound values one after the other, with a fragment between them (a comma unless said):
   * `` sql.join<boolean>([sql`a > ${1}`, sql`b > ${2}`], sql` and `) ``.
   * @throws UsageError for an empty list, and for a separator that is no fragment or has values
   */
  join<T = unknown>(parts: readonly unknown[], separator?: SqlFragment<unknown>): SqlFragment<T>;
  /**
   * Text put into the statement as it is. Whoever can choose it can do anything to the database: never give it what came
   * from outside, not even after a check. Names are quoted with `sql.id()`, values are bound.
   * @throws UsageError for anything but a text
   */
  unsafe<T = unknown>(text: string): SqlFragment<T>;
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
    return new SqlPiece({ kind: "list", items: rawItems(values, "sql.list") });
  },
  join(parts: readonly unknown[], separator?: unknown): never {
    const between = separatorText(separator);
    const items = rawItems(parts, "sql.join");
    return new Fragment(["", ...items.slice(1).map(() => between), ""], items) as never;
  },
  unsafe(text: string): never {
    if (typeof text !== "string")
      throw new UsageError(`sql.unsafe takes a text, got ${kindOf(text)}`, { hint: "values stand in the holes of sql`...`" });
    return new Fragment([acceptText(text, "the text of sql.unsafe")], []) as never;
  },
});
