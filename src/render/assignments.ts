/** The order in which an UPDATE sets its columns, where each assignment sees those before it. Layer 3. */

import type { Assignment, UpdateNode } from "../ast/dml.ts";
import type { ColumnRef, ExprNode } from "../ast/expr.ts";
import { pathsOf, rootOf } from "../ast/path.ts";
import { columnsWithin } from "../ast/queries.ts";
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

/** @throws UnsupportedError for columns that need each other's old values */
export function inTurn({ node: assignments, tokens }: UpdateNode["set"], traits: Traits): readonly Assignment[] {
  if (!traits.assignsInTurn || assignments.length < 2) return assignments;
  let left = assignments.map((assignment) => ({
    assignment,
    reads: readBy(assignment.value, tokens),
  }));
  const ordered: Assignment[] = [];
  while (left.length > 0) {
    // A column may be set once no other one reads it.
    const free = left.filter(
      ({ assignment }) => !left.some(({ assignment: other, reads }) => other !== assignment && reads.has(assignment.column)),
    );
    if (free.length === 0) {
      throw new UnsupportedError(
        `${traits.label} sets one column after the other: these need each other's old values (trait assignsInTurn)`,
        {
          hint: `set them in two updates: ${left.map(({ assignment }) => assignment.column.property).join(", ")}`,
        },
      );
    }
    ordered.push(...free.map(({ assignment }) => assignment));
    left = left.filter((one) => !free.includes(one));
  }
  return ordered;
}

/** Columns of the row that is changed, in queries inside too: what they compare with it, and what leads from it to others. */
function readBy(value: ExprNode, tokens: UpdateNode["set"]["tokens"]): ReadonlySet<ColumnRef> {
  const reads = new Set<ColumnRef>();
  for (const { token, column } of columnsWithin(value)) {
    const root = rootOf(token);
    if (root.kind === "scope" && !tokens.includes(root)) continue;
    const first = pathsOf(token).at(-1);
    if (first === undefined) reads.add(column);
    for (const { own } of first?.link.keys ?? []) reads.add(own.column);
  }
  return reads;
}
