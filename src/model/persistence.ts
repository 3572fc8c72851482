/** One instance to one row: insert, update of what changed, delete, read again. Layer 6. */
import type { Assignment, DeleteNode, InsertColumn, InsertNode, UpdateNode } from "../ast/dml.ts";
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import type { DriverResult, RawRow } from "../drivers/driver.ts";
import { engineOf } from "../engine/engine.ts";
import type { Session } from "../engine/session.ts";
import { NotFoundError, UnsupportedError, UsageError } from "../errors.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { checkColumns, checkNewRow, hasClean, writingError } from "./accept.ts";
import { columnValue, type ModelBase, metaOfInstance, setValue, stateOf } from "./base.ts";
import { cleanRow } from "./checked.ts";
import { again, type KeptStatement, keep, PerModel } from "./kept.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { nameMissingParent } from "./missing-parent.ts";
import { compileFor, runNode, wireAccess } from "./reading.ts";
import { changedColumns, changedValues, cleanNewRow, type InsertValues, insertValues } from "./row-values.ts";
import { assertPinnedChanges } from "./scope-values.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { frozenCopy, notLoaded, sameValue } from "./state.ts";
import { counterOf, staleError, versionOf } from "./versions.ts";
import { statementMeta } from "./violations.ts";

export function insertColumn(column: ColumnMeta): InsertColumn {
  return { column: column.ref, codec: column.codec };
}

/** Puts what was written into the instance and remembers it as saved. `ours`: columns that nobody but this library writes. */
export function markSaved(
  instance: ModelBase,
  session: Session,
  written: readonly ColumnMeta[],
  values: readonly unknown[],
  ours: readonly ColumnMeta[] = [],
): void {
  const state = stateOf(instance);
  if (session.inTransaction)
    restoreOnRollback(instance, session, state.status === "new" ? written.filter((column) => column.declaration.identity) : ours);
  const isSaved = state.status === "saved";
  const known: unknown[] = isSaved && state.written !== null ? state.written.slice() : new Array(written.length);
  for (let i = 0; i < written.length; i++) {
    const column = written[i] as ColumnMeta;
    const value = values[i];
    // Not by ===, for which -0 is its normal form already.
    if (!Object.is(columnValue(instance, column), value)) setValue(instance, column, value);
    known[column.index] = frozenCopy(value);
  }
  if (!isSaved) {
    state.row = null;
    state.layout = null;
  }
  state.written = known;
  state.status = "saved";
  state.engine = engineOf(session);
}

/** What a transaction did to an instance is undone with it: a new one is new again, without the number it was given. */
export function restoreOnRollback(instance: ModelBase, session: Session, numbered: readonly ColumnMeta[]): void {
  if (!session.inTransaction) return;
  const state = stateOf(instance);
  const { status, row, layout, written, engine } = state;
  const numbers = numbered.map((column) => columnValue(instance, column));
  session.onUndo(() => {
    Object.assign(state, { status, row, layout, written, engine });
    numbered.forEach((column, i) => {
      setValue(instance, column, numbers[i]);
    });
  });
}

interface KeptInsert {
  readonly like: InsertValues;
  readonly statement: KeptStatement | null;
}
const inserts = new PerModel<KeptInsert>();

/** The only generated column, where the answer to an INSERT says its number. */
export function answeredColumn(session: Session, generated: readonly ColumnMeta[]): ColumnMeta | null {
  const [column] = generated;
  return session.traits.answersNumber && generated.length === 1 && column?.declaration.identity === true ? column : null;
}

/** The columns whose values an INSERT hands back: none where its answer says the only one of them. */
function returnedBy(session: Session, generated: readonly ColumnMeta[]): readonly ColumnMeta[] {
  return session.traits.insertReturning && answeredColumn(session, generated) === null ? generated : [];
}

/** Most rows of a model name the same columns: the text of the last insert is kept. */
function insertStatement(meta: ModelMeta, session: Session, like: InsertValues, last: KeptInsert | undefined): CompiledStatement {
  const { columns, values, generated } = like;
  const known = last !== undefined && sameColumns(last.like.columns, columns);
  if (known && last.statement !== null) return again(last.statement, values);
  const returning = returnedBy(session, generated).map(insertColumn);
  const node: InsertNode = { kind: "insert", table: meta.table, columns: columns.map(insertColumn), rows: [values], returning };
  if (known) return compileFor(session, node);
  const codecs = columns.map((column) => column.codec);
  const statement = keep(session, node, codecs, values);
  inserts.set(meta, session, { like: { columns, values: [], generated }, statement });
  return statement?.compiled ?? compileFor(session, node);
}

export function sameColumns(a: readonly ColumnMeta[], b: readonly ColumnMeta[]): boolean {
  return a === b || (a.length === b.length && a.every((column, i) => column === b[i]));
}

