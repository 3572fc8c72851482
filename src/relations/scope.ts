/**
 * Relations inside a query. `p.author.name` is a column of the row that a path leads to, `a.posts.some(...)` a subquery on
 * the related rows, tied to the row of the query around it. Layer 6.
 */
import type { AggregateName, ColumnNode, ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, JoinNode, SelectNode } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { floatCodec, intCodec, safeIntCodec } from "../codec/number.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, type Expression } from "../expr/expression.ts";
import { expressionOf } from "../expr/expression-of.ts";
import { avg, max, min, sum } from "../expr/functions/aggregate.ts";
import type { ColumnMeta, ModelClassLike, ModelMeta } from "../model/meta.ts";
import { ModelScope } from "../model/model-scope.ts";
import { selectFrom } from "../model/selection.ts";
import { anyRelationOf } from "./any.ts";
import { getterNames, type RelationDefinition, relationOf } from "./definition.ts";
import { linkOf } from "./link.ts";

/** What a column of the row at hand is, as seen from the query around. */
type Row = (column: ColumnMeta) => ExprNode;

const prepared = new WeakSet<ModelMeta>();

type Token = ColumnNode["token"];
type ScopeClass = new (token: Token) => object;

/** A lambda's parameter: the columns of a source and, by their getters' names, its relations. */
export function scopeOf(meta: ModelMeta, token: Token): object {
  if (meta.model !== null && !prepared.has(meta)) {
    prepared.add(meta);
    addRelations(meta.scopeClass.prototype as object, meta, meta.model);
  }
  return meta.scope(token);
}

const related = new WeakMap<ModelClassLike, ScopeClass>();

/** The row behind a to-one relation: its columns and relations. NULL where there is none. */
function oneScope({ meta, model }: RelationDefinition, token: Token): object {
  if (model === meta.model) return scopeOf(meta, token);
  // Another class of the same table may have relations of its own.
  let made = related.get(model);
  if (made === undefined) {
    made = class extends (meta.scopeClass as ScopeClass) {};
    addRelations(made.prototype as object, meta, model);
    related.set(model, made);
  }
  return new made(token);
}

function addRelations(target: object, meta: ModelMeta, model: ModelClassLike): void {
  for (const name of getterNames(model)) {
    if (meta.columns.has(name)) continue;
    Object.defineProperty(target, name, {
      get(this: object) {
        const relation = relationOf(model, name);
        if (relation === null && anyRelationOf(model, name) !== null)
          throw new UsageError(`${meta.name}.${name} leads to several tables: a query cannot follow it`, {
            hint: `ask from the other side with some(), or in a subquery with exists()`,
          });
        if (relation === null)
          throw new UsageError(`${meta.name}.${name} is no column and no relation`, {
            hint: "only columns and relations can stand in a query",
          });
        const token = ModelScope.tokenOf(this) as Token;
        if (relation.many) return new ManyScope(relation, (column) => meta.node(column, token));
        return oneScope(relation, { kind: "path", from: token, link: linkOf(relation, name) });
      },
    });
  }
}

/** The related rows of the row at hand. `columns` and conditions may use the token of the target. */
function relatedQuery(
  relation: RelationDefinition,
  row: Row,
  token: ScopeToken,
  columns: readonly ExprNode[],
  conditions: readonly ExprNode[],
): SelectNode {
  const { meta, through, local, foreign } = relation;
  const link: ScopeToken = { kind: "scope", label: through?.meta.name ?? meta.name };
  const tokens = through === null ? [token] : [token, link];
  const equal = (left: ExprNode, right: ExprNode): ExprNode => ({ kind: "compare", op: "=", left, right });
  const joins: JoinNode[] = [];
  const where: Clause[] = [];
  if (through === null)
    where.push(...foreign.map((column, i) => ({ tokens, node: equal(meta.node(column, token), row(local[i] as ColumnMeta)) })));
  else {
    const on = through.theirs.map((column, i) => equal(through.meta.node(column, link), meta.node(foreign[i] as ColumnMeta, token)));
    joins.push({
      kind: "inner",
      source: through.meta.source,
      on: { tokens, node: on.length === 1 ? (on[0] as ExprNode) : { kind: "logic", op: "and", items: on } },
    });
    where.push(...through.ours.map((column, i) => ({ tokens, node: equal(through.meta.node(column, link), row(local[i] as ColumnMeta)) })));
  }
  const clauses = (nodes: readonly ExprNode[]): Clause[] => nodes.map((node) => ({ tokens, node }));
  return { ...selectFrom(meta, clauses(columns), [...where, ...relation.where, ...clauses(conditions)]), joins };
}

