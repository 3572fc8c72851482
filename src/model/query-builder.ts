/** What a query can be asked for: each call makes a new one, nothing is sent. Layer 6. */
import type { SelectNode } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { selectNode } from "../expr/subquery.ts";
import { assertApart, joinedTree, prefetchTree, refuseRelations } from "../relations/prefetch-tree.ts";
import { LazyPromise } from "../util/awaitable.ts";
import { callScope, conditionClause } from "./conditions.ts";
import { groupKeys, joinLateral, joinSource } from "./joins.ts";
import { keptRows, unscopedRows } from "./kept-rows.ts";
import { signalOf, timeoutOf } from "./limits.ts";
import { lockNode } from "./lock.ts";
import { orderFromInput } from "./order-input.ts";
import { cutAt, instanceColumns, type JoinedTree, modelOf, orderTerms, type QueryState, selectionOf, subqueryTree } from "./query-state.ts";
import type { SessionRef } from "./reading.ts";
import { combined, derivedRows, type Rowset } from "./rowset.ts";
import { addSelection, namedSelection, nothingSelected, type Selection, selectColumns, selectExpressions } from "./selection.ts";
import type { SourceMeta } from "./source.ts";

const inspect = Symbol.for("nodejs.util.inspect.custom");

export type Lambda = (...scopes: never[]) => unknown;

/** What every query can be asked for. Q: the class that the calls make again. */
export abstract class QueryBuilder<Q> extends LazyPromise<unknown[]> {
  /** @internal */
  readonly state: QueryState;

  constructor(state: QueryState) {
    super();
    this.state = state;
  }

  /** The same query with this changed. */
  protected abstract with(change: Partial<QueryState>): Q;

  protected metas(): SourceMeta[] {
    return this.state.sources.map((source) => source.meta);
  }

  [selectNode](): SelectNode {
    return subqueryTree(this.state);
  }

  override toString(): string {
    return `<query of ${this.state.meta.name}, not run: await it>`;
  }
  [inspect](): string {
    return this.toString();
  }
  toJSON(): never {
    throw new UsageError(`a query of ${this.state.meta.name} was turned into JSON before it was run`, { hint: "await it first" });
  }

  using(session: SessionRef): Q {
    return this.with({ session });
  }
  where(condition: unknown): Q {
    return this.with({ where: [...this.state.where, conditionClause(this.metas(), condition, "where")] });
  }
  exclude(condition: unknown): Q {
    const { tokens, node } = conditionClause(this.metas(), condition, "exclude");
    return this.with({ where: [...this.state.where, { tokens, node: { kind: "not", item: node } }] });
  }
  join(model: unknown, on: unknown): Q {
    return this.with(joinSource(this.state, "inner", model, on));
  }
  leftJoin(model: unknown, on: unknown): Q {
    return this.with(joinSource(this.state, "left", model, on));
  }
  rightJoin(model: unknown, on: unknown): Q {
    return this.with(joinSource(this.state, "right", model, on));
  }
  fullJoin(model: unknown, on: unknown): Q {
    return this.with(joinSource(this.state, "full", model, on));
  }
  /** The lambda's query is made anew for each row before it. */
  joinLateral(name: unknown, pick: unknown, on?: unknown): Q {
    return this.with(joinLateral(this.state, "inner", name, pick, on));
  }
  leftJoinLateral(name: unknown, pick: unknown, on?: unknown): Q {
    return this.with(joinLateral(this.state, "left", name, pick, on));
  }
  union(other: unknown): Q {
    return this.with(combined("union", this.state, other));
  }
  unionAll(other: unknown): Q {
    return this.with(combined("union all", this.state, other));
  }
  intersect(other: unknown): Q {
    return this.with(combined("intersect", this.state, other));
  }
  except(other: unknown): Q {
    return this.with(combined("except", this.state, other));
  }
  /** The query as a table with a name: to be joined or selected from. */
  as(name: string): Rowset {
    return derivedRows(name, this.state);
  }
  crossJoin(model: unknown): Q {
    return this.with(joinSource(this.state, "cross", model, undefined));
  }
  groupBy(keys: unknown): Q {
    return this.with({ groupBy: groupKeys(this.state, keys), rollup: false });
  }
  groupByRollup(keys: unknown): Q {
    return this.with({ groupBy: groupKeys(this.state, keys), rollup: true });
  }
  having(condition: unknown): Q {
    return this.with({ having: [...this.state.having, conditionClause(this.metas(), condition, "having")] });
  }
  orderBy(order: unknown): Q {
    const { meta } = this.state;
    if (typeof order !== "function")
      throw new UsageError(`${meta.name}.orderBy takes a lambda, got ${kindOf(order)}`, { hint: "write orderBy((p) => p.title.asc())" });
    const { tokens, result } = callScope(this.metas(), order as Lambda);
    return this.with({ orderBy: orderTerms(result, meta).map((node) => ({ tokens, node })) });
  }
  orderByInput(text: unknown, options: unknown): Q {
    const order = orderFromInput(this.state.meta, text, options);
    return order === null ? this.with({}) : this.orderBy(order);
  }
  limit(n: unknown): Q {
    return this.with({ limit: cutAt(n, "limit") });
  }
  offset(n: unknown): Q {
    return this.with({ offset: cutAt(n, "offset") });
  }
  distinct(): Q {
    return this.with({ distinct: true });
  }
  includeDeleted(): Q {
    return this.with(keptRows(this.state, "all"));
  }
  onlyDeleted(): Q {
    return this.with(keptRows(this.state, "deleted"));
  }
  unscoped(reason: unknown): Q {
    return this.with(unscopedRows(this.state, reason));
  }
  allRows(): Q {
    return this.with({ allRows: true });
  }
  prefetch(...asked: readonly unknown[]): Q {
    const { state } = this;
    const place = { ...this.#rows("prefetch"), make: (query: QueryState) => this.with(query) };
    const prefetch = prefetchTree(state.prefetch, place, asked);
    assertApart({ ...state, prefetch });
    return this.with({ prefetch });
  }
  joined(...paths: readonly unknown[]): Q {
    const { state } = this;
    const place = this.#rows("joined");
    const joined = paths.reduce((tree: JoinedTree, path) => joinedTree(tree, place, path), state.joined);
    assertApart({ ...state, joined });
    return this.with({ joined });
  }
  #rows(method: string) {
    if (this.state.selection !== null)
      throw new UsageError(`${this.state.meta.name}: ${method} of plain rows`, { hint: "relations belong to instances: drop select()" });
    return modelOf(this.state, method);
  }
  forUpdate(o?: unknown): Q {
    return this.with({ lock: lockNode(this.state, "update", o) });
  }
  forShare(o?: unknown): Q {
    return this.with({ lock: lockNode(this.state, "share", o) });
  }

