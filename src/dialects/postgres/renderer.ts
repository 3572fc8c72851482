/** Where PostgreSQL's SQL differs. Layer 4. */
import type { ArithmeticNode, CallNode, CaseNode, DatePartNode, ExprNode, InListNode, JsonPathNode, LikeNode } from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Codec } from "../../codec/codec.ts";
import { arrayCodec } from "../../codec/compose.ts";
import { textCodec } from "../../codec/text.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { Renderer } from "../../render/renderer.ts";

const castWords: Readonly<Record<string, string>> = {
  smallint: "smallint",
  int: "integer",
  bigint: "bigint",
  float: "double precision",
  decimal: "numeric",
  bool: "boolean",
  bytes: "bytea",
  date: "date",
  datetime: "timestamptz",
  json: "jsonb",
  time: "time",
  uuid: "uuid",
};
const arrays = new WeakMap<object, Codec>();

function arrayOf(element: Codec): Codec {
  let found = arrays.get(element);
  if (found === undefined) {
    found = arrayCodec(element);
    arrays.set(element, found);
  }
  return found;
}

/** The keys of a JSON path as one text array. */
const pathCodec = arrayCodec(textCodec);

export class PostgresRenderer extends Renderer {
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

  // GREATEST and LEAST skip NULLs here and nowhere else.
  protected override call(node: CallNode): void {
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
    this.value(node.values, arrayOf(node.codec as Codec));
    this.write(")");
  }

  protected override like(node: LikeNode): void {
    this.expr(node.item, 4);
    this.write(node.ignoreCase ? " ilike " : " like ");
    this.value(node.pattern, textCodec);
    this.write(" escape '!'");
  }

  protected override datePart(node: DatePartNode): void {
    const instant = codecOf(node.item)?.type.word === "datetime";
    this.write(`cast(trunc(extract(${node.part} from `);
    this.expr(node.item, 6);
    this.write(`${instant ? " at time zone 'UTC'" : ""})) as integer)`);
  }

  protected override jsonPath(node: JsonPathNode): void {
    const reach = (operator: "#>" | "#>>"): void => {
      this.expr(node.item, 6);
      this.write(` ${operator} `);
      this.value(node.path.map(String), pathCodec);
      this.write("::text[]");
    };
    if (node.as === "number") {
      this.write("(case when jsonb_typeof(");
      reach("#>");
      this.write(") = 'number' then (");
      reach("#>>");
      return this.write(")::double precision end)");
    }
    this.write("(");
    reach(node.as === "text" ? "#>>" : "#>");
    this.write(")");
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
    this.write("round(cast(");
    this.expr(value);
    this.write(" as numeric))");
  }

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
    return value === null || typeof value === "string" ? value : String(value);
  }
}
