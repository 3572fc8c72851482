/** What the workers count in. */
import { int, VersionedModel } from "../../src/index.ts";

export class Plain extends VersionedModel("race_plain", { id: int().primaryKey(), n: int().default(0) }) {}
/** Additions of one are made once more to the row as it is then. */
export class Rebased extends VersionedModel(
  "race_rebased",
  { id: int().primaryKey(), n: int().default(0) },
  { rebase: { deltas: { n: 1 } } },
) {}

export const counters = { plain: Plain, rebased: Rebased } as const;
export type Kind = keyof typeof counters;

export interface Tally {
  /** Saves that were acknowledged. */
  acknowledged: number;
  /** Saves that found the row changed. */
  stale: number;
  /** Statements that lost a deadlock or waited too long, and were not made. */
  refused: number;
}
