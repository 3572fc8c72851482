/** Finding a row or making it, safe against somebody doing the same. Layer 6. */
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { UniqueViolation, UsageError } from "../errors.ts";
import type { ModelQuery } from "./query-set.ts";

type Create = (values: Record<string, unknown>) => Promise<unknown>;

function plainObject(value: unknown, what: string): Record<string, unknown> {
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || prototype === null) return value as Record<string, unknown>;
  throw new UsageError(`${what} is an object of column values, got ${kindOf(value)}`);
}

/** The lookup's values stand above the defaults. */
export async function getOrCreate(
  query: ModelQuery,
  lookup: unknown,
  defaults: unknown,
  create: Create,
  session: Session,
): Promise<[unknown, boolean]> {
  const values = { ...plainObject(defaults, "defaults"), ...plainObject(lookup, "lookup") };
  const found = await query.getOrNull(lookup);
  if (found !== null) return [found, false];
  try {
    // A savepoint inside a transaction: PostgreSQL could not go on after a failed insert without it.
    return [await (session.inTransaction ? session.transaction(() => create(values)) : create(values)), true];
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    const theirs = await query.getOrNull(lookup);
    if (theirs === null) throw error;
    return [theirs, false];
  }
}

export async function updateOrCreate(
  query: ModelQuery,
  lookup: unknown,
  values: unknown,
  create: Create,
  session: Session,
): Promise<[unknown, boolean]> {
  const [row, created] = await getOrCreate(query, lookup, values, create, session);
  if (!created) await (Object.assign(row as object, plainObject(values, "values")) as { save(): Promise<unknown> }).save();
  return [row, created];
}
