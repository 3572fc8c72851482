/** Rows that are ordered from outside: groups with subtotals where a server orders none, and distinct rows. Layer 3. */
import type { ColumnRef, ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { isPlain, sameExpression, selectedAt } from "../ast/shape.ts";
import { boolCodec } from "../codec/text.ts";
import { codecOf } from "./expr-renderer.ts";
import { mayBeConstant } from "./outer-joins.ts";
import type { Traits } from "./traits.ts";

export function isOrderedFromOutside(node: SelectNode, traits: Traits): boolean {
  const rolled = node.rollup === true && node.orderBy.length > 0 && traits.rollup !== null && !traits.rollupOrder;
  return rolled || distinctNulls(node, traits) || distinctRest(node, traits);
}

/** Distinct rows from the second on, where one would be left of equal ones: constants, or those of a row that a key tells. */
function distinctRest({ distinct, offset, orderBy, columns, where, joins }: SelectNode, traits: Traits): boolean {
  if (!distinct || offset === null || traits.distinctOffset) return false;
  const differ = columns.some(({ node }) => !mayBeConstant(node)) && where.length === 0 && joins.length === 0;
  return !differ && orderBy.every((term) => columns.some((column) => sameExpression(column, { ...term, node: term.node.item })));
}

/** Distinct rows are ordered by what they have: a number says that, but not beside the test that puts NULLs elsewhere. */
function distinctNulls({ distinct, orderBy, columns }: SelectNode, traits: Traits): boolean {
  if (!distinct || traits.nullsOrdering) return false;
  const at = orderBy.map((term) => selectedAt({ ...term, node: term.node.item }, columns));
  return (
    at.some((i, n) => i !== -1 && orderBy[n]?.node.nulls !== null) && orderBy.every(({ node }, n) => at[n] !== -1 || isPlain(node.item))
  );
}

function numbered(slot: number): ColumnRef {
  return { property: `c${slot}`, name: `c${slot}`, explicit: true };
}

/** `select c0, c1 from (<the groups>) as rolled order by c1 limit ...` */
export function orderedFromOutside(node: SelectNode): SelectNode {
  const columns: Clause[] = [...node.columns];
  const token: ScopeToken = { kind: "scope", label: "the groups" };
  const outer = (slot: number): ExprNode => {
    const { node: item } = columns[slot] as Clause;
    return { kind: "column", token, column: numbered(slot), codec: codecOf(item) ?? boolCodec };
  };
  const orderBy = node.orderBy.map(({ tokens, node: term }) => {
    const clause = { tokens, node: term.item };
    const known = columns.findIndex((column) => sameExpression(column, clause));
    return { tokens: [token], node: { ...term, item: outer(known === -1 ? columns.push(clause) - 1 : known) } };
  });
  const query: SelectNode = { ...node, columns, orderBy: [], limit: null, offset: null };
  return {
    ...node,
    source: { kind: "derived", name: "rolled", query, columns: columns.map((_, slot) => numbered(slot)), table: null, lateral: null },
    joins: [],
    columns: node.columns.map((_, slot) => ({ tokens: [token], node: outer(slot) })),
    where: [],
    groupBy: [],
    rollup: false,
    having: [],
    orderBy,
    distinct: false,
  };
}
