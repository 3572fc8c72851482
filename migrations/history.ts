/** What was run on a database: one row per migration, written before and after each of its steps. */
import { QueryError } from "../src/errors.ts";
import { bigint, int, str } from "../src/model/columns.ts";
import { Model } from "../src/model/factory.ts";
import type { DataHandle } from "./operations.ts";

/** `running` and `reverting` that nobody works on any more: it was broken off there. */
export type Status = "applied" | "running" | "reverting";

export class MigrationRecord extends Model(
  "kakaorm_migrations",
  {
    name: str({ length: 255 }).primaryKey(),
    /** In which order they were applied. */
    sequence: int(),
    checksum: str({ length: 64 }),
    status: str({ length: 10 }),
    /** Steps that are done. */
    done: int(),
    /** The number of the step that was begun last, from 1; equal to `done` when it is over. */
    begun: int(),
    steps: int(),
    /** ISO 8601, UTC. */
    startedAt: str({ length: 30 }),
    finishedAt: str({ length: 30 }).nullable(),
    milliseconds: bigint().nullable(),
  },
  { naming: "snake_case" },
) {}

export const historyTable = "kakaorm_migrations";

export async function historyExists(db: DataHandle): Promise<boolean> {
  return (await (await db.dialect.inspector()).tableNames(db)).some(({ name }) => name === historyTable);
}

export async function ensureHistory(db: DataHandle): Promise<void> {
  if (await historyExists(db)) return;
  try {
    await db.createTableIfNotExists(MigrationRecord);
  } catch (error) {
    if (!(error instanceof QueryError) || error.retryable) throw error;
    throw new QueryError(`the table ${historyTable}, which notes what was applied, cannot be made: ${error.message}`, {
      cause: error,
      hint: "migrate as a user who may create tables",
      outcome: "not_applied",
    });
  }
}

/** In the order they were applied; none where nothing was ever run. */
export async function readHistory(db: DataHandle): Promise<MigrationRecord[]> {
  if (!(await historyExists(db))) return [];
  return readRecords(db);
}

async function readRecords(db: DataHandle): Promise<MigrationRecord[]> {
  try {
    return await MigrationRecord.using(db)
      .all()
      .orderBy((m) => [m.sequence.asc(), m.name.asc()]);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new QueryError(`the table ${historyTable} cannot be read`, {
      cause: error,
      hint: "it has other columns than this version expects, or the user may not read it",
      outcome: "not_applied",
    });
  }
}
