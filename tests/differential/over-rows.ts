/** Aggregates and windows of the evaluation. */
import type { AggregateNode, Edge, FrameNode, Node, WindowNode } from "./describe.ts";
import type { Env, Evaluator } from "./env.ts";
import { scaleOf } from "./scale.ts";
import { compared, decimalText, isDecimal, keyOf, type Value, withDigits } from "./values.ts";

export function aggregated(of: Evaluator, { call, item, distinct, filter }: AggregateNode, rows: readonly Env[]): Value {
  const taken = filter === undefined ? rows : rows.filter((env) => of.value(filter, env) === true);
  if (item === null) return taken.length;
  const all = taken.map((env) => of.value(item, env)).filter((value) => value !== null);
  const values = distinct ? [...new Map(all.map((value) => [keyOf(value), value])).values()] : all;
  if (call === "count") return values.length;
  if (values.length === 0) return null;
  if (call === "sum") return summed(values, scaleOf(item));
  if (call === "avg") return values.reduce((sum: number, value) => sum + asNumber(value), 0) / values.length;
  const sign = call === "max" ? 1 : -1;
  return values.reduce((best, value) => (sign * compared(value, best) > 0 ? value : best));
}

function asNumber(value: Value): number {
  return isDecimal(value) ? Number(decimalText(value)) : Number(value);
}

function summed(values: readonly NonNullable<Value>[], digits: number): Value {
  const [first] = values;
  if (isDecimal(first as Value))
    return { n: values.reduce((sum: bigint, value) => sum + withDigits(value as never, digits).n, 0n), digits };
  if (typeof first === "bigint") return values.reduce((sum: bigint, value) => sum + (value as bigint), 0n);
  return values.reduce((sum: number, value) => sum + (value as number), 0);
}

export function lookedThrough(of: Evaluator, node: WindowNode, among: readonly Env[], seen: Env): Value {
  const self = seen.self ?? seen;
  const { call, item, n = 1, partition, order } = node;
  const keys = (env: Env): string => partition.map((key) => keyOf(of.value(key, env))).join("\u0001");
  const sign = of.order(order);
  const own = keys(self);
  const rows = among.filter((env) => keys(env) === own).sort(sign);
  const at = rows.indexOf(self);
  const peers = rows.map((env, i) => ({ env, i })).filter(({ env }) => sign(env, self) === 0);
  const [firstPeer, lastPeer] = [peers[0]?.i ?? 0, peers.at(-1)?.i ?? 0];
  const value = (i: number): Value => (rows[i] === undefined ? null : of.value(item as Node, rows[i]));
  const frame = (): Env[] => framed(of, node, rows, at, firstPeer, lastPeer);
  if (typeof call !== "string") return aggregated(of, call, frame());
  const inFrame = (i: number): Value => {
    const env = frame().at(i);
    return env === undefined ? null : of.value(item as Node, env);
  };
  switch (call) {
    case "rowNumber":
      return at + 1;
    case "rank":
      return firstPeer + 1;
    case "denseRank":
      return rows.slice(0, firstPeer + 1).filter((env, i) => i === 0 || sign(rows[i - 1] as Env, env) !== 0).length;
    case "percentRank":
      return rows.length === 1 ? 0 : firstPeer / (rows.length - 1);
    case "cumeDist":
      return (lastPeer + 1) / rows.length;
    case "ntile": {
      const [small, more] = [Math.floor(rows.length / n), rows.length % n];
      const large = more * (small + 1);
      return at < large ? Math.floor(at / (small + 1)) + 1 : more + Math.floor((at - large) / small) + 1;
    }
    case "lag":
    case "lead": {
      const i = call === "lag" ? at - n : at + n;
      return rows[i] === undefined && node.fallback !== undefined ? of.value(node.fallback, self) : value(i);
    }
    case "firstValue":
      return inFrame(0);
    case "lastValue":
      return inFrame(-1);
    case "nthValue":
      return inFrame(n - 1);
    default:
      return call satisfies never;
  }
}

/** Without a frame it ends with the row's equals, or has everything where there is no order. */
const usual: FrameNode = { unit: "range", start: "unbounded", end: 0 };

function framed(of: Evaluator, node: WindowNode, rows: readonly Env[], at: number, firstPeer: number, lastPeer: number): Env[] {
  const { order } = node;
  const { unit, start, end } = node.frame ?? usual;
  if (unit === "rows") {
    const [from, to] = [start === "unbounded" ? 0 : at + start, end === "unbounded" ? rows.length - 1 : at + end];
    return rows.filter((_, i) => i >= from && i <= to);
  }
  const sign = of.order(order);
  if (unit === "groups") {
    let group = 0;
    const groups = rows.map((env, i) => (i > 0 && sign(rows[i - 1] as Env, env) !== 0 ? ++group : group));
    const own = groups[at] as number;
    const within = (edge: Edge, i: number, below: boolean): boolean =>
      edge === "unbounded" || (below ? (groups[i] as number) >= own + edge : (groups[i] as number) <= own + edge);
    return rows.filter((_, i) => within(start, i, true) && within(end, i, false));
  }
  if (start === 0 || start === "unbounded") {
    const to = end === "unbounded" ? rows.length - 1 : end === 0 ? lastPeer : null;
    if (to !== null) return rows.filter((_, i) => i >= (start === 0 ? firstPeer : 0) && i <= to);
  }
  // A distance: one ascending number that is never NULL.
  const [term] = order;
  const number = (env: Env): number => of.value(term?.by as Node, env) as number;
  const own = number(rows[at] as Env);
  return rows.filter((env) => {
    const distance = number(env) - own;
    return (start === "unbounded" || distance >= start) && (end === "unbounded" || distance <= end);
  });
}
