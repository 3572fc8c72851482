/** The table of archived rows, and what reads from it. Layer 6. */
import type { ColumnDefinition, TableDefinition } from "../ast/ddl.ts";
import type { ColumnRef, ExprNode, ScopeToken } from "../ast/expr.ts";
import type { DerivedSource, SelectNode, SourceNode, TableRef, TableSource } from "../ast/select.ts";
import type { Codec } from "../codec/codec.ts";
import { bigintCodec } from "../codec/number.ts";
import { datetimeCodec } from "../codec/temporal.ts";
import type { Kept, ModelMeta } from "./meta.ts";
import { plainSelect } from "./plain-select.ts";

interface ArchiveColumn {
  readonly ref: ColumnRef;
  readonly codec: Codec;
}
/** A key may be archived again and again: archived rows are numbered on their own. */
export const archiveId: ArchiveColumn = { ref: { property: "archiveId", name: "archive_id", explicit: true }, codec: bigintCodec };
export const archivedAt: ArchiveColumn = { ref: { property: "archivedAt", name: "archived_at", explicit: true }, codec: datetimeCodec };

const tables = new WeakMap<ModelMeta, TableRef>();

export function archiveOf(meta: ModelMeta): TableRef {
  let table = tables.get(meta);
  if (table === undefined) {
    table = { name: `archive_${meta.table.name}`, schema: meta.table.schema };
    tables.set(meta, table);
  }
  return table;
}

/** The table of archived rows: no rule of the live table holds for them but their types. */
export function archiveDefinition(meta: ModelMeta, live: TableDefinition): TableDefinition {
  const own = (column: ArchiveColumn, identity: boolean): ColumnDefinition => ({
    column: column.ref,
    codec: column.codec,
    nullable: false,
    identity,
    default: null,
    comment: null,
  });
  return {
    table: archiveOf(meta),
    columns: [
      own(archiveId, true),
      own(archivedAt, false),
      ...live.columns.map((column): ColumnDefinition => ({ ...column, identity: false, default: null })),
    ],
    primaryKey: [archiveId.ref],
    uniques: [],
    checks: [],
    foreignKeys: [],
    indexes: [{ name: null, columns: live.primaryKey.map((column) => ({ column, direction: "asc" })), unique: false, where: null }],
    comment: live.comment,
  };
}

/** What stands in FROM for these rows: the table, the archive, or both. */
export function archivedRows(meta: ModelMeta, kept: Kept, scoped: boolean, reason: string | null = null): SourceNode {
  const live = meta.reading("live", scoped, reason);
  if (kept === "live") return live;
  const token: ScopeToken = { kind: "scope", label: meta.name };
  const select = (source: TableSource, id: ExprNode): SelectNode =>
    plainSelect(
      source,
      [...meta.list.map((column) => meta.node(column, token)), id].map((node) => ({ tokens: [token], node })),
    );
  const numbered: ExprNode = { kind: "column", token, column: archiveId.ref, codec: archiveId.codec };
  const unnumbered: ExprNode = { kind: "cast", item: { kind: "null" }, codec: archiveId.codec };
  const archived = select({ ...live, table: archiveOf(meta) }, numbered);
  const source: Omit<DerivedSource, "query"> = {
    kind: "derived",
    name: meta.table.name,
    columns: [...meta.list.map((column) => column.ref), archiveId.ref],
    table: meta.table,
    lateral: null,
  };
  if (kept === "deleted") return { ...source, query: archived };
  return { ...source, query: { kind: "compound", op: "union all", left: select(live, unnumbered), right: archived } };
}
