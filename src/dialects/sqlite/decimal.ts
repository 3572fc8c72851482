/**
 * Decimals in SQLite, which has none: stored as canonical text with exactly `scale` digits after the point, calculated
 * with as integers scaled by 10^scale. A result of more than 64 bits is an error, never a rounded number. Layer 4.
 */
import type { ArithmeticNode, CompareOp, ExprNode, ValueNode } from "../../ast/expr.ts";
import type { TypedCodec } from "../../ast/type.ts";
import type { WireCodec } from "../../codec/codec.ts";
import { codecOf } from "../../render/expr-renderer.ts";
import type { Sink } from "../../render/sink.ts";
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
}

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

  compare(left: ExprNode, op: CompareOp, right: ExprNode): void {
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
  #textOf(node: ValueNode): string {
    const { encode } = this.#to.wire(node.codec);
    return (encode === null ? node.value : encode(node.value as never)) as string;
  }

  /** What sorts as the number does. */
  order(node: ExprNode): void {
    const scale = scaleOf(node);
    const width = widthOf([node], scale);
    if (width > integerDigits && hasWideKey(node)) this.#wideKey(node, scale, width);
    else this.key(node, scale);
  }

  #wideKey(node: ExprNode, scale: number, width: number): void {
    if (node.kind === "value") return this.#to.sink.param(wideKeyOf(this.#textOf(node), scale, width));
    if (node.kind === "aggregate" && node.item !== null) {
      this.#to.write(`${node.name}(`);
      this.#wideKey(node.item, scale, width);
      return this.#to.write(")");
    }
    this.#to.write(
      wideKeySql(
        this.#written(() => this.#to.expr(node)),
        scaleOf(node),
        scale,
        width,
      ),
    );
  }

  /** The text of a node without parameters, to be written more than once. */
  #written(write: () => void): string {
    const { sink } = this.#to;
    const before = sink.text;
    sink.text = "";
    write();
    const { text } = sink;
    sink.text = before;
    return text;
  }

  /** The number times 10^scale, as an integer; `scale` is at least the node's own. */
  key(node: ExprNode, scale: number): void {
    const own = scaleOf(node);
    if (node.kind === "value" && isDecimal(node)) {
      const integer = scaledInteger(this.#textOf(node), scale);
      const fits = integer <= highest && -integer <= highest;
      return this.#to.sink.param(fits ? integer : Number(integer));
    }
    if (scale > own) this.#to.write("(");
    if (!isDecimal(node)) this.#number(node, scale);
    else if (node.kind === "arithmetic") this.#arithmetic(node);
    else if (node.kind === "aggregate" && node.item !== null) {
      this.#to.write(`${node.name}(`);
      this.key(node.item, own);
      this.#to.write(")");
    } else {
      this.#to.write("cast(replace(");
      this.#to.expr(node);
      // As an integer it would be cut to 64 bits without a word; the double that it becomes here is found out later.
      this.#to.write(`, '.', '') as ${widthOf([node], own) > integerDigits ? "numeric" : "integer"})`);
    }
    if (scale > own) this.#to.write(isDecimal(node) ? ` * ${power(scale - own)})` : ")");
  }

  #number(node: ExprNode, scale: number): void {
    this.#to.write("cast(round((");
    this.#to.expr(node);
    this.#to.write(`) * ${power(scale)}) as integer)`);
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
  text(node: ExprNode, scale: number = scaleOf(node)): void {
    if (stored(node) && scale === scaleOf(node)) return this.#to.expr(node);
    if (scale === scaleOf(node) && node.kind === "aggregate" && widthOf([node], scale) > integerDigits && hasWideKey(node)) {
      const width = widthOf([node], scale);
      return this.#to.write(
        `(${wideTextSql(
          this.#written(() => this.#wideKey(node, scale, width)),
          scale,
          width,
        )})`,
      );
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

function stored(node: ExprNode): boolean {
  return node.kind === "column" || node.kind === "value";
}
