/** Inserting rows that may be there already. Layer 6. */
import type { InsertNode } from "../ast/dml.ts";
import type { Clause } from "../ast/select.ts";
import type { RawRow } from "../drivers/driver.ts";
import type { Session } from "../engine/session.ts";
import { UniqueViolation, UsageError } from "../errors.ts";
import { cameTogether } from "../relations/guard.ts";
import { toldLoaded } from "./after-load.ts";
import { columnValue, type ModelBase } from "./base.ts";
import { type Chunk, checkNew, chunksOf, type Pending, pendingRows } from "./bulk.ts";
import { refusedRows } from "./checked.ts";
import { conditionClause } from "./conditions.ts";
import { ownRows } from "./kept-rows.ts";
import { keyText } from "./key-text.ts";
import { keysClause } from "./keys.ts";
import { chunksOfKeys } from "./locked-keys.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { naming } from "./missing-parent.ts";
import { insertColumn } from "./persistence.ts";
import { readRows, runNode } from "./reading.ts";
import { tableDefinitionOf } from "./schema.ts";
import { selectFrom, wholeSelection } from "./selection.ts";
import { restoreSoftRows } from "./soft-delete.ts";
import { type ModelConstructor, wholeReader } from "./whole-row.ts";

export interface UpsertOptions {
  readonly on: readonly string[];
  readonly update?: readonly string[];
  /** Whether the row that is there is changed: both rows' columns. */
  readonly hooks?: boolean;
  readonly where?: (existing: never, incoming: never) => unknown;
}

/** What each row names; rows that name the same as the one before share its list. */
export function givenNames(rows: readonly object[]): (readonly string[])[] {
  let last: readonly string[] = [];
  return rows.map((row) => {
    const keys = Object.keys(row);
    const named = (key: string): boolean => (row as Record<string, unknown>)[key] !== undefined;
    let same = keys.length === last.length;
    for (let i = 0; same && i < keys.length; i++) same = keys[i] === last[i] && named(keys[i] as string);
    if (!same) last = keys.filter(named);
    return last;
  });
}

/** `given[i]` are the properties that the caller named for row i: defaults fill new rows, they overwrite no old one. */
export async function upsertRows(
  meta: ModelMeta,
  instances: readonly ModelBase[],
  given: readonly (readonly string[])[],
  session: Session,
  o: UpsertOptions,
  model: ModelConstructor,
): Promise<unknown[]> {
  const on = conflictColumns(meta, o.on);
  const update = o.update?.map((property) => updatable(meta, property)) ?? null;
  const asked = o.where === undefined ? null : conditionClause([meta, meta], o.where, "upsert");
  if (instances.length === 0) return [];
  const now = new Date();
  const pending = await pendingRows(meta, instances, now);
  const keys = instances.map((instance) => keyOf(on, instance));
  const places = new Map(keys.map((key, i) => [key, i]));
  if (places.size !== keys.length) {
    throw new UsageError(`${meta.name}.upsert was given two rows with the same ${o.on.join(", ")}`, {
      hint: "the last one would win on some databases: choose one",
    });
  }
  const { scopes = [] } = meta.source;
  const where = [...(asked === null ? [] : [asked]), ...scopes.map(({ condition }) => condition())];
  const chunks = runsOf(pending, given).flatMap((run) => {
    const chosen = update ?? run.given.map((property) => meta.column(property)).filter(({ declaration }) => !declaration.primaryKey);
    return chunksOf(run.rows, session, 10_000).map((chunk) => ({ chunk, chosen }));
  });
  const work = async (tx: Session): Promise<unknown[]> => {
    const rows: unknown[] = keys.map(() => undefined);
    let next = 0;
    let seen = 0;
    const note = (found: readonly unknown[]): void => {
      for (const row of found) {
        const key = keyOf(on, row as ModelBase);
        // Mostly they come in the order that they were given in.
        const place = key === keys[next] ? next : places.get(key);
        if (place === undefined || rows[place] === undefined) seen++;
        // A key that the database takes for the same, though it is spelled otherwise.
        if (place === undefined) continue;
        rows[place] = row;
        next = place + 1;
      }
    };
    for (const { chunk, chosen } of chunks) note(await upsertChunk(meta, tx, chunk, on, chosen, where, model));
    const others = instances.filter((_, i) => rows[i] === undefined);
    for (const part of chunksOfKeys(others, on.length)) {
      const given = part.map((instance) => on.map((column) => column.codec.accept(columnValue(instance, column), column.label)));
      const { rows: found } = await runNode(tx, selectFrom(meta, wholeSelection(meta).columns, [keysClause(meta, on, given)]), meta);
      note(await instancesOf(found, meta, tx, model));
    }
    if (scopes.length > 0 && seen < keys.length)
      throw new UniqueViolation(`${meta.name}.upsert: a key is in use by a row that is deleted or out of scope`, {
        model: meta.name,
        columns: o.on,
        outcome: "not_applied",
      });
    return rows.filter((row) => row !== undefined);
  };
  // One statement that hands its rows back is all or nothing by itself.
  const alone = chunks.length === 1 && scopes.length === 0 && session.traits.insertReturning;
  return (alone ? work(session) : session.transaction(work)).catch(refusedRows(meta, instances, checkNew(meta)));
}

