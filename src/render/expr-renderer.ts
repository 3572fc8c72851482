/** Expressions as text. One method per kind; dialects override where their SQL differs. Layer 3. */
import type {
  AggregateNode,
  ArithmeticNode,
  BetweenNode,
  CallNode,
  CaseNode,
  CastNode,
  ColumnNode,
  CompareNode,
  DateDifferenceNode,
  DatePartNode,
  DateShiftNode,
  ExprNode,
  FunctionName,
  InListNode,
  InQueryNode,
  JsonObjectNode,
  LikeNode,
  MatchNode,
  NotNode,
  OrderNode,
  RawItem,
  RawNode,
  RowCompareNode,
  RowInNode,
  ValueNode,
  WindowNode,
} from "../ast/expr.ts";
import type { PathToken } from "../ast/path.ts";
import type { SelectNode, SourceNode } from "../ast/select.ts";
import type { TypedCodec } from "../ast/type.ts";
import type { Codec } from "../codec/codec.ts";
import { UsageError } from "../errors.ts";
import { writeCall } from "./call.ts";
import { constantOf } from "./constant.ts";
import type { DocumentWriter } from "./document-writer.ts";
import { inGroups, listLength } from "./long-lists.ts";
import { noAggregateOrder, noGrouping, noListsOverWindows } from "./missing.ts";
import { writeOrder } from "./order.ts";
import { relatedValue } from "./paths.ts";
import { writeWindow } from "./window.ts";
import { SqlWriter } from "./writer.ts";

/**
 * How tightly an operator binds; operands of a lower number need parentheses. The operators that only PostgreSQL has
 * (`->`) stand between compare and add.
 */
export const binding = { or: 1, and: 2, not: 3, compare: 4, add: 5, multiply: 6, whole: 7 } as const;

/** What a node's values are read with; null for conditions and whatever else has no type of its own. */
export function codecOf(node: ExprNode): Codec | null {
  return "codec" in node ? (node.codec as Codec | null) : null;
}

export function isInteger(codec: TypedCodec): boolean {
  const { word } = codec.type;
  return word === "int" || word === "bigint" || word === "smallint";
}

/** Where a subquery stands. */
export type SubqueryPlace = "list" | "exists" | "scalar" | "quantified";

export abstract class ExprRenderer extends SqlWriter {
  /** JSON documents. */
  protected abstract readonly documents: DocumentWriter;

  abstract select(node: SelectNode, names: "numbered" | null): void;
  protected abstract tableReference(source: SourceNode & { kind: "table" }): string;

