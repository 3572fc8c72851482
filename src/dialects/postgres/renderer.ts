/** Where PostgreSQL's SQL differs. Layer 4. */
import type { InsertNode } from "../../ast/dml.ts";
import type {
  AggregateNode,
  ArithmeticNode,
  CallNode,
  CaseNode,
  CastNode,
  DateDifferenceNode,
  DatePartNode,
  DateShiftNode,
  ExprNode,
  InListNode,
  LikeNode,
  MatchNode,
  RowInNode,
  ValueNode,
} from "../../ast/expr.ts";

import { type ValuesSource, valuesColumn } from "../../ast/select.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Codec } from "../../codec/codec.ts";
import { arrayCodec } from "../../codec/compose.ts";
import { textCodec } from "../../codec/text.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { Renderer } from "../../render/renderer.ts";
import type { Sent } from "../../render/writer.ts";
import { writeAggregate } from "./aggregates.ts";
import { castWords, exactly, typeName, writeCast } from "./cast.ts";
import { JsonWriter } from "./json.ts";

const longList = 100;
const manyRows = 20;
/** What is escaped in a pattern, and what would escape. */
const escaped = /!.|\\/gsu;
const arrays = new WeakMap<object, Codec>();

function arrayOf(element: Codec): Codec {
  let found = arrays.get(element);
  if (found === undefined) {
    found = arrayCodec(element);
    arrays.set(element, found);
  }
  return found;
}

export class PostgresRenderer extends Renderer {
  protected override readonly documents = new JsonWriter(this);
  // ROUND has no form for doubles with digits, CEIL and FLOOR of a numeric stay numeric.
  protected override readonly functions = {
    ceil: "ceil(cast($1 as double precision))",
    concat: "($|)",
    floor: "floor(cast($1 as double precision))",
    length: "char_length($1)",
    mod: "($1 % $2)",
    now: "date_trunc('milliseconds', now())",
    power: "power(cast($1 as double precision), $2)",
    round: "round(cast($1 as numeric), $2)",
  };

