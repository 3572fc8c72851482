/** The order in which ON DUPLICATE KEY UPDATE sets columns: each assignment sees those before it. Layer 4. */
import type { ColumnRef, ExprNode, ScopeToken } from "../../ast/expr.ts";
import { pathsOf } from "../../ast/path.ts";
import type { Clause } from "../../ast/select.ts";
import { childrenOf } from "../../ast/shape.ts";
import { UnsupportedError } from "../../errors.ts";
import type { Traits } from "../../render/traits.ts";

/** What the condition reads of the row that is there is set last. @throws UnsupportedError when that is more than one column */
export function conflictOrder(
  update: readonly ColumnRef[],
  where: readonly Clause[],
  { label }: Pick<Traits, "label">,
): readonly ColumnRef[] {
  const read = new Set<ColumnRef>();
  const visit = (node: ExprNode, existing: ScopeToken | undefined): void => {
    if (node.kind === "column" && node.token === existing) read.add(node.column);
    const paths = node.kind === "column" ? pathsOf(node.token) : [];
    for (const { from, link } of paths) if (from === existing) for (const { own } of link.keys) read.add(own.column);
    for (const child of childrenOf(node)) visit(child, existing);
  };
  for (const { node, tokens } of where) visit(node, tokens[0]);
  const last = update.filter((column) => read.has(column));
  if (last.length > 1) {
    throw new UnsupportedError(`${label} cannot update several columns that the condition of an upsert reads`, {
      hint: `leave all but one of these out of "update": ${last.map((column) => column.property).join(", ")}`,
    });
  }
  return [...update.filter((column) => !read.has(column)), ...last];
}
