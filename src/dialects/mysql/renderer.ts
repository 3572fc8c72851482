/** Where the SQL of MySQL and MariaDB differs. Layer 4. */

import type { InsertNode, UpdateNode } from "../../ast/dml.ts";
import type {
  AggregateNode,
  ArithmeticNode,
  CallNode,
  CaseNode,
  CastNode,
  ColumnRef,
  CompareNode,
  DateDifferenceNode,
  DatePartNode,
  DateShiftNode,
  ExprNode,
  InListNode,
  LikeNode,
  MatchNode,
  NotNode,
  RowCompareNode,
  RowInNode,
  ValueNode,
  WindowNode,
} from "../../ast/expr.ts";
import { columnsWithin } from "../../ast/queries.ts";
import type { Clause, SelectNode, TableRef, ValuesSource } from "../../ast/select.ts";
import { conjuncts } from "../../ast/shape.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { jsonCodec } from "../../codec/json.ts";
import { textCodec } from "../../codec/text.ts";
import { caseFiltered } from "../../render/case-filter.ts";
import type { CompiledStatement } from "../../render/compiled.ts";
import { binding, codecOf, isInteger, type SubqueryPlace } from "../../render/expr-renderer.ts";
import { windowsApart } from "../../render/like-windows.ts";
import { noRegularExpressions } from "../../render/missing.ts";
import { columnName } from "../../render/naming.ts";
import { Renderer, type StatementNode } from "../../render/renderer.ts";
import { withOwnNames } from "../../render/repeated-names.ts";
import { writtenOut } from "../../render/rows.ts";
import type { Names } from "../../render/with-renderer.ts";
import { separatorLiteral, writeAverage, writeConstantCount, writeExtremeDate, writeJsonList } from "./aggregates.ts";
import { writeCast } from "./cast.ts";
import { conflictOrder } from "./conflict.ts";
import { JsonWriter } from "./json.ts";
import { listType, writeListAsJson } from "./lists.ts";
import { negated, underNot } from "./negation.ts";
import { readsFrom } from "./own-table.ts";
import { valuesColumnText, writeInserted, writeValues } from "./values.ts";

/** A long list of these travels as one JSON document. */
const sentAsText: ReadonlySet<Family> = new Set(["text", "enum", "date", "time", "timestamp", "uuid"]);

/** What LAG and LEAD are told, which is part of the statement's text. */
function writtenNumber(node: ExprNode): number {
  return node.kind === "raw" ? Number(node.texts[0]) : 0;
}

export class MysqlRenderer extends Renderer {
  protected override readonly documents = new JsonWriter(this);
  /** The table of an UPDATE or DELETE. */
  #changed: TableRef | null = null;

  /** The statement changes rows. */
  #writes = false;

  override renew(): void {
    super.renew();
    this.#changed = null;
    this.#apart.clear();
    this.documents.renew();
  }

  override statement(node: StatementNode): CompiledStatement {
    this.#writes = node.kind !== "select";
    if (node.kind === "update" || node.kind === "delete") this.#changed = node.table;
    return super.statement(node.kind === "update" ? this.#unmerged(node) : node);
  }

  // A limit keeps MySQL from making one query of the update and what it takes its values from, which it would then refuse.
  #unmerged(node: UpdateNode): UpdateNode {
    const { from } = node;
    if (from === undefined || this.traits.changesWhatItReads) return node;
    const { source } = from;
    if (source.kind === "values" || source.query.kind !== "select") return node;
    const query = { ...source.query, limit: source.query.limit ?? Number.MAX_SAFE_INTEGER };
    return { ...node, from: { ...from, source: { ...source, query } } };
  }