type Lambda = ((scope: never) => unknown) | undefined;

/** A to-many relation inside a condition or a selected value. */
export class ManyScope {
  readonly #relation: RelationDefinition;
  readonly #row: Row;
  constructor(relation: RelationDefinition, row: Row) {
    this.#relation = relation;
    this.#row = row;
  }

  #call<T>(lambda: (scope: never) => T): { token: ScopeToken; result: T } {
    const { meta } = this.#relation;
    const token: ScopeToken = { kind: "scope", label: meta.name };
    return { token, result: lambda(scopeOf(meta, token) as never) };
  }

  #exists(where: Lambda, change: (condition: ExprNode) => ExprNode): ExprNode {
    const { token, result } = this.#call((scope) => where?.(scope));
    const conditions = where === undefined ? [] : [change(conditionNode(result))];
    return { kind: "exists", query: relatedQuery(this.#relation, this.#row, token, [], conditions) };
  }

  /** True where a related row (that meets the condition) exists. */
  some(where?: Lambda): Condition {
    return new Condition(this.#exists(where, (condition) => condition));
  }
  exists(where?: Lambda): Condition {
    return this.some(where);
  }
  /** True where no related row (that meets the condition) exists. */
  none(where?: Lambda): Condition {
    return this.some(where).not();
  }
  /** True where every related row meets the condition: one for which it is unknown does not. */
  every(where: Lambda): Condition {
    const one = (value: number): ExprNode => ({ kind: "value", value, codec: intCodec });
    const failing = (condition: ExprNode): ExprNode => ({
      kind: "compare",
      op: "=",
      left: { kind: "case", branches: [{ when: condition, value: one(1) }], otherwise: one(0), codec: intCodec },
      right: one(0),
    });
    return new Condition({ kind: "not", item: this.#exists(where, failing) });
  }

  count(where?: Lambda): Expression {
    const { token, result } = this.#call((scope) => where?.(scope));
    const item: ExprNode = { kind: "aggregate", name: "count", item: null, codec: safeIntCodec };
    return this.#scalar(token, item, safeIntCodec, where === undefined ? [] : [conditionNode(result)]);
  }
  sum(pick: Lambda): Expression {
    return this.#aggregate("sum", pick, sum);
  }
  avg(pick: Lambda): Expression {
    return this.#aggregate("avg", pick, avg);
  }
  min(pick: Lambda): Expression {
    return this.#aggregate("min", pick, min);
  }
  max(pick: Lambda): Expression {
    return this.#aggregate("max", pick, max);
  }

  #aggregate(name: AggregateName, pick: Lambda, make: (item: never) => unknown): Expression {
    if (pick === undefined) throw new UsageError(`${name} of a relation takes a lambda`, { hint: `write ${name}((p) => p.views)` });
    const { token, result } = this.#call(pick);
    const aggregate = make(result as never) as Expression;
    return this.#scalar(token, aggregate.node, name === "avg" ? floatCodec : aggregate.codec, []);
  }
  #scalar(token: ScopeToken, item: ExprNode, codec: Codec, conditions: readonly ExprNode[]): Expression {
    return expressionOf(
      { kind: "scalar", query: relatedQuery(this.#relation, this.#row, token, [item], conditions), codec },
      codec,
      "a relation's value",
    );
  }
}

function conditionNode(value: unknown): ExprNode {
  if (value instanceof Condition) return value.node;
  throw new UsageError(`the lambda of a relation must give a condition, got ${kindOf(value)}`);
}
