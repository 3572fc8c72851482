/**
 * Decimals in SQLite, which has none: stored as canonical text with exactly `scale` digits after the point, calculated
 * with as integers scaled by 10^scale. A result of more than 64 bits is an error, never a rounded number. Layer 4.
 */
import type { AggregateNode, ArithmeticNode, CallNode, CastNode, CompareOp, ExprNode, ValueNode } from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { WireCodec } from "../../codec/codec.ts";
import { through } from "../../codec/parameter.ts";
import { codecOf, isInteger } from "../../render/expr-renderer.ts";
import { writeTemplate } from "../../render/json-items.ts";
import type { Sink } from "../../render/sink.ts";
import { spelledInteger } from "./cast.ts";
import { hasWideKey, integerDigits, wideKeyOf, wideKeySql, wideTextSql, widthOf } from "./wide-decimal.ts";

/** SQLite has no function that fails: this is the one integer without an absolute value. */
const overflow = "abs(-9223372036854775807 - 1)";
const highest = 2n ** 63n - 1n;
/** Below this, a division of doubles has the digits that are asked for. */
const exactDouble = "9007199254740992";

export function isDecimal(node: ExprNode): boolean {
  return codecOf(node)?.family === "decimal";
}

interface Writer {
  readonly sink: Sink;
  readonly wire: (codec: TypedCodec) => WireCodec;
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
  aggregateCall(node: AggregateNode, name: string, item: () => void): void;
}

/** What compares or changes the scaled integers as the function does the numbers. */
const comparing: Readonly<Partial<Record<string, string>>> = { abs: "abs", greatest: "max", least: "min" };

const scaleOf = (node: ExprNode): number => codecOf(node)?.type.scale ?? 0;
const power = (digits: number): string => (10n ** BigInt(digits)).toString();

/** The scaled integer of canonical decimal text. */
export function scaledInteger(text: string, scale: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole.replace("-", "") + fraction.padEnd(scale, "0")) * (text.startsWith("-") ? -1n : 1n);
}

export class DecimalWriter {
  readonly #to: Writer;
  constructor(to: Writer) {
    this.#to = to;
  }

  compare(leftSide: ExprNode, op: CompareOp, rightSide: ExprNode): void {
    const left = untyped(leftSide);
    const right = untyped(rightSide);
    // Canonical text of one scale is equal exactly when the numbers are: an index on the column stays useful.
    const sameText = (op === "=" || op === "<>") && scaleOf(left) === scaleOf(right) && stored(left) && stored(right);
    const scale = Math.max(scaleOf(left), scaleOf(right));
    const width = widthOf([left, right], scale);
    const wide = width > integerDigits && hasWideKey(left) && hasWideKey(right);
    const side = (node: ExprNode): void => {
      if (sameText) this.#to.expr(node, 4);
      else if (wide) this.#wideKey(node, scale, width);
      else this.key(node, scale);
    };
    side(left);
    this.#to.write(` ${op} `);
    side(right);
  }

