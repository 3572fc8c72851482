/** Steps as text: what `--plan` and `sqlmigrate` print. */
import type { Step } from "./compile.ts";

/** One statement per item, without its semicolon. Code is a comment. */
export function describeSteps(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    if (step.kind === "data") return `-- ${step.label}`;
    return step.kind === "sql" ? step.sql : step.step.sql;
  });
}
