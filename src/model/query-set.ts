import type { SelectNode, WrappedSelectNode } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { MultipleResultsError, NotFoundError, UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { avg, max, min, sum } from "../expr/functions/aggregate.ts";
import { selectNode } from "../expr/subquery.ts";
import type { RowReader, RowShape } from "../hydrate/row-plan.ts";
import { addPath, type PrefetchTree, prefetchInto } from "../relations/prefetch.ts";
import type { ModelBase } from "./base.ts";
import { callScope, conditionClause } from "./conditions.ts";
import { iterateQuery } from "./iterate.ts";
import { groupKeys, joinSource } from "./joins.ts";
import { findRow, keyCondition, keyValues } from "./keys.ts";
import type { ModelClassLike, ModelMeta } from "./meta.ts";
import {
  aggregateTree,
  countTree,
  instanceColumns,
  isWholeTable,
  newQuery,
  orderOf,
  orderTerms,
  type QueryState,
  reversed,
  selectionOf,
  selectTree,
  wholeNumber,
} from "./query-state.ts";
import { deleteRows, updateRows } from "./query-writes.ts";
import { compileFor, readerFor, readRows, runNode, type SessionRef, sessionOf } from "./reading.ts";
import { addSelection, nothingSelected, type Selection, selectColumns, selectExpressions } from "./selection.ts";
import { bindFields, instanceShape, type ModelConstructor, wholeReader } from "./whole-row.ts";

const inspect = Symbol.for("nodejs.util.inspect.custom");

type Lambda = (...scopes: never[]) => unknown;

export class ModelQuery {
  readonly #state: QueryState;

  constructor(state: QueryState) {
    this.#state = state;
  }

  /** @internal */
  get state(): QueryState {
    return this.#state;
  }

  #with(change: Partial<QueryState>): ModelQuery {
    return new ModelQuery({ ...this.#state, ...change });
  }

  #metas() {
    return this.#state.sources.map((source) => source.meta);
  }

  [selectNode](): SelectNode {
    const state = this.#state;
    return selectTree(state, selectionOf(state).columns, state.limit === null && state.offset === null ? [] : orderOf(state, false));
  }

  toString(): string {
    return `<query of ${this.#state.meta.name}, not run: await it>`;
  }
  [inspect](): string {
    return this.toString();
  }
  toJSON(): never {
    throw new UsageError(`a query of ${this.#state.meta.name} was turned into JSON before it was run`, { hint: "await it first" });
  }

  using(session: SessionRef): ModelQuery {
    return this.#with({ session });
  }
  where(condition: unknown): ModelQuery {
    return this.#with({ where: [...this.#state.where, conditionClause(this.#metas(), condition, "where")] });
  }
  exclude(condition: unknown): ModelQuery {
    const { tokens, node } = conditionClause(this.#metas(), condition, "exclude");
    return this.#with({ where: [...this.#state.where, { tokens, node: { kind: "not", item: node } }] });
  }
  join(model: unknown, on: unknown): ModelQuery {
    return this.#with(joinSource(this.#state, "inner", model, on));
  }
  leftJoin(model: unknown, on: unknown): ModelQuery {
    return this.#with(joinSource(this.#state, "left", model, on));
  }
  rightJoin(model: unknown, on: unknown): ModelQuery {
    return this.#with(joinSource(this.#state, "right", model, on));
  }
  fullJoin(model: unknown, on: unknown): ModelQuery {
    return this.#with(joinSource(this.#state, "full", model, on));
  }
  crossJoin(model: unknown): ModelQuery {
    return this.#with(joinSource(this.#state, "cross", model, undefined));
  }
  groupBy(keys: unknown): ModelQuery {
    return this.#with({ groupBy: groupKeys(this.#state, keys) });
  }
  having(condition: unknown): ModelQuery {
    return this.#with({ having: [...this.#state.having, conditionClause(this.#metas(), condition, "having")] });
  }
  orderBy(order: unknown): ModelQuery {
    const { meta } = this.#state;
    if (typeof order !== "function")
      throw new UsageError(`${meta.name}.orderBy takes a lambda, got ${kindOf(order)}`, { hint: "write orderBy((p) => p.title.asc())" });
    const { tokens, result } = callScope(this.#metas(), order as Lambda);
    return this.#with({ orderBy: orderTerms(result, meta).map((node) => ({ tokens, node })) });
  }
  limit(n: number): ModelQuery {
    return this.#with({ limit: wholeNumber(n, "limit", 0) });
  }
  offset(n: number): ModelQuery {
    return this.#with({ offset: wholeNumber(n, "offset", 0) });
  }
  distinct(): ModelQuery {
    return this.#with({ distinct: true });
  }
  allRows(): ModelQuery {
    return this.#with({ allRows: true });
  }
  prefetch(...paths: readonly unknown[]): ModelQuery {
    const { meta, model, prefetch, selection } = this.#state;
    if (selection !== null)
      throw new UsageError(`${meta.name}: prefetch of plain rows`, { hint: "relations belong to instances: drop select()" });
    return this.#with({ prefetch: paths.reduce((tree: PrefetchTree, path) => addPath(tree, model, meta, String(path)), prefetch) });
  }
  forUpdate(): ModelQuery {
    return this.#with({ lock: "update" });
  }

  select(...given: readonly unknown[]): ModelQuery {
    return this.#with({ selection: this.#pick(given, "select", 0), also: null, alsoColumns: [] });
  }
  alsoSelect(...given: readonly unknown[]): ModelQuery {
    const state = this.#state;
    if (state.selection !== null) {
      return this.#with({ selection: addSelection(state.selection, this.#pick(given, "alsoSelect", state.selection.columns.length)) });
    }
    if (typeof given[0] !== "function") {
      const columns = given.map((name) => state.meta.column(String(name))).filter((column) => !instanceColumns(state).includes(column));
      if (state.also !== null) throw new UsageError("alsoSelect: ask for columns by name before expressions by lambda");
      return this.#with({ alsoColumns: [...state.alsoColumns, ...columns] });
    }
    const also = this.#pick(given, "alsoSelect", selectionOf(state).columns.length);
    for (const [name] of also.fields) {
      if (state.meta.columns.has(name))
        throw new UsageError(`alsoSelect: ${state.meta.name} has a column ${name} already`, { hint: "give the expression another name" });
    }
    return this.#with({ also: addSelection(state.also ?? nothingSelected, also) });
  }

  #pick(given: readonly unknown[], method: string, firstSlot: number): Selection {
    const { meta } = this.#state;
    if (typeof given[0] === "function") {
      const { tokens, result } = callScope(this.#metas(), given[0] as Lambda);
      return selectExpressions(result, tokens, this.#state.sources, firstSlot);
    }
    if (given.length === 0) throw new UsageError(`${method} takes column names or a lambda`);
    return selectColumns(
      meta,
      given.map((name) => this.#columnNamed(name, method)),
      firstSlot,
    );
  }

  #columnNamed(name: unknown, method: string) {
    if (typeof name !== "string") throw new UsageError(`${method} takes column names or a lambda, got ${kindOf(name)}`);
    return this.#state.meta.column(name);
  }

  // --- reading ---------------------------------------------------------------------------------

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query runs it
  then<A, B>(
    fulfilled?: ((rows: unknown[]) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.execute().then(fulfilled, rejected);
  }
  all(): Promise<unknown[]> {
    return this.execute();
  }
  execute(): Promise<unknown[]> {
    return this.#fetch(orderOf(this.#state, false), this.#state);
  }

  async #fetch(orderBy: SelectNode["orderBy"], state: QueryState): Promise<unknown[]> {
    if (state.never) return [];
    const session = sessionOf(state.session);
    const selection = selectionOf(state);
    const answer = runNode(session, selectTree(state, selection.columns, orderBy), state.meta);
    const { rows } = answer instanceof Promise ? await answer : answer;
    if (rows.length === 0) return [];
    const read = readRows(rows, this.#reader(session, state, selection, rows.length));
    if (state.prefetch.size > 0) await this.#prefetchInto(read, session);
    return read;
  }

  /** Loads the relations that were asked for, through the same door. */
  #prefetchInto(rows: unknown[], session: Session): Promise<void> {
    const { model, prefetch } = this.#state;
    const query = (meta: ModelMeta, target: ModelClassLike) => newQuery(meta, target as ModelConstructor, session);
    const owners = rows.filter((row) => row !== null) as ModelBase[];
    return prefetchInto(owners, model, prefetch, {
      rows: (target, where, relation) =>
        new ModelQuery({ ...query(relation.meta, target), where, orderBy: relation.orderBy }).execute() as Promise<ModelBase[]>,
      links: ({ through }, where) => {
        const link = through as NonNullable<typeof through>;
        return new ModelQuery({ ...query(link.meta, link.model), where }).execute() as Promise<ModelBase[]>;
      },
    });
  }

  #reader(session: Session, state: QueryState, selection: Selection, rows: number): RowReader {
    if (state.selection !== null) return readerFor(session, { kind: "object", fields: bindFields(selection.fields, session) }, rows);
    const [root] = state.sources;
    if (state.also === null && state.alsoColumns.length === 0 && !root?.outer)
      return wholeReader(state.model, state.meta, selection, session);
    return readerFor(session, instanceShape(state.model, state.meta, instanceColumns(state), selection, session, root?.outer), rows);
  }

  async first(): Promise<unknown> {
    return (await this.#fetch(orderOf(this.#state, true), { ...this.#state, limit: Math.min(this.#state.limit ?? 1, 1) }))[0] ?? null;
  }
  async last(): Promise<unknown> {
    const state = this.#state;
    if (state.limit !== null || state.offset !== null)
      throw new UsageError(`${state.meta.name}: last() of a limited query`, { hint: "reverse the order and take first()" });
    return (await this.#fetch(reversed(orderOf(state, true)), { ...state, limit: 1 }))[0] ?? null;
  }
  async find(key: unknown): Promise<unknown> {
    const { meta, model, session, where, joins, offset } = this.#state;
    const values = keyValues(meta, key);
    if (isWholeTable(this.#state)) return findRow(model, meta, sessionOf(session), values);
    // The key alone says that there is one row at most, unless a join repeats it.
    const limit = joins.length === 0 && offset === null ? null : 1;
    return (await this.#fetch([], { ...this.#state, where: [...where, keyCondition(meta, values)], limit }))[0] ?? null;
  }
  async get(condition?: unknown): Promise<unknown> {
    const row = await this.getOrNull(condition);
    if (row !== null) return row;
    const { meta } = this.#state;
    throw new NotFoundError(`no ${meta.name} meets the condition`, { model: meta.name });
  }
  async getOrNull(condition?: unknown): Promise<unknown> {
    const query = condition === undefined && this.#state.where.length > 0 ? this : this.where(condition);
    const { meta } = this.#state;
    const rows = await query.#fetch([], { ...query.#state, limit: 2 });
    if (rows.length > 1)
      throw new MultipleResultsError(`more than one ${meta.name} meets the condition`, {
        model: meta.name,
        hint: "use first() when any will do",
      });
    return rows[0] ?? null;
  }

  async count(): Promise<number> {
    if (this.#state.never) return 0;
    return Number((await this.#value(countTree(this.#state), () => ({ kind: "value", slot: 0, codec: null })))[0]);
  }
  async exists(): Promise<boolean> {
    if (this.#state.never) return false;
    const state = { ...this.#state, limit: Math.min(this.#state.limit ?? 1, 1), lock: null };
    const { rows } = await runNode(sessionOf(state.session), selectTree(state, []), state.meta);
    return rows.length > 0;
  }
  async #value(node: SelectNode | WrappedSelectNode, shape: (session: Session) => RowShape): Promise<unknown[]> {
    const session = sessionOf(this.#state.session);
    const { rows } = await runNode(session, node, this.#state.meta);
    return readRows(rows, readerFor(session, shape(session), rows.length));
  }
  async aggregate(pick: unknown): Promise<unknown> {
    const { meta } = this.#state;
    if (typeof pick !== "function") throw new UsageError(`${meta.name}.aggregate takes a lambda, got ${kindOf(pick)}`);
    const { tokens, result } = callScope(this.#metas(), pick as Lambda);
    const selection = selectExpressions(result, tokens, this.#state.sources);
    return (
      await this.#value(aggregateTree(this.#state, selection.columns), (session) => ({
        kind: "object",
        fields: bindFields(selection.fields, session),
      }))
    )[0];
  }
  async #aggregateOf(pick: unknown, make: (item: never) => unknown): Promise<unknown> {
    const one = await this.aggregate((...scopes: never[]) => ({ value: make(this.#call(pick, scopes)) }));
    return (one as { value: unknown }).value;
  }
  #call(pick: unknown, scopes: never[]): never {
    if (typeof pick !== "function")
      throw new UsageError(`${this.#state.meta.name}: this takes a lambda, got ${kindOf(pick)}`, { hint: "write sum((p) => p.views)" });
    return pick(...scopes) as never;
  }
  sum(pick: unknown): Promise<unknown> {
    return this.#aggregateOf(pick, sum);
  }
  avg(pick: unknown): Promise<unknown> {
    return this.#aggregateOf(pick, avg);
  }
  min(pick: unknown): Promise<unknown> {
    return this.#aggregateOf(pick, min);
  }
  max(pick: unknown): Promise<unknown> {
    return this.#aggregateOf(pick, max);
  }
  async pluck(pick: unknown): Promise<unknown[]> {
    const state = this.#state;
    const { tokens, result } = callScope(this.#metas(), (...scopes): unknown => this.#call(pick, scopes));
    if (!Expression.is(result)) throw new UsageError(`pluck takes a lambda that returns one expression, got ${kindOf(result)}`);
    return this.#value(selectTree(state, [{ tokens, node: result.node }], orderOf(state, false)), () => ({
      kind: "value",
      slot: 0,
      codec: result.codec,
    }));
  }
  async paginate(o: { page: number; perPage?: number }): Promise<unknown> {
    const page = wholeNumber(o.page, "page", 1);
    const perPage = wholeNumber(o.perPage ?? 20, "perPage", 1);
    const total = await this.count();
    const items = await this.#fetch(orderOf(this.#state, true), { ...this.#state, limit: perPage, offset: (page - 1) * perPage });
    const pages = Math.ceil(total / perPage);
    return { items, total, pages, hasNext: page < pages };
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return iterateQuery(
      this.#state,
      (session, selection, rows) => this.#reader(session, this.#state, selection, rows),
      (rows, session) => (this.#state.prefetch.size > 0 ? this.#prefetchInto(rows, session) : null),
    );
  }

  toSQL(): { sql: string; params: unknown[] } {
    const state = this.#state;
    const { sql, params } = compileFor(sessionOf(state.session), selectTree(state, selectionOf(state).columns, orderOf(state, false)));
    return { sql, params: [...params] };
  }

  // --- writing ---------------------------------------------------------------------------------

  async update(values: unknown): Promise<number> {
    return updateRows(this.#state, values);
  }
  async delete(): Promise<number> {
    return deleteRows(this.#state);
  }
}
