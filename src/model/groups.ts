/** What a query of groups may select: servers that would guess are not asked to. Layer 6. */

import { pathsOf } from "../ast/path.ts";
import type { Clause } from "../ast/select.ts";
import { aggregates, partsOf, sameExpression } from "../ast/shape.ts";
import { UsageError } from "../errors.ts";
import type { SourceMeta } from "./source.ts";

/**
 * An aggregate without keys makes one group of all rows.
 * @throws UsageError for a column that is neither a key of the groups nor inside an aggregate
 */
export function assertGrouped(meta: SourceMeta, keys: readonly Clause[], columns: readonly Clause[]): void {
  if (keys.length === 0 && !columns.some(({ node }) => aggregates(node))) return;
  for (const column of columns) assertOne(meta, keys, column);
}

function assertOne(meta: SourceMeta, keys: readonly Clause[], clause: Clause): void {
  const { tokens, node } = clause;
  if (node.kind === "aggregate" || keys.some((key) => sameExpression(key, clause))) return;
  if (node.kind === "column") {
    // A column of the query around has one value here.
    const paths = pathsOf(node.token);
    const root = paths.at(-1)?.from ?? node.token;
    if (root.kind === "scope" && !tokens.includes(root)) return;
    const name = [...paths.map(({ link }) => link.name).reverse(), node.column.property].join(".");
    if (keys.length === 0)
      throw new UsageError(`${meta.name}: ${name} is selected beside an aggregate, which makes one row of them all`, {
        hint: `add groupBy(), select max(p.${name}), or keep the rows with an aggregate .over()`,
      });
    throw new UsageError(`${meta.name}: ${name} is selected, but a group has many of it`, {
      hint: `add it to groupBy(), or take an aggregate such as max(p.${name})`,
    });
  }
  for (const child of partsOf(node)) assertOne(meta, keys, { tokens, node: child });
}
