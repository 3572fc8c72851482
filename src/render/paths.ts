/** What a path's columns are written with: the ON of its join, or a query of their own. Layer 3. */
import type { ColumnNode, ExprNode, ScopeToken } from "../ast/expr.ts";
import type { OneLink, PathToken } from "../ast/path.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { behind, nowhere, standingClauses } from "./standing.ts";

const target: ScopeToken = { kind: "scope", label: "the related row" };
const owner: ScopeToken = { kind: "scope", label: "the row at hand" };

/** `theirs = own`, for each pair of columns. */
function equalKeys({ keys }: OneLink, theirToken: ScopeToken, ownToken: ColumnNode["token"]): ExprNode[] {
  return keys.map(({ own, theirs }) => ({
    kind: "compare",
    op: "=",
    left: { kind: "column", token: theirToken, ...theirs },
    right: { kind: "column", token: ownToken, ...own },
  }));
}

/** The conditions of the join that leads from the source at one position to the one at another, which comes after it. */
export function joinConditions(link: OneLink, from: number, position: number, changing: () => void): Clause[] {
  const tokens = Array.from({ length: position + 1 }, (_, i) => (i === from ? owner : i === position ? target : nowhere));
  const keys = equalKeys(link, target, owner).map((node): Clause => ({ tokens, node }));
  return [...keys, ...behind(position, [...link.where, ...standingClauses(link.source, changing)])];
}

/** `(select column from target where target.key = own.key)` */
export function relatedValue(node: ColumnNode, { from, link }: PathToken): ExprNode {
  const token: ScopeToken = { kind: "scope", label: link.name };
  const tokens = [token];
  const query: SelectNode = {
    kind: "select",
    source: link.source,
    joins: [],
    columns: [{ tokens, node: { ...node, token } }],
    where: [...equalKeys(link, token, from).map((equal): Clause => ({ tokens, node: equal })), ...link.where],
    groupBy: [],
    having: [],
    orderBy: link.first ?? [],
    limit: link.first === null ? null : 1,
    offset: null,
    distinct: false,
    lock: null,
  };
  return { kind: "scalar", query, codec: node.codec };
}
