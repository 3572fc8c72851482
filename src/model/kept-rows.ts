/** Which rows of a model that keeps deleted ones a query reads. Layer 6. */
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { archivedRows } from "./archived-rows.ts";
import type { Kept, ModelMeta } from "./meta.ts";
import { modelOf, newQuery, type QueryState } from "./query-state.ts";
import type { QuerySource } from "./source.ts";
import type { ModelConstructor } from "./whole-row.ts";

/** @throws UsageError for a model whose deleted rows are gone, and for a query of another query's rows */
export function keptRows(state: QueryState, kept: Kept): QueryState {
  const { meta } = modelOf(state, "includeDeleted");
  if (meta.behaviour.deletion === "remove")
    throw new UsageError(`${meta.name}: deleted rows are gone`, { hint: "a SoftDeleteModel or an ArchiveModel keeps them" });
  return withRoot({ ...state, kept }, meta);
}

/** Every row of the table, whatever the model's scopes say; the reason stands in the code, and in events, for whoever reads it. */
export function unscopedRows(state: QueryState, reason: unknown): QueryState {
  const { meta } = modelOf(state, "unscoped");
  if (typeof reason !== "string" || reason.trim() === "")
    throw new UsageError(`${meta.name}.unscoped needs a reason`, { hint: 'say why: unscoped("monthly report over all tenants")' });
  return withRoot({ ...state, scoped: false, reason }, meta);
}

/** The row of an instance, or rows that belong to one: whoever holds it may have read it unscoped. */
export function ownRows(meta: ModelMeta, model: ModelConstructor, session: Session, where: readonly Clause[]): QueryState {
  return withRoot({ ...newQuery(meta, model, session), where, scoped: false }, meta);
}

/** What `archivedRows` makes, and no set operation of the caller's. */
function isArchive(node: QuerySource["node"], meta: ModelMeta): boolean {
  return node.kind === "derived" && node.columns.length === meta.list.length + 1;
}

function withRoot(state: QueryState, meta: ModelMeta): QueryState {
  const [root, ...others] = state.sources as readonly [QuerySource, ...QuerySource[]];
  const own = root.node.kind === "table" || (meta.behaviour.deletion === "archive" && isArchive(root.node, meta));
  if (!own) throw new UsageError(`${meta.name}: this query reads another query's rows`);
  const node =
    meta.behaviour.deletion === "archive"
      ? archivedRows(meta, state.kept, state.scoped, state.reason)
      : meta.reading(state.kept, state.scoped, state.reason);
  return { ...state, sources: [{ ...root, node }, ...others] };
}
