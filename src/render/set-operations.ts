/** Selects that are no more than a set operation. Layer 3. */
import type { ColumnRef, ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, CompoundNode, DerivedSource, QueryNode, SelectNode } from "../ast/select.ts";

/** A set operation in a select's FROM, and nothing else that the select does but to order and limit it. */
export interface Wrapped {
  readonly source: DerivedSource;
  readonly query: CompoundNode;
}

/** Null for a select that does anything else. */
export function wrappedIn(node: SelectNode): Wrapped | null {
  const { source } = node;
  return source.kind === "derived" && source.query.kind === "compound" && passesThrough(node, source)
    ? { source, query: source.query }
    : null;
}

/** The set operation that a query is no more than the rows of; else the query. */
export function unwrapped(node: QueryNode): QueryNode {
  if (node.kind !== "select" || node.orderBy.length > 0 || node.limit !== null || node.offset !== null) return node;
  return wrappedIn(node)?.query ?? node;
}

function passesThrough(node: SelectNode, { columns }: DerivedSource): boolean {
  const plain =
    node.joins.length === 0 && node.where.length === 0 && node.groupBy.length === 0 && node.having.length === 0 && !node.distinct;
  return (
    plain &&
    node.lock === null &&
    node.columns.length === columns.length &&
    columns.every((column, i) => columnOf(node.columns[i] as Clause) === column)
  );
}

/** The column of the query's first source that a clause is; undefined for anything else. */
export function columnOf({ tokens, node }: { readonly tokens: readonly ScopeToken[]; readonly node: ExprNode }): ColumnRef | undefined {
  if (node.kind !== "column") return undefined;
  return node.token.kind === "table" || tokens[0] === node.token ? node.column : undefined;
}
