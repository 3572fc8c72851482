/** A query of a model that can be run: awaiting, streaming, counting, writing. Layer 6. */
import type { SelectNode } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { MultipleResultsError, NotFoundError, UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { avg, max, min, sum } from "../expr/functions/aggregate.ts";
import type { RowShape } from "../hydrate/row-plan.ts";
import { completeRows } from "../relations/prefetch.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { keepSpecimen } from "../util/specimen.ts";
import { hooksAsked } from "./bulk-hooks.ts";
import { callScope } from "./conditions.ts";
import { type Deleted, deleteDetailed, deletionOf } from "./deletion.ts";
import { deleteEach, updateEach } from "./each-row.ts";
import { explainQuery } from "./explain.ts";
import { insertInto } from "./insert-into.ts";
import { batchSizeOf, iterateBatches, iterateRows, type Rows } from "./iterate.ts";
import { findRow, keyCondition, keyValues } from "./keys.ts";
import { type KeysetAnswer, keysetPage } from "./keyset.ts";
import { limited } from "./limits.ts";
import type { QueryPlan } from "./prepared.ts";
import { type Lambda, QueryBuilder } from "./query-builder.ts";
import {
  aggregateTree,
  changedState,
  countTree,
  decidedOrder,
  firstOnly,
  isWholeTable,
  modelOf,
  noColumns,
  nowhere,
  orderOf,
  type QueryState,
  reversed,
  selectTree,
  wholeNumber,
} from "./query-state.ts";
import { updateRows } from "./query-writes.ts";
import { compileFor, readerFor, readRows, runNode, sessionOf } from "./reading.ts";
import { ReturningWrites } from "./returning.ts";
import { rowReader, rowSelection } from "./row-form.ts";
import { selectColumns, selectExpressions } from "./selection.ts";
import type { ExplainedQuery } from "./types/query.types.ts";
import { bindFields } from "./whole-row.ts";

const execute = (state: QueryState): Promise<unknown[]> => new ModelQuery(state).execute();
const asIs = (statement: CompiledStatement): CompiledStatement => statement;

export class ModelQuery extends QueryBuilder<ModelQuery> {
  protected override with(change: Partial<QueryState>): ModelQuery {
    return new ModelQuery(changedState(this.state, change));
  }

  all(): Promise<unknown[]> {
    return this.execute();
  }
  execute(): Promise<unknown[]> {
    return this.#fetch(orderOf(this.state, false), this.state);
  }

  #fetch(orderBy: SelectNode["orderBy"], state: QueryState): Promise<unknown[]> {
    return limited(state, (bound) => this.#fetchBound(orderBy, bound));
  }
  async #fetchBound(orderBy: SelectNode["orderBy"], state: QueryState): Promise<unknown[]> {
    if (state.never) return [];
    const session = sessionOf(state.session);
    const selection = rowSelection(state);
    const answer = runNode(session, selectTree(state, selection.columns, orderBy), state.meta, state.signal);
    const { rows } = answer instanceof Promise ? await answer : answer;
    if (rows.length === 0) return [];
    const read = readRows(rows, rowReader(state, selection, session, rows.length));
    const pending = completeRows(read, state, { session, signal: state.signal, filled: asIs });
    if (pending !== null) await pending;
    return read;
  }

  /** @internal What a prepared query runs: all rows, or the first. */
  plan(one: boolean): QueryPlan {
    const { state } = this;
    const selection = rowSelection(state);
    const limited = one ? { ...state, limit: 1 } : state;
    return {
      meta: state.meta,
      session: state.session,
      never: state.never,
      tree: selectTree(limited, selection.columns, orderOf(state, one)),
      reader: (session) => rowReader(state, selection, session, Number.POSITIVE_INFINITY),
      complete: (rows, run) => completeRows(rows, state, run),
      signal: state.signal,
      timeoutMs: state.timeoutMs,
    };
  }

  async first(): Promise<unknown> {
    return (await this.#fetch(orderOf(this.state, true), { ...this.state, limit: firstOnly(this.state.limit) }))[0] ?? null;
  }
  async last(): Promise<unknown> {
    const state = this.state;
    if (state.limit !== null || state.offset !== null)
      throw new UsageError(`${state.meta.name}: last() of a limited query`, { hint: "reverse the order and take first()" });
    return (await this.#fetch(reversed(orderOf(state, true)), { ...state, limit: 1 }))[0] ?? null;
  }
  async find(key: unknown): Promise<unknown> {
    const { session, where, joins, offset } = this.state;
    const { meta, model } = modelOf(this.state, "find");
    const values = keyValues(meta, key);
    if (isWholeTable(this.state)) return findRow(model, meta, sessionOf(session), values);
    // The key alone says that there is one row at most, unless a join repeats it.
    const limit = joins.length === 0 && offset === null ? null : 1;
    return (await this.#fetch([], { ...this.state, where: [...where, keyCondition(meta, values)], limit }))[0] ?? null;
  }
  async get(condition?: unknown): Promise<unknown> {
    const row = await this.getOrNull(condition);
    if (row !== null) return row;
    const { meta } = this.state;
    throw new NotFoundError(`no ${meta.name} meets the condition`, { model: meta.name });
  }
  async getOrNull(condition?: unknown): Promise<unknown> {
    const query = condition === undefined && this.state.where.length > 0 ? this : this.where(condition);
    const { meta } = this.state;
    const rows = await query.#fetch([], { ...query.state, limit: 2 });
    if (rows.length > 1)
      throw new MultipleResultsError(`more than one ${meta.name} meets the condition`, {
        model: meta.name,
        hint: "use first() when any will do",
      });
    return rows[0] ?? null;
  }

  async count(): Promise<number> {
    if (this.state.never) return 0;
    return Number((await this.#value(countTree(this.state), () => ({ kind: "value", slot: 0, codec: null })))[0]);
  }
  async exists(): Promise<boolean> {
    if (this.state.never) return false;
    const state = { ...this.state, limit: firstOnly(this.state.limit) };
    return limited(state, async ({ session, meta, signal }) => {
      const { rows } = await runNode(sessionOf(session), selectTree(state, noColumns), meta, signal);
      return rows.length > 0;
    });
  }
  #value(node: SelectNode, shape: (session: Session) => RowShape): Promise<unknown[]> {
    return limited(this.state, async ({ meta, signal }) => {
      const session = sessionOf(this.state.session);
      const { rows } = await runNode(session, node, meta, signal);
      return readRows(rows, readerFor(session, shape(session), rows.length));
    });
  }
  async aggregate(pick: unknown): Promise<unknown> {
    const { meta } = this.state;
    if (typeof pick !== "function") throw new UsageError(`${meta.name}.aggregate takes a lambda, got ${kindOf(pick)}`);
    const { tokens, result } = callScope(this.metas(), pick as Lambda);
    const selection = selectExpressions(result, tokens, this.state.sources);
    return (
      await this.#value(aggregateTree(this.state, selection.columns), (session) => ({
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
      throw new UsageError(`${this.state.meta.name}: this takes a lambda, got ${kindOf(pick)}`, { hint: "write sum((p) => p.views)" });
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
    const state = this.state;
    const { tokens, result } = callScope(this.metas(), (...scopes): unknown => this.#call(pick, scopes));
    if (!Expression.is(result)) throw new UsageError(`pluck takes a lambda that returns one expression, got ${kindOf(result)}`);
    return this.#value(selectTree(state, [{ tokens, node: result.node }], orderOf(state, false)), () => ({
      kind: "value",
      slot: 0,
      codec: result.codec,
    }));
  }
  async paginate(o: { page: number; perPage?: number }): Promise<unknown> {
    if (typeof o !== "object" || o === null) throw new UsageError(`paginate takes { page, perPage }, got ${kindOf(o)}`);
    const { state } = this;
    const page = wholeNumber(o.page, "page", 1);
    const perPage = wholeNumber(o.perPage ?? 20, "perPage", 1);
    return limited(state, (bound) => this.with(bound).#page(page, perPage));
  }
  async #page(page: number, perPage: number): Promise<unknown> {
    const { state } = this;
    const skipped = (page - 1) * perPage;
    const total = await this.with({ lock: null }).count();
    const pages = Math.ceil(total / perPage);
    const limit = Math.min(perPage, total - skipped);
    // Behind the last page nothing is asked for, a number too large to be one included.
    if (limit <= 0) return { items: [], total, pages, hasNext: false };
    const offset = (typeof state.offset === "number" ? state.offset : 0) + skipped;
    // The query's own limit is part of the total; rows that came after the count are not taken beyond it.
    const items = await this.#fetch(decidedOrder(state), { ...state, limit: state.limit === null ? perPage : limit, offset });
    return { items, total, pages, hasNext: page < pages };
  }
  keyset(o: { limit: number; after?: string | null; before?: string | null }): Promise<KeysetAnswer> {
    return limited(this.state, (bound) => keysetPage(bound, o, this.#rows));
  }
  explain(o?: { analyze?: boolean }): Promise<ExplainedQuery> {
    return limited(this.state, (bound) => explainQuery(bound, o));
  }

  get #rows(): Rows {
    return {
      reader: (session, selection, rows) => rowReader(this.state, selection, session, rows),
      complete: (rows, session, signal) => completeRows(rows, this.state, { session, signal, filled: asIs }),
    };
  }
  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return iterateRows(this.state, batchSizeOf(undefined, "batchSize"), this.#rows);
  }
  iterate(o?: { batchSize?: number }): AsyncIterable<unknown> {
    const size = batchSizeOf(o, "batchSize");
    return { [Symbol.asyncIterator]: () => iterateRows(this.state, size, this.#rows) };
  }
  inBatches(o?: { size?: number }): AsyncIterable<unknown[]> {
    const size = batchSizeOf(o, "size");
    return { [Symbol.asyncIterator]: () => iterateBatches(this.state, size, this.#rows) };
  }

  toSQL(): { sql: string; params: unknown[] } {
    const state = this.state;
    const { sql, params } = compileFor(sessionOf(state.session), selectTree(state, rowSelection(state).columns, orderOf(state, false)));
    return { sql, params: [...params] };
  }

  /** `update` and `delete` that resolve to the rows they changed. */
  returning(...given: readonly unknown[]): ReturningWrites {
    const { meta } = modelOf(this.state, "returning");
    if (given.length === 0) return new ReturningWrites(this.state, null);
    if (typeof given[0] !== "function")
      return new ReturningWrites(
        this.state,
        selectColumns(
          meta,
          given.map((name) => meta.column(String(name))),
        ),
      );
    const { tokens, result } = callScope([meta], given[0] as Lambda);
    return new ReturningWrites(this.state, selectExpressions(result, tokens, []));
  }
  async insertInto(model: unknown): Promise<number> {
    return limited(this.state, (bound) => insertInto(bound, model), true);
  }
  async update(values: unknown, o: object = {}): Promise<number> {
    const each = hooksAsked(o, `${this.state.meta.name}.update`);
    return limited(this.state, (bound) => (each ? updateEach(bound, values, execute) : updateRows(bound, values)), true);
  }
  async delete(o: object = {}): Promise<number> {
    const each = hooksAsked(o, `${this.state.meta.name}.delete`);
    return limited(this.state, (bound) => (each ? deleteEach(bound, execute) : deletionOf(bound).deleteRows(bound)), true);
  }
  async deleteDetailed(): Promise<Deleted> {
    return limited(this.state, (bound) => deleteDetailed(bound), true);
  }
  async restore(): Promise<number> {
    return limited(this.state, (bound) => deletionOf(bound).restoreRows(bound), true);
  }
  async purge(): Promise<number> {
    return limited(this.state, (bound) => deletionOf(bound).purgeRows(bound), true);
  }
}

keepSpecimen(new ModelQuery(nowhere));
