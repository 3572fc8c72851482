/** The row locks at the end of a SELECT. Layer 3: knows traits, no dialect by name. */
import type { JoinKind, LockNode, SelectNode } from "../ast/select.ts";
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

const missingBefore: Readonly<Record<JoinKind, boolean>> = { inner: false, cross: false, left: false, right: true, full: true };
const missingJoined: Readonly<Record<JoinKind, boolean>> = { inner: false, cross: false, left: true, right: false, full: true };

/** True for the sources, by position, whose rows an outer join may miss. */
function outerSources({ joins }: SelectNode): boolean[] {
  return joins.reduce<boolean[]>(
    (before, { kind }) => [...before.map((missing) => missing || missingBefore[kind]), missingJoined[kind]],
    [false],
  );
}

/** `names`: the quoted aliases of the sources, by position. @throws UnsupportedError */
export function lockText(node: SelectNode, lock: LockNode, names: readonly string[], traits: Traits): string {
  assertSupported(lock, traits);
  if (traits.rowLocks === "lease") return "";
  const outer = outerSources(node);
  if (!traits.locksOuterRows && outer.some((missing, i) => missing && (lock.of === null || lock.of.includes(i)))) {
    throw new UnsupportedError(`${traits.label} cannot lock the rows that an outer join may miss (trait locksOuterRows)`, {
      hint: "name the others: forUpdate({ of: (p) => [p] })",
    });
  }
  const words = lock.strength === "update" ? "for update" : traits.shareLock;
  const of = lock.of === null ? "" : ` of ${lock.of.map((i) => names[i]).join(", ")}`;
  return ` ${words}${of}${lock.taken === "wait" ? "" : lock.taken === "skip" ? " skip locked" : " nowait"}`;
}

function assertSupported({ taken, of }: LockNode, traits: Traits): void {
  const lacks = (what: string, trait: keyof Traits, hint: string): never => {
    throw new UnsupportedError(`${traits.label} has no ${what} (trait ${trait})`, { hint });
  };
  if (taken === "skip" && !traits.skipLocked)
    lacks("SKIP LOCKED", "skipLocked", "mark the rows that are taken in a column, or lock and wait");
  if (taken === "fail" && !traits.noWait) lacks("NOWAIT", "noWait", "set lockTimeoutMs to a short time when connecting");
  if (of !== null && !traits.lockOf) lacks("lock of chosen tables", "lockOf", "lock the rows of one table in a query of its own");
}
