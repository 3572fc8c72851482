/** Which foreign key was broken, where the database does not say (SQLite): the row that it refers to is looked for. Layer 6. */
import type { Session } from "../engine/session.ts";
import { ForeignKeyViolation } from "../errors.ts";
import { keysClause } from "./keys.ts";
import { type ColumnMeta, type ModelMeta, targetOf } from "./meta.ts";
import { runNode } from "./reading.ts";
import { selectColumns, selectFrom } from "./selection.ts";

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

/** Adds the columns to the error of a row that was written: those of the first key whose row is not there. */
export async function nameMissingParent(
  error: unknown,
  meta: ModelMeta,
  session: Session,
  columns: readonly ColumnMeta[],
  values: readonly unknown[],
): Promise<void> {
  if (!(error instanceof ForeignKeyViolation) || error.columns !== undefined) return;
  try {
    for (const key of foreignKeys(meta)) if (await isMissing(key, session, columns, values)) return nameColumns(error, key);
  } catch {
    // The statement's own error is the one to tell.
  }
}

function nameColumns(error: ForeignKeyViolation, { own }: Key): void {
  const value = own.map(({ property }) => property);
  Object.defineProperty(error, "columns", { value, enumerable: true, writable: true, configurable: true });
}

async function isMissing({ own, target, far }: Key, session: Session, columns: readonly ColumnMeta[], values: readonly unknown[]) {
  const key = own.map((column) => values[columns.indexOf(column)] ?? null);
  if (key.includes(null)) return false;
  const where = [keysClause(target, far, [key])];
  const { rows } = await runNode(session, selectFrom(target, selectColumns(target, far).columns, where, target.bare), target);
  return rows.length === 0;
}
