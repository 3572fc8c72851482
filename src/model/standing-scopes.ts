/** The conditions that stand for every reading of a model's table. Layer 6. */
import type { ColumnNode, ScopeToken } from "../ast/expr.ts";
import type { Clause, StandingScope } from "../ast/select.ts";
import { UsageError } from "../errors.ts";
import { Condition } from "../expr/expression.ts";

/** The property of the column that says when a row was deleted. */
export const deletedAt = "deletedAt";

/** `negated`: deleted rows instead of live ones. The column is asked for late: columns are resolved at first use. */
export function deletedScope(token: ScopeToken, column: () => ColumnNode, negated: boolean): StandingScope {
  let made: Clause | null = null;
  return {
    name: "deleted",
    changing: false,
    condition: () => {
      made ??= { tokens: [token], node: { kind: "isNull", item: column(), negated } };
      return made;
    },
  };
}

/** Rows of one kind among those of a table. */
export function kindScope(token: ScopeToken, column: () => ColumnNode, value: string): StandingScope {
  const condition = (): Clause => {
    const left = column();
    return { tokens: [token], node: { kind: "compare", op: "=", left, right: { kind: "value", value, codec: left.codec } } };
  };
  return { name: "kind", changing: false, condition };
}

/** A condition of the model's own, made anew each time. */
export function declaredScope(
  meta: { readonly name: string; scope(token: ScopeToken): object },
  name: string,
  scope: (columns: never) => unknown,
): StandingScope {
  const condition = (): Clause => {
    const token: ScopeToken = { kind: "scope", label: meta.name };
    const given = scope(meta.scope(token) as never);
    if (given instanceof Condition) return { tokens: [token], node: given.node };
    throw new UsageError(`${meta.name}: the scope ${name} must give a condition`, { hint: "return one for every caller, or throw" });
  };
  return { name, changing: true, condition };
}