  timeout(milliseconds: number): Q {
    return this.with({ timeoutMs: timeoutOf(milliseconds, this.state.meta.name) });
  }
  signal(signal: AbortSignal): Q {
    return this.with({ signal: signalOf(signal, this.state.meta.name) });
  }

  select(...given: readonly unknown[]): Q {
    refuseRelations(this.state, "select()", "plain rows have no relations: drop one of the two");
    return this.with({ selection: this.#pick(given, "select", 0), also: null, alsoColumns: [] });
  }
  alsoSelect(...names: readonly unknown[]): Q {
    const state = this.state;
    if (names.some((name) => typeof name !== "string"))
      throw new UsageError("alsoSelect takes column names", { hint: "expressions go into annotate((p) => ({ ... }))" });
    if (state.selection !== null) {
      return this.with({ selection: addSelection(state.selection, this.#pick(names, "alsoSelect", state.selection.columns.length)) });
    }
    const columns = names.map((name) => state.meta.column(String(name))).filter((column) => !instanceColumns(state).includes(column));
    if (state.also !== null) throw new UsageError("alsoSelect: ask for columns before annotate()");
    return this.with({ alsoColumns: [...state.alsoColumns, ...columns] });
  }
  annotate(pick: unknown): Q {
    const state = this.state;
    if (typeof pick !== "function")
      throw new UsageError(`annotate takes a lambda that returns an object of expressions, got ${kindOf(pick)}`, {
        hint: 'columns that are not selected by default come with alsoSelect("name")',
      });
    if (state.selection !== null)
      return this.with({ selection: addSelection(state.selection, this.#pick([pick], "annotate", state.selection.columns.length)) });
    const also = this.#pick([pick], "annotate", selectionOf(state).columns.length);
    const { meta, model } = modelOf(state, "annotate");
    for (const [name] of also.fields) {
      if (meta.columns.has(name) || name in model.prototype)
        throw new UsageError(`annotate: ${meta.name} has a member ${name} already`, { hint: "give the expression another name" });
    }
    return this.with({ also: addSelection(state.also ?? nothingSelected, also) });
  }

  #pick(given: readonly unknown[], method: string, firstSlot: number): Selection {
    const { meta } = this.state;
    if (typeof given[0] === "function") {
      const { tokens, result } = callScope(this.metas(), given[0] as Lambda);
      return selectExpressions(result, tokens, this.state.sources, firstSlot);
    }
    if (given.length === 0) throw new UsageError(`${method} takes column names or a lambda`);
    const names = given.map((name) => {
      if (typeof name !== "string") throw new UsageError(`${method} takes column names or a lambda, got ${kindOf(name)}`);
      return name;
    });
    if (firstSlot === 0) return namedSelection(meta, names);
    return selectColumns(
      meta,
      names.map((name) => meta.column(name)),
      firstSlot,
    );
  }
}
