/** Where the SQL of MySQL and MariaDB differs. Layer 4. */
import type {
  AggregateNode,
  ArithmeticNode,
  CompareNode,
  DatePartNode,
  ExprNode,
  InListNode,
  JsonPathNode,
  LikeNode,
  ValueNode,
  WindowNode,
} from "../../ast/expr.ts";
import type { SelectNode, TableRef } from "../../ast/select.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Codec } from "../../codec/codec.ts";
import { jsonCodec } from "../../codec/json.ts";
import { textCodec } from "../../codec/text.ts";
import { UnsupportedError } from "../../errors.ts";
import type { CompiledStatement } from "../../render/compiled.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { Renderer, type StatementNode } from "../../render/renderer.ts";

/** `$."key"[0]`, bound as one parameter; keys are quoted as JSON strings. */
export function mysqlPath(path: readonly (string | number)[]): string {
  return `$${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}

/** A long list of these travels as one JSON document. */
const listTypes: Readonly<Record<string, string>> = {
  smallint: "int",
  int: "int",
  bigint: "bigint",
  string: "longtext",
  text: "longtext",
  uuid: "char(36)",
  enum: "longtext",
  date: "date",
};
const longList = 1000;

export class MysqlRenderer extends Renderer {
  /** The table of an UPDATE or DELETE. */
  #changed: TableRef | null = null;

  override statement(node: StatementNode): CompiledStatement {
    if (node.kind === "update" || node.kind === "delete") this.#changed = node.table;
    return super.statement(node);
  }

  // A list may not come from a limited query, nor may MySQL read the table that it changes: a table made first may.
  protected override subquery(query: SelectNode, as: "list" | "exists" | "scalar"): void {
    const limited = as === "list" && (query.limit !== null || query.offset !== null);
    const own = !this.traits.changesWhatItReads && [query, ...query.joins].some(({ source }) => source.table === this.#changed);
    if (!limited && !own) return super.subquery(query, as);
    this.write("(select * from (");
    this.select(query, true);
    this.write(") as made)");
  }

  protected override readonly functions = {
    length: "char_length($1)",
    now: "utc_timestamp(3)",
    round: "round(cast($1 as decimal(65, 30)), $2)",
  };

  // MariaDB's LAG and LEAD have no fallback: the rows without a neighbour are told by their number.
  protected override window(node: WindowNode): void {
    const { call } = node;
    const [item, offset, fallback] = call.kind === "call" ? call.args : [];
    const shifts = call.kind === "call" && (call.name === "lag" || call.name === "lead");
    if (!shifts || fallback === undefined || this.traits.shiftFallback) return super.window(node);
    const over = (name: "row_number" | "count"): WindowNode => ({
      ...node,
      call:
        name === "count" ? { kind: "aggregate", name, item: null, codec: node.codec } : { kind: "call", name, args: [], codec: node.codec },
      orderBy: name === "count" ? [] : node.orderBy,
    });
    this.write("(case when ");
    if (call.name === "lead") {
      super.window(over("count"));
      this.write(" - ");
    }
    super.window(over("row_number"));
    this.write(call.name === "lag" ? " <= " : " < ");
    this.expr(offset as ExprNode);
    this.write(" then ");
    this.expr(fallback);
    this.write(" else ");
    super.window({ ...node, call: { ...call, args: [item as ExprNode, offset as ExprNode] } });
    this.write(" end)");
  }

  protected override inList(node: InListNode): void {
    if (node.codec.type.word === "decimal") return this.#decimalList(node);
    const type = listTypes[node.codec.type.word];
    if (node.values.length <= longList || type === undefined) return super.inList(node);
    const text = type === "longtext" || type === "char(36)";
    this.expr(node.item, 4);
    this.write(node.negated ? " not in " : " in ");
    // Said outright, the collation wins over whatever the column has.
    this.write(text ? `(select v collate ${this.traits.textCollation} from json_table(` : "(select v from json_table(");
    const { encode } = this.wire(node.codec);
    const texts = node.values.map((value) => (encode === null ? value : encode(value as never)));
    this.sink.param(`[${texts.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join(",")}]`);
    this.write(`, '$[*]' columns (v ${type}${text ? " character set utf8mb4" : ""} path '$')) as list)`);
  }

  protected override like(node: LikeNode): void {
    this.write(node.ignoreCase ? "lower(" : "");
    this.expr(node.item, node.ignoreCase ? 0 : 4);
    this.write(node.ignoreCase ? ") like lower(" : " like ");
    this.value(node.pattern, textCodec);
    this.write(`${node.ignoreCase ? ")" : ""} escape '!'`);
  }

  protected override datePart(node: DatePartNode): void {
    this.write(`extract(${node.part} from `);
    this.expr(node.item);
    this.write(")");
  }

  // MySQL averages integers as decimals of four digits.
  protected override aggregate(node: AggregateNode): void {
    if (node.name !== "avg" || node.item === null) return super.aggregate(node);
    const decimal = codecOf(node.item)?.family === "decimal";
    this.write(decimal ? "avg(cast(" : "avg(");
    this.expr(node.item, decimal ? 0 : 5);
    this.write(decimal ? " as decimal(65, 20)))" : " * 1e0)");
  }

  protected override arithmetic(node: ArithmeticNode, outer: number): void {
    if (node.op !== "/") return super.arithmetic(node, outer);
    const { family, type } = node.codec as Codec;
    if (family === "decimal") this.write("round(");
    super.arithmetic(node, family === "decimal" ? 0 : outer);
    if (family === "decimal") this.write(`, ${type.scale})`);
  }

  protected override arithmeticOperand(item: ExprNode, whole: ArithmeticNode, outer: number): void {
    const asDouble = whole.op === "/" && item === whole.left && (whole.codec as Codec).family === "float";
    this.expr(item, asDouble ? 5 : outer);
    if (asDouble) this.write(" * 1e0");
  }

  protected override compare(node: CompareNode): void {
    if (codecOf(node.left)?.family !== "json" || (node.op !== "=" && node.op !== "<>")) return super.compare(node);
    if (this.traits.jsonEquals === "function") {
      // MariaDB keeps documents as text (and its JSON_EQUALS takes NULL for equal): compare one spelling of both.
      this.write("json_normalize(");
      this.expr(node.left);
      this.write(`) ${node.op} json_normalize(`);
      this.expr(node.right);
      return this.write(") collate utf8mb4_bin");
    }
    this.expr(node.left, 4);
    this.write(` ${node.op} `);
    if (node.right.kind !== "value") return this.expr(node.right, 4);
    this.write("cast(");
    this.value(node.right.value, jsonCodec);
    this.write(" as json)");
  }

  // A decimal is sent as text, which MySQL would compare and calculate with as a double.
  protected override valueNode(node: ValueNode): void {
    if (node.codec.type.word !== "decimal") return super.valueNode(node);
    this.write("cast(");
    super.valueNode(node);
    this.write(` as decimal(65, ${Math.min(node.codec.type.scale ?? 0, 30)}))`);
  }

  #decimalList(node: InListNode): void {
    this.expr(node.item, 4);
    this.write(node.negated ? " not in (" : " in (");
    this.list(
      node.values.map((value) => ({ kind: "value", value, codec: node.codec })),
      ", ",
      0,
    );
    this.write(")");
  }

  // Doubles are rounded to even here, decimals half away from zero as everywhere else.
  protected override assigned(value: ExprNode, codec: TypedCodec): void {
    if (!isInteger(codec) || codecOf(value)?.family !== "float") return this.expr(value);
    this.write("round(cast(");
    this.expr(value);
    this.write(" as decimal(65, 10)))");
  }

  protected override jsonPath(node: JsonPathNode): void {
    // MariaDB reads such a key as a negative index, and finds nothing without saying so.
    if (this.traits.jsonEquals === "function" && node.path.some((step) => typeof step === "string" && step.startsWith("-"))) {
      throw new UnsupportedError(`${this.traits.label} cannot reach a JSON key that begins with "-"`, {
        hint: "rename the key, or read the whole document",
      });
    }
    const extract = (): void => {
      this.write("json_extract(");
      this.expr(node.item);
      this.write(", ");
      this.sink.param(mysqlPath(node.path));
      this.write(")");
    };
    if (node.as === "json") return extract();
    this.write("(case when json_type(");
    extract();
    this.write(
      node.as === "text"
        ? ") <> 'NULL' then json_unquote("
        : ") in ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') then json_unquote(",
    );
    extract();
    this.write(node.as === "text" ? ") end)" : ") + 0e0 end)");
  }

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString().slice(0, 23).replace("T", " ");
    return typeof value === "boolean" ? Number(value) : value;
  }
}
