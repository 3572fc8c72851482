/** UPDATE and DELETE of a query's rows. Layer 6. */
import type { Assignment } from "../ast/dml.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { inputOf } from "./base.ts";
import { callScope } from "./conditions.ts";
import type { ColumnMeta } from "./meta.ts";
import { isCut, type QueryState } from "./query-state.ts";
import { runNode, sessionOf } from "./reading.ts";

/** @throws UsageError for a query whose rows are not simply those of its table that meet a condition */
function assertWritable(state: QueryState, verb: string): void {
  const { name } = state.meta;
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${name}: ${verb} ${what}`, { hint });
  };
  if (isCut(state)) refuse("of a limited or distinct query", "put the limit into a condition on the key");
  if (state.selection !== null) refuse("after select()", "drop select()");
  if (state.joins.length > 0) refuse("of a joined query", "say the condition with exists() or in(query)");
  if (state.where.length === 0 && !state.allRows)
    refuse("without a condition would touch every row", `say so: ${name}.all().allRows().${verb}(...)`);
}

function assignment(column: ColumnMeta, value: unknown): Assignment {
  const { ref, codec } = column;
  if (Expression.is(value)) return { column: ref, codec, value: value.node };
  return { column: ref, codec, value: value === null ? { kind: "null" } : { kind: "value", value, codec } };
}

export async function updateRows(state: QueryState, values: unknown): Promise<number> {
  assertWritable(state, "update");
  const { meta, where } = state;
  const { tokens, result } =
    typeof values === "function" ? callScope([meta], values as (...scopes: never[]) => unknown) : { tokens: [], result: values };
  const input = inputOf(meta, result);
  const names = Object.keys(input).filter((name) => input[name] !== undefined);
  if (names.length === 0) throw new UsageError(`${meta.name}.update was given nothing to set`);
  const set = names.map((name) => {
    const column = meta.column(name);
    if (column.declaration.primaryKey) throw new UsageError(`${column.label} is the primary key: keys are not updated`);
    const value = input[name];
    return assignment(column, Expression.is(value) ? value : meta.accept(column, value));
  });
  for (const column of meta.columns.values()) {
    if (column.declaration.autoNow && !names.includes(column.property)) set.push(assignment(column, new Date()));
  }
  if (state.never) return 0;
  return (await runNode(sessionOf(state.session), { kind: "update", table: meta.table, set: { tokens, node: set }, where }, meta)).affected;
}

export async function deleteRows(state: QueryState): Promise<number> {
  assertWritable(state, "delete");
  if (state.never) return 0;
  const { meta, where, session } = state;
  return (await runNode(sessionOf(session), { kind: "delete", table: meta.table, where }, meta)).affected;
}
