/** UPDATE and DELETE of a query's rows, joined and limited ones by their keys. Layer 6. */
import type { Assignment, UpdateNode } from "../ast/dml.ts";
import type { ColumnRef, ExprNode, ScopeToken } from "../ast/expr.ts";
import { asksFor, readsPerRow } from "../ast/queries.ts";
import type { Clause, DerivedSource, SelectNode } from "../ast/select.ts";
import type { DriverResult } from "../drivers/driver.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import { noFindings } from "../validate/broken.ts";
import { checkValue, writableValue } from "../validate/check.ts";
import { invalid } from "./accept.ts";
import { inputOf } from "./base.ts";
import { callScope } from "./conditions.ts";
import { keysClause } from "./keys.ts";
import { refuseLock } from "./lock.ts";
import { chunksOfKeys, lockedKeys } from "./locked-keys.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { modelOf, orderOf, type QueryState, selectTree } from "./query-state.ts";
import { runNode, sessionOf } from "./reading.ts";
import { goneWith } from "./referrers.ts";
import { assertPinnedChanges } from "./scope-values.ts";
import { selectColumns, selectFrom } from "./selection.ts";
import { counted } from "./versions.ts";

/** @throws UsageError for a query whose rows are not rows of its table, or that says nothing of which rows it means */
export function assertWritable(state: QueryState, verb: string): void {
  const { name } = state.meta;
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`${name}: ${verb} ${what}`, { hint });
  };
  if (state.distinct || state.groupBy.length > 0) refuse("of distinct or grouped rows", "say the condition with in(query)");
  refuseLock(state, `${verb}, which locks by itself,`);
  if (state.selection !== null) refuse("after select()", "drop select()");
  if (verb === "delete" && state.kept === "deleted")
    refuse("of rows that are deleted already", "restore() brings them back, purge() removes them for good");
  if (verb === "delete" && state.kept === "all" && (state.meta as ModelMeta).behaviour.deletion === "archive")
    refuse("of live and archived rows", "drop includeDeleted(): live rows are deleted");
  if (state.where.length === 0 && !state.allRows && state.kept !== "deleted")
    refuse("without a condition would touch every row", `say so: ${name}.all().allRows().${verb}(...)`);
}

/**
 * True where the rows are those of the table that meet the conditions. What is read from the same table for each of them has
 * to be read before any is changed: MySQL and MariaDB change row by row, and would read what they have changed already.
 */
function isPlain(state: QueryState, meta: ModelMeta, set: readonly Clause[] = []): boolean {
  const { sources, limit, offset } = state;
  if (sources.length !== 1 || sources[0]?.node.kind !== "table" || limit !== null || offset !== null) return false;
  return ![...conditions(state), ...set].some((clause) => readsPerRow(clause, meta.table));
}

/** What the query asks for, and what stands for every query of the table. */
function conditions({ where, sources }: QueryState): Clause[] {
  const source = sources[0]?.node;
  return [...where, ...(source?.kind === "table" ? (source.scopes ?? []) : []).map(({ condition }) => condition())];
}

function reasonOf({ reason }: QueryState): { readonly unscoped?: string } {
  return reason === null ? {} : { unscoped: reason };
}

/** True where a condition reads rows of the table, or such as go with them: where they go one by one, it would miss some. */
function readsWhatGoes(state: QueryState, meta: ModelMeta): boolean {
  if (sessionOf(state.session).traits.cascadesAtOnce) return false;
  const tables = new Set([meta.table, ...goneWith(meta)]);
  return conditions(state).some(({ node }) => asksFor(node, tables));
}

/** The keys of the query's rows, with more values of them. */
function keysTree(state: QueryState, meta: ModelMeta, more: readonly Clause[]): SelectNode {
  const cut = state.limit !== null || state.offset !== null;
  return selectTree({ ...state, lock: null }, [...selectColumns(meta, meta.primaryKey).columns, ...more], cut ? orderOf(state, true) : []);
}

