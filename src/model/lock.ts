/** What `forUpdate` and `forShare` were given, and the queries whose rows can be locked. Layer 6. */
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import type { LockNode, SelectNode } from "../ast/select.ts";
import { childrenOf } from "../ast/shape.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { callScope } from "./conditions.ts";
import { ModelScope } from "./model-scope.ts";
import type { QuerySource, SourceMeta } from "./source.ts";

interface Lockable {
  readonly meta: SourceMeta;
  readonly sources: readonly QuerySource[];
  readonly lock: LockNode | null;
}

const optionNames: ReadonlySet<string> = new Set(["skipLocked", "noWait", "of"]);

/** @throws UsageError for options that are none */
export function lockNode(state: Lockable, strength: LockNode["strength"], given: unknown): LockNode {
  const method = `${state.meta.name}.${strength === "update" ? "forUpdate" : "forShare"}`;
  if (given === undefined) return { strength, taken: "wait", of: null };
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new UsageError(`${method} takes { skipLocked, noWait, of }, got ${kindOf(given)}`);
  for (const name of Object.keys(given)) {
    if (!optionNames.has(name))
      throw new UsageError(`${method}: unknown option ${name}`, { hint: `known: ${[...optionNames].join(", ")}` });
  }
  const { skipLocked = false, noWait = false, of } = given as Record<string, unknown>;
  for (const flag of [skipLocked, noWait]) {
    if (typeof flag !== "boolean") throw new UsageError(`${method}: skipLocked and noWait are true or false, got ${kindOf(flag)}`);
  }
  if (skipLocked && noWait) throw new UsageError(`${method}: rows are either skipped or not waited for`, { hint: "choose one of the two" });
  return { strength, taken: skipLocked ? "skip" : noWait ? "fail" : "wait", of: of === undefined ? null : positions(state, of, method) };
}

function positions({ sources }: Lockable, of: unknown, method: string): number[] {
  if (typeof of !== "function") throw new UsageError(`${method}: of takes a lambda, got ${kindOf(of)}`, { hint: "write of: (p) => [p]" });
  const { tokens, result } = callScope(
    sources.map(({ meta }) => meta),
    of as (...scopes: never[]) => unknown,
  );
  const chosen = Array.isArray(result) ? result : [result];
  if (chosen.length === 0) throw new UsageError(`${method}: of was given an empty list`);
  const found = chosen.map((scope: unknown) => {
    const position = tokens.indexOf(ModelScope.tokenOf(scope) as ScopeToken);
    if (position !== -1) return position;
    throw new UsageError(`${method}: of takes parameters of its lambda, got ${kindOf(scope)}`, { hint: "write of: (p, a) => [p]" });
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

/** @throws UsageError for rows that are no rows of a table any more: then there is nothing to lock */
export function assertLockable(state: Lockable, node: SelectNode): void {
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${state.meta.name}: a row lock on ${what}`, { hint });
  };
  const alone = "lock the rows in a query of its own";
  if (node.groupBy.length > 0 || node.having.length > 0) refuse("groups", alone);
  if (node.distinct) refuse("distinct rows", alone);
  if ([...node.columns, ...node.orderBy.map(({ tokens, node: { item } }) => ({ tokens, node: item }))].some((one) => isOfMany(one.node)))
    refuse("aggregates or window functions", alone);
  const locked = state.lock?.of?.map((i) => state.sources[i] as QuerySource) ?? state.sources;
  if (locked.some((source) => source.node.kind !== "table"))
    refuse("the rows of another query", "name the tables: forUpdate({ of: (p) => [p] })");
}

function isOfMany(node: ExprNode): boolean {
  return node.kind === "aggregate" || node.kind === "window" || childrenOf(node).some(isOfMany);
}

/** @throws UsageError */
export function refuseLock(state: Lockable, what: string): void {
  if (state.lock === null) return;
  throw new UsageError(`${state.meta.name}: ${what} of a query with a row lock, which it would not take`, { hint: "drop forUpdate()" });
}

/** Rows are kept from others until the transaction ends. */
export const lockedForUpdate: LockNode = { strength: "update", taken: "wait", of: null };
