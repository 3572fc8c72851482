/** The runtime side of expressions: each method makes a new node. Layer 2. The types are in `expr.types.ts`. */
import type { ArithmeticOp, CompareOp, DatePart, ExprNode, OrderNode, QuantifiedNode } from "../ast/expr.ts";
import type { Codec } from "../codec/codec.ts";
import { canonicalDecimal, decimalCodec, decimalOf, floatCodec, intCodec, safeIntCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { acceptText, boolCodec } from "../codec/text.ts";
import { UsageError } from "../errors.ts";
import { keepSpecimen } from "../util/specimen.ts";
import { difference, shifted } from "./dates.ts";
import { isSelectSource, selectNode } from "./subquery.ts";

const comparisons: ReadonlySet<string> = new Set(["eq", "ne", "gt", "gte", "lt", "lte"]);

/** `any (query)` or `all (query)`: what a comparison may have on its right, and nothing else. */
export class Quantified {
  readonly #branded = true;
  readonly node: QuantifiedNode;
  constructor(node: QuantifiedNode) {
    this.node = node;
  }
  static is(candidate: unknown): candidate is Quantified {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }
}

/** An expression with the codec of its values. `label` names it in messages: `Post.title`. */
export class Expression {
  readonly #branded = true;
  readonly node: ExprNode;
  readonly codec: Codec;
  readonly label: string;

  constructor(node: ExprNode, codec: Codec, label = "an expression") {
    this.node = node;
    this.codec = codec;
    this.label = label;
  }

  /** True for expressions made by this copy of the package; an object of the same shape is none. */
  static is(candidate: unknown): candidate is Expression {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }

  eq(other: unknown): Condition {
    return this.compare("=", other, "eq");
  }
  ne(other: unknown): Condition {
    return this.compare("<>", other, "ne");
  }
  in(list: unknown): Condition {
    return this.#member(list, false);
  }
  notIn(list: unknown): Condition {
    return this.#member(list, true);
  }
  isNull(): Condition {
    return new Condition({ kind: "isNull", item: this.node, negated: false });
  }
  isNotNull(): Condition {
    return new Condition({ kind: "isNull", item: this.node, negated: true });
  }
  asc(o?: { nulls?: "first" | "last" }): OrderTerm {
    return new OrderTerm(this.node, "asc", o?.nulls);
  }
  desc(o?: { nulls?: "first" | "last" }): OrderTerm {
    return new OrderTerm(this.node, "desc", o?.nulls);
  }

  protected compare(op: CompareOp, other: unknown, method: string): Condition {
    return new Condition({ kind: "compare", op, left: this.node, right: this.operand(other, method) });
  }

  /** The node of an expression, or a value that has passed this expression's codec. */
  operand(other: unknown, method: string): ExprNode {
    if (Expression.is(other)) return other.node;
    if (Quantified.is(other)) {
      if (comparisons.has(method)) return other.node;
      throw new UsageError(`${this.label}: ${method} takes no anyOf() or allOf()`, { hint: "compare with eq, ne, gt, gte, lt or lte" });
    }
    if (other === null) {
      const hint = method === "ne" ? "use isNotNull()" : method === "eq" ? "use isNull()" : "compare with a value";
      throw new UsageError(`${this.label}: ${method}(null) is never true in SQL`, { hint });
    }
    if (other === undefined) throw new UsageError(`${this.label}: ${method}(undefined)`, { hint: "leave the condition out instead" });
    return { kind: "value", value: this.codec.accept(other, this.label), codec: this.codec };
  }

  #member(list: unknown, negated: boolean): Condition {
    const method = negated ? "notIn" : "in";
    if (isSelectSource(list)) {
      const query = list[selectNode]();
      if (query.columns.length !== 1) {
        throw new UsageError(`${this.label}: ${method} takes a query of one column, this one has ${query.columns.length}`, {
          hint: 'choose it with .select("column")',
        });
      }
      return new Condition({ kind: "inQuery", item: this.node, query, negated });
    }
    if (!Array.isArray(list)) throw new UsageError(`${this.label}: ${method} takes an array or a query of one column, got ${kindOf(list)}`);
    if (list.length === 0) return new Condition({ kind: "constant", value: negated });
    const values = Array.from(list, (item: unknown) => {
      if (item === null || item === undefined) {
        throw new UsageError(`${this.label}: ${method} has ${String(item)} in its list`, {
          hint: "nothing is equal to null: add .or(column.isNull()) if you mean it",
        });
      }
      if (Expression.is(item))
        throw new UsageError(`${this.label}: ${method} takes values, not expressions`, { hint: "join eq() conditions with or()" });
      return hasMoreDigits(item, this.codec) ? item : this.codec.accept(item, this.label);
    });
    // A decimal of more digits than the others brings its own.
    if (this.codec.family === "decimal" && list.some((item) => hasMoreDigits(item, this.codec)))
      return joinConditions(negated ? "and" : "or", list.map(negated ? this.ne : this.eq, this));
    // Documents have an equality of their own in each dialect, which its lists do not use.
    if (this.codec.family === "json") return joinConditions(negated ? "and" : "or", values.map(negated ? this.ne : this.eq, this));
    return new Condition({ kind: "inList", item: this.node, values, of: this.codec, negated });
  }
}

