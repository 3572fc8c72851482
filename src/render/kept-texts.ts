/** The texts of plain statements, which come again and again with other values: such a statement is not written anew. Layer 3. */
import type { DeleteNode, UpdateNode } from "../ast/dml.ts";
import type { ColumnNode, ExprNode, LikeNode, ScopeToken } from "../ast/expr.ts";
import { type Clause, lastingLists, type SelectNode, type TableRef } from "../ast/select.ts";
import type { TypedCodec } from "../ast/type.ts";
import type { WireCodec } from "../codec/codec.ts";
import { safeIntCodec } from "../codec/number.ts";
import { Parameter } from "../codec/parameter.ts";
import { textCodec } from "../codec/text.ts";
import type { CompiledStatement } from "./compiled.ts";
import type { StatementNode } from "./renderer.ts";
import type { Encoder } from "./sink.ts";
import type { Traits } from "./traits.ts";
import type { Sent } from "./writer.ts";

/** What decides about the text of a statement, in the order of a walk over its tree, and what its values go through. */
interface KeptText {
  readonly facts: readonly unknown[];
  readonly encoders: readonly Encoder[];
  readonly compiled: CompiledStatement;
}

/** What a renderer does to values. */
export interface Encoding {
  readonly traits: Traits;
  readonly wire: (codec: TypedCodec) => WireCodec;
  /** What a LIKE sends, and in which form. */
  likeForm(node: LikeNode): Sent;
}

/** Types whose SQL depends on the value as well, or that nobody compares by the thousand. */
const unusual: ReadonlySet<TypedCodec["type"]["word"]> = new Set(["decimal", "json", "array"]);

const MOST_FOR_ONE_TABLE = 32;

