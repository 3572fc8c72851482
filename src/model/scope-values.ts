/** What a model's standing conditions say of the rows that are written. Layer 6. */
import type { ExprNode, ScopeToken } from "../ast/expr.ts";
import { Parameter } from "../codec/parameter.ts";
import { UsageError } from "../errors.ts";
import { Expression } from "../expr/expression.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { sameValue } from "./state.ts";

/** The value that a scope asks for. */
interface Pinned {
  readonly scope: string;
  readonly value: unknown;
}
export type Pins = ReadonlyMap<ColumnMeta, Pinned>;

const none: Pins = new Map();

/** Columns that the scopes hold to one value, as of now. Whatever a scope throws says that nothing may be written. */
export function pinsOf(meta: ModelMeta): Pins {
  const scopes = meta.source.scopes?.filter(({ name, changing }) => changing || name === "kind") ?? [];
  if (scopes.length === 0) return none;
  const pins = new Map<ColumnMeta, Pinned>();
  for (const { name, condition } of scopes) {
    const { tokens, node } = condition();
    for (const item of node.kind === "logic" && node.op === "and" ? node.items : [node]) {
      const found = equality(meta, item, tokens[0]);
      if (found !== null) pins.set(found.column, { scope: name, value: found.value });
    }
  }
  return pins;
}

function equality(meta: ModelMeta, node: ExprNode, token: ScopeToken | undefined): { column: ColumnMeta; value: unknown } | null {
  if (node.kind !== "compare" || node.op !== "=" || node.left.kind !== "column" || node.left.token !== token) return null;
  const { left, right } = node;
  if (right.kind !== "value" || right.value instanceof Parameter) return null;
  const column = meta.list.find(({ ref }) => ref === left.column);
  return column === undefined ? null : { column, value: right.value };
}

/** @throws UsageError for a value with which the row would be out of its writer's own sight */
export function assertPinned(meta: ModelMeta, pins: Pins, column: ColumnMeta, value: unknown): void {
  const pin = pins.get(column);
  if (pin === undefined || (!Expression.is(value) && sameValue(pin.value, value))) return;
  throw new UsageError(`${column.label} is not what the scope ${pin.scope} of ${meta.name} asks for`, {
    hint: `leave it out: new rows get it from the scope, and ${meta.name}.unscoped("why").where(...).update(...) moves rows`,
    model: meta.name,
    columns: [column.property],
  });
}

/** The same for changes: scopes are asked only when a column that came with them is among these. */
export function assertPinnedChanges(meta: ModelMeta, columns: readonly ColumnMeta[], values: readonly unknown[]): void {
  const { pinned } = meta.behaviour;
  if (pinned.length === 0 || !columns.some(({ property }) => pinned.includes(property))) return;
  const pins = pinsOf(meta);
  columns.forEach((column, i) => {
    assertPinned(meta, pins, column, values[i]);
  });
}
