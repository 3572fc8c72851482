/** What runs after a transaction ended, outside of it. Layer 5. */
import { describe, warn } from "./faults.ts";

export type HookWork = () => unknown;

export interface Hook {
  /** `always`: the savepoint it belonged to was rolled back, so the end of the whole transaction only sets the time. */
  readonly when: "commit" | "rollback" | "always";
  readonly work: HookWork;
}

/** The hooks of a savepoint as its parent keeps them. */
export function inherit(hooks: readonly Hook[], child: "commit" | "rollback"): Hook[] {
  if (child === "commit") return [...hooks];
  return hooks.flatMap(({ when, work }) => (when === "commit" ? [] : [{ when: "always", work }]));
}

/** One after the other, in the order of registration. The transaction's end is settled: errors are reported, not thrown. */
export async function runHooks(hooks: readonly Hook[], end: "commit" | "rollback" | "unknown"): Promise<void> {
  for (const hook of hooks) {
    if (hook.when !== "always" && hook.when !== end) continue;
    await runHook(hook.when === "commit" ? "after-commit" : "after-rollback", hook.work);
  }
}

export async function runHook(name: string, work: HookWork): Promise<void> {
  try {
    await work();
  } catch (error) {
    warn(`an ${name} hook failed with ${describe(error)}; the result of the transaction stands`);
  }
}
