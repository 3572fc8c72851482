/** Where SQLite's SQL differs. Decimals are calculated in `decimal.ts`. Layer 4. */
import type { InsertNode } from "../../ast/dml.ts";
import type {
  AggregateNode,
  ArithmeticNode,
  BetweenNode,
  CallNode,
  CaseNode,
  CastNode,
  CompareNode,
  DateDifferenceNode,
  DatePartNode,
  DateShiftNode,
  ExprNode,
  InListNode,
  InQueryNode,
  LikeNode,
  MatchNode,
  RowCompareNode,
} from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import { decimalCodec } from "../../codec/number.ts";
import { boolCodec, textCodec } from "../../codec/text.ts";
import { UnsupportedError } from "../../errors.ts";
import { caseFiltered } from "../../render/case-filter.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { LiteralSink, quotedText } from "../../render/literal.ts";
import { noRegularExpressions } from "../../render/missing.ts";
import { columnName } from "../../render/naming.ts";
import { Renderer } from "../../render/renderer.ts";
import { writtenOut } from "../../render/rows.ts";
import { writeJsonList, writeStatistic, writeStrings } from "./aggregates.ts";
import { writeCast } from "./cast.ts";
import { writeDifference, writeShift } from "./dates.ts";
import { DecimalWriter, isDecimal } from "./decimal.ts";
import { JsonWriter } from "./json.ts";
import { globForm, likeForm, writeLike } from "./like.ts";
import { expanded } from "./quantified.ts";

const longList = 32;
/** Of the numbers that rows can have, up to 2^63: there is room for every statement after it. */
const farFromTheEnd = "9000000000000000000";
const dateFormats = { year: "%Y", month: "%m", day: "%d", hour: "%H", minute: "%M", second: "%S" } as const;

function isInstant(node: ExprNode): boolean {
  return codecOf(node)?.type.word === "datetime";
}

export class SqliteRenderer extends Renderer {
  readonly #decimals = new DecimalWriter(this);
  protected override readonly documents = new JsonWriter(this);

  override renew(): void {
    super.renew();
    this.documents.renew();
  }
  protected override readonly functions = {
    concat: "($|)",
    greatest: "max($*)",
    least: "min($*)",
    mod: "($1 % $2)",
    now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  };

  protected override insertedRows(node: InsertNode): void {
    if (node.numberedBy === undefined) return super.insertedRows(node);
    this.write("select * from (");
    super.insertedRows(node);
    const { schema, name } = node.table;
    const own = `where type = 'trigger' and tbl_name = ${quotedText(name)} collate nocase`;
    const main = schema === null ? "" : `${this.quote(schema)}.`;
    // A trigger may insert rows of its own, and after the greatest number SQLite takes any that is free.
    const last = `coalesce((select max(${this.quote(columnName(node.numberedBy, this.naming))}) from ${this.tableName(node.table)}), 0)`;
    this.write(`) where not exists (select 1 from ${main}sqlite_master ${own})`);
    this.write(` and not exists (select 1 from sqlite_temp_master ${own}) and ${last} < ${farFromTheEnd}`);
  }

  protected override call(node: CallNode): void {
    const [item] = node.args;
    if (item !== undefined && isDecimal(item)) return this.#decimals.call(node, item);
    const digits = node.name === "round" && node.args[1]?.kind === "value" ? Number(node.args[1].value) : 0;
    if (item === undefined || digits < 1 || digits > 13) return super.call(node);
    // 2.675 is a little less than that as a double: two of its smallest steps further it rounds as it is written.
    this.write("round(");
    this.expr(item, 6);
    this.write(" * case when abs(");
    this.expr(item);
    this.write(`) < 1e${14 - digits} then 1.0000000000000004 else 1 end, ${digits})`);
  }

  // Branches of fewer digits get those that the others have.
  protected override result(item: ExprNode, of: CaseNode): void {
    if (isDecimal(of)) this.#decimals.text(item, of.codec.type.scale ?? 0);
    else super.result(item, of);
  }

  protected override selected(item: ExprNode): void {
    // No client delivers 64 bits exactly by default, text does.
    if (codecOf(item)?.family === "bigint") {
      this.write("cast(");
      this.expr(item);
      return this.write(" as text)");
    }
    this.expr(item);
  }

  // Decimals are ordered by a key of their own, and 64-bit integers are selected as text.
  protected override ordersByExpression(item: ExprNode): boolean {
    return isDecimal(item) || codecOf(item)?.family === "bigint";
  }

  protected override compare(node: CompareNode): void {
    if (node.right.kind === "quantified") return this.expr(expanded(node, node.right, boolCodec));
    if (isDecimal(node.left) || isDecimal(node.right)) return this.#decimals.compare(node.left, node.op, node.right);
    if (isInstant(node.left) || isInstant(node.right)) {
      this.instant(node.left);
      this.write(` ${node.op} `);
      return this.instant(node.right);
    }
    if (codecOf(node.left)?.family !== "json") return super.compare(node);
    this.write("json(");
    this.expr(node.left);
    this.write(`) ${node.op} json(`);
    this.expr(node.right);
    this.write(")");
  }

  // Decimals are text, and what a fragment holds nobody knows.
  protected override rowCompare(node: RowCompareNode, outer: number): void {
    const plain = [...node.left, ...node.right].every((item) => item.kind !== "raw" && !isDecimal(item));
    if (plain) super.rowCompare(node, outer);
    else this.expr(writtenOut(node), outer);
  }

  protected override readonly rowList = "(values ";

  /** An instant in the form that is stored and sorts; SQLite's own functions and CURRENT_TIMESTAMP write another. */
  instant(node: ExprNode): void {
    if (node.kind !== "raw") return this.expr(node, 4);
    this.write("strftime('%Y-%m-%dT%H:%M:%fZ', ");
    this.expr(node);
    this.write(")");
  }

