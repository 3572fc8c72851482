/** Further sources of a query, and its groups. Layer 6. */
import type { Clause, JoinKind } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { callScope, conditionClause } from "./conditions.ts";
import { metaOf } from "./meta.ts";
import { type QueryState, queryStateOf } from "./query-state.ts";
import { derivedRows, Rowset } from "./rowset.ts";
import type { QuerySource } from "./source.ts";
import { sourceOf } from "./view.ts";

/** Which rows may be missing after this join: the new one, or all that stood before it. */
const outer: Readonly<Record<JoinKind, { readonly before: boolean; readonly joined: boolean }>> = {
  inner: { before: false, joined: false },
  cross: { before: false, joined: false },
  left: { before: false, joined: true },
  right: { before: true, joined: false },
  full: { before: true, joined: true },
};

type Joined = Omit<QuerySource, "outer">;

/** A model's table, or the rows of a query. */
function joined(target: unknown, what: string): Joined {
  if (Rowset.is(target)) return { meta: target.meta, model: null, node: target.node };
  const meta = metaOf(target, what);
  return { meta, model: sourceOf(target as never), node: meta.source };
}

export function joinSource(state: QueryState, kind: JoinKind, target: unknown, on: unknown): Partial<QueryState> {
  const source = joined(target, `${kind} join`);
  if (kind !== "cross" && on === undefined)
    throw new UsageError(`${kind} join of ${source.meta.name} needs a condition`, { hint: "for every pair of rows use crossJoin()" });
  return withSource(state, kind, source, on);
}

/** Joins the rows of a query that is made anew for each row before it. */
export function joinLateral(state: QueryState, kind: "inner" | "left", name: unknown, pick: unknown, on: unknown): Partial<QueryState> {
  if (typeof pick !== "function")
    throw new UsageError(`a lateral join takes a lambda that returns a query, got ${kindOf(pick)}`, {
      hint: 'write joinLateral("latest", (p) => Comment.where((c) => c.postId.eq(p.id)).limit(3))',
    });
  const { tokens, result } = callScope(metas(state), pick as Lambda);
  const rows = derivedRows(name, queryStateOf(result, "the lambda of a lateral join"), tokens);
  return withSource(state, kind, { meta: rows.meta, model: null, node: rows.node }, on);
}

function withSource(state: QueryState, kind: JoinKind, source: Joined, on: unknown): Partial<QueryState> {
  const { before, joined: missing } = outer[kind];
  const earlier = before ? state.sources.map((each): QuerySource => ({ ...each, outer: true })) : state.sources;
  const sources = [...earlier, { ...source, outer: missing }];
  const always: Clause = { tokens: [], node: { kind: "constant", value: true } };
  const condition =
    kind === "cross"
      ? null
      : on === undefined
        ? always
        : conditionClause(
            sources.map((each) => each.meta),
            on,
            "join",
          );
  return { sources, joins: [...state.joins, { kind, source: source.node, on: condition }] };
}

type Lambda = (...scopes: never[]) => unknown;

function metas(state: QueryState) {
  return state.sources.map((source) => source.meta);
}

export function groupKeys(state: QueryState, keys: unknown): Clause[] {
  const { meta } = state;
  if (typeof keys !== "function")
    throw new UsageError(`${meta.name}.groupBy takes a lambda, got ${kindOf(keys)}`, { hint: "write groupBy((p) => p.authorId)" });
  const { tokens, result } = callScope(metas(state), keys as Lambda);
  const list = Array.isArray(result) ? result : [result];
  if (list.length === 0) throw new UsageError(`${meta.name}.groupBy was given an empty list`);
  return list.map((key: unknown) => {
    if (!Expression.is(key)) throw new UsageError(`${meta.name}.groupBy takes columns and expressions, got ${kindOf(key)}`);
    return { tokens, node: key.node };
  });
}