/** The keys as a table, and what says which of its rows belongs to which of the model's. */
function keysSource(
  state: QueryState,
  meta: ModelMeta,
  more: readonly Clause[],
): { source: DerivedSource; token: ScopeToken; on: ExprNode } {
  const query = keysTree(state, meta, more);
  const token: ScopeToken = { kind: "scope", label: "the query's rows" };
  const source: DerivedSource = {
    kind: "derived",
    name: "chosen",
    query,
    columns: query.columns.map((_, slot) => valueColumn(slot)),
    table: null,
    lateral: null,
  };
  const items = meta.primaryKey.map(
    (column, slot): ExprNode => ({
      kind: "compare",
      op: "=",
      left: meta.node(column, meta.token),
      right: { kind: "column", token, column: valueColumn(slot), codec: column.codec },
    }),
  );
  return { source, token, on: items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items } };
}

function valueColumn(slot: number): ColumnRef {
  return { property: `value${slot}`, name: `value_${slot}`, explicit: true };
}

/** `key in (select key ...)`, and for keys of several columns `exists (select 1 from (select ...) where ...)`. */
export function chosenRows(state: QueryState, meta: ModelMeta): Clause {
  const [key] = meta.primaryKey as [ColumnMeta];
  const tokens = [meta.token];
  if (meta.primaryKey.length === 1)
    return { tokens, node: { kind: "inQuery", item: meta.node(key, meta.token), query: keysTree(state, meta, []), negated: false } };
  const { source, token, on } = keysSource(state, meta, []);
  const query: SelectNode = { ...selectFrom(meta, [], [{ tokens: [token], node: on }]), source };
  return { tokens, node: { kind: "exists", query } };
}

function assignment(column: ColumnMeta, value: unknown): Assignment {
  const { ref, codec } = column;
  if (Expression.is(value)) return { column: ref, codec, value: value.node };
  return { column: ref, codec, value: value === null ? { kind: "null" } : { kind: "value", value, codec } };
}

/** The values are checked; expressions are the database's. @throws ValidationError that tells everything */
function acceptChanges(
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  input: Readonly<Record<string, unknown>>,
): (readonly [ColumnMeta, unknown])[] {
  try {
    return columns.map((column) => {
      const value = input[column.property];
      return [column, Expression.is(value) ? value : writableValue(column, value)];
    });
  } catch (error) {
    const found = noFindings();
    for (const column of columns) if (!Expression.is(input[column.property])) checkValue(column, input[column.property], found);
    throw invalid(meta, found) ?? error;
  }
}

/** The assignments of an update; values are taken from the scopes of all sources. */
function assignments(state: QueryState, meta: ModelMeta, values: unknown): { tokens: readonly ScopeToken[]; set: Assignment[] } {
  const { tokens, result } =
    typeof values === "function"
      ? callScope(
          state.sources.map((source) => source.meta),
          values as (...scopes: never[]) => unknown,
        )
      : { tokens: [], result: values };
  const input = inputOf(meta, result);
  const names = Object.keys(input).filter((name) => input[name] !== undefined);
  if (names.length === 0) throw new UsageError(`${meta.name}.update was given nothing to set`);
  const columns = names.map((name) => meta.column(name));
  for (const { declaration, label } of columns)
    if (declaration.primaryKey) throw new UsageError(`${label} is the primary key: keys are not updated`);
  const accepted = acceptChanges(meta, columns, input);
  if (state.scoped) {
    const columns = accepted.map(([column]) => column);
    const values = accepted.map(([, value]) => value);
    assertPinnedChanges(meta, columns, values);
  }
  const set = accepted.map(([column, value]) => assignment(column, value));
  for (const column of meta.columns.values()) {
    if (column.declaration.autoNow && !names.includes(column.property)) set.push(assignment(column, new Date()));
  }
  return { tokens, set };
}

