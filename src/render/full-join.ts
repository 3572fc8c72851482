/** Which FULL JOINs a server makes. Layer 3. */
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import { rootOf } from "../ast/path.ts";
import { columnsWithin } from "../ast/queries.ts";
import type { Clause } from "../ast/select.ts";
import { conjuncts } from "../ast/shape.ts";
import { UnsupportedError } from "../errors.ts";
import { type Frame, tableOf } from "./frame.ts";
import type { Traits } from "./traits.ts";

/** @throws UnsupportedError where there is none, or none on such a condition */
export function assertFullJoin(on: Clause | null, position: number, sources: Frame["sources"], traits: Traits): void {
  if (traits.fullJoin === null) {
    throw new UnsupportedError(`${traits.label} has no FULL JOIN (trait fullJoin)`, {
      hint: "take a left join, and the other side's rows without a match with exists() in a second query",
    });
  }
  if (traits.fullJoin === "any" || on === null) return;
  const placeOf = (column: ColumnNode): number => {
    const token = rootOf(column.token);
    return token.kind === "scope" ? on.tokens.indexOf(token) : sources.findIndex(({ source }) => tableOf(source) === token.table);
  };
  if (!conjuncts(on.node).some((node) => pairsOf(node).some(([left, right]) => meets(left, right, position, placeOf))))
    throw new UnsupportedError(`${traits.label} has no FULL JOIN without an equality of both sides (trait fullJoin)`, {
      hint: "join on a.x.eq(b.y), with further conditions beside it in and()",
    });
}

function pairsOf(node: ExprNode): readonly (readonly [ExprNode, ExprNode])[] {
  if (node.kind === "compare" && node.op === "=") return [[node.left, node.right]];
  return node.kind === "rowCompare" && node.op === "=" ? node.left.map((item, i) => [item, node.right[i] as ExprNode] as const) : [];
}

/** One side has columns of the joined source alone, the other of those before it; queries inside have further ones. */
function meets(left: ExprNode, right: ExprNode, position: number, placeOf: (column: ColumnNode) => number): boolean {
  const places = (side: ExprNode): readonly boolean[] =>
    columnsWithin(side)
      .map(placeOf)
      .filter((place) => place !== -1)
      .map((place) => place === position);
  const [ours, theirs] = [places(left), places(right)];
  const apart = (own: readonly boolean[], other: readonly boolean[]): boolean => own.every((one) => one) && !other.includes(true);
  return ours.length > 0 && theirs.length > 0 && (apart(ours, theirs) || apart(theirs, ours));
}
