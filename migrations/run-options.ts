/** How migrations are run, and what is told meanwhile. */
import type { PlannedMigration, PlanOptions } from "./plan.ts";

/** What happens while migrations run. */
export type MigrationEvent =
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "begin"; readonly name: string; readonly direction: "up" | "down"; readonly steps: number }
  | { readonly kind: "step"; readonly name: string; readonly step: number; readonly steps: number; readonly label: string }
  | { readonly kind: "progress"; readonly name: string; readonly done: number; readonly total: number | null }
  | { readonly kind: "retry"; readonly name: string; readonly attempt: number; readonly reason: string }
  | { readonly kind: "done"; readonly name: string; readonly direction: "up" | "down"; readonly milliseconds: number };

export interface RunOptions extends PlanOptions {
  /** Notes the migrations as applied, or as not applied, and runs nothing. */
  readonly fake?: boolean;
  /** Goes on where an earlier run was broken off. */
  readonly resume?: boolean;
  /** What became of the step at which it was broken off. */
  readonly resolve?: "applied" | "rolled-back";
  /** How long to wait while another process migrates, in milliseconds. Default 600000. */
  readonly waitMs?: number;
  /** How often a step is tried that finds no lock within the engine's `lockTimeoutMs`. Default 5. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: MigrationEvent) => void;
  /** Asked before anything runs, once the plan is known, and before what was broken off goes on: throws to refuse. */
  readonly approve?: (plan: readonly PlannedMigration[]) => void;
}