/** A condition, or a column of type bool. */
export class Condition extends Expression {
  constructor(node: ExprNode, codec: Codec = boolCodec, label?: string) {
    super(node, codec, label);
  }
  and(...others: unknown[]): Condition {
    return joinConditions("and", [this, ...others]);
  }
  or(...others: unknown[]): Condition {
    return joinConditions("or", [this, ...others]);
  }
  not(): Condition {
    return new Condition({ kind: "not", item: this.node });
  }
}

function joinConditions(op: "and" | "or", all: readonly unknown[]): Condition {
  const items: ExprNode[] = [];
  for (const condition of all) {
    if (!(condition instanceof Condition)) throw new UsageError(`${op} takes conditions, got ${kindOf(condition)}`);
    const { node } = condition;
    if (node.kind === "logic" && node.op === op) for (const item of node.items) items.push(item);
    else items.push(node);
  }
  return items.length === 1 ? new Condition(items[0] as ExprNode) : new Condition({ kind: "logic", op, items });
}

export class OrderTerm {
  readonly #branded = true;
  readonly node: OrderNode;
  constructor(item: ExprNode, direction: "asc" | "desc", nulls: unknown) {
    if (nulls !== undefined && nulls !== "first" && nulls !== "last") throw new UsageError('nulls is "first" or "last"');
    this.node = { item, direction, nulls: nulls ?? null };
  }
  get direction(): "asc" | "desc" {
    return this.node.direction;
  }
  static is(candidate: unknown): candidate is OrderTerm {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }
}

export class OrderedExpression extends Expression {
  gt(other: unknown): Condition {
    return this.compare(">", other, "gt");
  }
  gte(other: unknown): Condition {
    return this.compare(">=", other, "gte");
  }
  lt(other: unknown): Condition {
    return this.compare("<", other, "lt");
  }
  lte(other: unknown): Condition {
    return this.compare("<=", other, "lte");
  }
  between(low: unknown, high: unknown): Condition {
    return new Condition({ kind: "between", item: this.node, low: this.operand(low, "between"), high: this.operand(high, "between") });
  }
}

export class NumberExpression extends OrderedExpression {
  add(other: unknown): NumberExpression {
    return this.#calculate("+", other, "add");
  }
  sub(other: unknown): NumberExpression {
    return this.#calculate("-", other, "sub");
  }
  mul(other: unknown): NumberExpression {
    return this.#calculate("*", other, "mul");
  }
  div(other: unknown): NumberExpression {
    return this.#calculate("/", other, "div");
  }

  // A decimal may be compared with one of more digits than its column holds: the literal brings its own scale.
  override operand(other: unknown, method: string): ExprNode {
    if (hasMoreDigits(other, this.codec)) return codedDecimal(other as string, this.label).node;
    return super.operand(other, method);
  }

  #calculate(op: ArithmeticOp, other: unknown, method: string): NumberExpression {
    const right = this.#numberOperand(other, method);
    return new NumberExpression(
      { kind: "arithmetic", op, left: this.node, right: right.node, codec: arithmeticCodec(op, this.codec, right.codec) },
      arithmeticCodec(op, this.codec, right.codec),
    );
  }

  #numberOperand(other: unknown, method: string): CodedNode {
    if (Expression.is(other)) return other;
    const { family } = this.codec;
    if (family === "decimal" && typeof other === "string") return codedDecimal(other, this.label);
    if (typeof other !== "number" || !Number.isFinite(other)) return { node: this.operand(other, method), codec: this.codec };
    if (family === "decimal") return codedDecimal(decimalOf(other), this.label);
    if (family === "float" || !Number.isInteger(other)) return coded(floatCodec, other, this.label);
    if (family === "bigint") return coded(this.codec, BigInt(other), this.label);
    return coded(Math.abs(other) < 2 ** 31 ? intCodec : safeIntCodec, other, this.label);
  }
}

interface CodedNode {
  readonly node: ExprNode;
  readonly codec: Codec;
}

