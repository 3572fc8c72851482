/** Many rows written at once, with each one's hooks around the whole. Layer 6. */
import type { Session } from "../engine/session.ts";
import type { SignalName } from "../engine/signals.ts";
import { UsageError } from "../errors.ts";
import type { ModelBase } from "./base.ts";
import { withHooked } from "./instance-writes.ts";
import { changesNow, lifecycleOf, tellAfter, tellBefore } from "./lifecycle.ts";
import type { ModelMeta } from "./meta.ts";
import { whileWriting } from "./nested-writes.ts";
import { callsOf, type WriteOperation } from "./row-events.ts";
import { settleLater } from "./transaction-end.ts";

/** What of many writes may be asked for: hooks cost a call for each row, so they do not run unasked. @throws UsageError */
export function hooksAsked(o: object, what: string, others: readonly string[] = []): boolean {
  for (const name of Object.keys(o))
    if (name !== "hooks" && !others.includes(name))
      throw new UsageError(`${what}: unknown option ${name}`, { hint: `known: ${[...others, "hooks"].join(", ")}` });
  const { hooks = false } = o as { readonly hooks?: unknown };
  if (typeof hooks !== "boolean") throw new UsageError(`${what}: hooks is true or false`);
  return hooks;
}

async function before(instances: readonly ModelBase[], tx: Session, operation: WriteOperation): Promise<void> {
  for (const instance of instances) await whileWriting(instance, operation, () => tellBefore(instance, tx, operation));
}

/** All before-hooks, the write, all after-hooks; each in the order of the rows, and all in one transaction. */
export async function writeMany<T>(
  instances: readonly ModelBase[],
  session: Session,
  operation: "insert" | "update",
  fields: readonly string[] | null,
  write: (on: Session, fields: readonly string[] | null) => Promise<T>,
): Promise<T> {
  const lifecycles = instances.map((instance) => lifecycleOf(instance, session, operation));
  if (lifecycles.every((one) => one === null)) return write(session, fields);
  return session.transaction(async (tx) => {
    const given = instances.map((instance) => changesNow(instance, operation));
    await before(instances, tx, operation);
    const hooked = instances.map((instance, i) => withHooked(fields, given[i] ?? {}, instance));
    const wanted = fields === null ? null : [...new Set(hooked.flatMap((names) => names ?? []))];
    const changes = instances.map((instance) => changesNow(instance, operation, wanted));
    const result = await write(tx, wanted);
    for (const [i, instance] of instances.entries())
      if (lifecycles[i]?.atEnd) await settleLater(instance, tx, { operation, changes: changes[i] ?? {} });
    for (const [i, instance] of instances.entries()) await tellAfter(instance, tx, operation, changes[i] ?? {});
    return result;
  });
}

const told: readonly SignalName[] = ["beforeInsert", "beforeUpdate", "afterInsert", "afterUpdate"];

/** `given[i]`: the properties that row i brings. `write` resolves to the rows as they are then. @throws UsageError */
export async function upsertMany(
  meta: ModelMeta,
  instances: readonly ModelBase[],
  given: readonly (readonly string[])[],
  session: Session,
  write: (on: Session, given: readonly (readonly string[])[]) => Promise<unknown[]>,
): Promise<unknown[]> {
  for (const instance of instances) {
    const unknown = told.find((event) => callsOf(event, instance, session).length > 0);
    if (unknown !== undefined)
      throw new UsageError(`${meta.name}.upsert does not know which rows are new: it cannot run ${unknown}`, {
        hint: "use beforeSave and afterSave, or updateOrCreate()",
      });
  }
  if (instances.every((instance) => lifecycleOf(instance, session, "upsert") === null)) return write(session, given);
  return session.transaction(async (tx) => {
    const values = instances.map((instance) => changesNow(instance, "insert"));
    await before(instances, tx, "upsert");
    const rows = (await write(
      tx,
      instances.map((instance, i) => withHooked(given[i] ?? [], values[i] ?? {}, instance) ?? []),
    )) as ModelBase[];
    for (const row of rows) if (lifecycleOf(row, tx, "upsert")?.atEnd) await settleLater(row, tx, { operation: "upsert", changes: {} });
    for (const row of rows) await tellAfter(row, tx, "upsert", {});
    return rows;
  });
}
