/** Random queries, set operations and changes. */
import type {
  Change,
  Edge,
  FrameNode,
  Join,
  Node,
  Query,
  RankingName,
  SetOperation,
  Source,
  Statement,
  TableName,
  Term,
  WindowNode,
} from "./describe.ts";
import { type Context, ExpressionDraw, kinds, orderedKinds, type QueryWish, type SourceFacts } from "./draw-expression.ts";
import type { Draw } from "./operator.ts";
import { scaleOf } from "./scale.ts";
import { type Column, tables } from "./tables.ts";
import type { Kind } from "./values.ts";

const tableNames: readonly TableName[] = ["item", "owner", "part"];

interface Made {
  readonly source: Source;
  readonly facts: SourceFacts;
}

export class StatementDraw {
  readonly #draw: Draw;
  readonly #expressions: ExpressionDraw;
  /** Names of derived tables and CTEs. */
  #names = 0;
  constructor(draw: Draw) {
    this.#draw = draw;
    this.#expressions = new ExpressionDraw(draw);
  }

  #chance(one: number): boolean {
    return this.#draw.whole(0, one - 1) === 0;
  }

  statement(): Statement {
    const at = this.#draw.whole(0, 19);
    if (at < 2) return this.#union();
    if (at < 5) return this.#change();
    return this.query({ outer: [], column: null, single: false }, 2);
  }

  #table(): Made {
    const table = this.#draw.of(...tableNames, "item" as const);
    return { source: { table }, facts: tables[table] };
  }

  #source(nested: number): Made {
    if (nested < 2 || !this.#chance(5)) return this.#table();
    const query = this.query({ outer: [], column: null, single: false }, 0);
    const columns = Object.fromEntries(
      Object.entries(query.select).map(([name, node]): [string, Column] => [
        name,
        { kind: node.kind, nullable: true, ...(node.kind === "decimal" ? { scale: scaleOf(node) } : {}) },
      ]),
    );
    const rows = this.#draw.of("derived" as const, "cte" as const);
    this.#names++;
    return { source: { rows, name: `${rows}_${this.#names}`, query }, facts: { columns, relations: {} } };
  }

  /** `nested`: how many queries may still be inside one another. */
  query(wish: QueryWish, nested: number): Query {
    const first = this.#source(nested);
    const sources: SourceFacts[] = [first.facts];
    const joins: Join[] = [];
    const subquery = nested > 0 ? { subquery: (inner: QueryWish) => this.query(inner, nested - 1) } : {};
    const context = (): Context => ({ levels: [[...sources], ...wish.outer], ...subquery });
    for (let n = this.#draw.of(0, 0, 1, 1, 2) - (nested < 2 ? 1 : 0); n > 0; n--) {
      const { source, facts } = this.#source(nested);
      const kind = this.#draw.of("join", "leftJoin", "leftJoin", "rightJoin", "fullJoin", "crossJoin") as Join["kind"];
      sources.push(facts);
      joins.push(kind === "crossJoin" ? { kind, source } : { kind, source, on: this.#on({ levels: [[...sources], ...wish.outer] }) });
    }
    const e = this.#expressions;
    const where = this.#chance(3) ? {} : { where: e.expression("bool", this.#draw.whole(1, 3), context()) };
    const grouped = wish.single ? wish.column !== "bool" && this.#chance(2) : wish.column === null && this.#chance(4);
    const base = { from: first.source, ...(joins.length > 0 ? { joins } : {}), ...where };
    const query = grouped ? this.#grouped(base, context(), wish) : this.#plain(base, context(), wish);
    return wish.single && query.group === undefined ? { ...query, order: this.#all(query), limit: 1 } : query;
  }

  /** Mostly keys, so that rows meet. */
  #on(context: Context): Node {
    const e = this.#expressions;
    if (this.#chance(4)) return e.expression("bool", 2, context);
    const [sources = []] = context.levels;
    const last = sources.length - 1;
    const own = e.columns("int", { levels: [sources] }).filter((node) => node.op === "column" && node.relation === undefined);
    const ours = own.filter((node) => node.op === "column" && node.source < last);
    const theirs = own.filter((node) => node.op === "column" && node.source === last);
    if (ours.length === 0 || theirs.length === 0) return e.expression("bool", 2, context);
    const equal: Node = { op: "call", call: "eq", kind: "bool", args: [this.#draw.of(...ours), this.#draw.of(...theirs)] };
    return this.#chance(3) ? { op: "call", call: "and", kind: "bool", args: [equal, e.expression("bool", 1, context)] } : equal;
  }

  #select(wish: QueryWish, make: (kind: Kind) => Node): Query["select"] {
    if (wish.column !== null) return { v0: make(wish.column) };
    const width = this.#draw.whole(1, 4);
    return Object.fromEntries(Array.from({ length: width }, (_, i) => [`v${i}`, make(this.#draw.of(...kinds))]));
  }

  #plain(base: Omit<Query, "select">, context: Context, wish: QueryWish): Query {
    const [sources = []] = context.levels;
    const e = this.#expressions;
    const simple = "table" in base.from && (base.joins ?? []).every(({ source }) => "table" in source);
    const windows = simple && wish.column === null && this.#chance(5);
    const select = this.#select(wish, (kind) => {
      if (windows && this.#chance(2)) return this.#window({ levels: [sources] });
      return e.expression(kind, this.#draw.whole(0, 2), wish.own === true ? { levels: [sources] } : context);
    });
    const query: Query = { ...base, select };
    if (!windows && this.#chance(6)) return this.#cut({ ...query, distinct: true }, null);
    return this.#cut(query, windows ? null : context);
  }

  #grouped(base: Omit<Query, "select">, context: Context, wish: QueryWish): Query {
    const e = this.#expressions;
    const { levels } = context;
    const rows: Context = { levels };
    const keys = wish.single ? [] : Array.from({ length: this.#draw.whole(0, 2) }, () => this.#key(rows));
    const group: Context = { levels, keys };
    const having = keys.length > 0 && this.#chance(2) ? { having: e.expression("bool", 2, group) } : {};
    const select = this.#select(wish, (kind) => {
      const key = keys.filter((one) => one.kind === kind);
      if (key.length > 0 && this.#chance(2)) return this.#draw.of(...key);
      if (wish.single || keys.length === 0) return e.aggregate(kind, rows) ?? (e.aggregate("int", rows) as Node);
      return e.expression(kind, this.#draw.whole(0, 2), group);
    });
    // The kind that is asked for may have no aggregate.
    const query: Query = { ...base, select, group: { keys, ...having } };
    return keys.length === 0 ? query : this.#cut(query, group);
  }

  #key(context: Context): Node {
    const node = this.#expressions.expression(this.#draw.of(...kinds), this.#draw.whole(0, 2), context);
    // and() takes a condition apart that it adds to: as a key it would not be found again.
    const apart = node.op === "call" && (node.call === "and" || node.call === "or");
    return node.op === "value" || apart ? this.#key(context) : node;
  }

  #term(by: Node): Term {
    const nulls = this.#draw.of(undefined, "first" as const, "last" as const);
    return { by, ...(this.#chance(2) ? { desc: true } : {}), ...(nulls === undefined ? {} : { nulls }) };
  }

  /** Everything that is selected, in order: then equal rows are the only ones whose places are open. */
  #all(query: Query): Term[] {
    return Object.values(query.select).map((by) => this.#term(by));
  }

  /** With an order and a limit, or without. */
  #cut(query: Query, context: Context | null): Query {
    if (!this.#chance(2)) return query;
    const selected = Object.values(query.select).filter((node) => node.op !== "value");
    const own =
      context === null
        ? []
        : Array.from({ length: this.#draw.whole(0, 2) }, () => this.#expressions.expression(this.#draw.of(...kinds), 1, context));
    const terms = [...own, ...selected].filter((node) => node.op !== "value").map((by) => this.#term(by));
    if (terms.length === 0) return query;
    const limit = this.#chance(2) ? { limit: this.#draw.whole(0, 4) } : {};
    const offset = this.#chance(4) ? { offset: this.#draw.whole(0, 3) } : {};
    return { ...query, order: terms, ...limit, ...offset };
  }

  #window(context: Context): WindowNode {
    const e = this.#expressions;
    const draw = this.#draw;
    const [sources = []] = context.levels;
    const partition = this.#chance(2) ? [] : [this.#key(context)];
    const ids = sources.map((_, source): Term => ({ by: { op: "column", kind: "int", up: 0, source, name: "id" }, nulls: "first" }));
    const own = this.#chance(3) ? [] : [this.#term(this.#key(context))];
    const total = [...own, ...ids];
    const kind = draw.of(...orderedKinds);
    const value = (): Node => e.expression(kind, 1, context);
    const at = { op: "window", partition } as const;
    const counted = (call: RankingName, order: readonly Term[]): WindowNode => ({ ...at, kind: "int", call, item: null, order });
    switch (draw.whole(0, 8)) {
      case 0:
        return counted("rowNumber", total);
      case 1:
        return counted(draw.of("rank", "denseRank"), own.length > 0 ? own : total);
      case 2:
        return { ...counted(draw.of("percentRank", "cumeDist"), own.length > 0 ? own : total), kind: "float" };
      case 3:
        return { ...counted("ntile", total), n: draw.whole(1, 4) };
      case 4:
      case 5: {
        const fallback = { op: "value", kind, value: draw.literal(kind) as string } as const;
        const shifted = { ...at, kind, call: draw.of("lag" as const, "lead" as const), item: value(), n: draw.whole(0, 3), order: total };
        // A fallback is a value of the item's type: one with more digits would be none.
        return this.#chance(2) && scaleOf(fallback) <= scaleOf(shifted.item) ? { ...shifted, fallback } : shifted;
      }
      case 6: {
        const call = draw.of("firstValue" as const, "lastValue" as const, "nthValue" as const);
        return {
          ...at,
          kind,
          call,
          item: value(),
          ...(call === "nthValue" ? { n: draw.whole(1, 3) } : {}),
          order: total,
          ...this.#frame(true),
        };
      }
      default: {
        const aggregate = e.aggregate(draw.of<Kind>("int", "float", "decimal", "bigint", "text"), context);
        if (aggregate === null) return counted("rowNumber", total);
        // No database has DISTINCT in a window.
        const { distinct: _, ...call } = aggregate;
        const order = this.#chance(3) ? [] : total;
        return { ...at, kind: call.kind, call, item: call.item, order, ...(order.length === 0 ? {} : this.#frame(false)) };
      }
    }
  }

  #frame(always: boolean): { frame: FrameNode } | Record<never, never> {
    if (!always && this.#chance(3)) return {};
    const edge = (least: number, most: number) => (this.#chance(3) ? ("unbounded" as const) : this.#draw.whole(least, most));
    const unit = this.#draw.of("rows", "rows", "rows", "groups", "range") as FrameNode["unit"];
    if (unit === "range") return { frame: { unit, start: this.#draw.of<Edge>("unbounded", 0), end: this.#draw.of<Edge>("unbounded", 0) } };
    return { frame: { unit, start: edge(-2, 0), end: edge(0, 2) } };
  }

  #union(): SetOperation {
    const wanted = Array.from({ length: this.#draw.whole(1, 3) }, () => this.#draw.of(...kinds));
    const side = (): Query => {
      const { source, facts } = this.#table();
      const context: Context = { levels: [[facts]] };
      const select = Object.fromEntries(
        wanted.map((kind, i) => [`v${i}`, this.#united(this.#expressions.expression(kind, this.#draw.whole(0, 1), context))]),
      );
      return { from: source, select, ...(this.#chance(2) ? { where: this.#expressions.expression("bool", 2, context) } : {}) };
    };
    const [left, right] = [side(), side()];
    const made: SetOperation = { set: this.#draw.of("union", "unionAll", "intersect", "except"), left, right };
    if (this.#chance(2)) return made;
    const order = wanted.map((_, i) => {
      const { desc, nulls } = this.#term(left.select[`v${i}`] as Node);
      return { name: `v${i}`, ...(desc === undefined ? {} : { desc }), ...(nulls === undefined ? {} : { nulls }) };
    });
    return { ...made, order, ...(this.#chance(2) ? { limit: this.#draw.whole(0, 5) } : {}) };
  }

  /** Both sides have decimals of the same digits. */
  #united(node: Node): Node {
    return node.kind === "decimal" ? { op: "call", call: "decimalOfDecimal", kind: "decimal", args: [node] } : node;
  }

  #change(): Change {
    const table = this.#draw.of<TableName>("item", "item", "part");
    const context: Context = { levels: [[tables[table]]], subquery: (wish) => this.query(wish, 0) };
    const where = this.#expressions.expression("bool", this.#draw.whole(1, 3), context);
    if (this.#chance(2)) return { change: "delete", table, where };
    const able = Object.entries(tables[table].columns).filter(([name, { kind }]) => !name.endsWith("d") && kind !== "json");
    const columns = new Map(Array.from({ length: this.#draw.whole(1, 3) }, () => this.#draw.of(...able)));
    const own: Context = { levels: [[tables[table]]] };
    const set = Object.fromEntries(
      [...columns].map(([name, { kind, nullable }]): [string, Node] => {
        const value = this.#expressions.expression(kind, this.#draw.whole(0, 2), own, true);
        return [
          name,
          nullable
            ? value
            : { op: "call", call: "coalesce", kind, args: [value, { op: "value", kind, value: this.#draw.literal(kind) as string }] },
        ];
      }),
    );
    return { change: "update", table, where, set };
  }
}
