/** Different values for many rows in one statement per chunk. Layer 6. */
import type { UpdateNode } from "../ast/dml.ts";
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import { type ValuesSource, valuesColumn } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { checkColumns } from "./accept.ts";
import { columnValue, type ModelBase, setValue, stateOf } from "./base.ts";
import { checkedRows, type RowCheck, refusedRows } from "./checked.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { markSaved, savedKey } from "./persistence.ts";
import { runNode } from "./reading.ts";
import { changedValues } from "./row-values.ts";
import { assertPinnedChanges } from "./scope-values.ts";

/** One text for many calls: the last chunk of long lists is the only one with fewer rows. */
const mostRows = 1000;

interface Row {
  readonly instance: ModelBase;
  /** What the row is found by. */
  readonly key: readonly unknown[];
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
  const check: RowCheck = (instance, found, index) => checkColumns(columns, instance, found, index);
  const rows = await checkedRows(meta, instances, check, (instance): Row => {
    const key = savedKey(meta, instance, "be updated");
    for (const column of columns) {
      if (column.declaration.autoNow) setValue(instance, column, new Date(now));
      if (columnValue(instance, column) === undefined)
        throw new UsageError(`${column.label} was not loaded in ${String(instance)}`, {
          hint: "leave it out of fields, or load it with alsoSelect()",
        });
    }
    const values = changedValues(meta, instance, columns);
    assertPinnedChanges(
      meta,
      columns.map((column, c) => [column, values[c]]),
    );
    return { instance, key, values };
  });
  assertOnce(meta, rows);
  const most = Math.max(1, Math.min(mostRows, Math.floor(session.traits.maxParameters / (columns.length + meta.primaryKey.length))));
  const work = session.transaction(async (tx) => {
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
  await work.catch(refusedRows(meta, instances, check));
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

/** @throws UsageError: of two instances of one row, either's values could win */
function assertOnce(meta: ModelMeta, rows: readonly Row[]): void {
  const keys = new Set(rows.map(({ key }) => (key.length === 1 && typeof key[0] !== "object" ? key[0] : JSON.stringify(key, spelled))));
  if (keys.size !== rows.length) throw new UsageError(`${meta.name}.bulkUpdate was given two instances of the same row`);
}

function spelled(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? [...value] : value;
}

/** `update t set a = given.column2 from (values (?, ?), ...) as given where t.id = given.column1` */
async function updateChunk(meta: ModelMeta, session: Session, columns: readonly ColumnMeta[], rows: readonly Row[]): Promise<number> {
  const token: ScopeToken = { kind: "scope", label: "the given rows" };
  const all = [...meta.primaryKey, ...columns];
  const source: ValuesSource = {
    kind: "values",
    name: "given",
    columns: all.map(({ codec }) => codec),
    rows: rows.map(({ key, values }) => [...key, ...values]),
  };
  const given = all.map(({ codec }, place): ExprNode => ({ kind: "column", token, column: valuesColumn(place), codec }));
  const set = columns.map(({ ref, codec }, c) => ({ column: ref, codec, value: given[meta.primaryKey.length + c] as ExprNode }));
  const keys = meta.primaryKey.map(
    (column, c): ExprNode => ({ kind: "compare", op: "=", left: meta.node(column, meta.token), right: given[c] as ExprNode }),
  );
  const tokens = [meta.token, token];
  const on: ExprNode = keys.length === 1 ? (keys[0] as ExprNode) : { kind: "logic", op: "and", items: keys };
  const node: UpdateNode = {
    kind: "update",
    table: meta.table,
    set: { tokens, node: set },
    from: { source, on: { tokens, node: on } },
    where: [],
  };
  return (await runNode(session, node, meta)).affected;
}
