/** Further sources of a query, and its groups. Layer 6. */
import type { Clause, JoinKind } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { callScope, conditionClause } from "./conditions.ts";
import { metaOf } from "./meta.ts";
import type { QueryState } from "./query-state.ts";
import type { QuerySource } from "./selection.ts";
import { sourceOf } from "./view.ts";

/** Which rows may be missing after this join: the new one, or all that stood before it. */
const outer: Readonly<Record<JoinKind, { readonly before: boolean; readonly joined: boolean }>> = {
  inner: { before: false, joined: false },
  cross: { before: false, joined: false },
  left: { before: false, joined: true },
  right: { before: true, joined: false },
  full: { before: true, joined: true },
};

export function joinSource(state: QueryState, kind: JoinKind, model: unknown, on: unknown): Partial<QueryState> {
  const meta = metaOf(model, `${kind} join`);
  const { before, joined } = outer[kind];
  const earlier = before ? state.sources.map((source): QuerySource => ({ ...source, outer: true })) : state.sources;
  const sources = [...earlier, { meta, model: sourceOf(model as QuerySource["model"]), outer: joined }];
  if (kind !== "cross" && on === undefined)
    throw new UsageError(`${kind} join of ${meta.name} needs a condition`, { hint: "for every pair of rows use crossJoin()" });
  const condition =
    kind === "cross"
      ? null
      : conditionClause(
          sources.map((source) => source.meta),
          on,
          "join",
        );
  return { sources, joins: [...state.joins, { kind, source: { kind: "table", table: meta.table }, on: condition }] };
}

export function groupKeys(state: QueryState, keys: unknown): Clause[] {
  const { meta, sources } = state;
  if (typeof keys !== "function")
    throw new UsageError(`${meta.name}.groupBy takes a lambda, got ${kindOf(keys)}`, { hint: "write groupBy((p) => p.authorId)" });
  const { tokens, result } = callScope(
    sources.map((source) => source.meta),
    keys as (...scopes: never[]) => unknown,
  );
  const list = Array.isArray(result) ? result : [result];
  if (list.length === 0) throw new UsageError(`${meta.name}.groupBy was given an empty list`);
  return list.map((key: unknown) => {
    if (!Expression.is(key)) throw new UsageError(`${meta.name}.groupBy takes columns and expressions, got ${kindOf(key)}`);
    return { tokens, node: key.node };
  });
}
