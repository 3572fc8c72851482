/** Different values for many rows in one statement per chunk. Layer 6. */
import type { UpdateNode } from "../ast/dml.ts";
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import { type ValuesSource, valuesColumn } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import { StaleObjectError, UsageError } from "../errors.ts";
import { checkColumns } from "./accept.ts";
import { columnValue, type ModelBase, setValue, stateOf } from "./base.ts";
import { checkedRows, type RowCheck, refusedRows } from "./checked.ts";
import { keyText } from "./key-text.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { naming } from "./missing-parent.ts";
import { markSaved, savedKey } from "./persistence.ts";
import { runNode } from "./reading.ts";
import { changedValues } from "./row-values.ts";
import { assertPinnedChanges } from "./scope-values.ts";
import { counted, counterOf, versionOf, versionsNow } from "./versions.ts";

/** One text for many calls: the last chunk of long lists is the only one with fewer rows. */
const mostRows = 1000;

interface Row {
  readonly instance: ModelBase;
  /** What the row is found by. */
  readonly key: readonly unknown[];
  /** What the change is based on; null: the rows are not counted. */
  readonly version: number | null;
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
  const counter = counterOf(meta);
  const now = new Date();
  const stamps = columns.filter(({ declaration }) => declaration.autoNow);
  const check: RowCheck = (instance, found, index) => checkColumns(columns, instance, found, index);
  const rows = await checkedRows(meta, instances, check, (instance): Row => {
    const key = savedKey(meta, instance, "be updated");
    for (const column of stamps) setValue(instance, column, new Date(now));
    for (const column of columns)
      if (columnValue(instance, column) === undefined)
        throw new UsageError(`${column.label} was not loaded in ${String(instance)}`, {
          hint: "leave it out of fields, or load it with alsoSelect()",
        });
    const values = changedValues(meta, instance, columns);
    assertPinnedChanges(meta, columns, values);
    return { instance, version: counter === null ? null : versionOf(instance, counter), key, values };
  });
  assertOnce(meta, rows);
  const width = columns.length + meta.primaryKey.length + (counter === null ? 0 : 1);
  const most = Math.max(1, Math.min(mostRows, Math.floor(session.traits.maxParameters / width)));
  const work = session.transaction(async (tx) => {
    for (let i = 0; i < rows.length; i += most) {
      const chunk = rows.slice(i, i + most);
      const found = await updateChunk(meta, tx, columns, chunk);
      if (found !== chunk.length) throw new MissingRows(chunk, chunk.length - found);
    }
  });
  try {
    await work.catch(refusedRows(meta, instances, check));
  } catch (error) {
    throw error instanceof MissingRows ? await stale(meta, session, error) : error;
  }
  const ours = counter === null ? [] : [counter];
  const written = [...columns, ...ours];
  for (const { instance, values, version } of rows)
    markSaved(instance, session, written, version === null ? values : [...values, version + 1], ours);
  return rows.length;
}

class MissingRows extends Error {
  readonly rows: readonly Row[];
  readonly count: number;
  constructor(rows: readonly Row[], count: number) {
    super();
    this.rows = rows;
    this.count = count;
  }
}

/** Looked at after the rollback, when rows have their old versions again; told is the first row that has another. */
async function stale(meta: ModelMeta, session: Session, { rows, count }: MissingRows): Promise<StaleObjectError> {
  const counter = counterOf(meta);
  const about = { model: meta.name, outcome: "not_applied", hint: "nothing was written" } as const;
  if (counter === null) return new StaleObjectError(`${meta.name}.bulkUpdate: ${count} of the rows are gone`, { ...about, found: null });
  const versions = await versionsNow(
    session,
    rows.map(({ instance }) => instance),
    counter,
  );
  const at = rows.findIndex(({ version }, i) => versions[i] !== version);
  return new StaleObjectError(`${meta.name}.bulkUpdate: ${count} of the rows were changed by somebody else, or are gone`, {
    ...about,
    ...(at === -1 ? {} : { expected: rows[at]?.version ?? undefined, found: versions[at] ?? null }),
  });
}

function columnsToWrite(meta: ModelMeta, instances: readonly ModelBase[], fields: readonly string[] | null): ColumnMeta[] {
  const columns = fields === null ? changedInAny(meta, instances) : [...new Set(fields)].map((name) => meta.column(name));
  for (const column of columns)
    if (column.declaration.primaryKey) throw new UsageError(`${column.label} is the primary key: keys are not updated`);
  const counter = counterOf(meta);
  if (columns.length === 0) return [];
  return meta.list.filter((column) => (columns.includes(column) || column.declaration.autoNow) && column !== counter);
}

function changedInAny(meta: ModelMeta, instances: readonly ModelBase[]): ColumnMeta[] {
  const changed = new Set<ColumnMeta>();
  // A column that one instance has changed is not looked at in the others.
  let others = meta.list;
  for (const instance of instances) {
    const state = stateOf(instance);
    let found = false;
    for (const column of others) {
      if (!state.differs(column, columnValue(instance, column))) continue;
      changed.add(column);
      found = true;
    }
    if (found) others = others.filter((column) => !changed.has(column));
  }
  return meta.list.filter((column) => changed.has(column));
}

/** @throws UsageError: of two instances of one row, either's values could win */
function assertOnce(meta: ModelMeta, rows: readonly Row[]): void {
  const keys = new Set(rows.map(({ key }) => (key.length === 1 && typeof key[0] === "number" ? key[0] : keyText(key))));
  if (keys.size !== rows.length) throw new UsageError(`${meta.name}.bulkUpdate was given two instances of the same row`);
}

/** `update t set a = given.column2 from (values (?, ?), ...) as given where t.id = given.column1` */
async function updateChunk(meta: ModelMeta, session: Session, columns: readonly ColumnMeta[], rows: readonly Row[]): Promise<number> {
  const token: ScopeToken = { kind: "scope", label: "the given rows" };
  const counter = counterOf(meta);
  // What a row is found by, then what it is given.
  const keyColumns = counter === null ? meta.primaryKey : [...meta.primaryKey, counter];
  const all = [...keyColumns, ...columns];
  const source: ValuesSource = {
    kind: "values",
    name: "given",
    columns: all.map(({ codec }) => codec),
    rows: rows.map(({ key, version, values }) => (version === null ? key.concat(values) : key.concat(version, values))),
  };
  const given = all.map(({ codec }, place): ExprNode => ({ kind: "column", token, column: valuesColumn(place), codec }));
  const set = columns.map(({ ref, codec }, c) => ({ column: ref, codec, value: given[keyColumns.length + c] as ExprNode }));
  const keys = keyColumns.map(
    (column, c): ExprNode => ({ kind: "compare", op: "=", left: meta.node(column, meta.token), right: given[c] as ExprNode }),
  );
  const tokens = [meta.token, token];
  const on: ExprNode = keys.length === 1 ? (keys[0] as ExprNode) : { kind: "logic", op: "and", items: keys };
  const node: UpdateNode = {
    kind: "update",
    table: meta.table,
    set: { tokens, node: [...set, ...counted(meta, set)] },
    from: { source, on: { tokens, node: on } },
    where: [],
  };
  const written = { columns, rows: rows.map(({ values }) => values) };
  return (await naming(() => runNode(session, node, meta), meta, session, written)).affected;
}
