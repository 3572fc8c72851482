/** A model's table as data, for creating it and for comparing it. Layer 6. */
import type {
  CheckDefinition,
  ColumnDefinition,
  ForeignKeyDefinition,
  IndexDefinition,
  TableDefinition,
  UniqueDefinition,
} from "../ast/ddl.ts";
import type { ColumnNode, ColumnRef, ExprNode } from "../ast/expr.ts";
import { kindOf } from "../codec/refuse.ts";
import { UsageError } from "../errors.ts";
import { Condition, Expression, OrderTerm } from "../expr/expression.ts";
import { expressionOf } from "../expr/expression-of.ts";
import { keyActions } from "./columns.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";
import { targetOf } from "./meta.ts";
import { deletedAt } from "./standing-scopes.ts";

export function tableDefinitionOf(meta: ModelMeta): TableDefinition {
  const columns = [...meta.columns.values()];
  const scope = meta.scope({ kind: "table", table: meta.table }) as never;
  return {
    table: meta.table,
    columns: columns.map((column) => columnDefinition(column)),
    primaryKey: meta.primaryKey.map((column) => column.ref),
    uniques: [
      ...columns.filter(({ declaration }) => declaration.unique).map((column) => ({ name: null, columns: [column.ref] })),
      ...uniques(meta, meta.options.uniques?.(scope)),
    ].map((unique) => ({ ...unique, among: among(meta) })),
    checks: [...columns.flatMap((column) => columnChecks(meta, column)), ...tableChecks(meta, meta.options.checks?.(scope))],
    foreignKeys: [
      ...columns.flatMap((column) => columnForeignKey(meta, column)),
      ...(meta.options.foreignKeys ?? []).map((key) => tableForeignKey(meta, key)),
    ],
    indexes: [
      ...columns
        .filter(({ declaration }) => declaration.index)
        .map(
          (column): IndexDefinition => ({ name: null, columns: [{ column: column.ref, direction: "asc" }], unique: false, where: null }),
        ),
      ...indexes(meta, meta.options.indexes?.(scope)),
    ],
    comment: meta.options.comment ?? null,
  };
}

/** Deleted rows stand in nobody's way. */
function among(meta: ModelMeta): ExprNode | null {
  if (meta.behaviour.deletion !== "soft") return null;
  return { kind: "isNull", item: meta.node(meta.column(deletedAt), { kind: "table", table: meta.table }), negated: false };
}

function columnDefinition(column: ColumnMeta): ColumnDefinition {
  const { declaration, ref, codec } = column;
  const given = declaration.dbDefault;
  const dbDefault =
    given === null
      ? null
      : "kind" in given
        ? given
        : ({ kind: "value", value: column.codec.accept(given.value, column.label), codec } satisfies ExprNode);
  return {
    column: ref,
    codec,
    nullable: declaration.nullable,
    identity: declaration.identity,
    default: dbDefault,
    comment: declaration.comment,
  };
}

function columnChecks(meta: ModelMeta, column: ColumnMeta): CheckDefinition[] {
  const expression = expressionOf(meta.node(column, { kind: "table", table: meta.table }), column.codec, column.label);
  return column.declaration.checks.map((rule) => ({
    name: null,
    condition: condition(rule(expression as never), `the check of ${column.label}`),
    columns: [column.ref],
  }));
}

function condition(value: unknown, what: string): ExprNode {
  if (value instanceof Condition) return value.node;
  throw new UsageError(`${what} must be a condition, got ${kindOf(value)}`);
}

function tableChecks(meta: ModelMeta, given: unknown): CheckDefinition[] {
  if (given === undefined) return [];
  const named: [string | null, unknown][] = Array.isArray(given)
    ? given.map((check: unknown) => [null, check])
    : Object.entries(given as object);
  return named.map(([name, check]) => ({ name, condition: condition(check, `a check of ${meta.name}`), columns: [] }));
}

function isOwn(node: ExprNode): node is ColumnNode {
  return node.kind === "column" && node.token.kind !== "path";
}

function columnOf(meta: ModelMeta, value: unknown, option: string): ColumnRef {
  if (typeof value === "string") return meta.column(value).ref;
  if (Expression.is(value) && isOwn(value.node)) return value.node.column;
  throw new UsageError(`${meta.name}: ${option} takes columns, got ${kindOf(value)}`);
}

