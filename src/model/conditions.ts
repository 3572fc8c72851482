/** From what `where` was given to a clause. What cannot be understood is refused, never ignored. Layer 6. */
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { childrenOf } from "../ast/shape.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, Expression } from "../expr/expression.ts";
import { expressionOf } from "../expr/expression-of.ts";
import { scopeOf } from "../relations/scope.ts";
import { ModelMeta } from "./meta.ts";
import type { SourceMeta } from "./source.ts";

/** Calls a lambda with the columns of each source. New tokens for each call: a stored query can then be nested in itself. */
export function callScope<T>(
  sources: readonly SourceMeta[],
  lambda: (...scopes: never[]) => T,
): { tokens: readonly ScopeToken[]; result: T } {
  if (sources.length === 1) {
    const [meta] = sources as [SourceMeta];
    const token = tokenOf(meta);
    return { tokens: [token], result: lambda(scopeAt(meta, token) as never) };
  }
  const tokens = sources.map(tokenOf);
  const scopes = sources.map((meta, i) => scopeAt(meta, tokens[i] as ScopeToken));
  return { tokens, result: lambda(...(scopes as never[])) };
}

function tokenOf(meta: SourceMeta): ScopeToken {
  return { kind: "scope", label: meta.name };
}

function scopeAt(meta: SourceMeta, token: ScopeToken): object {
  return meta instanceof ModelMeta ? scopeOf(meta, token) : meta.scope(token);
}

/** @throws UsageError for undefined, empty objects, unknown columns and everything that is no condition */
export function conditionClause(sources: readonly SourceMeta[], given: unknown, method: string): Clause {
  const meta = sources[0] as SourceMeta;
  if (typeof given === "function") {
    const { tokens, result } = callScope(sources, given as (...scopes: never[]) => unknown);
    return { tokens, node: conditionNode(result, `the lambda of ${method}`, method) };
  }
  if (Expression.is(given)) return { tokens: [], node: conditionNode(given, method, method) };
  const prototype = typeof given === "object" && given !== null ? Object.getPrototypeOf(given) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new UsageError(`${meta.name}.${method} takes a lambda, a clause or an object of columns, got ${kindOf(given)}`, {
      hint: given === undefined ? "to read every row use all()" : undefined,
    });
  }
  return { tokens: [meta.token], node: equalities(meta, given as Record<string, unknown>, method) };
}

/** Rows are chosen before they are grouped and before windows look at them. */
function assertPlain(node: ExprNode, method: string): void {
  // Most of what stands in conditions, without a list of children for each.
  if (node.kind === "column" || node.kind === "value") return;
  if (node.kind === "compare") {
    assertPlain(node.left, method);
    return assertPlain(node.right, method);
  }
  if (node.kind === "window")
    throw new UsageError(`${method} cannot use a window function`, { hint: "select it in a query of its own and filter its rows" });
  if (node.kind === "aggregate" && method !== "having")
    throw new UsageError(`${method} cannot use ${node.name}()`, { hint: "conditions on aggregates go into having(), after groupBy()" });
  for (const child of childrenOf(node)) assertPlain(child, method);
}

function conditionNode(value: unknown, what: string, method: string): ExprNode {
  if (value instanceof Condition) {
    assertPlain(value.node, method);
    return value.node;
  }
  throw new UsageError(`${what} must be a condition, got ${kindOf(value)}`, {
    hint: value === undefined ? "an arrow function with braces needs a return" : undefined,
  });
}

function equalities(meta: SourceMeta, object: Record<string, unknown>, method: string): ExprNode {
  const keys = Object.keys(object);
  if (keys.length === 0) throw new UsageError(`${meta.name}.${method} was given an empty object`, { hint: "to read every row use all()" });
  const items = keys.map((key): ExprNode => {
    const column = meta.column(key);
    const value = object[key];
    const expression = expressionOf(meta.node(column, meta.token), column.codec, column.label);
    if (value === undefined)
      throw new UsageError(`${meta.name}.${method}: ${key} is undefined`, { hint: "leave the key out, or write null for IS NULL" });
    return value === null ? expression.isNull().node : expression.eq(value).node;
  });
  return items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items };
}
