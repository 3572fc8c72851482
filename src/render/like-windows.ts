/** Windows that begin alike and go on differently, where a server would sort once for all of them. Layer 3. */
import type { ExprNode, WindowNode } from "../ast/expr.ts";
import { columnsWithin } from "../ast/queries.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { childrenOf, sameExpression } from "../ast/shape.ts";
import { floatCodec } from "../codec/number.ts";
import { usualNulls } from "./order.ts";
import type { Traits } from "./traits.ts";

/** What the rows of a window are sorted by: its keys, then its order. */
type Sorting = readonly (Clause & { readonly desc: boolean })[];

function* windowsOf({ tokens, node }: Clause): Generator<Clause<WindowNode>> {
  if (node.kind === "window") yield { tokens, node };
  for (const child of childrenOf(node)) yield* windowsOf({ tokens, node: child });
}

/** Constants sort nothing. */
function sortingOf({ tokens, node }: Clause<WindowNode>, traits: Traits): Sorting {
  const keys = node.partitionBy.map((item) => ({ tokens, node: item, desc: false }));
  const terms = node.orderBy.flatMap((order) => {
    const { item, direction, nulls } = order;
    const isNull: ExprNode = { kind: "isNull", item, negated: false };
    const term = { tokens, node: item, desc: direction === "desc" };
    return nulls === null || nulls === usualNulls(order, traits) ? [term] : [{ tokens, node: isNull, desc: nulls === "first" }, term];
  });
  return [...keys, ...terms].filter((term) => columnsWithin(term.node).length > 0);
}

/** True where the shorter one is how the longer one begins. */
function alike(a: Sorting, b: Sorting): boolean {
  return a.every((term, i) => {
    const other = b[i];
    return other === undefined || (term.desc === other.desc && sameExpression(term, other));
  });
}

/** A number that is 0 for each row, which the server does not know; another one for each window. */
function zero(nth: number): ExprNode {
  return { kind: "raw", texts: [`rand() * 0 * ${nth}`], items: [], codec: floatCodec };
}

/** The same window, sorted on its own. */
function sortedApart({ name: _, ...node }: WindowNode, nth: number): WindowNode {
  return { ...node, partitionBy: [zero(nth), ...node.partitionBy] };
}

const isColumn = ({ node }: Clause): boolean => node.kind === "column";

/** What to write instead of some windows of a query; null for none. */
export function windowsApart({ columns, orderBy }: SelectNode, traits: Traits): ReadonlyMap<WindowNode, WindowNode> | null {
  if (traits.likeWindows || columns.every(isColumn)) return null;
  const clauses = [...columns, ...orderBy.map(({ tokens, node }) => ({ tokens, node: node.item }))];
  const all = clauses.flatMap((clause) => [...windowsOf(clause)]);
  if (all.length < 3) return null;
  const given = all.map((clause) => ({ window: clause.node, sorting: sortingOf(clause, traits) }));
  const found = new Map<WindowNode, WindowNode>();
  for (const { window, sorting } of given) {
    const longer = given.filter((other) => other.sorting.length > sorting.length && alike(sorting, other.sorting));
    const [first] = longer;
    if (longer.some((other) => !alike((first as (typeof longer)[0]).sorting, other.sorting)))
      found.set(window, sortedApart(window, found.size + 1));
  }
  return found.size > 0 ? found : null;
}
