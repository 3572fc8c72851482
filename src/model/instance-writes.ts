/** Writing one instance, with what runs around it. Layer 6. */
import type { Session } from "../engine/session.ts";
import type { ModelBase } from "./base.ts";
import { deletionOfInstance } from "./deletion.ts";
import { changesNow, lifecycleOf, writeInLifecycle } from "./lifecycle.ts";
import { insertInstance } from "./persistence.ts";
import { updateRebased } from "./rebase.ts";
import type { Changes, WriteOperation } from "./row-events.ts";
import { sameValue } from "./state.ts";

type Removal = Extract<WriteOperation, "delete" | "restore" | "purge">;

export function insertRow(instance: ModelBase, session: Session): Promise<void> {
  const lifecycle = lifecycleOf(instance, session, "insert");
  if (lifecycle === null) return insertInstance(instance, session);
  return writeInLifecycle(lifecycle, instance, session, "insert", async (on) => {
    const changes = changesNow(instance, "insert");
    await insertInstance(instance, on);
    return changes;
  });
}

/** `fields`: only these columns, and those that a hook changes. */
export function updateRow(instance: ModelBase, session: Session, fields: readonly string[] | null): Promise<void> {
  const lifecycle = lifecycleOf(instance, session, "update");
  if (lifecycle === null) return updateRebased(instance, session, fields);
  const before = changesNow(instance, "update");
  return writeInLifecycle(lifecycle, instance, session, "update", async (on) => {
    const wanted = withHooked(fields, before, instance);
    const changes = changesNow(instance, "update", wanted);
    if (Object.keys(changes).length === 0) return null;
    await updateRebased(instance, on, wanted);
    return changes;
  });
}

/** These columns, and those that hold something else than before the hooks ran; null: all. */
export function withHooked(fields: readonly string[] | null, before: Changes, instance: ModelBase): readonly string[] | null {
  if (fields === null) return null;
  const hooked = Object.entries(instance.changes).filter(([property, [, now]]) => !sameValue(before[property]?.[1], now));
  return [...new Set([...fields, ...hooked.map(([property]) => property)])];
}

const removals = { delete: "deleteInstance", restore: "restoreInstance", purge: "purgeInstance" } as const;

export function removeRow(instance: ModelBase, session: Session, operation: Removal): Promise<void> {
  const deletion = deletionOfInstance(instance);
  const write = deletion[removals[operation]];
  const lifecycle = lifecycleOf(instance, session, operation);
  if (lifecycle === null) return write(instance, session);
  return writeInLifecycle(lifecycle, instance, session, operation, async (on) => {
    await write(instance, on);
    return {};
  });
}
