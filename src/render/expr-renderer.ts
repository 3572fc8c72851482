/** Expressions as text. One method per kind; dialects override where their SQL differs. Layer 3. */
import type {
  AggregateNode,
  ArithmeticNode,
  BetweenNode,
  CallNode,
  CaseNode,
  ColumnNode,
  CompareNode,
  DatePartNode,
  ExprNode,
  FunctionName,
  InListNode,
  JsonPathNode,
  LikeNode,
  OrderNode,
  RawItem,
  RawNode,
  ScopeToken,
  TableToken,
  ValueNode,
  WindowNode,
} from "../ast/expr.ts";
import type { SelectNode, TableRef } from "../ast/select.ts";
import type { TypedCodec } from "../ast/type.ts";
import type { Codec, WireCodec } from "../codec/codec.ts";
import { UsageError } from "../errors.ts";
import type { Frame } from "./frame.ts";
import { columnName, type Naming } from "./naming.ts";
import type { Sink } from "./sink.ts";
import type { Traits } from "./traits.ts";
import { frameText } from "./window-frame.ts";

/** How tightly an operator binds; operands of a lower number need parentheses. */
const binding = { or: 1, and: 2, not: 3, compare: 4, add: 5, multiply: 6, whole: 7 } as const;

/** What a node's values are read with; null for conditions and whatever else has no type of its own. */
export function codecOf(node: ExprNode): Codec | null {
  return "codec" in node ? (node.codec as Codec | null) : null;
}

export function isInteger(codec: TypedCodec): boolean {
  const { word } = codec.type;
  return word === "int" || word === "bigint" || word === "smallint";
}

export interface RenderContext {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly wire: (codec: TypedCodec) => WireCodec;
  readonly sink: Sink;
}

export abstract class ExprRenderer {
  readonly traits: Traits;
  readonly naming: Naming;
  readonly wire: (codec: TypedCodec) => WireCodec;
  readonly sink: Sink;
  frame: Frame | null = null;

  constructor(context: RenderContext) {
    this.traits = context.traits;
    this.naming = context.naming;
    this.wire = context.wire;
    this.sink = context.sink;
  }

  abstract select(node: SelectNode, aliased: boolean): void;

  write(text: string): void {
    this.sink.text += text;
  }

  /** The only function that writes a quote character around a name. */
  quote(name: string): string {
    const mark = this.traits.quote;
    return mark + (name.includes(mark) ? name.replaceAll(mark, mark + mark) : name) + mark;
  }

  tableName(table: TableRef): string {
    return table.schema === null ? this.quote(table.name) : `${this.quote(table.schema)}.${this.quote(table.name)}`;
  }

  /** The value as a parameter, encoded by its codec. Null is NULL. */
  value(value: unknown, codec: TypedCodec): void {
    if (value === null) return this.sink.param(null);
    const { encode } = this.wire(codec);
    this.sink.param(encode === null ? value : encode(value as never));
  }

  /** @throws UsageError for a column whose source is not in sight */
  expr(node: ExprNode, outer: number = 0): void {
    switch (node.kind) {
      case "column":
        return this.column(node);
      case "value":
        return this.valueNode(node);
      case "null":
        return this.write("null");
      case "constant":
        return this.constant(node.value);
      case "compare":
        return this.grouped(binding.compare, outer, () => this.compare(node));
      case "logic":
        return this.grouped(binding[node.op], outer, () => this.list(node.items, ` ${node.op} `, binding[node.op]));
      case "not":
        return this.grouped(binding.not, outer, () => {
          this.write("not ");
          this.expr(node.item, binding.whole);
        });
      case "isNull":
        return this.grouped(binding.compare, outer, () => {
          this.expr(node.item, binding.add);
          this.write(node.negated ? " is not null" : " is null");
        });
      case "inList":
        return this.grouped(binding.compare, outer, () => this.inList(node));
      case "inQuery":
        return this.grouped(binding.compare, outer, () => {
          this.expr(node.item, binding.add);
          this.write(node.negated ? " not in " : " in ");
          this.subquery(node.query, "list");
        });
      case "exists":
        this.write("exists ");
        return this.subquery(node.query, "exists");
      case "scalar":
        return this.subquery(node.query, "scalar");
      case "between":
        return this.grouped(binding.compare, outer, () => this.between(node));
      case "like":
        return this.grouped(binding.compare, outer, () => this.like(node));
      case "arithmetic":
        return this.arithmetic(node, outer);
      case "aggregate":
        return this.aggregate(node);
      case "call":
        return this.call(node);
      case "case":
        return this.caseOf(node);
      case "window":
        return this.window(node);
      case "datePart":
        return this.datePart(node);
      case "jsonPath":
        return this.jsonPath(node);
      case "raw":
        return this.raw(node);
      default:
        node satisfies never;
    }
  }

