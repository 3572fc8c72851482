/** Functions over the rows around each row, and the windows they look through. Layer 2. */
import type { CallNode, ExprNode, FrameBound, FrameNode, RankingName, WindowNode } from "../../ast/expr.ts";
import type { Codec, Family } from "../../codec/codec.ts";
import { floatCodec, safeIntCodec } from "../../codec/number.ts";
import { kindOf } from "../../codec/refuse.ts";
import { UsageError } from "../../errors.ts";
import type { Bare, Expr, LateExpr, Ordering } from "../expr.types.ts";
import { Expression, OrderTerm } from "../expression.ts";
import { expressionOf } from "../expression-of.ts";

export interface Window {
  /** Several functions of one query over windows with this name share one WINDOW clause; the windows must be the same. */
  name?: string;
  partitionBy?: Expr<any> | Expr<any>[];
  orderBy?: Ordering | Ordering[];
  frame?: Frame;
}
/** A function that has a value over a window only. */
export interface Windowed<T, F extends Family> {
  over(window?: Window): LateExpr<F, T>;
}
/** Which rows of the partition a row looks at. */
export interface Frame {
  readonly unit: "rows" | "range" | "groups";
}
/** Rows relative to the current one: -6 is six before, 0 the row itself, 3 three after. */
export type FrameEdge = number | "unbounded";

class FrameBuilder implements Frame {
  readonly #branded = true;
  readonly node: FrameNode;
  constructor(node: FrameNode) {
    this.node = node;
  }
  get unit(): "rows" | "range" | "groups" {
    return this.node.unit;
  }
  static is(candidate: unknown): candidate is FrameBuilder {
    return typeof candidate === "object" && candidate !== null && #branded in candidate;
  }
}

function bound(edge: unknown): FrameBound {
  if (edge === "unbounded") return { kind: "unbounded", offset: 0 };
  if (typeof edge !== "number" || !Number.isSafeInteger(edge)) throw new UsageError('an edge of a frame is a whole number or "unbounded"');
  return edge === 0 ? { kind: "current", offset: 0 } : { kind: edge < 0 ? "preceding" : "following", offset: Math.abs(edge) };
}

function frame(unit: FrameNode["unit"], start: FrameEdge, end: FrameEdge, exclude: FrameNode["exclude"]): Frame {
  if (typeof start === "number" && typeof end === "number" && start > end) throw new UsageError("a frame starts after its end");
  if (exclude !== null && !["current row", "group", "ties"].includes(exclude))
    throw new UsageError('exclude is "current row", "group" or "ties"');
  return new FrameBuilder({ unit, start: bound(start), end: bound(end), exclude });
}

export interface FrameOptions {
  exclude?: "current row" | "group" | "ties";
}
/** A frame counted in rows. */
export function rows(start: FrameEdge, end: FrameEdge = 0, o: FrameOptions = {}): Frame {
  return frame("rows", start, end, o.exclude ?? null);
}
/** A frame by distance of the order's value; offsets need one numeric order term. */
export function range(start: FrameEdge, end: FrameEdge = 0, o: FrameOptions = {}): Frame {
  return frame("range", start, end, o.exclude ?? null);
}
/** A frame counted in groups of equal order values (PostgreSQL, SQLite). */
export function groups(start: FrameEdge, end: FrameEdge = 0, o: FrameOptions = {}): Frame {
  return frame("groups", start, end, o.exclude ?? null);
}

function windowName(given: unknown): string {
  if (typeof given !== "string" || given === "" || given.length > 63 || /[\p{Cc}]/u.test(given) || !given.isWellFormed())
    throw new UsageError("a window's name is text of 1 to 63 characters without control characters");
  return given;
}

/** The expression of an aggregate or ranking function over a window. */
export function overWindow(call: WindowNode["call"], codec: Codec, window: Window = {}): Expression {
  const keys = window.partitionBy === undefined ? [] : [window.partitionBy].flat();
  const terms = window.orderBy === undefined ? [] : [window.orderBy].flat();
  if (window.frame !== undefined && !FrameBuilder.is(window.frame)) throw new UsageError("frame is made by rows(), range() or groups()");
  const node: WindowNode = {
    kind: "window",
    call,
    partitionBy: keys.map((key: unknown) => {
      if (!Expression.is(key)) throw new UsageError(`partitionBy takes columns and expressions, got ${kindOf(key)}`);
      return key.node;
    }),
    orderBy: terms.map((term: unknown) => {
      if (!OrderTerm.is(term)) throw new UsageError(`a window's orderBy takes columns with asc() or desc(), got ${kindOf(term)}`);
      return term.node;
    }),
    frame: window.frame === undefined ? null : window.frame.node,
    ...(window.name === undefined ? {} : { name: windowName(window.name) }),
    codec,
  };
  return expressionOf(node, codec, "a window");
}