/** @throws UsageError */
export function updateNode(state: QueryState, values: unknown): UpdateNode {
  assertWritable(state, "update");
  const { meta } = modelOf(state, "update");
  if (meta.behaviour.deletion === "archive" && state.kept !== "live")
    throw new UsageError(`${meta.name}: update of archived rows`, { hint: "restore() them first" });
  const { tokens, set } = assignments(state, meta, values);
  return updateOf(state, meta, tokens, set);
}

/** The statement that makes these assignments in the query's rows. */
export function updateOf(state: QueryState, meta: ModelMeta, tokens: readonly ScopeToken[], set: readonly Assignment[]): UpdateNode {
  const { table } = meta;
  const more = counted(meta, set);
  if (
    isPlain(
      state,
      meta,
      set.map(({ value }) => ({ tokens, node: value })),
    )
  )
    return { kind: "update", table, set: { tokens, node: [...set, ...more] }, where: conditions(state), ...reasonOf(state) };
  const constant = ({ value }: Assignment): boolean => value.kind === "value" || value.kind === "null";
  if (set.every(constant)) return { kind: "update", table, set: { tokens: [], node: [...set, ...more] }, where: [chosenRows(state, meta)] };
  // Values may come from any source of the query: they are computed there, beside the keys of their rows.
  const computed = set.filter((each) => !constant(each));
  const { source, token, on } = keysSource(
    state,
    meta,
    computed.map(({ value }) => ({ tokens, node: value })),
  );
  const taken = set.map((each): Assignment => {
    const at = computed.indexOf(each);
    if (at === -1) return each;
    const codec = ("codec" in each.value ? each.value.codec : null) ?? each.codec;
    return { ...each, value: { kind: "column", token, column: valueColumn(meta.primaryKey.length + at), codec } };
  });
  const both = [meta.token, token];
  return {
    kind: "update",
    table,
    set: { tokens: both, node: [...taken, ...more] },
    where: [],
    from: { source, on: { tokens: both, node: on } },
  };
}

/** @throws UsageError */
export function deleteNode(state: QueryState, verb: "delete" | "purge" = "delete") {
  assertWritable(state, verb);
  const { meta } = modelOf(state, "delete");
  // A limit has the server find all of the keys first.
  if (readsWhatGoes(state, meta))
    return {
      kind: "delete",
      table: meta.table,
      where: [chosenRows({ ...state, limit: state.limit ?? Number.MAX_SAFE_INTEGER }, meta)],
    } as const;
  if (!isPlain(state, meta)) return { kind: "delete", table: meta.table, where: [chosenRows(state, meta)] } as const;
  return { kind: "delete", table: meta.table, where: conditions(state), ...reasonOf(state) } as const;
}

export async function updateRows(state: QueryState, values: unknown): Promise<number> {
  return affected(state, updateNode(state, values));
}

export async function deleteRows(state: QueryState): Promise<number> {
  const node = deleteNode(state);
  const session = sessionOf(state.session);
  const { meta } = modelOf(state, "delete");
  if (session.traits.changesWhatItReads || !readsWhatGoes(state, meta)) return affected(state, node);
  if (state.never) return 0;
  // A server that refuses to read what it changes is not talked into it: such deletes have crashed MySQL 9.
  return session.transaction(async (tx) => {
    let deleted = 0;
    for (const keys of chunksOfKeys(await lockedKeys(tx, meta, { ...state, session: tx }), meta.primaryKey.length)) {
      const where = [keysClause(meta, meta.primaryKey, keys)];
      deleted += (await runNode(tx, { kind: "delete", table: meta.table, where }, meta, state.signal)).affected;
    }
    return deleted;
  });
}

async function affected(state: QueryState, node: Parameters<typeof runNode>[1]): Promise<number> {
  if (state.never) return 0;
  const result: DriverResult = await runNode(sessionOf(state.session), node, state.meta, state.signal);
  return result.affected;
}
