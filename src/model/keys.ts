/** Finding a row by its primary key. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

/** @throws UsageError for null, undefined and a key of other columns; ValueError for a value of another type */
export function keyCondition(meta: ModelMeta, key: unknown): Clause {
  const { primaryKey } = meta;
  const first = primaryKey[0] as ColumnMeta;
  const values = primaryKey.length === 1 ? { [first.property]: key } : key;
  if (typeof values !== "object" || values === null || (primaryKey.length > 1 && Object.getPrototypeOf(values) !== Object.prototype)) {
    throw new UsageError(`${meta.name}.find takes an object of ${meta.primaryProperties.join(" and ")}, got ${kindOf(key)}`);
  }
  for (const name of Object.keys(values))
    if (!meta.primaryProperties.includes(name)) throw new UsageError(`${meta.name}.find: ${name} is not part of the primary key`);
  const items = primaryKey.map((column): ExprNode => {
    const value = (values as Record<string, unknown>)[column.property];
    if (value === null || value === undefined)
      throw new UsageError(`${meta.name}.find: ${column.property} is ${String(value)}`, { hint: "a row without a key cannot be found" });
    return {
      kind: "compare",
      op: "=",
      left: meta.node(column, meta.token),
      right: { kind: "value", value: column.codec.accept(value, column.label), codec: column.codec },
    };
  });
  return { tokens: [meta.token], node: items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items } };
}
