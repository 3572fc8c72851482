/** Different values for many rows in one statement per chunk. Layer 6. */
import type { CaseNode, ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { columnValue, type ModelBase, setValue, stateOf } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { keyClauses, markSaved } from "./persistence.ts";
import { runNode } from "./reading.ts";
import { assertPinnedChanges } from "./scope-values.ts";

/** CASE is walked for every row: longer ones cost more than another statement. */
const mostRows = 500;

interface Row {
  readonly instance: ModelBase;
  /** The row's key as a condition. */
  readonly key: ExprNode;
  readonly values: readonly unknown[];
}

export async function bulkUpdate(
  meta: ModelMeta,
  instances: readonly ModelBase[],
  session: Session,
  fields: readonly string[] | null,
): Promise<number> {
  if (new Set(instances).size !== instances.length) throw new UsageError(`${meta.name}.bulkUpdate was given the same instance twice`);
  for (const instance of instances) {
    if (stateOf(instance).status !== "saved") throw new UsageError(`${meta.name}.bulkUpdate: ${String(instance)} is not in the database`);
  }
  const columns = columnsToWrite(meta, instances, fields);
  if (instances.length === 0 || columns.length === 0) return 0;
  const now = new Date();
  const rows = instances.map((instance): Row => {
    const key = allOf(keyClauses(meta, instance, "be updated"));
    const values = columns.map((column) => {
      if (column.declaration.autoNow) setValue(instance, column, new Date(now));
      const value = columnValue(instance, column);
      if (value === undefined)
        throw new UsageError(`${column.label} was not loaded in ${String(instance)}`, {
          hint: "leave it out of fields, or load it with alsoSelect()",
        });
      return meta.accept(column, value);
    });
    assertPinnedChanges(
      meta,
      columns.map((column, c) => [column, values[c]]),
    );
    return { instance, key, values };
  });
  const most = Math.max(
    1,
    Math.min(mostRows, Math.floor(session.traits.maxParameters / ((columns.length + 1) * (meta.primaryKey.length + 1)))),
  );
  await session.transaction(async (tx) => {
    for (let i = 0; i < rows.length; i += most) {
      const chunk = rows.slice(i, i + most);
      const found = await updateChunk(meta, tx, columns, chunk);
      if (found !== chunk.length)
        throw new StaleObjectError(`${meta.name}.bulkUpdate: ${chunk.length - found} of the rows are gone`, {
          model: meta.name,
          outcome: "not_applied",
          hint: "nothing was written",
        });
    }
  });
  for (const { instance, values } of rows) markSaved(meta, instance, session, columns, values);
  return rows.length;
}

function columnsToWrite(meta: ModelMeta, instances: readonly ModelBase[], fields: readonly string[] | null): ColumnMeta[] {
  const names = new Set(fields ?? instances.flatMap((instance) => Object.keys(instance.changes)));
  const columns = [...names].map((name) => meta.column(name));
  for (const column of columns)
    if (column.declaration.primaryKey) throw new UsageError(`${column.label} is the primary key: keys are not updated`);
  if (columns.length === 0) return [];
  return [...meta.columns.values()].filter((column) => columns.includes(column) || column.declaration.autoNow);
}

function allOf(clauses: readonly Clause[]): ExprNode {
  const items = clauses.map(({ node }) => node);
  return items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items };
}

async function updateChunk(meta: ModelMeta, session: Session, columns: readonly ColumnMeta[], rows: readonly Row[]): Promise<number> {
  const tokens = [meta.token];
  const set = columns.map((column, c) => {
    const branches = rows.map(({ key, values }): CaseNode["branches"][number] => {
      const value = values[c];
      return { when: key, value: value === null ? { kind: "null" } : { kind: "value", value, codec: column.codec } };
    });
    // A row of the chunk always meets a branch; naming the column keeps its type when every value is NULL.
    const value: CaseNode = { kind: "case", branches, otherwise: meta.node(column, meta.token), codec: column.codec };
    return { column: column.ref, codec: column.codec, value };
  });
  const where: Clause = { tokens, node: keysNode(meta, rows) };
  const { affected } = await runNode(session, { kind: "update", table: meta.table, set: { tokens, node: set }, where: [where] }, meta);
  return affected;
}

function keysNode(meta: ModelMeta, rows: readonly Row[]): ExprNode {
  const [key] = meta.primaryKey as [ColumnMeta];
  if (meta.primaryKey.length > 1) return { kind: "logic", op: "or", items: rows.map((row) => row.key) };
  const values = rows.map(({ instance }) => columnValue(instance, key));
  return { kind: "inList", item: meta.node(key, meta.token), values, of: key.codec, negated: false };
}
