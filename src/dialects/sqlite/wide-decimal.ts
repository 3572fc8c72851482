/**
 * Decimals of more digits than SQLite's integers hold, in comparisons and orders: each becomes a text that sorts as the
 * number does. Digits padded to one length, behind `0`; the complement of the digits, as letters, behind `-`. Layer 4.
 */
import type { ExprNode } from "../../ast/expr.ts";
import { codecOf } from "../../render/expr-renderer.ts";

/** So many digits always fit in a 64-bit integer. */
export const integerDigits = 18;
const letters = "jihgfedcba";

const scaleOf = (node: ExprNode): number => codecOf(node)?.type.scale ?? 0;

/** Digits before the point. A literal is given the room of its column at least. */
function wholeDigits(node: ExprNode): number {
  if (node.kind === "value" && (node.codec.type.precision ?? 0) > 65) return String(node.value).replace("-", "").split(".")[0]?.length ?? 0;
  if (node.kind === "aggregate" && node.item !== null) return wholeDigits(node.item);
  return (codecOf(node)?.type.precision ?? 0) - scaleOf(node);
}

/** Stored text, a literal, or the least or greatest of such: what can be compared as text. */
export function hasWideKey(node: ExprNode): boolean {
  if (codecOf(node)?.family !== "decimal") return false;
  if (node.kind === "aggregate") return (node.name === "min" || node.name === "max") && node.item !== null && hasWideKey(node.item);
  return node.kind === "column" || node.kind === "value";
}

/** The digits that both need when written with `scale` digits after the point, and one for the zero before it. */
export function widthOf(nodes: readonly ExprNode[], scale: number): number {
  return Math.max(1, ...nodes.map(wholeDigits)) + scale;
}

function complement(digits: string): string {
  return [...digits].map((digit) => letters[Number(digit)]).join("");
}

/** The key of a literal. */
export function wideKeyOf(text: string, scale: number, width: number): string {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const digits = (whole + fraction.padEnd(scale, "0")).padStart(width, "0");
  return text.startsWith("-") ? `-${complement(digits)}` : `0${digits}`;
}

function replaced(sql: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((inner, [from, to]) => `replace(${inner}, '${from}', '${to}')`, sql);
}

const pairs = [...letters].map((letter, digit) => [String(digit), letter] as const);

/** The key of canonical decimal text with `own` digits after the point; null stays null. */
export function wideKeySql(column: string, own: number, scale: number, width: number): string {
  const digits = `${replaced(column, [
    ["-", ""],
    [".", ""],
  ])}${scale > own ? ` || '${"0".repeat(scale - own)}'` : ""}`;
  const padded = `substr('${"0".repeat(width)}' || ${digits}, -${width})`;
  return `case when substr(${column}, 1, 1) = '-' then '-' || ${replaced(padded, pairs)} else '0' || ${padded} end`;
}

/** Back from a key to canonical text. */
export function wideTextSql(key: string, scale: number, width: number): string {
  const whole = width - scale;
  const number = (digits: string): string => {
    const before = `${whole > 1 ? `ltrim(substr(${digits}, 2, ${whole - 1}), '0') || ` : ""}substr(${digits}, ${whole + 1}, 1)`;
    return scale === 0 ? before : `${before} || '.' || substr(${digits}, -${scale})`;
  };
  const negative = replaced(
    key,
    pairs.map(([digit, letter]) => [letter, digit] as const),
  );
  return `case when substr(${key}, 1, 1) = '-' then '-' || ${number(negative)} else ${number(key)} end`;
}