function uniques(meta: ModelMeta, given: unknown): UniqueDefinition[] {
  if (given === undefined) return [];
  return (given as readonly unknown[]).map((entry) => {
    const { on, name } = Array.isArray(entry) ? { on: entry, name: null } : (entry as { on: readonly unknown[]; name?: string });
    return { name: name ?? null, columns: on.map((column: unknown) => columnOf(meta, column, "uniques")) };
  });
}

function indexes(meta: ModelMeta, given: unknown): IndexDefinition[] {
  if (given === undefined) return [];
  return (given as readonly unknown[]).map((entry): IndexDefinition => {
    if (Array.isArray(entry) || Expression.is(entry) || OrderTerm.is(entry)) {
      return { name: null, columns: [entry].flat().map((term) => indexColumn(meta, term)), unique: false, where: null };
    }
    const { on, unique, name, where } = entry as {
      on: readonly unknown[];
      unique?: boolean;
      name?: string;
      where?: (columns: never) => unknown;
    };
    if (!Array.isArray(on)) throw new UsageError(`${meta.name}: an index needs { on: [columns] }`);
    return {
      name: name ?? null,
      columns: on.map((term) => indexColumn(meta, term)),
      unique: unique === true,
      where:
        where === undefined
          ? null
          : condition(where(meta.scope({ kind: "table", table: meta.table }) as never), `the condition of an index of ${meta.name}`),
    };
  });
}

function indexColumn(meta: ModelMeta, term: unknown): IndexDefinition["columns"][number] {
  if (OrderTerm.is(term)) {
    const { item, direction } = term.node;
    if (isOwn(item)) return { column: item.column, direction };
  }
  return { column: columnOf(meta, term, "indexes"), direction: "asc" };
}

function columnForeignKey(meta: ModelMeta, column: ColumnMeta): ForeignKeyDefinition[] {
  const { reference } = column.declaration;
  if (reference === null) return [];
  const target = targetOf(reference.target, meta, column.label);
  const targetColumn = target.column(reference.column ?? (target.primaryProperties[0] as string));
  const { onDelete, onUpdate } = inDatabase(reference);
  return [{ name: null, columns: [column.ref], target: target.table, targetColumns: [targetColumn.ref], onDelete, onUpdate }];
}

/** What the ORM looks up beforehand is refused by the database to whoever does not ask the ORM. */
function inDatabase({ onDelete, onUpdate }: ReturnType<typeof keyActions>): Pick<ForeignKeyDefinition, "onDelete" | "onUpdate"> {
  return { onDelete: onDelete === "protect" ? "restrict" : onDelete, onUpdate };
}

function tableForeignKey(meta: ModelMeta, key: NonNullable<ModelMeta["options"]["foreignKeys"]>[number]): ForeignKeyDefinition {
  const target = targetOf(key.target, meta, `${meta.name}: foreignKeys`);
  const targetColumns = key.references === undefined ? target.primaryKey : key.references.map((property) => target.column(property));
  if (targetColumns.length !== key.on.length)
    throw new UsageError(`${meta.name}: a foreign key of ${key.on.length} columns refers to ${targetColumns.length} of ${target.name}`);
  const pairs = inKeyOrder(
    target,
    key.on.map((property, i) => ({ own: meta.column(property).ref, far: (targetColumns[i] as ColumnMeta).ref })),
  );
  return {
    name: key.name ?? null,
    columns: pairs.map(({ own }) => own),
    target: target.table,
    targetColumns: pairs.map(({ far }) => far),
    ...inDatabase(keyActions(key)),
  };
}

/** MySQL and MariaDB find the key that is referred to by its columns in their order; to the others the order says nothing. */
function inKeyOrder<P extends { readonly far: ColumnRef }>(target: ModelMeta, pairs: readonly P[]): readonly P[] {
  const scope = target.scope({ kind: "table", table: target.table }) as never;
  const keys = [
    target.primaryKey.map((column) => column.ref),
    ...uniques(target, target.options.uniques?.(scope)).map(({ columns }) => columns),
  ];
  const key = keys.find((columns) => columns.length === pairs.length && pairs.every(({ far }) => columns.includes(far)));
  return key === undefined ? pairs : [...pairs].sort((a, b) => key.indexOf(a.far) - key.indexOf(b.far));
}