  // The new row's values have a function, and each assignment sees those before it: what the condition reads is set last.
  protected override conflictSet(update: readonly ColumnRef[], counted: ColumnRef | null, where: readonly Clause[]): void {
    conflictOrder(counted === null ? update : [...update, counted], where, this.traits).forEach((column, i) => {
      const name = this.quote(columnName(column, this.naming));
      this.write(`${i > 0 ? ", " : ""}${name} = if(`);
      where.forEach((clause, n) => {
        if (n > 0) this.write(" and ");
        this.clause(clause, (condition) => this.expr(condition, where.length > 1 ? 2 : 0));
      });
      this.write(column === counted ? `, ${name} + 1, ${name})` : `, values(${name}), ${name})`);
    });
  }

  /** Windows that are written in another way. */
  readonly #apart = new Map<WindowNode, WindowNode>();
  override select(node: SelectNode, names: Names): void {
    for (const [window, other] of windowsApart(node, this.traits) ?? []) this.#apart.set(window, other);
    const before = this.#locks;
    this.#locks = node.lock !== null;
    this.#filtering(false, () => super.select(node, names));
    this.#locks = before;
  }

  /** Conditions are written that choose rows: NULL is as good as false. */
  #filters = false;
  #filtering(filters: boolean, write: () => void): void {
    const before = this.#filters;
    this.#filters = filters;
    write();
    this.#filters = before;
  }
  /** A row that is looked at is locked, whether it meets the conditions or not. */
  #locks = false;
  /** Conditions that every row of a select meets, where it may look at others. */
  #required: ReadonlySet<ExprNode> = new Set();
  override where(clauses: readonly Clause[]): void {
    const before = this.#required;
    this.#required = new Set(this.#writes || this.#locks ? [] : clauses.flatMap(({ node }) => conjuncts(node)));
    this.#filtering(true, () => super.where(clauses));
    this.#required = before;
  }

  protected override outermost(node: SelectNode): void {
    super.outermost(this.traits.namesRepeated ? node : withOwnNames(node));
  }

  protected override incomingColumn(name: string): void {
    this.write(`values(${this.quote(name)})`);
  }

  // A list may not come from a limited query, nor may MySQL read the table that it changes: a table made first may.
  protected override subqueryText(query: SelectNode, as: SubqueryPlace): void {
    const limited = (as === "list" || as === "quantified") && (query.limit !== null || query.offset !== null);
    const own = !this.traits.changesWhatItReads && readsFrom(query, this.#changed);
    if (!limited && !own) return super.subqueryText(query, as);
    this.write(`(${this.outerJoins.select}* from (`);
    const changed = this.#changed;
    if (own) this.#changed = null;
    // Without a limit it would be made a part of the query around where its condition is false anyway.
    this.walled(() => this.select(own && !limited ? { ...query, limit: query.limit ?? Number.MAX_SAFE_INTEGER } : query, "numbered"));
    this.#changed = changed;
    this.write(") as made)");
  }

  protected override readonly functions = {
    length: "char_length($1)",
    now: "utc_timestamp(3)",
    round: "round(cast($1 as decimal(65, 30)), $2)",
  };

  // What is less than 0 is rounded up to -0, which EXCEPT and DISTINCT take for another value than 0.
  protected override call(node: CallNode): void {
    if (node.name !== "ceil" || (node.codec as Codec).family !== "float") return super.call(node);
    this.write("(");
    super.call(node);
    this.write(" + 0e0)");
  }

  // MySQL reads CASE as a number inside an aggregate where every branch is a parameter, whatever they hold.
  protected override caseOf(node: CaseNode): void {
    const [first, ...others] = node.branches;
    const untyped = [...node.branches.map(({ value }) => value), node.otherwise].every(
      (item) => item === null || item.kind === "value" || item.kind === "null",
    );
    const { family } = node.codec as Codec;
    if (first === undefined || !untyped || first.value.kind !== "value" || !sentAsText.has(family)) return super.caseOf(node);
    super.caseOf({ ...node, branches: [{ ...first, value: { kind: "cast", item: first.value, codec: node.codec } }, ...others] });
  }

  // MariaDB's LAG and LEAD have no fallback: a row without a neighbour has no row in the frame where that would be. The frame
  // has the order of the other window: beside `over ()` in one expression MariaDB takes the neighbour's value for another row's.
  protected override window(given: WindowNode): void {
    const node = this.#apart.get(given) ?? given;
    const { call } = node;
    const [item, offset, fallback] = call.kind === "call" ? call.args : [];
    const ratio = call.kind === "call" && (call.name === "percent_rank" || call.name === "cume_dist");
    if (ratio && !this.traits.fullRatios) {
      this.write("(");
      super.window(node);
      return this.write(" + 0e0)");
    }
    const shifts = call.kind === "call" && (call.name === "lag" || call.name === "lead");
    if (!shifts || fallback === undefined || this.traits.shiftFallback) return super.window(node);
    const { name: _, ...unnamed } = node;
    const at = { kind: call.name === "lag" ? "preceding" : "following", offset: writtenNumber(offset as ExprNode) } as const;
    this.write("(case when ");
    super.window({
      ...unnamed,
      call: { kind: "aggregate", name: "count", item: null, codec: node.codec },
      frame: { unit: "rows", start: at, end: at, exclude: null },
    });
    this.write(" = 0 then ");
    this.expr(fallback);
    this.write(" else ");
    super.window({ ...node, call: { ...call, args: [item as ExprNode, offset as ExprNode] } });
    this.write(" end)");
  }

  // Rows are compared without an index, and MariaDB says false where one value is NULL.
  protected override rowCompare(node: RowCompareNode, outer: number): void {
    this.expr(writtenOut(node), outer);
  }

  // NULL in a row that is not in the list would keep neither server from making an inner join of an outer one.
  protected override rowIn({ items, rows, negated }: RowInNode): void {
    if (!negated && rows.length > 1) return super.rowIn({ kind: "rowIn", items, rows, negated });
    const equal = rows.map((row) => writtenOut({ kind: "rowCompare", op: "=", left: items, right: row }));
    if (!negated) return this.expr(equal[0] as ExprNode, 4);
    this.expr({ kind: "not", item: equal.length === 1 ? (equal[0] as ExprNode) : { kind: "logic", op: "or", items: equal } });
  }

  protected override inList(node: InListNode): void {
    if (node.of.type.word === "decimal") return this.#decimalList(node);
    const type = listType(node, this.#required.has(node));
    if (type === null) super.inList(node);
    else writeListAsJson(this, node, type);
  }

  protected override values(source: ValuesSource, alias: string): void {
    writeValues(this, source, alias);
  }

  protected override insertedRows(node: InsertNode): void {
    if (node.rows.length === 1) super.insertedRows(node);
    else writeInserted(this, node);
  }

  protected override valuesColumn(written: string, codec: TypedCodec): string {
    return valuesColumnText(written, codec, this.traits);
  }

  protected override like(node: LikeNode): void {
    this.write(node.ignoreCase ? "lower(" : "");
    this.expr(node.item, node.ignoreCase ? 0 : 4);
    this.write(node.ignoreCase ? ") like lower(" : " like ");
    this.value(this.likeForm(node).values[0], textCodec);
    this.write(`${node.ignoreCase ? ")" : ""} escape '!'`);
  }

  // MariaDB takes the case from the collation unless the pattern says it.
  protected override match({ item, pattern, ignoreCase }: MatchNode): void {
    const { regularExpressions } = this.traits;
    if (regularExpressions === null) throw noRegularExpressions(this.traits);
    this.write(regularExpressions === "regexp_like" ? "regexp_like(" : "");
    this.expr(item, 4);
    this.write(regularExpressions === "regexp_like" ? ", " : " regexp ");
    this.value(regularExpressions === "regexp_like" ? pattern : `${ignoreCase ? "(?i)" : "(?-i)"}${pattern}`, textCodec);
    if (regularExpressions === "regexp_like") this.write(ignoreCase ? ", 'i')" : ", 'c')");
  }

  protected override cast(node: CastNode): void {
    writeCast(this, node);
  }

  protected override datePart(node: DatePartNode): void {
    this.write(`extract(${node.part} from `);
    this.expr(node.item);
    this.write(")");
  }

  protected override dateShift({ item, months, days, seconds }: DateShiftNode): void {
    this.write("(");
    this.expr(item, 6);
    const parts = Object.entries({ month: months, day: days, second: seconds }).filter(([, count]) => count !== 0);
    this.write(parts.map(([unit, count]) => ` + interval ${count} ${unit}`).join(""));
    this.write(")");
  }

  protected override dateDifference({ left, right, unit }: DateDifferenceNode): void {
    this.write("(timestampdiff(microsecond, ");
    this.expr(right);
    this.write(", ");
    this.expr(left);
    this.write(`) / ${unit}000e0)`);
  }

  protected override aggregate(node: AggregateNode): void {
    if (node.name === "json_agg") return writeJsonList(this, node);
    const plain = caseFiltered(node);
    const { item } = plain;
    if (node.name === "avg" && item !== null) return writeAverage(this, plain, item);
    if (node.name === "string_agg" && item !== null) return this.aggregateCall(plain, "group_concat", () => this.expr(item));
    const extreme = (node.name === "min" || node.name === "max") && item !== null && codecOf(item)?.family === "date";
    if (extreme && this.#writes) return writeExtremeDate(this, plain, item);
    if (node.name === "count" && node.distinct === true && item !== null && columnsWithin(item).length === 0)
      return writeConstantCount(this, plain, item);
    super.aggregate(plain);
  }

  protected override ofGroup(key: ExprNode): void {
    const codec = codecOf(key);
    if (codec?.family !== "date" || !this.#writes) return super.ofGroup(key);
    writeExtremeDate(this, { kind: "aggregate", name: "min", item: key, codec }, key);
  }

  protected override aggregateOrder(node: AggregateNode): void {
    super.aggregateOrder(node);
    if (node.separator !== undefined) this.write(` separator ${separatorLiteral(node.separator)}`);
  }

  protected override arithmetic(node: ArithmeticNode, outer: number): void {
    if (node.op !== "/") return super.arithmetic(node, outer);
    const { family, type } = node.codec as Codec;
    if (family === "float") {
      // 0 divided by less than 0 is -0, as CEIL's is.
      return this.grouped(binding.add, outer, () => {
        super.arithmetic(node, binding.add);
        this.write(" + 0e0");
      });
    }
    if (family === "decimal") this.write("round(");
    super.arithmetic(node, family === "decimal" ? 0 : outer);
    if (family === "decimal") this.write(`, ${type.scale})`);
  }

  protected override arithmeticOperand(item: ExprNode, whole: ArithmeticNode, outer: number): void {
    const asDouble = whole.op === "/" && item === whole.left && (whole.codec as Codec).family === "float";
    this.expr(item, asDouble ? 5 : outer);
    if (asDouble) this.write(" * 1e0");
  }

  protected override not({ item }: NotNode): void {
    const node = negated(item);
    if (node === null) super.not({ kind: "not", item: underNot(item, (each) => this.looksForKeys && this.isKey(each)) });
    else this.expr(node);
  }

  protected override compare(node: CompareNode): void {
    const nullable = node.right.kind === "quantified" && !this.#filters && !this.traits.comparesQueries;
    if (nullable) this.write("nullif(");
    this.#compare(node);
    if (nullable) this.write(", null)");
  }

  #compare(node: CompareNode): void {
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
      node.values.map((value) => ({ kind: "value", value, codec: node.of })),
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

  protected override plain(value: string | number | bigint | boolean | Date | Uint8Array | null): unknown {
    if (value instanceof Date) return value.toISOString().slice(0, 23).replace("T", " ");
    return typeof value === "boolean" ? Number(value) : value;
  }
}