export async function insertInstance(instance: ModelBase, session: Session): Promise<void> {
  const meta = metaOfInstance(instance);
  const now = new Date();
  if (hasClean(instance)) await cleanNewRow(meta, instance, now);
  const last = inserts.get(meta, session);
  const row = insertValues(meta, instance, now, last?.like);
  const { columns, values, generated } = row;
  assertKeyGiven(meta, session, columns, generated);
  let result: DriverResult;
  try {
    const answer = session.run(insertStatement(meta, session, row, last), statementMeta(meta));
    result = answer instanceof Promise ? await answer : answer;
  } catch (error) {
    await nameMissingParent(error, meta, session, { columns, rows: [values] });
    throw writingError(error, meta, (found) => checkNewRow(meta, instance, found));
  }
  const filled =
    generated.length === 0
      ? []
      : returnedBy(session, generated).length > 0
        ? (readGenerated(session, generated, result.rows)[0] ?? [])
        : await generatedByKey(meta, session, columns, values, generated, result.insertId);
  markSaved(instance, session, [...columns, ...generated], [...values, ...filled]);
}

/** The returned columns of each row, decoded. */
export function readGenerated(session: Session, generated: readonly ColumnMeta[], rows: readonly RawRow[]): unknown[][] {
  const access = wireAccess(session);
  const readers = generated.map((column, slot) => interpretRows({ kind: "value", slot, codec: column.codec }, access));
  return rows.map((row) => readers.map((read) => read(row as never)));
}

/** What the database fills in is read by key where it cannot be returned. @throws UnsupportedError when it fills in the key */
export function assertKeyGiven(meta: ModelMeta, session: Session, columns: readonly ColumnMeta[], generated: readonly ColumnMeta[]): void {
  if (session.traits.insertReturning || generated.length === 0) return;
  const unknown = meta.primaryKey.filter((column) => !column.declaration.identity && !columns.includes(column));
  if (unknown.length === 0) return;
  const names = unknown.map((column) => column.property);
  throw new UnsupportedError(
    `${meta.name}: ${session.traits.label} cannot return the ${names.join(", ")} that it makes (trait insertReturning)`,
    {
      hint: "give the key a value, or declare it with .default() instead of .dbDefault()",
      model: meta.name,
      columns: names,
    },
  );
}

/** Without RETURNING: the number comes with the answer, other defaults are read by key. */
async function generatedByKey(
  meta: ModelMeta,
  session: Session,
  columns: readonly ColumnMeta[],
  values: readonly unknown[],
  generated: readonly ColumnMeta[],
  insertId: number | bigint | null,
): Promise<unknown[]> {
  const identity = generated.find((column) => column.declaration.identity);
  const key = (column: ColumnMeta): unknown =>
    column === identity ? identityValue(session, column, insertId) : values[columns.indexOf(column)];
  if (generated.length === 1 && identity !== undefined) return [key(identity)];
  const where = meta.primaryKey.map((column) => equals(meta, column, key(column)));
  const select = selectColumns(meta, generated);
  const result = await runNode(session, selectFrom(meta, select.columns, where, meta.bare), meta);
  return readGenerated(session, generated, result.rows)[0] ?? [];
}

/** The number of a new row. @throws ValueError for one that its column's type cannot hold */
export function identityValue(session: Session, column: ColumnMeta, insertId: number | bigint | null): unknown {
  if (insertId === null) throw new UsageError(`${column.label}: the database did not say which number it gave`);
  const { decode } = session.dialect.wire(column.codec);
  return decode === null ? insertId : decode(insertId as never);
}

function equals(meta: ModelMeta, column: ColumnMeta, value: unknown): Clause {
  const node: ExprNode = {
    kind: "compare",
    op: "=",
    left: meta.node(column, meta.token),
    right: { kind: "value", value, codec: column.codec },
  };
  return { tokens: [meta.token], node };
}

/** The key that a saved instance was read with, in the order of its columns. */
export function savedKey(meta: ModelMeta, instance: ModelBase, verb: string): unknown[] {
  const state = stateOf(instance);
  return meta.primaryKey.map((column) => {
    const saved = state.saved(column);
    if (saved === notLoaded) throw new UsageError(`${meta.name}: this row was read without its key ${column.property}, it cannot ${verb}`);
    if (!sameValue(saved, columnValue(instance, column))) {
      throw new UsageError(`${column.label} is the primary key and was changed; the row cannot ${verb}`, {
        hint: "insert a new row and delete this one",
      });
    }
    return saved;
  });
}

/** The row of a saved instance, by that key. */
export function keyClauses(meta: ModelMeta, instance: ModelBase, verb: string): Clause[] {
  return rowWithKey(meta, savedKey(meta, instance, verb));
}

/** The same, unless somebody has changed it since it was read, where changes are counted. */
export function rowClauses(meta: ModelMeta, instance: ModelBase, verb: string): Clause[] {
  const where = keyClauses(meta, instance, `be ${verb}`);
  const counter = counterOf(meta);
  return counter === null ? where : [...where, equals(meta, counter, versionOf(instance, counter))];
}

function rowWithKey(meta: ModelMeta, key: readonly unknown[], columns: readonly ColumnMeta[] = meta.primaryKey): Clause[] {
  return columns.map((column, i) => equals(meta, column, key[i]));
}

interface KeptUpdate {
  readonly columns: readonly ColumnMeta[];
  readonly statement: KeptStatement | null;
}
const updates = new PerModel<KeptUpdate>();

