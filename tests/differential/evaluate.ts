/** Descriptions in plain JavaScript: what SQL means, with three truth values. */
import type { Change, Join, Node, Query, RelatedNode, SetOperation, Source, SubqueryNode, Term } from "./describe.ts";
import type { Env, Evaluator, Sources } from "./env.ts";
import { allOperators } from "./operators.ts";
import { every, negated, some } from "./operators-any.ts";
import { aggregated, lookedThrough } from "./over-rows.ts";
import { scaleOf } from "./scale.ts";
import { type Data, type RelationFacts, tables } from "./tables.ts";
import { compared, decimal, type Facts, isDecimal, keyOf, type Row, rowKey, type Value, withDigits } from "./values.ts";

export interface Answer {
  readonly rows: readonly Row[];
  /** The order says where each row stands. */
  readonly ordered: boolean;
}

/** PostgreSQL refuses such an int, the others calculate with more bits: a statement of one has no answer that all could give. */
export class OutOfRange extends Error {}
const highestInt = 2 ** 31 - 1;

const allNull: Row = new Proxy({}, { get: () => null });

export class Evaluation implements Evaluator {
  readonly facts: Facts;
  readonly #data: Data;
  constructor(data: Data, facts: Facts) {
    this.#data = data;
    this.facts = facts;
  }

  value(node: Node, env: Env): Value {
    const found = this.#value(node, env);
    if (node.op === "call" && node.kind === "int" && Math.abs(Number(found)) > highestInt) throw new OutOfRange();
    return isDecimal(found) ? withDigits(found, scaleOf(node)) : found;
  }

