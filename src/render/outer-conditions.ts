/** Conditions of outer joins that read nothing of what is joined, where a server loses them. Layer 3. */
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import { pathsOf, rootOf } from "../ast/path.ts";
import { isOwn } from "../ast/queries.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { columnsOf, conjuncts } from "../ast/shape.ts";
import { boolCodec } from "../codec/text.ts";
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

/** A column of a source up to this position that the query uses anywhere, as this clause would say it. */
function columnInSight(query: SelectNode, on: Clause, position: number): ColumnNode | null {
  const clauses: Clause[] = [
    on,
    ...query.joins.flatMap((join) => (join.on === null ? [] : [join.on])),
    ...query.where,
    ...query.columns,
    ...query.groupBy,
    ...query.orderBy.map(({ tokens, node }) => ({ tokens, node: node.item })),
  ];
  for (const { tokens, node } of clauses)
    for (const column of columnsOf(node)) {
      const root = rootOf(column.token);
      const at = root.kind === "scope" ? tokens.indexOf(root) : -1;
      const token = at === -1 || at > position ? undefined : on.tokens[at];
      const own = pathsOf(column.token).at(-1)?.link.keys[0]?.own ?? column;
      if (token !== undefined) return { kind: "column", token, column: own.column, codec: own.codec };
    }
  return null;
}

/**
 * The condition of an outer join inside of a subquery. A part of it that reads the queries around alone is tied to a column of its
 * own query: `case when x.id is null or x.id is not null then <the part> end`
 * @throws UnsupportedError where the query uses no column
 */
export function tiedToRows(query: SelectNode, on: Clause, position: number, traits: Traits): Clause {
  const { tokens, node } = on;
  const parts = conjuncts(node);
  if (parts.every((part) => isOwn({ tokens, node: part }))) return on;
  const column = columnInSight(query, on, position);
  if (column === null)
    throw new UnsupportedError(
      `${traits.label}: an outer join inside of a query cannot depend on the queries around alone (trait outerConditions)`,
      { hint: "let its condition compare a column of what it joins as well" },
    );
  const isNull = (negated: boolean): ExprNode => ({ kind: "isNull", item: column, negated });
  const always: ExprNode = { kind: "logic", op: "or", items: [isNull(false), isNull(true)] };
  const tied = parts.map((part): ExprNode => {
    if (isOwn({ tokens, node: part })) return part;
    return { kind: "case", branches: [{ when: always, value: part }], otherwise: null, codec: boolCodec };
  });
  return { tokens, node: tied.length === 1 ? (tied[0] as ExprNode) : { kind: "logic", op: "and", items: tied } };
}
