/** What deleting, restoring and purging do for each kind of model. Layer 6. */
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { archiveInstance, archiveRows, purgeArchived, purgeArchivedInstance, restoreArchived, restoreArchivedInstance } from "./archive.ts";
import { type ModelBase, metaOfInstance } from "./base.ts";
import { planDeletion } from "./deletion-plan.ts";
import { keptRows, ownRows } from "./kept-rows.ts";
import { keysClause } from "./keys.ts";
import { chunksOfKeys } from "./locked-keys.ts";
import type { ModelMeta } from "./meta.ts";
import { deleteInstance, keyClauses } from "./persistence.ts";
import { modelOf, type QueryState } from "./query-state.ts";
import { assertWritable, deleteRows } from "./query-writes.ts";
import { sessionOf } from "./reading.ts";
import { isGuarded } from "./referrers.ts";
import { livingRows, markInstance, purgeInstance, purgeSoftRows, restoreSoftRows, softDeleteRows } from "./soft-delete.ts";
import type { Behaviour } from "./table-options.ts";
import type { ModelConstructor } from "./whole-row.ts";

interface Deletion {
  deleteRows(state: QueryState): Promise<number>;
  restoreRows(state: QueryState): Promise<number>;
  purgeRows(state: QueryState): Promise<number>;
  deleteInstance(instance: ModelBase, session: Session): Promise<void>;
  restoreInstance(instance: ModelBase, session: Session): Promise<void>;
  purgeInstance(instance: ModelBase, session: Session): Promise<void>;
}

const deletions: Readonly<Record<Behaviour["deletion"], Deletion>> = {
  remove: {
    deleteRows,
    restoreRows: async (state) => keptRows(state, "deleted") && 0,
    purgeRows: async (state) => keptRows(state, "deleted") && 0,
    deleteInstance,
    restoreInstance: refused,
    purgeInstance: refused,
  },
  soft: {
    deleteRows: softDeleteRows,
    restoreRows: restoreSoftRows,
    purgeRows: purgeSoftRows,
    deleteInstance: (instance, session) => markInstance(instance, session, "deleted"),
    restoreInstance: (instance, session) => markInstance(instance, session, "restored"),
    purgeInstance,
  },
  archive: {
    deleteRows: archiveRows,
    restoreRows: async (state) => restoreArchived(archivedRowsOf(state, "restore")),
    purgeRows: async (state) => purgeArchived(archivedRowsOf(state, "purge")),
    deleteInstance: archiveInstance,
    restoreInstance: restoreArchivedInstance,
    purgeInstance: purgeArchivedInstance,
  },
};

/** @throws UsageError for a query that does not say which rows it means */
function archivedRowsOf(state: QueryState, verb: string): QueryState {
  const archived = keptRows(state, "deleted");
  assertWritable(state, verb);
  return archived;
}

async function refused(instance: ModelBase): Promise<void> {
  throw new UsageError(`${metaOfInstance(instance).name}: deleted rows are gone`, {
    hint: "a SoftDeleteModel or an ArchiveModel keeps them",
  });
}

/** The same for a model that other rows may protect: they are looked up first, in the same transaction. */
function guarded(deletion: Deletion): Deletion {
  return {
    ...deletion,
    deleteRows: async (state) => (await deletePlanned(state, deletion)).own,
    deleteInstance: (instance, session) =>
      session.transaction(async (tx) => {
        const meta = metaOfInstance(instance);
        const where = keyClauses(meta, instance, "be deleted");
        await planDeletion(tx, meta, ownRows(meta, instance.constructor as ModelConstructor, tx, where));
        await deletion.deleteInstance(instance, tx);
      }),
  };
}

/** What a delete took away. */
export interface Deleted {
  /** Of all models. */
  readonly total: number;
  /** By the model's name; its own is there even when it is 0. */
  readonly models: Readonly<Record<string, number>>;
}

/** Deletes the rows that the plan has locked. */
async function deletePlanned(state: QueryState, deletion: Deletion): Promise<Deleted & { readonly own: number }> {
  assertWritable(state, "delete");
  const { meta, model } = modelOf(state, "delete");
  if (state.never) return { own: 0, total: 0, models: { [meta.name]: 0 } };
  return sessionOf(state.session).transaction(async (tx) => {
    const { keys, models } = await planDeletion(tx, meta, { ...livingRows(state, meta, model), session: tx });
    let own = 0;
    for (const chunk of chunksOfKeys(keys, meta.primaryKey.length))
      own += await deletion.deleteRows(ownRows(meta, model, tx, [keysClause(meta, meta.primaryKey, chunk)]));
    const total = [...models.values()].reduce((sum, count) => sum + count, 0);
    return { own, total, models: Object.fromEntries(models) };
  });
}

/** @throws UsageError, ProtectedError */
export async function deleteDetailed(state: QueryState): Promise<Deleted> {
  const { total, models } = await deletePlanned(state, deletions[modelOf(state, "delete").meta.behaviour.deletion]);
  return { total, models };
}

/** @throws UsageError for rows of another query */
export function deletionOf(state: QueryState): Deletion {
  return deletionFor(modelOf(state, "delete").meta);
}

export function deletionOfInstance(instance: ModelBase): Deletion {
  return deletionFor(metaOfInstance(instance));
}

function deletionFor(meta: ModelMeta): Deletion {
  const deletion = deletions[meta.behaviour.deletion];
  return isGuarded(meta) ? guarded(deletion) : deletion;
}