  #value(node: Node, env: Env): Value {
    switch (node.op) {
      case "value":
        return node.kind === "decimal" && node.value !== null ? decimal(node.value as string) : node.value;
      case "column": {
        const row = env.levels[node.up]?.[node.source] ?? allNull;
        if (node.relation === undefined) return row[node.name] ?? null;
        return this.#related(this.#factsOf(node.relation), row)[0]?.[node.name] ?? null;
      }
      case "call": {
        const args = node.args.map((arg) => this.value(arg, env));
        const { nullable, value } = allOperators[node.call];
        const known = { facts: this.facts, scale: scaleOf(node) };
        if (nullable !== undefined) return nullable(args, node.with as never, known);
        return args.includes(null) ? null : (value?.(args as NonNullable<Value>[], node.with as never, known) ?? null);
      }
      case "aggregate":
        return aggregated(this, node, env.group ?? []);
      case "window":
        return lookedThrough(this, node, env.among ?? [], env);
      case "subquery":
        return this.#subquery(node, env);
      case "related":
        return this.#relation(node, env);
      default:
        return node satisfies never;
    }
  }

  #subquery({ form, item, compare = "eq", query }: SubqueryNode, env: Env): Value {
    const { rows } = this.query(query, env.levels);
    if (form === "exists") return rows.length > 0;
    const values = rows.map((row) => Object.values(row)[0] as Value);
    if (form === "scalar") return values[0] ?? null;
    const own = this.value(item as Node, env);
    const holds = (other: Value): Value => {
      if (own === null || other === null) return null;
      const name = form === "in" || form === "notIn" ? "eq" : compare;
      return allOperators[name].value?.([own, other], undefined as never, { facts: this.facts, scale: 0 }) ?? null;
    };
    const truths = values.map(holds);
    if (form === "all") return every(truths);
    return form === "notIn" ? negated(some(truths)) : some(truths);
  }

  #factsOf(relation: string): RelationFacts {
    for (const { relations } of Object.values(tables)) if (relations[relation] !== undefined) return relations[relation];
    throw new Error(`no relation ${relation}`);
  }
  #related({ target, local, foreign }: RelationFacts, row: Row): Row[] {
    const key = row[local] ?? null;
    return key === null ? [] : this.#data[target].filter((other) => other[foreign] === key);
  }
  #relation({ form, up, source, relation, where, item }: RelatedNode, env: Env): Value {
    const own = env.levels[up]?.[source] ?? allNull;
    const envs = this.#related(this.#factsOf(relation), own).map((row): Env => ({ levels: [[row], ...env.levels] }));
    if (form === "sum" || form === "max") return aggregated(this, { op: "aggregate", call: form, kind: "int", item: item ?? null }, envs);
    const truths = envs.map((one) => (where === undefined ? true : this.value(where, one)));
    if (form === "count") return truths.filter((truth) => truth === true).length;
    if (form === "every") return truths.every((truth) => truth === true);
    return truths.includes(true) === (form === "some");
  }

  #source(source: Source): readonly Row[] {
    return "table" in source ? this.#data[source.table] : this.query(source.query, []).rows;
  }

  #joined(left: readonly Sources[], { kind, source, on }: Join, width: number, outer: Env["levels"]): Sources[] {
    const right = this.#source(source);
    const matched = new Set<Row>();
    const found: Sources[] = [];
    for (const before of left) {
      const pairs = right.filter((row) => {
        if (on === undefined) return true;
        return this.value(on, { levels: [[...before, row], ...outer] }) === true;
      });
      for (const row of pairs) matched.add(row);
      found.push(...pairs.map((row) => [...before, row]));
      if (pairs.length === 0 && (kind === "leftJoin" || kind === "fullJoin")) found.push([...before, null]);
    }
    if (kind === "rightJoin" || kind === "fullJoin")
      for (const row of right) if (!matched.has(row)) found.push([...Array<null>(width).fill(null), row]);
    return found;
  }

  /** The sign of two rows by an order. */
  order(order: readonly Term[]): (a: Env, b: Env) => number {
    return (a, b) => {
      for (const { by, desc = false, nulls } of order) {
        const [x, y] = [this.value(by, a), this.value(by, b)];
        if (x === null && y === null) continue;
        if (x === null || y === null) {
          const first = nulls === undefined ? (this.facts.nulls === "first") !== desc : nulls === "first";
          return (x === null) === first ? -1 : 1;
        }
        const sign = compared(x, y);
        if (sign !== 0) return desc ? -sign : sign;
      }
      return 0;
    };
  }

  #grouped(envs: readonly Env[], group: NonNullable<Query["group"]>, outer: Env["levels"]): Env[] {
    const groups = new Map<string, Env[]>();
    if (group.keys.length === 0) groups.set("", []);
    for (const env of envs) {
      const key = group.keys.map((one) => keyOf(this.value(one, env))).join("\u0001");
      const known = groups.get(key);
      if (known === undefined) groups.set(key, [env]);
      else known.push(env);
    }
    return [...groups.values()]
      .map((rows): Env => ({ levels: rows[0]?.levels ?? [[], ...outer], group: rows }))
      .filter((env) => group.having === undefined || this.value(group.having, env) === true);
  }

  query(query: Query, outer: Env["levels"]): Answer {
    const { from, joins = [], where, group, order = [], limit, offset = 0 } = query;
    let sources: Sources[] = this.#source(from).map((row) => [row]);
    for (const [i, join] of joins.entries()) sources = this.#joined(sources, join, i + 1, outer);
    let envs = sources.map((own): Env => ({ levels: [own, ...outer] }));
    if (where !== undefined) envs = envs.filter((env) => this.value(where, env) === true);
    if (group !== undefined) envs = this.#grouped(envs, group, outer);
    const among = envs;
    let made = among.map((env) => {
      const seen: Env = { ...env, among, self: env };
      return {
        env: seen,
        row: Object.fromEntries(Object.entries(query.select).map(([name, node]) => [name, this.value(node, seen)])) as Row,
      };
    });
    if (query.distinct) made = [...new Map(made.map((one) => [rowKey(one.row), one])).values()];
    const sign = this.order(order);
    made.sort((a, b) => sign(a.env, b.env));
    const total = order.length > 0 && made.every((one, i) => i === 0 || sign((made[i - 1] as typeof one).env, one.env) !== 0);
    const cut = limit !== undefined || offset > 0;
    if (cut) made = made.slice(offset, limit === undefined ? undefined : offset + limit);
    return { rows: made.map(({ row }) => row), ordered: total || cut };
  }

  union({ set, left, right, order = [], limit }: SetOperation): Answer {
    const [a, b] = [this.query(left, []).rows, this.query(right, []).rows];
    const others = new Set(b.map(rowKey));
    const once = (rows: readonly Row[]): Row[] => [...new Map(rows.map((row) => [rowKey(row), row])).values()];
    const rows = {
      union: () => once([...a, ...b]),
      unionAll: () => [...a, ...b],
      intersect: () => once(a.filter((row) => others.has(rowKey(row)))),
      except: () => once(a.filter((row) => !others.has(rowKey(row)))),
    }[set]();
    const terms = order.map(
      ({ name, ...term }): Term => ({ ...term, by: { op: "column", kind: "int", up: 0, source: 0, name, ...scaleIn(left, name) } }),
    );
    const sign = this.order(terms);
    const envs = rows.map((row): Env => ({ levels: [[row]] })).sort(sign);
    const total = order.length > 0 && envs.every((env, i) => i === 0 || sign(envs[i - 1] as Env, env) !== 0);
    return { rows: envs.slice(0, limit).map((env) => env.levels[0]?.[0] as Row), ordered: total || limit !== undefined };
  }

  /** The rows of the table afterwards. */
  change({ change, table, where, set = {} }: Change): Row[] {
    return this.#data[table].flatMap((row): Row[] => {
      const env: Env = { levels: [[row]] };
      if (this.value(where, env) !== true) return [row];
      if (change === "delete") return [];
      const values = Object.entries(set).map(([name, node]): [string, Value] => {
        const value = this.value(node, env);
        return [name, isDecimal(value) ? withDigits(value, tables[table].columns[name]?.scale ?? 0) : value];
      });
      return [{ ...row, ...Object.fromEntries(values) }];
    });
  }
}

function scaleIn(query: Query, name: string): { scale: number } {
  return { scale: scaleOf(query.select[name] as Node) };
}