  protected grouped(own: number, outer: number, write: () => void): void {
    if (own > outer) return write();
    this.write("(");
    write();
    this.write(")");
  }

  protected list(items: readonly ExprNode[], separator: string, outer: number): void {
    items.forEach((item, i) => {
      if (i > 0) this.write(separator);
      this.expr(item, outer);
    });
  }

  protected subquery(query: SelectNode, _as: "list" | "exists" | "scalar"): void {
    this.write("(");
    this.select(query, false);
    this.write(")");
  }

  protected column(node: ColumnNode): void {
    const name = columnName(node.column, this.naming);
    const { frame, alias } = this.find(node.token);
    // An alias of the select list would win over a column of that name in ORDER BY.
    const hidden = this.traits.rowAliases && /^c\d+$/.test(name);
    const qualify = frame.qualify || frame !== this.frame || hidden;
    this.write(qualify ? `${this.quote(alias)}.${this.quote(name)}` : this.quote(name));
  }

  /** The source that a column's token stands for, seen from here outwards. */
  protected find(token: ScopeToken | TableToken): { frame: Frame; alias: string } {
    for (let frame = this.frame; frame !== null; frame = frame.parent) {
      if (token.kind === "scope") {
        const source = frame.sources[frame.tokens.indexOf(token)];
        if (source !== undefined) return { frame, alias: source.alias };
        continue;
      }
      const found = frame.sources.filter((entry) => entry.source.table === token.table);
      if (found.length > 1) {
        throw new UsageError(`a column of ${token.table.name} could mean two sources of this query`, {
          hint: "use the lambda's parameters, which say which one is meant",
        });
      }
      if (found[0] !== undefined) return { frame, alias: found[0].alias };
    }
    const name = token.kind === "scope" ? token.label : token.table.name;
    throw new UsageError(`a column of ${name} is used in a query that does not read from it`, {
      hint: "a lambda's columns are valid inside that lambda only; join the model, or use exists()",
    });
  }

  protected valueNode(node: ValueNode): void {
    this.value(node.value, node.codec);
  }

  protected constant(value: boolean): void {
    this.write(value ? "true" : "false");
  }

  protected compare(node: CompareNode): void {
    this.expr(node.left, binding.add - 1);
    this.write(` ${node.op} `);
    this.expr(node.right, binding.add - 1);
  }

  protected between(node: BetweenNode): void {
    this.expr(node.item, binding.add - 1);
    this.write(" between ");
    this.expr(node.low, binding.add - 1);
    this.write(" and ");
    this.expr(node.high, binding.add - 1);
  }

  protected inList(node: InListNode): void {
    this.expr(node.item, binding.add - 1);
    this.write(node.negated ? " not in (" : " in (");
    node.values.forEach((value, i) => {
      if (i > 0) this.write(", ");
      this.value(value, node.codec);
    });
    this.write(")");
  }

  protected abstract like(node: LikeNode): void;
  protected abstract datePart(node: DatePartNode): void;
  protected abstract jsonPath(node: JsonPathNode): void;

