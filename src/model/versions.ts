/** The column that counts the changes of a row. Layer 6. */
import type { Assignment } from "../ast/dml.ts";
import type { ExprNode } from "../ast/expr.ts";
import type { ModelMeta } from "./meta.ts";

/** `version = version + 1` for whatever changes rows without reading them first; none where the rows are not counted. */
export function counted(meta: ModelMeta, set: readonly Assignment[]): Assignment[] {
  const { version } = meta.behaviour;
  if (version === null) return [];
  const { ref, codec } = meta.column(version);
  if (set.some(({ column }) => column === ref)) return [];
  const left = meta.node({ ref, codec }, { kind: "table", table: meta.table });
  const right: ExprNode = { kind: "value", value: 1, codec };
  return [{ column: ref, codec, value: { kind: "arithmetic", op: "+", left, right, codec } }];
}
