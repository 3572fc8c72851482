/** What a delete will take along and what stands in its way, looked up before anything is changed. Layer 6. */
import type { SelectNode } from "../ast/select.ts";
import { safeIntCodec } from "../codec/number.ts";
import type { Session } from "../engine/session.ts";
import { ProtectedError } from "../errors.ts";
import { keyText } from "./key-text.ts";
import { keysClause } from "./keys.ts";
import { chunksOfKeys, lockedKeys } from "./locked-keys.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { readGenerated } from "./persistence.ts";
import { newQuery, type QueryState } from "./query-state.ts";
import { runNode } from "./reading.ts";
import { type Edge, reachOf } from "./referrers.ts";
import { selectFrom } from "./selection.ts";

type Row = readonly unknown[];

export interface DeletionPlan {
  /** The keys of the query's own rows. */
  readonly keys: readonly Row[];
  /** Rows that will be gone, by model. */
  readonly models: ReadonlyMap<string, number>;
}

/**
 * Locks the query's rows and all that go with them: whoever would add another one waits for the lock of the row it refers to,
 * so the numbers stay true until the transaction ends.
 * @throws ProtectedError naming the models that stand in the way
 */
export async function planDeletion(tx: Session, root: ModelMeta, state: QueryState): Promise<DeletionPlan> {
  const removed = root.behaviour.deletion !== "soft";
  const visited = new Map<ModelMeta, Set<string>>();
  const models = new Map<string, number>();
  const blocking: Record<string, number> = {};

  const visit = async (meta: ModelMeta, query: QueryState): Promise<Row[]> => {
    const { cascades, protects } = reachOf(meta, removed);
    const edges = [...cascades, ...protects];
    const more = [...new Set(edges.flatMap(({ targets }) => targets))].filter((column) => !meta.primaryKey.includes(column));
    const columns = [...meta.primaryKey, ...more];
    const width = meta.primaryKey.length;
    const known = visited.get(meta) ?? new Set<string>();
    visited.set(meta, known);
    const found = (await lockedKeys(tx, meta, query, more)).filter((row) => !known.has(keyText(row.slice(0, width))));
    for (const row of found) known.add(keyText(row.slice(0, width)));
    if (found.length === 0 && models.has(meta.name)) return found;
    models.set(meta.name, (models.get(meta.name) ?? 0) + found.length);
    for (const rows of chunksOfKeys(found, width)) {
      for (const edge of protects) {
        const count = await countOf(tx, edge, valuesOf(edge, columns, rows), removed);
        if (count > 0) blocking[edge.meta.name] = (blocking[edge.meta.name] ?? 0) + count;
      }
      for (const edge of cascades) await visit(edge.meta, rowsOf(tx, edge, valuesOf(edge, columns, rows), removed));
    }
    return found;
  };

  const found = await visit(root, state);
  if (Object.keys(blocking).length > 0) throw refusal(root, blocking);
  for (const [name, count] of models) if (count === 0 && name !== root.name) models.delete(name);
  return { keys: found.map((row) => row.slice(0, root.primaryKey.length)), models };
}

function refusal(root: ModelMeta, blocking: Readonly<Record<string, number>>): ProtectedError {
  const list = Object.entries(blocking).map(([name, count]) => `${name} (${count})`);
  return new ProtectedError(`${root.name} is protected by rows of ${list.join(", ")}`, {
    model: root.name,
    blocking,
    outcome: "not_applied",
    hint: "delete those first, or let them refer to something else; nothing was changed",
  });
}

/** What the edge's target columns hold in these rows; NULL is referred to by nobody. */
function valuesOf({ targets }: Edge, columns: readonly ColumnMeta[], rows: readonly Row[]): Row[] {
  const at = targets.map((column) => columns.indexOf(column));
  return rows.map((row) => at.map((slot) => row[slot])).filter((values) => !values.includes(null));
}

/** Rows that go are all there are; rows that are marked are the live ones. */
function sourceOf(meta: ModelMeta, removed: boolean) {
  return removed ? meta.bare : meta.reading("live", false);
}

function rowsOf(tx: Session, { meta, columns }: Edge, values: readonly Row[], removed: boolean): QueryState {
  const query = newQuery(meta, meta.model as never, tx);
  const sources = query.sources.map((source) => ({ ...source, node: sourceOf(meta, removed) }));
  return { ...query, sources, where: [keysClause(meta, columns, values)], never: values.length === 0 };
}

async function countOf(tx: Session, { meta, columns }: Edge, values: readonly Row[], removed: boolean): Promise<number> {
  if (values.length === 0) return 0;
  const node = { kind: "aggregate", name: "count", item: null, codec: safeIntCodec } as const;
  const tree: SelectNode = selectFrom(meta, [{ tokens: [], node }], [keysClause(meta, columns, values)], sourceOf(meta, removed));
  const { rows } = await runNode(tx, tree, meta);
  const [[count]] = readGenerated(tx, [{ codec: safeIntCodec } as ColumnMeta], rows) as [[number]];
  return count;
}
