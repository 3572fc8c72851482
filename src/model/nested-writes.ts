/** Hooks that write the row that they run for: what may be, and where it would never end. Layer 6. */
import { AsyncLocalStorage } from "node:async_hooks";
import { UsageError } from "../errors.ts";
import type { ModelBase } from "./base.ts";
import { writesValues as isSave, type WriteOperation } from "./row-events.ts";

type Phase = "before" | "write" | "after" | "over";

interface Running {
  /** Null when it is over: what was started meanwhile may live long, and keeps this. */
  instance: ModelBase | null;
  readonly operation: WriteOperation;
  parent: Running | undefined;
  phase: Phase;
}

/** A save that makes its own after-hook save again ends some time, or never. */
const mostNested = 10;

const storage = new AsyncLocalStorage<Running>();

/** @throws UsageError for a before-hook that starts the write which it runs for, and for after-hooks that do so without end */
export function whileWriting<T>(
  instance: ModelBase,
  operation: WriteOperation,
  work: (phase: (phase: Phase) => void) => Promise<T>,
): Promise<T> {
  const parent = storage.getStore();
  let nested = 0;
  for (let one = parent; one !== undefined; one = one.parent) {
    const same = one.instance === instance && (one.operation === operation || (isSave(one.operation) && isSave(operation)));
    if (!same || one.phase === "over") continue;
    if (one.phase === "before") throw again(instance, one.operation, "before");
    if (++nested >= mostNested) throw again(instance, one.operation, "after");
  }
  const running: Running = { instance, operation, parent, phase: "before" };
  return storage.run(running, async () => {
    try {
      return await work((phase) => {
        running.phase = phase;
      });
    } finally {
      running.phase = "over";
      running.instance = null;
      running.parent = undefined;
    }
  });
}

function again(instance: ModelBase, operation: WriteOperation, when: "before" | "after"): UsageError {
  const verb = isSave(operation) ? "save" : operation;
  return new UsageError(`${String(instance)}: a ${when}-hook of its ${verb} started the same ${verb} again`, {
    hint:
      when === "before"
        ? "assign to the row: what a before-hook changes is written"
        : `it went on for ${mostNested} times: ask in the hook whether there is anything left to do`,
  });
}
