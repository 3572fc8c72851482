/**
 * Decimals in SQLite, which has none: stored as canonical text with exactly `scale` digits after the point, compared,
 * ordered, added and summed as integers scaled by 10^scale (exact to 18 digits in all). Layer 4.
 */
import type { ArithmeticNode, CompareOp, ExprNode } from "../../ast/expr.ts";
import { codecOf } from "../../render/expr-renderer.ts";
import type { Sink } from "../../render/sink.ts";

export function isDecimal(node: ExprNode): boolean {
  return codecOf(node)?.family === "decimal";
}

interface Writer {
  readonly sink: Sink;
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
    if (sameText) this.#to.expr(left, 4);
    else this.key(left, scale);
    this.#to.write(` ${op} `);
    if (sameText) this.#to.expr(right, 4);
    else this.key(right, scale);
  }

  /** The number times 10^scale, as an integer; `scale` is at least the node's own. */
  key(node: ExprNode, scale: number): void {
    const own = scaleOf(node);
    if (node.kind === "value" && isDecimal(node)) return this.#to.sink.param(scaledInteger(node.value as string, scale));
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
      this.#to.write(", '.', '') as integer)");
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
      this.#to.write("cast(round(cast(");
      this.key(node.left, own);
      this.#to.write(" as real) / ");
      this.key(node.right, scaleOf(node.right));
      return this.#to.write(` * ${power(scaleOf(node.right))}) as integer)`);
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
    const sign = (): void => {
      this.#to.write(`printf('%+0${scale + 2}d', `);
      this.#rounded(node, scale);
      this.#to.write(")");
    };
    // printf writes NULL as 0: ask first.
    this.#to.write("(case when ");
    this.#rounded(node, scale);
    this.#to.write(" is not null then ltrim(");
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
