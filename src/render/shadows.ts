/** Names in ORDER BY that would mean something that is selected. Layer 3. */
import type { ColumnRef } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { isPlain } from "../ast/shape.ts";
import { columnName, type Naming } from "./naming.ts";
import type { Traits } from "./traits.ts";
import type { Names } from "./with-renderer.ts";

/** True where a column has to be written with its source to be the column. */
export function shadows(columns: readonly Clause[], names: Names, naming: Naming, traits: Traits): boolean {
  if (names === "numbered") return false;
  return columns.some(({ node }, i) => {
    if (node.kind !== "column" || !isPlain(node)) return names !== null || traits.namesExpressions;
    return names !== null && columnName(node.column, naming) !== columnName(names[i] as ColumnRef, naming);
  });
}