/** True for a decimal with more digits behind its point than the codec's. */
function hasMoreDigits(given: unknown, { family, type }: Codec): boolean {
  return family === "decimal" && typeof given === "string" && (canonicalDecimal(given, 0)?.fraction ?? 0) > (type.scale ?? 0);
}

function coded(codec: Codec, value: unknown, label: string): CodedNode {
  return { node: { kind: "value", value: codec.accept(value, label), codec }, codec };
}

function codedDecimal(text: string, label: string): CodedNode {
  return coded(decimalCodec(1000, canonicalDecimal(text, 0)?.fraction ?? 0), text, label);
}

/** What an arithmetic result is read as. Decimals: + and - keep the larger scale, * adds them, / has 4 digits more. */
function arithmeticCodec(op: ArithmeticOp, left: Codec, right: Codec): Codec {
  if (left.family === "float" || right.family === "float") return floatCodec;
  if (left.family === "decimal" || right.family === "decimal") {
    const a = left.type.scale ?? 0;
    const b = right.type.scale ?? 0;
    const scale = op === "*" ? a + b : op === "/" ? a + 4 : Math.max(a, b);
    return decimalCodec(1000, scale);
  }
  if (op === "/") return floatCodec;
  return left.family === "bigint" || right.family === "bigint" ? (left.family === "bigint" ? left : right) : safeIntCodec;
}

export class TextExpression extends OrderedExpression {
  like(pattern: unknown): Condition {
    return this.#like(acceptText(pattern, this.label).replaceAll("!", "!!"), false);
  }
  ilike(pattern: unknown): Condition {
    return this.#like(acceptText(pattern, this.label).replaceAll("!", "!!"), true);
  }
  contains(part: unknown, o?: { ignoreCase?: boolean }): Condition {
    return this.#like(`%${literally(part, this.label)}%`, o?.ignoreCase === true);
  }
  startsWith(part: unknown, o?: { ignoreCase?: boolean }): Condition {
    return this.#like(`${literally(part, this.label)}%`, o?.ignoreCase === true);
  }
  endsWith(part: unknown, o?: { ignoreCase?: boolean }): Condition {
    return this.#like(`%${literally(part, this.label)}`, o?.ignoreCase === true);
  }
  matches(pattern: unknown, o?: { ignoreCase?: boolean }): Condition {
    return new Condition({
      kind: "match",
      item: this.node,
      pattern: acceptPattern(pattern, this.label),
      ignoreCase: o?.ignoreCase === true,
    });
  }
  #like(pattern: string, ignoreCase: boolean): Condition {
    return new Condition({ kind: "like", item: this.node, pattern, ignoreCase });
  }
}

function acceptPattern(pattern: unknown, label: string): string {
  if (pattern instanceof RegExp)
    throw new UsageError(`${label}: matches takes a pattern as text, got a RegExp`, {
      hint: "databases have flavours and flags of their own: pass its source, and { ignoreCase: true } for the flag i",
    });
  const text = acceptText(pattern, label);
  if (text === "") throw new UsageError(`${label}: matches was given an empty pattern, which every text has`);
  return text;
}

function literally(part: unknown, label: string): string {
  const text = acceptText(part, label);
  return /[!%_]/.test(text) ? text.replace(/[!%_]/g, "!$&") : text;
}

const dateParts: ReadonlySet<unknown> = new Set<DatePart>(["year", "month", "day", "hour", "minute", "second"]);

export class TemporalExpression extends OrderedExpression {
  part(unit: DatePart): NumberExpression {
    if (!dateParts.has(unit)) throw new UsageError(`part takes one of ${[...dateParts].join(", ")}`);
    return new NumberExpression({ kind: "datePart", part: unit, item: this.node, codec: safeIntCodec }, safeIntCodec);
  }
  plus(span: unknown): TemporalExpression {
    return new TemporalExpression(shifted(this.node, this.codec, span, 1, this.label), this.codec, this.label);
  }
  minus(span: unknown): TemporalExpression {
    return new TemporalExpression(shifted(this.node, this.codec, span, -1, this.label), this.codec, this.label);
  }
  since(other: unknown, unit: unknown): NumberExpression {
    if (Expression.is(other) && other.codec.family !== this.codec.family)
      throw new UsageError(`${this.label}: since takes another ${this.codec.type.word}`, { hint: "cast one of them" });
    const node = difference(this.node, this.operand(other, "since"), this.codec, unit, this.label);
    return new NumberExpression(node, floatCodec);
  }
}

const specimen: ExprNode = { kind: "constant", value: true };
for (const Kind of [Expression, Condition, OrderedExpression, NumberExpression, TextExpression, TemporalExpression])
  keepSpecimen(new Kind(specimen, boolCodec));
keepSpecimen(new OrderTerm(specimen, "asc", undefined));