  #rounded(double: ExprNode, digits: ExprNode | null = null): void {
    const [before, after] = exactly("@").split("@");
    this.write(`round(${before}`);
    this.expr(double);
    this.write(after as string);
    if (digits !== null) {
      this.write(", ");
      this.expr(digits);
    }
    this.write(")");
  }

  // GREATEST and LEAST skip NULLs here and nowhere else.
  protected override call(node: CallNode): void {
    const [item, digits] = node.args;
    if (node.name === "round" && item !== undefined && codecOf(item)?.type.word === "float") return this.#rounded(item, digits ?? null);
    const nullable = node.args.filter((item) => item.kind !== "value");
    if ((node.name !== "greatest" && node.name !== "least") || nullable.length === 0) return super.call(node);
    this.write("(case when ");
    nullable.forEach((item, i) => {
      if (i > 0) this.write(" and ");
      this.expr(item, 4);
      this.write(" is not null");
    });
    this.write(" then ");
    super.call(node);
    this.write(" end)");
  }

  protected override nullable(item: ExprNode): void {
    super.nullable(item);
    const word = item.kind === "value" ? (castWords[item.codec.type.word] ?? "text") : null;
    if (word !== null) this.write(`::${word}`);
  }

  // All branches decide together what CASE yields; parameters alone would make it text.
  protected override result(item: ExprNode, of: CaseNode): void {
    const word = castWords[of.codec.type.word];
    this.expr(item);
    if (item.kind === "value" && word !== undefined) this.write(`::${word}`);
  }

  // One parameter however long the list: one statement text, no parameter limit.
  protected override inList(node: InListNode): void {
    this.expr(node.item, 4);
    this.write(node.negated ? " <> all(" : " = any(");
    this.value(node.values, arrayOf(node.of as Codec));
    this.write(")");
  }

  // A parameter for each place of the row, however long the list.
  protected override rowIn(node: RowInNode): void {
    const lists = node.items.map((_, place) => node.rows.map((row) => row[place] as ExprNode));
    if (node.rows.length <= longList || !lists.flat().every((item) => item.kind === "value")) return super.rowIn(node);
    this.row(node.items);
    this.write(`${node.negated ? " not in " : " in "}(select * from unnest(`);
    (lists as ValueNode[][]).forEach((list, place) => {
      if (place > 0) this.write(", ");
      const codec = arrayOf((list[0] as ValueNode).codec as Codec);
      this.value(
        list.map((item) => item.value),
        codec,
      );
      this.write(`::${typeName(codec)}`);
    });
    this.write("))");
  }

  // A parameter for each column however many rows, unless one holds arrays: UNNEST would take those apart as well.
  protected override values(source: ValuesSource, alias: string): void {
    const { columns, rows } = source;
    if (columns.some(({ type }) => type.word === "array")) return this.#typedValues(source, alias);
    this.#unnest(columns, rows);
    this.write(` as ${this.quote(alias)}(${columns.map((_, c) => this.quote(valuesColumn(c).name)).join(", ")})`);
  }

  #unnest(columns: readonly TypedCodec[], rows: readonly (readonly unknown[])[]): void {
    this.write("unnest(");
    columns.forEach((codec, c) => {
      const of = arrayOf(codec as Codec);
      this.write(c > 0 ? ", " : "");
      this.value(
        rows.map((row) => row[c]),
        of,
      );
      this.write(`::${typeName(of)}`);
    });
    this.write(")");
  }

  // One text for many numbers of rows, where there are enough of them for that to matter.
  protected override insertedRows(node: InsertNode): void {
    const columns = node.columns.map(({ codec }) => codec);
    if (node.rows.length < manyRows || columns.some(({ type }) => type.word === "array")) return super.insertedRows(node);
    this.write("select * from ");
    this.#unnest(columns, node.rows);
  }

  #typedValues({ columns, rows }: ValuesSource, alias: string): void {
    this.write(`(select ${columns.map((codec, c) => `${valuesColumn(c).name}::${typeName(codec)}`).join(", ")} from (`);
    this.valueRows(columns, rows);
    this.write(`) as given) as ${this.quote(alias)}(${columns.map((_, c) => this.quote(valuesColumn(c).name)).join(", ")})`);
  }

  // ESCAPE would be a function call for each row, where the server plans without the values. Without one, backslashes escape.
  override likeForm({ pattern }: LikeNode): Sent {
    return { form: "like", values: [pattern.replace(escaped, (mark) => (mark === "\\" ? "\\\\" : `\\${mark.slice(1)}`))] };
  }

  protected override like(node: LikeNode): void {
    this.expr(node.item, 4);
    this.write(node.ignoreCase ? " ilike " : " like ");
    this.value(this.likeForm(node).values[0], textCodec);
  }

  protected override cast(node: CastNode): void {
    writeCast(this, node);
  }

  protected override match(node: MatchNode): void {
    this.expr(node.item, 4);
    this.write(node.ignoreCase ? " ~* " : " ~ ");
    this.value(node.pattern, textCodec);
  }

  protected override aggregate(node: AggregateNode): void {
    if (!writeAggregate(this, node)) super.aggregate(node);
  }

  protected override datePart(node: DatePartNode): void {
    const instant = codecOf(node.item)?.type.word === "datetime";
    this.write(`cast(trunc(extract(${node.part} from `);
    this.expr(node.item, 6);
    this.write(`${instant ? " at time zone 'UTC'" : ""})) as integer)`);
  }

  protected override dateShift({ item, months, days, seconds, codec }: DateShiftNode): void {
    const instant = codec.type.word === "datetime";
    this.write(instant ? "((" : "cast(");
    this.expr(item, 6);
    this.write(`${instant ? " at time zone 'UTC'" : ""} + interval '${months} months ${days} days ${seconds} seconds'`);
    this.write(instant ? ") at time zone 'UTC')" : " as date)");
  }

  // Instants differ by an interval, dates by whole days.
  protected override dateDifference({ left, right, unit }: DateDifferenceNode): void {
    const instants = codecOf(left)?.type.word === "datetime";
    this.write(instants ? "(cast(round(extract(epoch from (" : "(cast((");
    this.expr(left, 6);
    this.write(" - ");
    this.expr(right, 6);
    this.write(`${instants ? ")) * 1000)" : ") * 86400000::bigint"} as double precision) / ${unit})`);
  }

  // A parameter takes the type of its neighbour: where they differ it needs its own. Integers divide as numbers.
  protected override arithmeticOperand(item: ExprNode, whole: ArithmeticNode, outer: number): void {
    if (whole.op === "/" && item === whole.left && (whole.codec as Codec).family === "float") {
      this.write("cast(");
      this.expr(item);
      return this.write(" as double precision)");
    }
    const neighbour = codecOf(item === whole.left ? whole.right : whole.left)?.type.word;
    this.expr(item, outer);
    if (item.kind === "value" && item.codec.type.word !== neighbour) this.write(`::${castWords[item.codec.type.word]}`);
  }

  protected override arithmetic(node: ArithmeticNode, outer: number): void {
    if (node.op !== "/" || (node.codec as Codec).family !== "decimal") return super.arithmetic(node, outer);
    this.write("round(");
    super.arithmetic(node, 0);
    this.write(`, ${node.codec.type.scale})`);
  }

  // Doubles are rounded to even here, decimals half away from zero as everywhere else.
  protected override assigned(value: ExprNode, codec: TypedCodec): void {
    if (!isInteger(codec) || codecOf(value)?.family !== "float") return this.expr(value);
    this.#rounded(value);
  }

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
    return value === null || typeof value === "string" ? value : String(value);
  }
}
