/** Descriptions as queries of the builder. */
import type {
  AggregateNode,
  CallNode,
  Node,
  Query,
  RelatedNode,
  SetOperation,
  Source,
  SubqueryNode,
  Term,
  WindowNode,
} from "./describe.ts";
import { type Expression, fn, type LooseQuery, rowsets, type Scope } from "./loose.ts";
import { allOperators } from "./operators.ts";
import { typeOf } from "./operators-values.ts";
import { scaleOf } from "./scale.ts";
import { ItemModel, OwnerModel, PartModel } from "./tables.ts";

/** The parameters of the lambdas around, the innermost first. */
type Scopes = readonly (readonly Scope[])[];

export const models = { owner: OwnerModel, item: ItemModel, part: PartModel };
const loose = models as unknown as Readonly<Record<keyof typeof models, { all(): LooseQuery }>>;

function plain(node: Node & { op: "value" }): unknown {
  return node.kind === "datetime" && node.value !== null ? new Date(node.value as string) : node.value;
}

export class Builder {
  /** A statement has one query under each name. */
  readonly #named = new Map<Query, LooseQuery>();

  expression(node: Node, scopes: Scopes): Expression {
    switch (node.op) {
      case "value":
        return fn.value(plain(node), typeOf(node.kind, node.kind === "decimal" ? scaleOf(node) : 0));
      case "column": {
        const scope = (scopes[node.up] ?? [])[node.source] as Scope;
        const of = node.relation === undefined ? scope : (scope[node.relation] as unknown as Scope);
        return of[node.name] as Expression;
      }
      case "call":
        return this.#call(node, scopes);
      case "aggregate":
        return this.#aggregate(node, scopes);
      case "window":
        return this.#window(node, scopes);
      case "subquery":
        return this.#subquery(node, scopes);
      case "related":
        return this.#related(node, scopes);
      default:
        return node satisfies never;
    }
  }

  #call(node: CallNode, scopes: Scopes): Expression {
    const operator = allOperators[node.call];
    const { typed = false } = operator;
    const wraps = typeof typed === "boolean" ? typed : typed.includes(node.kind);
    const args = node.args.map((arg, i) => {
      const literal = arg.op === "value" && arg.value !== null && i > 0 && !wraps && !operator.expressions?.includes(i);
      return literal ? (plain(arg) as Expression) : this.expression(arg, scopes);
    });
    return operator.build(args, node.with as never, node.kind);
  }

  #aggregate({ call, item, distinct, filter }: AggregateNode, scopes: Scopes): Expression {
    let made = item === null ? fn.count() : fn[call](this.expression(item, scopes));
    if (distinct) made = made.distinct();
    return filter === undefined ? made : made.filter(this.expression(filter, scopes));
  }

  #window(node: WindowNode, scopes: Scopes): Expression {
    const { call, item, n, fallback, frame } = node;
    const given = [...(item === null ? [] : [this.expression(item, scopes)]), ...(n === undefined ? [] : [n])];
    const made =
      typeof call === "string" ? fn[call](...given, ...(fallback === undefined ? [] : [plain(fallback)])) : this.#aggregate(call, scopes);
    return made.over({
      ...(node.partition.length === 0 ? {} : { partitionBy: node.partition.map((key) => this.expression(key, scopes)) }),
      ...(node.order.length === 0 ? {} : { orderBy: node.order.map((term) => this.term(term, scopes)) }),
      ...(frame === undefined ? {} : { frame: fn[frame.unit](frame.start, frame.end) }),
    });
  }

  #subquery({ form, item, compare, query }: SubqueryNode, scopes: Scopes): Expression {
    const inner = this.query(query, scopes);
    if (form === "exists" || form === "scalar") return fn[form](inner);
    const own = this.expression(item as Node, scopes);
    if (form === "in" || form === "notIn") return own[form](inner);
    return own[compare ?? "eq"](form === "any" ? fn.anyOf(inner) : fn.allOf(inner));
  }

  #related({ form, up, source, relation, where, item }: RelatedNode, scopes: Scopes): Expression {
    const many = ((scopes[up] ?? [])[source] as Scope)[relation] as Expression;
    const node = where ?? item;
    return node === undefined ? many[form]() : many[form]((own: Scope) => this.expression(node, [[own], ...scopes]));
  }

  term({ by, desc, nulls }: Term, scopes: Scopes): Expression {
    const o = nulls === undefined ? [] : [{ nulls }];
    const item = this.expression(by, scopes);
    return desc ? item.desc(...o) : item.asc(...o);
  }

  #source(source: Source): LooseQuery {
    if ("table" in source) return loose[source.table] as unknown as LooseQuery;
    const known = this.#named.get(source.query);
    if (known !== undefined) return known;
    const query = this.query(source.query, []);
    const made = source.rows === "cte" ? rowsets.cte(source.name, query) : query.as(source.name);
    this.#named.set(source.query, made);
    return made;
  }

  /** Everything but what is selected. */
  base(query: Query, outer: Scopes): LooseQuery {
    const within =
      <T>(make: (scopes: Scopes) => T) =>
      (...own: Scope[]): T =>
        make([own, ...outer]);
    const { from, joins = [], where, group, order = [] } = query;
    let built = "table" in from ? loose[from.table].all() : rowsets.from(this.#source(from));
    for (const { kind, source, on } of joins) {
      const other = this.#source(source);
      built =
        kind === "crossJoin"
          ? built.crossJoin(other)
          : built[kind](
              other,
              within((scopes) => this.expression(on as Node, scopes)),
            );
    }
    if (where !== undefined) built = built.where(within((scopes) => this.expression(where, scopes)));
    if (group !== undefined && group.keys.length > 0)
      built = built.groupBy(within((scopes) => group.keys.map((key) => this.expression(key, scopes))));
    const having = group?.having;
    if (having !== undefined) built = built.having(within((scopes) => this.expression(having, scopes)));
    if (query.distinct) built = built.distinct();
    if (order.length > 0) built = built.orderBy(within((scopes) => order.map((term) => this.term(term, scopes))));
    if (query.limit !== undefined) built = built.limit(query.limit);
    if (query.offset !== undefined) built = built.offset(query.offset);
    return built;
  }

  picked(query: Query, outer: Scopes): (...own: Scope[]) => Record<string, Expression> {
    return (...own) =>
      Object.fromEntries(Object.entries(query.select).map(([name, node]) => [name, this.expression(node, [own, ...outer])]));
  }

  query(query: Query, outer: Scopes): LooseQuery {
    return this.base(query, outer).select(this.picked(query, outer));
  }

  union({ set, left, right, order = [], limit }: SetOperation): LooseQuery {
    let built = this.query(left, [])[set](this.query(right, []));
    if (order.length > 0)
      built = built.orderBy((own: Scope) =>
        order.map(({ name, desc, nulls }) => {
          const o = nulls === undefined ? [] : [{ nulls }];
          return desc ? (own[name] as Expression).desc(...o) : (own[name] as Expression).asc(...o);
        }),
      );
    return limit === undefined ? built : built.limit(limit);
  }
}