/** Rows of a model are often changed in the same columns: the text of the last update without a NULL is kept. */
function updateStatement(
  meta: ModelMeta,
  session: Session,
  columns: readonly ColumnMeta[],
  values: readonly unknown[],
  keyColumns: readonly ColumnMeta[],
  key: readonly unknown[],
): CompiledStatement {
  const keepable = !values.includes(null);
  const last = updates.get(meta, session);
  const known = keepable && last !== undefined && sameColumns(last.columns, columns);
  if (known && last.statement !== null) return again(last.statement, [...values, ...key]);
  const set = columns.map((column, i): Assignment => {
    const value: ExprNode = values[i] === null ? { kind: "null" } : { kind: "value", value: values[i], codec: column.codec };
    return { column: column.ref, codec: column.codec, value };
  });
  const node: UpdateNode = { kind: "update", table: meta.table, set: { tokens: [], node: set }, where: rowWithKey(meta, key, keyColumns) };
  if (!keepable || known) return compileFor(session, node);
  const codecs = [...columns, ...keyColumns].map((column) => column.codec);
  const statement = keep(session, node, codecs, [...values, ...key]);
  updates.set(meta, session, { columns, statement });
  return statement?.compiled ?? compileFor(session, node);
}

export async function updateInstance(instance: ModelBase, session: Session, fields: readonly string[] | null): Promise<void> {
  const meta = metaOfInstance(instance);
  const key = savedKey(meta, instance, "be updated");
  const only = fields === null ? null : new Set(fields.map((field) => meta.column(field).property));
  let changed = changedColumns(instance, only);
  if (changed.length === 0) return;
  if (hasClean(instance)) {
    await cleanRow(meta, instance, (row, found) => checkColumns(changed, row, found));
    changed = changedColumns(instance, only);
  }
  for (const column of meta.list) {
    if (!column.declaration.autoNow) continue;
    setValue(instance, column, new Date());
    if (!changed.includes(column)) changed.push(column);
  }
  const values = changedValues(meta, instance, changed);
  assertPinnedChanges(meta, changed, values);
  const counter = counterOf(meta);
  const keyColumns = counter === null ? meta.primaryKey : [...meta.primaryKey, counter];
  if (counter !== null) {
    const read = versionOf(instance, counter);
    const at = changed.indexOf(counter);
    if (at === -1) changed.push(counter);
    values[at === -1 ? values.length : at] = read + 1;
    key.push(read);
  }
  let result: DriverResult;
  try {
    const answer = session.run(updateStatement(meta, session, changed, values, keyColumns, key), statementMeta(meta));
    result = answer instanceof Promise ? await answer : answer;
  } catch (error) {
    await nameMissingParent(error, meta, session, { columns: changed, rows: [values] });
    throw writingError(error, meta, (found) => checkColumns(changed, instance, found));
  }
  if (result.affected === 0) throw await staleError(instance, session, "updated");
  markSaved(instance, session, changed, values, counter === null ? [] : [counter]);
}

const deletes = new PerModel<KeptStatement | null>();

/** The text of a delete by key is the same for every row of a model. */
function deleteStatement(meta: ModelMeta, session: Session, where: readonly Clause[]): CompiledStatement {
  const node: DeleteNode = { kind: "delete", table: meta.table, where };
  const values = where.map(comparedWith);
  let kept = values.includes(undefined) ? null : deletes.get(meta, session);
  if (kept === undefined) {
    const counter = counterOf(meta);
    const columns = counter === null ? meta.primaryKey : [...meta.primaryKey, counter];
    const codecs = columns.map((column) => column.codec);
    kept = deletes.set(meta, session, keep(session, node, codecs, values));
  }
  return kept === null ? compileFor(session, node) : again(kept, values);
}

/** The value that a key's column is compared with. */
function comparedWith({ node }: Clause): unknown {
  return node.kind === "compare" && node.right.kind === "value" ? node.right.value : undefined;
}

export async function deleteInstance(instance: ModelBase, session: Session): Promise<void> {
  const meta = metaOfInstance(instance);
  const where = rowClauses(meta, instance, "deleted");
  const answer = session.run(deleteStatement(meta, session, where), statementMeta(meta));
  const result = answer instanceof Promise ? await answer : answer;
  if (result.affected === 0) throw await staleError(instance, session, "deleted");
  restoreOnRollback(instance, session, []);
  stateOf(instance).status = "deleted";
}

export async function refreshInstance(instance: ModelBase, session: Session): Promise<void> {
  const meta = metaOfInstance(instance);
  const state = stateOf(instance);
  const where = meta.primaryKey.map((column) => equals(meta, column, state.saved(column)));
  const columns = [...meta.columns.values()].filter((column) => !column.declaration.hidden || state.saved(column) !== notLoaded);
  const select = selectColumns(meta, columns);
  const result = await runNode(session, selectFrom(meta, select.columns, where, meta.bare), meta);
  const values = readGenerated(session, columns, result.rows)[0];
  if (values === undefined) throw new NotFoundError(`${String(instance)} is gone`, { model: meta.name });
  markSaved(instance, session, columns, values);
}