class Ranking {
  readonly #node: CallNode;
  readonly #codec: Codec;
  constructor(name: RankingName, args: readonly ExprNode[], codec: Codec) {
    this.#node = { kind: "call", name, args, codec };
    this.#codec = codec;
  }
  over(window?: Window): Expression {
    return overWindow(this.#node, this.#codec, window);
  }
}

function ranking(name: RankingName, args: readonly ExprNode[], codec: Codec): never {
  return new Ranking(name, args, codec) as never;
}

/** A checked whole number, written out: servers disagree about parameters in these places. */
function whole(given: unknown, what: string, least: number): ExprNode {
  if (typeof given !== "number" || !Number.isSafeInteger(given) || given < least)
    throw new UsageError(`${what} takes a whole number from ${least}`);
  return { kind: "raw", texts: [String(given)], items: [], codec: null };
}

function item(given: unknown, name: string): Expression {
  if (Expression.is(given)) return given;
  throw new UsageError(`${name} takes a column or an expression, got ${kindOf(given)}`);
}

/** The number of the row in its partition, from 1. */
export function rowNumber(): Windowed<number, "int"> {
  return ranking("row_number", [], safeIntCodec);
}
/** The rank with gaps: equal rows share it. */
export function rank(): Windowed<number, "int"> {
  return ranking("rank", [], safeIntCodec);
}
/** The rank without gaps. */
export function denseRank(): Windowed<number, "int"> {
  return ranking("dense_rank", [], safeIntCodec);
}
/** The rank as a part of the partition, 0 to 1. */
export function percentRank(): Windowed<number, "float"> {
  return ranking("percent_rank", [], floatCodec);
}
/** The part of the partition up to and with the row's equals, above 0 to 1. */
export function cumeDist(): Windowed<number, "float"> {
  return ranking("cume_dist", [], floatCodec);
}
/** The number, from 1, of the bucket when the partition is cut into `buckets` equal ones. */
export function ntile(buckets: number): Windowed<number, "int"> {
  return ranking("ntile", [whole(buckets, "ntile", 1)], safeIntCodec);
}
/** The value `offset` rows before; `fallback`, or null, where there is no such row. */
export function lag<T, F extends Family>(of: Expr<T, F>, offset?: number): Windowed<T | null, F>;
export function lag<T, F extends Family>(of: Expr<T, F>, offset: number, fallback: Bare<T>): Windowed<T, F>;
export function lag(of: unknown, offset = 1, fallback?: unknown): never {
  return shifted("lag", of, offset, fallback);
}
/** The value `offset` rows after; `fallback`, or null, where there is no such row. */
export function lead<T, F extends Family>(of: Expr<T, F>, offset?: number): Windowed<T | null, F>;
export function lead<T, F extends Family>(of: Expr<T, F>, offset: number, fallback: Bare<T>): Windowed<T, F>;
export function lead(of: unknown, offset = 1, fallback?: unknown): never {
  return shifted("lead", of, offset, fallback);
}
function shifted(name: "lag" | "lead", of: unknown, offset: number, fallback: unknown): never {
  const value = item(of, name);
  const args = [value.node, whole(offset, name, 0)];
  return ranking(name, fallback === undefined ? args : [...args, value.operand(fallback, name)], value.codec);
}
/** The frame's first value. */
export function firstValue<T, F extends Family>(of: Expr<T, F>): Windowed<T, F> {
  const value = item(of, "firstValue");
  return ranking("first_value", [value.node], value.codec);
}
/** The frame's last value; without a frame that is the current row's or its equals'. */
export function lastValue<T, F extends Family>(of: Expr<T, F>): Windowed<T, F> {
  const value = item(of, "lastValue");
  return ranking("last_value", [value.node], value.codec);
}
/** The frame's n-th value, from 1; null when it has fewer. */
export function nthValue<T, F extends Family>(of: Expr<T, F>, n: number): Windowed<T | null, F> {
  const value = item(of, "nthValue");
  return ranking("nth_value", [value.node, whole(n, "nthValue", 1)], value.codec);
}