  /** @throws UsageError for a column whose source is not in sight */
  expr(node: ExprNode, outer: number = 0): void {
    if (this.looksForKeys && this.isKey(node)) return this.lookingForKeys(false, () => this.ofGroup(node));
    const known = constantOf(node);
    if (known !== null) return this.constant(known);
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
      case "rowCompare":
        return this.rowCompare(node, outer);
      case "rowIn":
        return this.grouped(binding.compare, outer, () => this.rowIn(node));
      case "logic":
        return this.grouped(binding[node.op], outer, () => this.list(inGroups(node), ` ${node.op} `, binding[node.op]));
      case "not":
        return this.grouped(binding.not, outer, () => this.not(node));
      case "isNull":
        return this.grouped(binding.compare, outer, () => {
          this.nullable(node.item);
          this.write(node.negated ? " is not null" : " is null");
        });
      case "inList":
        return this.grouped(binding.compare, outer, () => this.inList(node));
      case "inQuery":
        return this.grouped(binding.compare, outer, () => this.inQuery(node));
      case "exists":
        this.write("exists ");
        return this.subquery(node.query, "exists");
      case "scalar":
        return this.subquery(node.query, "scalar");
      case "quantified":
        this.write(`${node.quantifier} `);
        return this.subquery(node.query, "quantified");
      case "between":
        return this.grouped(binding.compare, outer, () => this.between(node));
      case "like":
        return this.grouped(binding.compare, outer, () => this.like(node));
      case "match":
        return this.grouped(binding.compare, outer, () => this.match(node));
      case "arithmetic":
        return this.arithmetic(node, outer);
      case "aggregate":
        return this.aggregate(node);
      case "jsonObject":
        return this.jsonObject(node);
      case "call":
        return this.call(node);
      case "case":
        return this.caseOf(node);
      case "window":
        return this.window(node);
      case "cast":
        return this.cast(node);
      case "datePart":
        return this.datePart(node);
      case "dateShift":
        return this.dateShift(node);
      case "dateDifference":
        return this.dateDifference(node);
      case "jsonPath":
        return this.documents.path(node, outer);
      case "jsonContains":
        return this.documents.contains(node);
      case "jsonLength":
        return this.documents.length(node);
      case "jsonChange":
        return this.documents.change(node);
      case "raw":
        // Whatever operators it holds, they belong together.
        if (outer === 0) return this.raw(node);
        return this.parenthesized(() => this.raw(node));
      default:
        node satisfies never;
    }
  }

  protected override related(node: ColumnNode, path: PathToken): void {
    this.expr(relatedValue(node, path));
  }

  protected abstract isKey(node: ExprNode): boolean;
  /** A key is the same in each row of its group: written out again it need not be known as one. */
  protected ofGroup(key: ExprNode): void {
    const [before, after] = this.traits.ofGroup ?? ["", ""];
    this.write(before);
    this.expr(key);
    this.write(after);
  }

  protected not({ item }: NotNode): void {
    this.write("not ");
    this.expr(item, binding.whole);
  }

  /** What is tested for NULL: the place to give a parameter its type. */
  protected nullable(item: ExprNode): void {
    this.expr(item, binding.add);
  }

  protected list(items: readonly ExprNode[], separator: string, outer: number): void {
    items.forEach((item, i) => {
      if (i > 0) this.write(separator);
      this.expr(item, outer);
    });
  }

  protected abstract subquery(query: SelectNode, as: SubqueryPlace): void;

  protected valueNode(node: ValueNode): void {
    this.value(node.value, node.codec);
  }

  protected constant(value: boolean): void {
    this.write(value ? "true" : "false");
  }

  protected compare(node: CompareNode): void {
    if (node.right.kind === "quantified") this.besideQuery(node.left, binding.add - 1);
    else this.expr(node.left, binding.add - 1);
    this.write(` ${node.op} `);
    this.expr(node.right, binding.add - 1);
  }

  /** What is compared with the values of a query. A function makes a value of another query's. */
  protected besideQuery(item: ExprNode, outer: number): void {
    const isQuery = item.kind === "scalar" || (item.kind === "column" && item.token.kind === "path");
    if (!isQuery || this.traits.comparesQueries) return this.expr(item, outer);
    this.write("coalesce(");
    this.expr(item);
    this.write(", null)");
  }

  protected rowCompare({ op, left, right }: RowCompareNode, outer: number): void {
    this.grouped(binding.compare, outer, () => {
      this.row(left);
      this.write(` ${op} `);
      this.row(right);
    });
  }

  /** How a list of rows begins. */
  protected readonly rowList: string = "(";

  protected rowIn({ items, rows, negated }: RowInNode): void {
    this.row(items);
    this.write(`${negated ? " not in " : " in "}${this.rowList}`);
    rows.forEach((row, i) => {
      if (i > 0) this.write(", ");
      this.row(row);
    });
    this.write(")");
  }

  protected row(items: readonly ExprNode[]): void {
    this.write("(");
    this.list(items, ", ", 0);
    this.write(")");
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
    const { values } = node;
    for (let i = 0; i < listLength(values.length, this.sink); i++) {
      if (i > 0) this.write(", ");
      this.value(values[Math.min(i, values.length - 1)], node.of);
    }
    this.write(")");
  }

  protected inQuery(node: InQueryNode): void {
    this.besideQuery(node.item, binding.add);
    this.write(node.negated ? " not in " : " in ");
    this.subquery(node.query, "list");
  }

  protected abstract match(node: MatchNode): void;
  protected abstract like(node: LikeNode): void;
  protected abstract cast(node: CastNode): void;
  protected abstract datePart(node: DatePartNode): void;
  protected abstract dateShift(node: DateShiftNode): void;
  protected abstract dateDifference(node: DateDifferenceNode): void;

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

  /** The window that the next aggregate looks through. */
  #window: WindowNode | null = null;

  protected aggregate(node: AggregateNode): void {
    const { item } = node;
    this.aggregateCall(node, node.name, () => (item === null ? this.write("*") : this.expr(item)));
  }

  /** `name([distinct] item [, separator] [order by ...]) [filter (where ...)] [over (...)]`; `item` writes the argument. */
  aggregateCall(node: AggregateNode, name: string, item: () => void): void {
    const window = this.#window;
    // What stands inside is not looked at through the window.
    this.#window = null;
    this.assertOwn(node);
    this.lookingForKeys(this.looksForKeys && window !== null, () => {
      this.write(`${name}(${node.distinct === true ? "distinct " : ""}`);
      item();
      this.aggregateOrder(node);
      this.write(")");
      if (node.filter !== undefined) {
        this.write(" filter (where ");
        this.expr(node.filter);
        this.write(")");
      }
    });
    if (window !== null) this.over(window);
    this.#window = window;
  }

  protected aggregateOrder({ orderBy = [] }: AggregateNode): void {
    if (orderBy.length > 0 && !this.traits.aggregateOrder) throw noAggregateOrder(this.traits);
    orderBy.forEach((term, i) => {
      this.write(i === 0 ? " order by " : ", ");
      this.order(term);
    });
  }

  protected jsonObject(_node: JsonObjectNode): void {
    throw new UsageError("an object of expressions stands in jsonAgg() only");
  }

  /** Templates of functions that this dialect writes in another way than `name(args)`. */
  protected readonly functions: Partial<Readonly<Record<FunctionName, string>>> = {};

  protected call(node: CallNode): void {
    if (node.name === "grouping" && !this.traits.grouping) throw noGrouping(this.traits);
    writeCall(this, node, this.functions[node.name] ?? `${node.name}($*)`, binding.add);
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
    const { call } = node;
    if (call.kind === "call") {
      this.call(call);
      return this.over(node);
    }
    const list = call.name === "string_agg" || call.name === "json_agg";
    if (list && !this.traits.listsOverWindows) throw noListsOverWindows(this.traits);
    this.#window = node;
    this.aggregate(call);
    this.#window = null;
  }

  protected over(node: WindowNode): void {
    this.write(" over ");
    if (node.name === undefined) writeWindow(this, node);
    else this.write(this.quote(node.name));
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
    if (item.kind === "raw") return this.raw(item);
    this.expr(item, binding.whole - 1);
  }

  /** A value without a column, as this dialect's client takes it. */
  protected abstract plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown;

  order(node: OrderNode): void {
    writeOrder(this, node, binding.add - 1, () => this.orderItem(node.item));
  }

  protected orderItem(item: ExprNode): void {
    this.expr(item);
  }
}
