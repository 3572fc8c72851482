/** ANY and ALL, which SQLite lacks, by what they mean: three-valued logic over the rows of the query. Layer 4. */
import type { CompareNode, ExprNode, QuantifiedNode, ScopeToken } from "../../ast/expr.ts";
import type { DerivedSource, SelectNode } from "../../ast/select.ts";
import type { TypedCodec } from "../../ast/type.ts";
import { codecOf } from "../../render/expr-renderer.ts";

/** `case when exists (a row that decides) then ... when exists (a row that is unknown) then null else ... end` */
export function expanded({ op, left }: CompareNode, { quantifier, query }: QuantifiedNode, bool: TypedCodec): ExprNode {
  const token: ScopeToken = { kind: "scope", label: quantifier };
  const column = { property: "value", name: "value", explicit: true };
  const source: DerivedSource = { kind: "derived", name: "each", query, columns: [column], table: null, lateral: null };
  const selected = query.columns[0]?.node as ExprNode;
  const codec = codecOf(selected) ?? codecOf(left) ?? bool;
  const compare: ExprNode = { kind: "compare", op, left, right: { kind: "column", token, column, codec } };
  const someRow = (condition: ExprNode): ExprNode => ({ kind: "exists", query: rowsOf(source, token, condition) });
  const any = quantifier === "any";
  return {
    kind: "case",
    branches: [
      { when: someRow(any ? compare : { kind: "not", item: compare }), value: { kind: "constant", value: any } },
      { when: someRow({ kind: "isNull", item: compare, negated: false }), value: { kind: "null" } },
    ],
    otherwise: { kind: "constant", value: !any },
    codec: bool,
  };
}

function rowsOf(source: DerivedSource, token: ScopeToken, condition: ExprNode): SelectNode {
  return {
    kind: "select",
    source,
    joins: [],
    columns: [],
    where: [{ tokens: [token], node: condition }],
    groupBy: [],
    having: [],
    orderBy: [],
    limit: null,
    offset: null,
    distinct: false,
    lock: null,
  };
}
