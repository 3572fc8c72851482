/** Where the standing conditions of a query's sources are written. Layer 3. */
import type { ScopeToken } from "../ast/expr.ts";
import type { Clause, JoinNode, SourceNode } from "../ast/select.ts";

/**
 * To WHERE, to the ON of a left join, and into a query of its own where an outer join would otherwise bring back rows that
 * do not meet them; the last two by the position of their source.
 */
export interface Standing {
  readonly where: Clause[];
  readonly on: Map<number, readonly Clause[]>;
  readonly inside: Map<number, readonly Clause[]>;
}

/** Stands for a source that a condition does not read. */
export const nowhere: ScopeToken = { kind: "scope", label: "nowhere" };

/** What every row of the source meets; the first token stands for it. */
export function standingClauses(source: SourceNode, changing: () => void): Clause[] {
  if (source.kind !== "table") return [];
  return (source.scopes ?? []).map((scope) => {
    if (scope.changing) changing();
    return scope.condition();
  });
}

/** Conditions on a query's first source, as conditions on the one at this position. */
export function behind(position: number, clauses: readonly Clause[]): Clause[] {
  const before = Array.from({ length: position }, () => nowhere);
  return clauses.map(({ tokens, node }) => ({ tokens: [...before, ...tokens], node }));
}

/** Null where no source has any. `changing` is called for conditions that may be others the next time. */
export function standingOf(sources: readonly SourceNode[], joins: readonly JoinNode[], changing: () => void): Standing | null {
  if (!sources.some((source) => source.kind === "table" && source.scopes !== undefined)) return null;
  const standing: Standing = { where: [], on: new Map(), inside: new Map() };
  sources.forEach((source, i) => {
    if (source.kind !== "table" || source.scopes === undefined) return;
    const kind = joins[i - 1]?.kind;
    const covered = kind === "full" || joins.slice(i).some((later) => later.kind === "right" || later.kind === "full");
    const clauses = behind(covered ? 0 : i, standingClauses(source, changing));
    if (covered) standing.inside.set(i, clauses);
    else if (kind === "left") standing.on.set(i, clauses);
    else standing.where.push(...clauses);
  });
  return standing;
}
