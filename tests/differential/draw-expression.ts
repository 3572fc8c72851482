/** Random expressions of a kind, over what is in scope. */
import type { AggregateNode, LiteralNode, Node, Query } from "./describe.ts";
import type { Draw, Operator } from "./operator.ts";
import { allOperators, type OperatorName } from "./operators.ts";
import { type Column, type RelationFacts, tables } from "./tables.ts";
import type { Kind } from "./values.ts";

export interface SourceFacts {
  readonly columns: Readonly<Record<string, Column>>;
  readonly relations: Readonly<Record<string, RelationFacts>>;
}
/** What a query may be asked for by an expression around it. */
export interface QueryWish {
  readonly outer: readonly (readonly SourceFacts[])[];
  /** What its one column is; null where nobody looks at it. */
  readonly column: Kind | null;
  /** At most one row. */
  readonly single: boolean;
  /** Its columns are those of its own sources: MariaDB mistakes others beside ANY and ALL. */
  readonly own?: boolean;
}
export interface Context {
  /** The sources of the query, then those of the queries around. */
  readonly levels: readonly (readonly SourceFacts[])[];
  /** Of a group: its keys. */
  readonly keys?: readonly Node[];
  readonly subquery?: (wish: QueryWish) => Query;
}
type Candidate = { readonly weight: number; readonly make: () => Node };

const byResult = new Map<Kind, { name: OperatorName; operator: Operator }[]>();
for (const [name, operator] of Object.entries(allOperators) as [OperatorName, Operator][])
  for (const kind of operator.gives === "K" ? (operator.over as readonly Kind[]) : [operator.gives])
    byResult.set(kind, [...(byResult.get(kind) ?? []), { name, operator }]);

export const orderedKinds: readonly Kind[] = ["int", "bigint", "float", "decimal", "text", "date", "datetime"];
export const kinds: readonly Kind[] = [...orderedKinds, "bool"];

function isLarge(node: Node): boolean {
  return node.op === "call" && (node.call === "bigintDiv" || node.args.some(isLarge));
}

export class ExpressionDraw {
  readonly draw: Draw;
  constructor(draw: Draw) {
    this.draw = draw;
  }

