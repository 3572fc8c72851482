/** Rows by their keys. Layer 6. */
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { kindOf } from "../codec/refuse.ts";
import type { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { cameTogether } from "../relations/guard.ts";
import type { CompiledStatement } from "../render/compiled.ts";
import { toldLoaded } from "./after-load.ts";
import { again, type KeptStatement, keep, PerModel } from "./kept.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { compileFor } from "./reading.ts";
import { selectFrom, wholeSelection } from "./selection.ts";
import { statementMeta } from "./violations.ts";
import { type ModelConstructor, wholeReader } from "./whole-row.ts";

/**
 * The accepted values of a key, in the order of its columns.
 * @throws UsageError for null, undefined and a key of other columns; ValueError for a value of another type
 */
export function keyValues(meta: ModelMeta, key: unknown): unknown[] {
  const { primaryKey } = meta;
  if (primaryKey.length === 1) return [acceptPart(meta, primaryKey[0] as ColumnMeta, key)];
  if (typeof key !== "object" || key === null || Object.getPrototypeOf(key) !== Object.prototype) {
    throw new UsageError(`${meta.name}.find takes an object of ${meta.primaryProperties.join(" and ")}, got ${kindOf(key)}`);
  }
  for (const name of Object.keys(key))
    if (!meta.primaryProperties.includes(name)) throw new UsageError(`${meta.name}.find: ${name} is not part of the primary key`);
  return primaryKey.map((column) => acceptPart(meta, column, (key as Record<string, unknown>)[column.property]));
}

function acceptPart(meta: ModelMeta, column: ColumnMeta, value: unknown): unknown {
  if (value === null || value === undefined)
    throw new UsageError(`${meta.name}.find: ${column.property} is ${String(value)}`, { hint: "a row without a key cannot be found" });
  return column.codec.accept(value, column.label);
}

export function keyCondition(meta: ModelMeta, values: readonly unknown[]): Clause {
  const items = meta.primaryKey.map(
    (column, i): ExprNode => ({
      kind: "compare",
      op: "=",
      left: meta.node(column, meta.token),
      right: { kind: "value", value: values[i], codec: column.codec },
    }),
  );
  return { tokens: [meta.token], node: items.length === 1 ? (items[0] as ExprNode) : { kind: "logic", op: "and", items } };
}

/** `(columns) in (keys)`, as the dialects do it best. */
export function keysClause(meta: ModelMeta, columns: readonly ColumnMeta[], keys: readonly (readonly unknown[])[]): Clause {
  return {
    tokens: [meta.token],
    node: keysNode(
      columns.map((column) => meta.node(column, meta.token)),
      keys,
    ),
  };
}

/** True where the items are one of these keys. */
export function keysNode(items: readonly ColumnNode[], keys: readonly (readonly unknown[])[]): ExprNode {
  const [first] = items as readonly [ColumnNode];
  if (items.length === 1) return { kind: "inList", item: first, values: keys.map(([value]) => value), of: first.codec, negated: false };
  const rows = keys.map((values) => items.map(({ codec }, i): ExprNode => ({ kind: "value", value: values[i], codec })));
  return { kind: "rowIn", items, rows, negated: false };
}

const lookups = new PerModel<KeptStatement | null>();

function keyStatement(meta: ModelMeta, session: Session, values: readonly unknown[]): CompiledStatement {
  const tree = () => selectFrom(meta, wholeSelection(meta).columns, [keyCondition(meta, values)]);
  let kept = lookups.get(meta, session);
  if (kept === undefined) {
    const codecs = meta.primaryKey.map((column) => column.codec);
    kept = lookups.set(meta, session, keep(session, tree(), codecs, values));
  }
  return kept === null ? compileFor(session, tree()) : again(kept, values);
}

/** The whole row of a key, as an instance; null when there is none. */
export async function findRow(model: ModelConstructor, meta: ModelMeta, session: Session, values: readonly unknown[]): Promise<unknown> {
  const answer = session.run(keyStatement(meta, session, values), statementMeta(meta));
  const { rows } = answer instanceof Promise ? await answer : answer;
  const [row] = rows;
  if (row === undefined) return null;
  const found = wholeReader(model, meta, wholeSelection(meta), session)(row as never);
  cameTogether([found], session);
  const told = toldLoaded(session);
  if (told !== null) await told;
  return found;
}
