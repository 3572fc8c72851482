/** Many new rows in few statements: chunked by the dialect's limits, all or none. Layer 6. */

import type { InsertNode } from "../ast/dml.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { interpretRows } from "../hydrate/interpret.ts";
import { checkNewRow } from "./accept.ts";
import { type ModelBase, stateOf } from "./base.ts";
import { checkedRows, type RowCheck, refusedRows } from "./checked.ts";
import { PerModel } from "./kept.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { naming } from "./missing-parent.ts";
import { answeredColumn, assertKeyGiven, identityValue, insertColumn, markSaved, readGenerated, sameColumns } from "./persistence.ts";
import { readRows, runNode, wireAccess } from "./reading.ts";
import { type InsertValues, insertValues } from "./row-values.ts";
import { type Pins, pinsOf } from "./scope-values.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { bindFields } from "./whole-row.ts";

export interface Pending extends InsertValues {
  readonly instance: ModelBase;
}

/** Rows of one statement: they name the same columns. */
export interface Chunk {
  readonly columns: readonly ColumnMeta[];
  readonly generated: readonly ColumnMeta[];
  readonly rows: Pending[];
  bytes: number;
}

/** What cannot be written as JSON is either a custom column's or will be refused by its codec. */
function roughDocumentBytes(document: object): number {
  try {
    return (JSON.stringify(document)?.length ?? 0) * 3;
  } catch {
    return 1024;
  }
}

function roughBytes(values: readonly unknown[]): number {
  let bytes = 0;
  for (const value of values) {
    if (typeof value === "string") bytes += value.length * 3;
    else if (value instanceof Uint8Array) bytes += value.byteLength * 2;
    else if (typeof value === "object" && value !== null && !(value instanceof Date)) bytes += roughDocumentBytes(value);
    else bytes += 32;
  }
  return bytes;
}

/** Neighbours that name the same columns share a statement, so that the order of the rows is kept. */
export function chunksOf(pending: readonly Pending[], session: Session, batchSize: number): Chunk[] {
  const { maxParameters, maxStatementBytes } = session.traits;
  const chunks: Chunk[] = [];
  let chunk: Chunk | null = null;
  for (const row of pending) {
    const bytes = maxStatementBytes === Number.POSITIVE_INFINITY ? 0 : roughBytes(row.values);
    const same = chunk !== null && sameColumns(chunk.columns, row.columns);
    const most = row.columns.length === 0 ? 1 : Math.min(batchSize, Math.floor(maxParameters / row.columns.length));
    if (chunk === null || !same || chunk.rows.length >= most || chunk.bytes + bytes > maxStatementBytes / 2) {
      chunk = { columns: row.columns, generated: row.generated, rows: [], bytes: 0 };
      chunks.push(chunk);
    }
    chunk.rows.push(row);
    chunk.bytes += bytes;
  }
  return chunks;
}

export function checkNew(meta: ModelMeta): RowCheck {
  return (instance, found, index) => checkNewRow(meta, instance, found, index);
}

/** The rows with accepted values. @throws ValidationError that tells what is wrong with each of them */
export function pendingRows(meta: ModelMeta, instances: readonly ModelBase[], now: Date): Promise<Pending[]> {
  let last: InsertValues | undefined;
  let pins: Pins | undefined;
  return checkedRows(meta, instances, checkNew(meta), (instance): Pending => {
    pins ??= pinsOf(meta);
    last = insertValues(meta, instance, now, last, pins);
    return { instance, columns: last.columns, values: last.values, generated: last.generated };
  });
}

export async function bulkInsert(meta: ModelMeta, instances: readonly ModelBase[], session: Session, batchSize: number): Promise<void> {
  if (instances.length === 0) return;
  const now = new Date();
  for (const instance of instances) {
    if (stateOf(instance).status !== "new")
      throw new UsageError(`${meta.name}.bulkCreate: ${String(instance)} is in the database already`, { hint: "save() it" });
  }
  if (new Set(instances).size !== instances.length) throw new UsageError(`${meta.name}.bulkCreate was given the same instance twice`);
  const pending = await pendingRows(meta, instances, now);
  const chunks = chunksOf(pending, session, batchSize);
  for (const { columns, generated } of chunks) assertReadable(meta, session, columns, generated);
  const filled: unknown[][][] = [];
  const work = async (tx: Session): Promise<void> => {
    for (const chunk of chunks) filled.push(await insertChunk(meta, tx, chunk));
  };
  await (chunks.length === 1 ? work(session) : session.transaction(work)).catch(refusedRows(meta, instances, checkNew(meta)));
  // Only now are they saved: a failing chunk leaves every instance new.
  chunks.forEach((chunk, c) => {
    const columns = [...chunk.columns, ...chunk.generated];
    chunk.rows.forEach((row, r) => {
      for (const value of filled[c]?.[r] ?? []) row.values.push(value);
      markSaved(row.instance, session, columns, row.values);
    });
  });
}