  /** Canonical text: what a custom column makes of the caller's value, too. */
  #textOf(node: ValueNode): unknown {
    const { encode } = this.#to.wire(node.codec);
    return encode === null ? node.value : through(node.value, encode);
  }

  /** What sorts as the number does. */
  order(given: ExprNode): void {
    const node = untyped(given);
    const scale = scaleOf(node);
    const width = widthOf([node], scale);
    if (width > integerDigits && hasWideKey(node)) this.#wideKey(node, scale, width);
    else this.key(node, scale);
  }

  #wideKey(node: ExprNode, scale: number, width: number): void {
    if (node.kind === "value") return this.#to.sink.param(through(this.#textOf(node), (text: string) => wideKeyOf(text, scale, width)));
    if (node.kind === "aggregate" && node.item !== null) {
      const { item } = node;
      return this.#to.aggregateCall(node, node.name, () => this.#wideKey(item, scale, width));
    }
    this.#filled(wideKeySql("@", scaleOf(node), scale, width), () => this.#to.expr(node));
  }

  /** `@` in the template stands for what `write` writes, its parameters included. */
  #filled(template: string, write: () => void): void {
    template.split("@").forEach((text, i) => {
      if (i > 0) write();
      this.#to.write(text);
    });
  }

  /** A function whose first argument is a decimal. */
  call(node: CallNode, first: ExprNode): void {
    const scale = scaleOf(node);
    switch (node.name) {
      case "round":
        return this.text(first, scale);
      case "abs":
      case "greatest":
      case "least":
        return this.text(node);
      case "coalesce":
        return this.#list("coalesce(", node.args, (item) => this.text(item, scale));
      case "nullif":
        this.#to.write("(case when ");
        this.compare(first, "=", node.args[1] as ExprNode);
        this.#to.write(" then null else ");
        this.text(first);
        return this.#to.write(" end)");
      default:
        return this.#list(`${node.name}(`, node.args, (item) => this.#to.expr(item));
    }
  }

  #list(opening: string, items: readonly ExprNode[], write: (item: ExprNode) => void): void {
    this.#to.write(opening);
    items.forEach((item, i) => {
      if (i > 0) this.#to.write(", ");
      write(item);
    });
    this.#to.write(")");
  }

  /** The number times 10^scale, as an integer; `scale` is at least the node's own. */
  key(given: ExprNode, scale: number): void {
    const node = untyped(given);
    const own = scaleOf(node);
    if (node.kind === "value" && isDecimal(node)) {
      return this.#to.sink.param(through(this.#textOf(node), (text: string) => sendable(scaledInteger(text, scale))));
    }
    if (scale > own) this.#to.write("(");
    if (!isDecimal(node)) this.#number(node, scale);
    else if (node.kind === "raw") this.#handWritten(node, own);
    else if (node.kind === "arithmetic") this.#arithmetic(node);
    else if (node.kind === "cast") this.#cast(node);
    else if (node.kind === "call" && node.name in comparing)
      this.#list(`${comparing[node.name]}(`, node.args, (item) => this.key(item, own));
    else if (node.kind === "aggregate" && node.item !== null) {
      const { item } = node;
      this.#to.aggregateCall(node, node.name, () => this.key(item, own));
    } else {
      this.#to.write("cast(replace(");
      this.#to.expr(node);
      // As an integer it would be cut to 64 bits without a word; the double that it becomes here is found out later.
      this.#to.write(`, '.', '') as ${widthOf([node], own) > integerDigits ? "numeric" : "integer"})`);
    }
    if (scale > own) this.#to.write(isDecimal(node) ? ` * ${power(scale - own)})` : ")");
  }

  #number(node: ExprNode, scale: number): void {
    const codec = codecOf(node);
    // Rounded twice: 1.005 is a little less than that as a double, and 100.49999999999999 when it is multiplied.
    const template = codec !== null && isInteger(codec) ? `(@ * ${power(scale)})` : `cast(round(round(@ * ${power(scale)}, 6)) as integer)`;
    writeTemplate(this.#to, template, node);
  }

  /** Stored text, or a number that was calculated: who wrote it need not know which. */
  #handWritten(node: ExprNode, scale: number): void {
    this.#to.write("(case typeof(");
    this.#to.expr(node);
    this.#to.write(") when 'text' then ");
    writeTemplate(this.#to, spelledInteger(scale), node);
    this.#to.write(" else ");
    this.#number(node, scale);
    this.#to.write(" end)");
  }

  #cast({ item, codec }: CastNode): void {
    const scale = codec.type.scale ?? 0;
    if (item.kind === "null") this.#to.write("null");
    else if (isDecimal(item)) this.#rounded(item, scale);
    else if (codecOf(item)?.family === "text" && item.kind !== "raw") writeTemplate(this.#to, spelledInteger(scale), item);
    else this.#number(item, scale);
  }

  #arithmetic(node: ArithmeticNode): void {
    const own = scaleOf(node);
    if (node.op === "/") {
      const quotient = (): void => {
        this.#to.write("round(cast(");
        this.key(node.left, own);
        this.#to.write(" as real) / ");
        this.key(node.right, scaleOf(node.right));
        this.#to.write(` * ${power(scaleOf(node.right))})`);
      };
      this.#to.write("(case when abs(");
      quotient();
      this.#to.write(`) < ${exactDouble} then cast(`);
      quotient();
      this.#to.write(" as integer) when ");
      quotient();
      return this.#to.write(` is not null then ${overflow} end)`);
    }
    const side = (item: ExprNode): number => (node.op === "*" ? scaleOf(item) : own);
    this.#to.write("(");
    this.key(node.left, side(node.left));
    this.#to.write(` ${node.op} `);
    this.key(node.right, side(node.right));
    this.#to.write(")");
  }

  /** Canonical text with `scale` digits, rounding half away from zero where the number has more. */
  text(given: ExprNode, scale: number = scaleOf(given)): void {
    const node = untyped(given);
    if (node.kind === "null") return this.#to.write("null");
    if (stored(node) && scale === scaleOf(node)) return this.#to.expr(node);
    if (scale === scaleOf(node) && node.kind === "aggregate" && widthOf([node], scale) > integerDigits && hasWideKey(node)) {
      const width = widthOf([node], scale);
      return this.#filled(`(${wideTextSql("@", scale, width)})`, () => this.#wideKey(node, scale, width));
    }
    const sign = (): void => {
      this.#to.write(`printf('%+0${scale + 2}d', `);
      this.#rounded(node, scale);
      this.#to.write(")");
    };
    // printf writes NULL as 0 and cuts a double: ask first.
    this.#to.write("(case typeof(");
    this.#rounded(node, scale);
    this.#to.write(`) when 'real' then ${overflow} when 'integer' then ltrim(`);
    if (scale === 0) sign();
    else {
      this.#to.write("substr(");
      sign();
      this.#to.write(", 1, length(");
      sign();
      this.#to.write(`) - ${scale}) || '.' || substr(`);
      sign();
      this.#to.write(`, -${scale})`);
    }
    this.#to.write(", '+') end)");
  }

  #rounded(node: ExprNode, scale: number): void {
    const own = scaleOf(node);
    if (own <= scale) return this.key(node, scale);
    const step = 10n ** BigInt(own - scale);
    const half = step / 2n;
    this.#to.write("((");
    this.key(node, own);
    this.#to.write(` + case when `);
    this.key(node, own);
    this.#to.write(` < 0 then -${half} else ${half} end) / ${step})`);
  }
}

/** A constant of a type is written as the value that it is. */
function untyped(node: ExprNode): ExprNode {
  return node.kind === "cast" && node.item.kind === "value" ? node.item : node;
}

function stored(node: ExprNode): boolean {
  return node.kind === "column" || node.kind === "value";
}

/** Beyond 64 bits a double is near enough to compare with. */
function sendable(integer: bigint): bigint | number {
  return integer <= highest && -integer <= highest ? integer : Number(integer);
}