/** Inserts the rows whose key is not there yet and leaves the others as they are. */
export async function insertMissing(
  meta: ModelMeta,
  instances: readonly ModelBase[],
  on: readonly ColumnMeta[],
  session: Session,
): Promise<void> {
  const now = new Date();
  const pending = await pendingRows(meta, instances, now);
  const chunks = chunksOf(pending, session, 10_000);
  // A row that is marked as deleted still holds its primary key: the one that is missing is that row.
  const back = meta.behaviour.deletion === "soft" && on.every((column) => meta.primaryKey.includes(column));
  const work = async (tx: Session): Promise<void> => {
    if (back) await restoreKeys(meta, tx, on, pending);
    for (const chunk of chunks) await upsertChunk(meta, tx, chunk, on, [], []);
  };
  await (back || chunks.length > 1 ? session.transaction(work) : work(session));
}

async function restoreKeys(meta: ModelMeta, tx: Session, on: readonly ColumnMeta[], rows: readonly Pending[]): Promise<void> {
  for (const chunk of chunksOfKeys(rows, on.length)) {
    const keys = chunk.map(({ columns, values }) => on.map((column) => values[columns.indexOf(column)]));
    await restoreSoftRows(ownRows(meta, meta.model as never, tx, [keysClause(meta, on, keys)]));
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  // Rows are mostly written by one line of code, which names them in one order.
  return a === b || (a.length === b.length && (a.every((name, i) => name === b[i]) || a.every((name) => b.includes(name))));
}

/** Neighbours for which the same properties were given. */
function runsOf(pending: readonly Pending[], given: readonly (readonly string[])[]): { given: readonly string[]; rows: Pending[] }[] {
  const runs: { given: readonly string[]; rows: Pending[] }[] = [];
  pending.forEach((row, i) => {
    const names = given[i] as readonly string[];
    const last = runs.at(-1);
    if (last !== undefined && sameNames(last.given, names)) last.rows.push(row);
    else runs.push({ given: names, rows: [row] });
  });
  return runs;
}

async function upsertChunk(
  meta: ModelMeta,
  session: Session,
  chunk: Chunk,
  on: readonly ColumnMeta[],
  chosen: readonly ColumnMeta[],
  where: readonly Clause[],
  model: ModelConstructor | null = null,
): Promise<readonly unknown[]> {
  const { columns } = chunk;
  for (const column of on) if (!columns.includes(column)) throw new UsageError(`${column.label} is in "on", so every row must bring it`);
  // An automatic timestamp tells of every write; leaving the row as it is writes nothing.
  const counter = meta.behaviour.version === null ? null : meta.column(meta.behaviour.version);
  const written = columns.filter((column) => chosen.includes(column) && !on.includes(column) && column !== counter);
  const set = written.length === 0 ? [] : columns.filter((column) => written.includes(column) || column.declaration.autoNow);
  const counted = set.length === 0 ? null : (counter?.ref ?? null);
  // A row that is left as it is does not come back.
  const returned = model !== null && session.traits.insertReturning && where.length === 0 && set.length > 0;
  const given = chunk.rows.map((row) => row.values);
  const node: InsertNode = {
    kind: "insert",
    table: meta.table,
    columns: columns.map(insertColumn),
    rows: given,
    conflict: {
      columns: on.map((column) => column.ref),
      among: amongOf(meta, on),
      update: set.map((column) => column.ref),
      counted,
      where,
    },
    returning: returned ? meta.visible.map(insertColumn) : [],
  };
  const { rows } = await naming(() => runNode(session, node, meta), meta, session, { columns, rows: given });
  return returned ? instancesOf(rows, meta, session, model) : [];
}

async function instancesOf(
  rows: readonly RawRow[],
  meta: ModelMeta,
  session: Session,
  model: ModelConstructor,
): Promise<readonly unknown[]> {
  const instances = readRows(rows, wholeReader(model, meta, wholeSelection(meta), session));
  cameTogether(instances, session);
  await toldLoaded(session);
  return instances;
}

function conflictColumns(meta: ModelMeta, on: unknown): ColumnMeta[] {
  if (!Array.isArray(on) || on.length === 0)
    throw new UsageError(`${meta.name}.upsert needs { on: [columns] }`, { hint: "the columns of a unique key" });
  return on.map((property) => meta.column(String(property)));
}

/** The condition of the unique index over these columns, where it has one. */
function amongOf(meta: ModelMeta, on: readonly ColumnMeta[]): Clause | null {
  const { uniques } = tableDefinitionOf(meta);
  const same = uniques.find(
    ({ columns }) => columns.length === on.length && columns.every((ref) => on.some((column) => column.ref === ref)),
  );
  return same?.among ? { tokens: [], node: same.among } : null;
}

function updatable(meta: ModelMeta, property: string): ColumnMeta {
  const column = meta.column(property);
  if (column.declaration.primaryKey) throw new UsageError(`${column.label} is the primary key: keys are not updated`);
  return column;
}

/** What the codec makes of a value is its one normal form. @throws UsageError for NULL */
function keyOf(on: readonly ColumnMeta[], instance: ModelBase): string {
  return keyText(
    on.map((column) => {
      const value = columnValue(instance, column);
      if (value === null || value === undefined)
        throw new UsageError(`${column.label} is in "on" and ${String(value)} in a row`, { hint: "NULL is no key" });
      return column.codec.accept(value, column.label);
    }),
  );
}