  protected override between(node: BetweenNode): void {
    if (isInstant(node.item)) {
      this.instant(node.item);
      this.write(" between ");
      this.instant(node.low);
      this.write(" and ");
      return this.instant(node.high);
    }
    if (!isDecimal(node.item)) return super.between(node);
    this.#decimals.compare(node.item, ">=", node.low);
    this.write(" and ");
    this.#decimals.compare(node.item, "<=", node.high);
  }

  protected override orderItem(item: ExprNode): void {
    if (isDecimal(item)) this.#decimals.order(item);
    else this.expr(item);
  }

  protected override arithmetic(node: ArithmeticNode, outer: number): void {
    if (isDecimal(node)) return this.#decimals.text(node);
    if (node.op !== "/") return super.arithmetic(node, outer);
    this.grouped(6, outer, () => {
      this.write("cast(");
      this.expr(node.left);
      this.write(" as real) / ");
      this.expr(node.right, 6);
    });
  }

  protected override aggregate(given: AggregateNode): void {
    const node = this.traits.aggregateFilter ? given : caseFiltered(given);
    const { item } = node;
    if (node.name === "json_agg") return writeJsonList(this, node);
    if (node.name === "string_agg") return writeStrings(this, node);
    if (node.name.startsWith("stddev_") || node.name.startsWith("var_")) return writeStatistic(this, node);
    if (item === null || !isDecimal(item) || node.name === "count") return super.aggregate(node);
    if (node.name !== "avg") return this.#decimals.text(node);
    const scale = codecOf(item)?.type.scale ?? 0;
    this.write("(");
    this.aggregateCall(node, "avg", () => this.#decimals.key(item, scale));
    this.write(` / ${10 ** scale}.0)`);
  }

  // A STRICT table refuses a fraction in an integer column where the other databases round.
  protected override assigned(value: ExprNode, codec: TypedCodec): void {
    const from = codecOf(value);
    if (codec.type.word === "datetime") return this.instant(value);
    if (codec.type.word === "decimal" && isDecimal(value)) return this.#decimals.text(value, codec.type.scale ?? 0);
    if (!isInteger(codec) || from?.family !== "float") return this.expr(value);
    this.write("cast(round(");
    this.expr(value);
    this.write(") as integer)");
  }

  // Decimals are texts, which are equal where they have the same digits.
  protected override inQuery(node: InQueryNode): void {
    const [column] = node.query.columns;
    if (column === undefined || !isDecimal(node.item) || !isDecimal(column.node)) return super.inQuery(node);
    const digits = (item: ExprNode): number => codecOf(item)?.type.scale ?? 0;
    const scale = Math.max(digits(node.item), digits(column.node));
    const same = (item: ExprNode): ExprNode => (digits(item) === scale ? item : { kind: "cast", item, codec: decimalCodec(1000, scale) });
    super.inQuery({ ...node, item: same(node.item), query: { ...node.query, columns: [{ ...column, node: same(column.node) }] } });
  }

  protected override inList(node: InListNode): void {
    const { word } = node.of.type;
    if (node.values.length <= longList || word === "bytes" || word === "json") return super.inList(node);
    const { encode } = this.wire(node.of);
    const items = node.values.map((value) => (encode === null ? value : encode(value as never)));
    this.expr(node.item, 4);
    this.write(node.negated ? " not in (select value from json_each(" : " in (select value from json_each(");
    this.sink.param(`[${items.map((item) => (typeof item === "string" ? JSON.stringify(item) : String(item))).join(",")}]`);
    this.write("))");
  }

  override likeForm(node: LikeNode): ReturnType<typeof likeForm> {
    // What a table's definition holds stays as it is compared with.
    return this.sink instanceof LiteralSink ? globForm(node) : likeForm(node, this.traits.prefixRanges);
  }

  protected override like(node: LikeNode): void {
    writeLike(this, node, this.likeForm(node));
  }

  protected override match(node: MatchNode): void {
    if (this.traits.regularExpressions === null) throw noRegularExpressions(this.traits);
    if (this.sink instanceof LiteralSink) {
      // The table could not be written by any other program, and SQLite itself trusts no such function there.
      throw new UnsupportedError(`${this.traits.label} takes no regular expression in a table's definition`, {
        hint: "use like() or startsWith() there, or validate()",
      });
    }
    this.write("regexp(");
    this.value(node.pattern, textCodec);
    this.write(", ");
    this.expr(node.item);
    this.write(node.ignoreCase ? ", 'i')" : ", '')");
  }

  protected override cast(node: CastNode): void {
    if (isDecimal(node)) return this.#decimals.text(node);
    if (!isDecimal(node.item) || node.item.kind === "value" || codecOf(node)?.family === "text" || codecOf(node)?.family === "float")
      return writeCast(this, node);
    if (!isInteger(node.codec)) {
      this.write("(");
      this.#decimals.key(node.item, codecOf(node.item)?.type.scale ?? 0);
      return this.write(" <> 0)");
    }
    this.write("cast(");
    this.#decimals.text(node.item, 0);
    this.write(" as integer)");
  }

  protected override datePart(node: DatePartNode): void {
    this.write(`cast(strftime('${dateFormats[node.part]}', `);
    this.expr(node.item);
    this.write(") as integer)");
  }

  protected override dateShift(node: DateShiftNode): void {
    writeShift(this, node);
  }

  protected override dateDifference(node: DateDifferenceNode): void {
    writeDifference(this, node);
  }

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString();
    return typeof value === "boolean" ? Number(value) : value;
  }
}