/** @throws UsageError, before anything is sent, when the generated values of many rows could not be found again */
function assertReadable(meta: ModelMeta, session: Session, columns: readonly ColumnMeta[], generated: readonly ColumnMeta[]): void {
  assertKeyGiven(meta, session, columns, generated);
  if (session.traits.insertReturning || generated.length === 0 || meta.primaryKey.length === 1) return;
  throw new UsageError(`${meta.name}.bulkCreate: ${session.traits.label} cannot return the database defaults of this table`, {
    hint: "give every column a value, or use create()",
  });
}

/** Tables whose rows do not get numbers that follow one another. */
const unsteady = new PerModel<true>();
/** Rows for whose numbers it pays not to ask. */
const mayBeNumbered = 50;

/** Resolves to the generated values of each row. */
async function insertChunk(meta: ModelMeta, session: Session, chunk: Chunk): Promise<unknown[][]> {
  const { columns, generated } = chunk;
  const rows = chunk.rows.map((row) => row.values);
  const plain: InsertNode = { kind: "insert", table: meta.table, columns: columns.map(insertColumn), rows, returning: [] };
  const send = (node: InsertNode) => naming(() => runNode(session, node, meta), meta, session, { columns, rows });
  const column = answeredColumn(session, generated);
  if (column !== null && rows.length >= mayBeNumbered && unsteady.get(meta, session) === undefined) {
    const { affected, insertId } = await send({ ...plain, numberedBy: column.ref });
    if (affected === rows.length) return numbersUpTo(identityValue(session, column, insertId) as number | bigint, affected);
    unsteady.set(meta, session, true);
  }
  const returning = session.traits.insertReturning ? generated.map(insertColumn) : [];
  const result = await send({ ...plain, returning });
  if (generated.length === 0) return [];
  if (returning.length > 0) return readGenerated(session, generated, result.rows);
  const identity = generated.find((column) => column.declaration.identity);
  const keys = await keysOf(meta, session, chunk, identity, result.insertId);
  return readByKeys(meta, session, generated, identity, keys);
}

function numbersUpTo(last: number | bigint, count: number): unknown[][] {
  const back = (i: number) => count - 1 - i;
  return Array.from({ length: count }, (_, i) => [typeof last === "bigint" ? last - BigInt(back(i)) : last - back(i)]);
}

/** MySQL numbers the rows of one statement consecutively, in steps of auto_increment_increment. */
async function keysOf(
  meta: ModelMeta,
  session: Session,
  chunk: Chunk,
  identity: ColumnMeta | undefined,
  insertId: number | bigint | null,
): Promise<unknown[]> {
  if (identity === undefined) {
    const at = chunk.columns.indexOf(meta.primaryKey[0] as ColumnMeta);
    return chunk.rows.map((row) => row.values[at]);
  }
  const first = identityValue(session, identity, insertId) as number | bigint;
  const step = chunk.rows.length === 1 ? 1 : await incrementOf(session);
  return chunk.rows.map((_, i) => (typeof first === "bigint" ? first + BigInt(i * step) : first + i * step));
}

const increments = new WeakMap<object, number>();

async function incrementOf(session: Session): Promise<number> {
  let step = increments.get(session.core);
  if (step === undefined) {
    const { rows } = await session.run(
      { sql: "select @@auto_increment_increment as c0", params: [], operation: "select", rows: true, writes: false },
      { model: null },
    );
    step = Number((rows[0] as { c0: unknown }).c0);
    increments.set(session.core, step);
  }
  return step;
}

async function readByKeys(
  meta: ModelMeta,
  session: Session,
  generated: readonly ColumnMeta[],
  identity: ColumnMeta | undefined,
  keys: readonly unknown[],
): Promise<unknown[][]> {
  if (generated.length === 1 && identity !== undefined) return keys.map((key) => [key]);
  const [key] = meta.primaryKey as [ColumnMeta];
  const item = meta.node(key, meta.token);
  const selection = selectColumns(meta, [key, ...generated]);
  const where = [{ tokens: [meta.token], node: { kind: "inList", item, values: keys, of: key.codec, negated: false } as const }];
  const { rows } = await runNode(session, selectFrom(meta, selection.columns, where, meta.bare), meta);
  const fields = bindFields(selection.fields, session).map(([, shape], i) => [String(i), shape] as const);
  // Keys that are objects, such as instants, are the same when they are written the same.
  const { encode } = session.dialect.wire(key.codec);
  const written = (value: unknown): string => {
    const encoded: unknown = encode === null ? value : encode(value as never);
    return encoded instanceof Uint8Array ? Buffer.from(encoded).toString("hex") : String(encoded);
  };
  const found = new Map<string, unknown[]>();
  for (const row of readRows(rows, interpretRows({ kind: "object", fields }, wireAccess(session)))) {
    const [own, ...values] = Object.values(row as object) as unknown[];
    found.set(written(own), values);
  }
  return keys.map((value) => {
    const values = found.get(written(value));
    if (values === undefined) throw new UsageError(`${meta.name}.bulkCreate: a row that was inserted cannot be found by its key`);
    return values;
  });
}
