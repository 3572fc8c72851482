/** Which foreign key was broken, where the database does not say (SQLite): the row that it refers to is looked for. Layer 6. */
import type { Session } from "../engine/session.ts";
import { ForeignKeyViolation } from "../errors.ts";
import { keysClause } from "./keys.ts";
import { type ColumnMeta, type ModelMeta, targetOf } from "./meta.ts";
import { runNode } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";

/** In one statement. */
const mostKeys = 500;

interface Key {
  readonly own: readonly ColumnMeta[];
  readonly target: ModelMeta;
  readonly far: readonly ColumnMeta[];
}

function foreignKeys(meta: ModelMeta): Key[] {
  const keys: Key[] = [];
  for (const column of meta.list) {
    const { reference } = column.declaration;
    if (reference === null) continue;
    const target = targetOf(reference.target, meta, column.label);
    keys.push({ own: [column], target, far: reference.column === null ? target.primaryKey : [target.column(reference.column)] });
  }
  for (const key of meta.options.foreignKeys ?? []) {
    const target = targetOf(key.target, meta, `${meta.name}: foreignKeys`);
    const far = key.references?.map((property) => target.column(property)) ?? target.primaryKey;
    keys.push({ own: key.on.map((property) => meta.column(property)), target, far });
  }
  return keys;
}

/** The rows that a statement wrote. */
export interface WrittenRows {
  readonly columns: readonly ColumnMeta[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Adds the columns to the error of rows that were written: those of the first key of which a row is not there. */
export async function nameMissingParent(error: unknown, meta: ModelMeta, session: Session, written: WrittenRows): Promise<void> {
  if (!(error instanceof ForeignKeyViolation) || error.columns !== undefined) return;
  try {
    for (const key of foreignKeys(meta)) if (await isMissing(key, session, written)) return nameColumns(error, key);
  } catch {
    // The statement's own error is the one to tell.
  }
}

/** The answer of a statement that writes rows; its error names the key that was broken. */
export async function naming<T>(write: () => T | Promise<T>, meta: ModelMeta, session: Session, written: WrittenRows): Promise<T> {
  try {
    return await write();
  } catch (error) {
    await nameMissingParent(error, meta, session, written);
    throw error;
  }
}

function nameColumns(error: ForeignKeyViolation, { own }: Key): void {
  const value = own.map(({ property }) => property);
  Object.defineProperty(error, "columns", { value, enumerable: true, writable: true, configurable: true });
}

async function isMissing({ own, target, far }: Key, session: Session, { columns, rows }: WrittenRows): Promise<boolean> {
  const places = own.map((column) => columns.indexOf(column));
  const keys = new Map<string, unknown[]>();
  for (const row of rows) {
    const key = places.map((place) => row[place] ?? null);
    if (!key.includes(null)) keys.set(key.map(String).join("\0"), key);
  }
  const all = [...keys.values()];
  for (let i = 0; i < all.length; i += mostKeys) {
    const some = all.slice(i, i + mostKeys);
    const where = [keysClause(target, far, some)];
    const found = await runNode(session, selectFrom(target, selectColumns(target, far).columns, where, target.bare), target);
    if (found.rows.length < some.length) return true;
  }
  return false;
}
