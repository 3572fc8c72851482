/** What a grouped query may select: servers that would guess are not asked to. Layer 6. */

import type { Clause } from "../ast/select.ts";
import { childrenOf, sameExpression } from "../ast/shape.ts";
import { UsageError } from "../errors.ts";
import type { ModelMeta } from "./meta.ts";

/** @throws UsageError for a column that is neither a key of the groups nor inside an aggregate */
export function assertGrouped(meta: ModelMeta, keys: readonly Clause[], columns: readonly Clause[]): void {
  for (const column of columns) assertOne(meta, keys, column);
}

function assertOne(meta: ModelMeta, keys: readonly Clause[], clause: Clause): void {
  const { tokens, node } = clause;
  if (node.kind === "aggregate" || keys.some((key) => sameExpression(key, clause))) return;
  if (node.kind === "column") {
    throw new UsageError(`${meta.name}: ${node.column.property} is selected, but a group has many of it`, {
      hint: `add it to groupBy(), or take an aggregate such as max(p.${node.column.property})`,
    });
  }
  for (const child of childrenOf(node)) assertOne(meta, keys, { tokens, node: child });
}