  #chosen(candidates: readonly Candidate[]): Node {
    const scaled = candidates.map(({ weight }) => Math.round(weight * 10));
    let at = this.draw.whole(0, scaled.reduce((sum, weight) => sum + weight, 0) - 1);
    for (const [i, { make }] of candidates.entries()) {
      at -= scaled[i] as number;
      if (at < 0) return make();
    }
    throw new Error("nothing to choose from");
  }

  literal(kind: Kind): LiteralNode {
    return { op: "value", kind, value: this.draw.whole(0, 19) === 0 ? null : this.draw.literal(kind) };
  }

  /** Columns of the kind, and what to-one relations reach. */
  columns(kind: Kind, { levels }: Context): Node[] {
    return levels.flatMap((sources, up) =>
      sources.flatMap(({ columns, relations }, source) => {
        const own = Object.entries(columns).filter(([, column]) => column.kind === kind);
        const far = Object.entries(relations)
          .filter(([, { many }]) => !many && kind !== "json")
          .flatMap(([relation, { target }]) =>
            Object.entries(tables[target].columns)
              .filter(([name, column]) => column.kind === kind && name !== "id")
              .map(
                ([name, { scale }]): Node => ({
                  op: "column",
                  kind,
                  up,
                  source,
                  name,
                  relation,
                  ...(scale === undefined ? {} : { scale }),
                }),
              ),
          );
        const near = own.map(
          ([name, { scale }]): Node => ({ op: "column", kind, up, source, name, ...(scale === undefined ? {} : { scale }) }),
        );
        return this.draw.whole(0, 5) === 0 ? [...near, ...far] : near;
      }),
    );
  }

  #leaf(kind: Kind, context: Context, literals: boolean): Node {
    if (context.keys !== undefined) {
      const keys = context.keys.filter((key) => key.kind === kind);
      if (keys.length > 0 && this.draw.whole(0, 2) > 0) return this.draw.of(...keys);
      return this.aggregate(kind, context) ?? this.literal(kind);
    }
    const columns = this.columns(kind, context);
    if (columns.length === 0 || (literals && this.draw.whole(0, 2) === 0)) return this.literal(kind);
    return this.draw.of(...columns);
  }

  /** An aggregate of the kind over the rows of a group; null where there is none. */
  aggregate(kind: Kind, { levels }: Context): AggregateNode | null {
    // Of columns of the queries around alone it would be an aggregate of theirs.
    const rows: Context = { levels: levels.slice(0, 1) };
    const distinct = this.draw.whole(0, 3) === 0 ? { distinct: true } : {};
    const condition = this.draw.whole(0, 4) === 0 ? this.expression("bool", 1, rows) : null;
    const filter = condition === null || condition.op === "value" ? {} : { filter: condition };
    const of = (call: AggregateNode["call"], item: Kind): AggregateNode => ({
      op: "aggregate",
      call,
      kind,
      item: this.expression(item, this.draw.whole(0, 1), rows),
      ...distinct,
      ...filter,
    });
    const counts = (): AggregateNode =>
      this.draw.whole(0, 1) === 0 ? { op: "aggregate", call: "count", kind, item: null, ...filter } : of("count", this.draw.of(...kinds));
    const choices: (() => AggregateNode)[] = [];
    if (orderedKinds.includes(kind))
      choices.push(
        () => of("min", kind),
        () => of("max", kind),
      );
    if (kind === "int") choices.push(counts, counts, () => of("sum", "int"));
    if (kind === "bigint" || kind === "decimal") choices.push(() => of("sum", kind));
    if (kind === "float")
      choices.push(
        () => of("avg", this.draw.of<Kind>("int", "decimal")),
        () => of("sum", "float"),
      );
    return choices.length === 0 ? null : this.draw.of(...choices)();
  }

  expression(kind: Kind, depth: number, context: Context, literals = false): Node {
    if (depth === 0 || this.draw.whole(0, 3) === 0) {
      const leaf = this.#leaf(kind, context, literals);
      if (kind !== "bool" || leaf.op !== "value" || depth === 0) return leaf;
    }
    const candidates = (byResult.get(kind) ?? []).map(
      ({ name, operator }): Candidate => ({ weight: operator.weight ?? 1, make: () => this.#call(name, operator, kind, depth, context) }),
    );
    if (context.keys === undefined) candidates.push(...this.#related(kind, depth, context), ...this.#subqueries(kind, context));
    return candidates.length === 0 ? this.#leaf(kind, context, literals) : this.#chosen(candidates);
  }

  #call(call: OperatorName, operator: Operator, kind: Kind, depth: number, context: Context): Node {
    const { over = [], takes, gives } = operator;
    const usable = takes.includes("K") && gives !== "K" ? this.draw.of(...over) : kind;
    const documents = context.keys === undefined ? this.columns("json", context) : [];
    if (documents.length === 0 && takes.includes("json")) return this.#leaf(kind, context, false);
    const of = usable === "json" && documents.length === 0 ? "int" : usable;
    const args = takes.map((takes, i): Node => {
      const wanted = takes === "K" ? of : takes;
      if (wanted === "json") return this.draw.of(...documents);
      const below = i === 0 || takes === "bool" ? depth - 1 : this.draw.whole(0, depth - 1);
      return this.expression(wanted, below, context, i > 0 && wanted !== "bool");
    });
    // Large doubles are no ints, and PostgreSQL calculates constants whether a row asks for them or not.
    if (call === "intOfFloat" && args.some(isLarge)) return this.#leaf(kind, context, false);
    const parameter = operator.with?.(this.draw);
    return { op: "call", call, kind, args, ...(parameter === undefined ? {} : { with: parameter }) };
  }

  /** To-many relations of the sources in scope. */
  #related(kind: Kind, depth: number, { levels, subquery }: Context): Candidate[] {
    if (kind !== "bool" && kind !== "int") return [];
    return levels.flatMap((sources, up) =>
      sources.flatMap(({ relations }, source) =>
        Object.entries(relations)
          .filter(([, { many }]) => many)
          .map(([relation, { target }]): Candidate => {
            const inner: Context = { levels: [[tables[target]], ...levels], ...(subquery === undefined ? {} : { subquery }) };
            const at = { op: "related", kind, up, source, relation } as const;
            const make = (): Node => {
              if (kind === "int" && this.draw.whole(0, 1) === 0)
                return {
                  ...at,
                  form: this.draw.of("sum", "max"),
                  item: this.expression("int", 1, { levels: [[tables[target]]] }),
                };
              const form = kind === "int" ? "count" : this.draw.of("some", "none", "every");
              if (form !== "every" && this.draw.whole(0, 2) === 0) return { ...at, form };
              return { ...at, form, where: this.expression("bool", Math.max(1, depth - 1), inner) };
            };
            return { weight: 1, make };
          }),
      ),
    );
  }

  #subqueries(kind: Kind, context: Context): Candidate[] {
    const { subquery, levels } = context;
    if (subquery === undefined) return [];
    const ask = (column: Kind | null, single = false, own = false): Query => subquery({ outer: levels, column, single, own });
    const scalar: Candidate = { weight: 1, make: () => ({ op: "subquery", form: "scalar", kind, query: ask(kind, true) }) };
    if (kind !== "bool") return [scalar];
    const member = (form: "in" | "notIn" | "any" | "all") => (): Node => {
      const of = this.draw.of<Kind>("int", "text", "decimal", "date");
      const compare = this.draw.of("eq", "ne", "gt", "gte", "lt", "lte");
      const item = this.expression(of, 1, context);
      return {
        op: "subquery",
        form,
        kind,
        item,
        query: ask(of, false, form === "any" || form === "all"),
        ...(form === "any" || form === "all" ? { compare } : {}),
      };
    };
    return [
      scalar,
      { weight: 2, make: () => ({ op: "subquery", form: "exists", kind, query: ask(null) }) },
      ...(["in", "notIn", "any", "all"] as const).map((form): Candidate => ({ weight: 0.7, make: member(form) })),
    ];
  }
}