export class KeptTexts {
  readonly #encoding: Encoding;
  readonly #texts = new WeakMap<object, KeptText[]>();
  // One walk at a time: compared with facts that are known, or collecting them.
  #known: readonly unknown[] | null = null;
  #at = 0;
  #facts: unknown[] = [];
  #codecs: TypedCodec[] = [];
  #values: unknown[] = [];

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** The statement with its own values; null where none of this shape was kept. */
  find(node: StatementNode): CompiledStatement | null {
    const kept = this.#keptOf(node);
    if (kept === undefined) return null;
    this.#values = [];
    for (let i = 0; i < kept.length; i++) {
      const text = kept[i] as KeptText;
      this.#known = text.facts;
      this.#at = 0;
      if (!this.#statement(node as Plain)) {
        this.#values.length = 0;
        continue;
      }
      if (i > 0) {
        // What is asked for often is soon found first.
        kept[i] = kept[i - 1] as KeptText;
        kept[i - 1] = text;
      }
      return statementOf(text, this.#values);
    }
    return null;
  }

  /** Keeps the text of a statement that was written for this tree, where the tree is a plain one. */
  keep(node: StatementNode, compiled: CompiledStatement): void {
    if (!isPlain(node) || compiled.changes === true || compiled.unscoped !== undefined) return;
    this.#known = null;
    this.#facts = [];
    this.#codecs = [];
    this.#values = [];
    if (!this.#statement(node)) return;
    const encoders = this.#codecs.map((codec) => this.#encoding.wire(codec).encode as Encoder);
    const text: KeptText = { facts: this.#facts, encoders, compiled: { ...compiled, params: [] } };
    const { params } = statementOf(text, this.#values);
    // Whatever is sent beside the values, or in another order, is not understood here.
    if (params.length !== compiled.params.length || !params.every((param, i) => Object.is(param, compiled.params[i]))) return;
    const key = keyOf(node);
    const kept = this.#texts.get(key);
    if (kept === undefined) this.#texts.set(key, [text]);
    else {
      if (kept.length === MOST_FOR_ONE_TABLE) kept.pop();
      kept.unshift(text);
    }
  }

  #keptOf(node: StatementNode): KeptText[] | undefined {
    return isPlain(node) ? this.#texts.get(keyOf(node)) : undefined;
  }

  /** False: the tree goes another way than the known facts, or is not plain. */
  #fact(fact: unknown): boolean {
    if (this.#known !== null) return this.#known[this.#at++] === fact;
    this.#facts.push(fact);
    return true;
  }

  #value(value: unknown, codec: TypedCodec): boolean {
    if (value instanceof Parameter) return false;
    this.#values.push(value);
    if (this.#known !== null) return this.#known[this.#at++] === codec;
    this.#codecs.push(codec);
    this.#facts.push(codec);
    return !unusual.has(codec.type.word);
  }

  #statement(node: Plain): boolean {
    if (!this.#fact(node.kind)) return false;
    switch (node.kind) {
      case "select":
        return this.#select(node);
      case "update":
        return this.#assignments(node) && this.#where(node.where, node.table);
      case "delete":
        return this.#where(node.where, node.table);
      default:
        return node satisfies never;
    }
  }

  #select({ source, columns, where, orderBy, limit, offset }: SelectNode): boolean {
    if (source.kind !== "table" || !this.#fact(columns) || !this.#where(where, source.table)) return false;
    if (!this.#fact(orderBy.length)) return false;
    for (let i = 0; i < orderBy.length; i++) {
      const { tokens, node } = orderBy[i] as SelectNode["orderBy"][number];
      if (node.item.kind !== "column" || !this.#column(node.item, tokens[0], source.table)) return false;
      if (!this.#fact(node.direction) || !this.#fact(node.nulls)) return false;
    }
    return this.#limit(limit, this.#encoding.traits.limitInText) && this.#limit(offset, false);
  }

  #limit(limit: SelectNode["limit"], inText: boolean): boolean {
    if (limit !== null && typeof limit !== "number") return false;
    if (limit === null || inText) return this.#fact(limit);
    return this.#fact("limit") && this.#value(limit, safeIntCodec);
  }

  #assignments({ set }: UpdateNode): boolean {
    if (!this.#fact(set.node.length)) return false;
    for (const { column, codec, value } of set.node) {
      if (!this.#fact(column)) return false;
      if (value.kind === "null" ? !this.#fact("null") : value.kind !== "value" || !this.#value(value.value, codec)) return false;
    }
    return true;
  }

  #where(where: readonly Clause[], table: TableRef): boolean {
    if (!this.#fact(where.length)) return false;
    for (let i = 0; i < where.length; i++) {
      const { tokens, node } = where[i] as Clause;
      if (!this.#condition(node, tokens[0], table)) return false;
    }
    return true;
  }

  #condition(node: ExprNode, own: ScopeToken | undefined, table: TableRef): boolean {
    if (!this.#fact(node.kind)) return false;
    switch (node.kind) {
      case "column":
        return this.#column(node, own, table);
      case "compare":
        return this.#fact(node.op) && this.#operand(node.left, own, table) && this.#operand(node.right, own, table);
      case "logic": {
        const { items } = node;
        if (!this.#fact(node.op) || !this.#fact(items.length)) return false;
        for (let i = 0; i < items.length; i++) if (!this.#condition(items[i] as ExprNode, own, table)) return false;
        return true;
      }
      case "not":
        return this.#condition(node.item, own, table);
      case "isNull":
        return this.#fact(node.negated) && node.item.kind === "column" && this.#column(node.item, own, table);
      case "between":
        return this.#operand(node.item, own, table) && this.#operand(node.low, own, table) && this.#operand(node.high, own, table);
      case "like":
        if (!this.#fact(node.ignoreCase) || node.item.kind !== "column" || !this.#column(node.item, own, table)) return false;
        return this.#sent(this.#encoding.likeForm(node));
      default:
        return false;
    }
  }

  #sent({ form, values }: Sent): boolean {
    if (!this.#fact(form)) return false;
    for (let i = 0; i < values.length; i++) if (!this.#value(values[i], textCodec)) return false;
    return true;
  }

  #operand(node: ExprNode, own: ScopeToken | undefined, table: TableRef): boolean {
    if (node.kind === "value") return this.#value(node.value, node.codec);
    return node.kind === "column" && this.#column(node, own, table);
  }

  /** A column of the table itself: the query has no other source. */
  #column({ token, column, codec }: ColumnNode, own: ScopeToken | undefined, table: TableRef): boolean {
    if (token !== own && (token.kind !== "table" || token.table !== table)) return false;
    if (this.#known === null && unusual.has(codec.type.word)) return false;
    return this.#fact(column) && this.#fact(codec);
  }
}

type Plain = SelectNode | UpdateNode | DeleteNode;

/** A statement of one table without standing conditions, whole rows of it where it reads. */
function isPlain(node: StatementNode): node is Plain {
  switch (node.kind) {
    case "select": {
      const { source, joins, columns, groupBy, having, distinct, lock } = node;
      if (source.kind !== "table" || source.scopes !== undefined || source.unscoped !== undefined) return false;
      if (joins.length > 0 || groupBy.length > 0 || having.length > 0 || distinct || lock !== null) return false;
      return lastingLists.has(columns);
    }
    case "update":
      return node.from === undefined && node.unscoped === undefined && node.returning === undefined;
    case "delete":
      return node.unscoped === undefined && node.returning === undefined;
    default:
      return false;
  }
}

function keyOf(node: Plain): object {
  return node.kind === "select" ? node.source : node.table;
}

function statementOf({ compiled, encoders }: KeptText, values: readonly unknown[]): CompiledStatement {
  const { sql, operation, rows, writes } = compiled;
  const params = new Array<unknown>(values.length);
  for (let i = 0; i < values.length; i++) {
    const encode = encoders[i] as Encoder;
    params[i] = encode === null ? values[i] : encode(values[i]);
  }
  return { sql, params, operation, rows, writes };
}