  protected arithmetic(node: ArithmeticNode, outer: number): void {
    const own = node.op === "+" || node.op === "-" ? binding.add : binding.multiply;
    this.grouped(own, outer, () => {
      this.arithmeticOperand(node.left, node, own - 1);
      this.write(` ${node.op} `);
      this.arithmeticOperand(node.right, node, own);
    });
  }

  protected arithmeticOperand(item: ExprNode, _whole: ArithmeticNode, outer: number): void {
    this.expr(item, outer);
  }

  protected aggregate(node: AggregateNode): void {
    this.write(`${node.name}(`);
    if (node.item === null) this.write("*");
    else this.expr(node.item);
    this.write(")");
  }

  /** How this dialect writes a function, where it is not `name(args)`: `$1` is the first argument, `$*` are all of them. */
  protected readonly functions: Partial<Readonly<Record<FunctionName, string>>> = {};

  protected call(node: CallNode): void {
    const template = this.functions[node.name] ?? `${node.name}($*)`;
    for (const piece of template.split(/(\$\d|\$\*|\$\|)/)) {
      if (piece === "$*") this.list(node.args, ", ", 0);
      else if (piece === "$|") this.list(node.args, " || ", binding.add);
      else if (/^\$\d$/.test(piece)) this.expr(node.args[Number(piece.slice(1)) - 1] as ExprNode, template === piece ? 0 : binding.add);
      else this.write(piece);
    }
  }

  protected caseOf(node: CaseNode): void {
    this.write("case");
    for (const { when, value } of node.branches) {
      this.write(" when ");
      this.expr(when);
      this.write(" then ");
      this.result(value, node);
    }
    if (node.otherwise !== null) {
      this.write(" else ");
      this.result(node.otherwise, node);
    }
    this.write(" end");
  }

  /** A branch of CASE: the place to give a parameter its type. */
  protected result(item: ExprNode, _of: CaseNode): void {
    this.expr(item);
  }

  protected window(node: WindowNode): void {
    this.expr(node.call);
    this.write(" over (");
    node.partitionBy.forEach((key, i) => {
      this.write(i === 0 ? "partition by " : ", ");
      this.expr(key);
    });
    node.orderBy.forEach((term, i) => {
      this.write(i === 0 ? `${node.partitionBy.length > 0 ? " " : ""}order by ` : ", ");
      this.order(term);
    });
    if (node.frame !== null)
      this.write(`${node.partitionBy.length + node.orderBy.length > 0 ? " " : ""}${frameText(node.frame, this.traits)}`);
    this.write(")");
  }

  protected raw(node: RawNode): void {
    node.texts.forEach((text, i) => {
      this.write(text);
      const item = node.items[i];
      if (item !== undefined) this.rawItem(item);
    });
  }

  protected rawItem(item: RawItem): void {
    if (item.kind === "plain") return this.sink.param(this.plain(item.value));
    if (item.kind === "identifier") return this.write(item.parts.map((part) => this.quote(part)).join("."));
    if (item.kind === "list") {
      return item.items.forEach((entry, i) => {
        if (i > 0) this.write(", ");
        this.rawItem(entry);
      });
    }
    this.expr(item, binding.whole - 1);
  }

  /** A value without a column, as this dialect's client takes it. */
  protected abstract plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown;

  order(node: OrderNode): void {
    const fallback = (node.direction === "asc") === (this.traits.nullsSort === "first") ? "first" : "last";
    const nulls = node.nulls === null || node.nulls === fallback ? null : node.nulls;
    if (nulls !== null && !this.traits.nullsOrdering) {
      this.expr(node.item, binding.add - 1);
      this.write(nulls === "first" ? " is null desc, " : " is null, ");
    }
    this.orderItem(node.item);
    if (node.direction === "desc") this.write(" desc");
    if (nulls !== null && this.traits.nullsOrdering) this.write(` nulls ${nulls}`);
  }

  protected orderItem(item: ExprNode): void {
    this.expr(item);
  }
}
