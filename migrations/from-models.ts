/** The state that models declare, archive tables included. */
import type { ColumnDefinition, TableDefinition } from "../src/ast/ddl.ts";
import type { ColumnRef, ExprNode } from "../src/ast/expr.ts";
import type { Codec } from "../src/codec/codec.ts";
import { type TableSource, tableDefinitions } from "../src/engine/schema.ts";
import { UsageError } from "../src/errors.ts";
import { namesOf } from "../src/render/ddl-names.ts";
import { columnName, type Naming } from "../src/render/naming.ts";
import { expressionData } from "./expressions.ts";
import type { ColumnState, ConditionData, DefaultData, SchemaState, TableName, TableState } from "./state.ts";
import { keyOf } from "./state.ts";
import { plainOf, typeOf } from "./types.ts";

/** Names that every database can take: the shortest limit of them all, so that one file serves all. */
const everywhere = { traits: { label: "some database", maxNameLength: 63, nameLengthUnit: "bytes" }, refuse: () => null } as const;
/** The types that get a check of their own in some database: their names are kept free in all. */
const checkedTypes = ["enum", "bool"] as const;

export function isModel(candidate: unknown): candidate is TableSource {
  return typeof candidate === "function" && tableDefinitions in candidate;
}

/**
 * The tables of these models. Classes of the same table are taken once.
 * @throws UsageError for what is no model, and for two models that declare one table differently
 */
export function stateOfModels(models: readonly unknown[], naming: Naming): SchemaState {
  const state = new Map<string, TableState>();
  for (const model of models) {
    if (!isModel(model)) throw new UsageError("migrations take model classes");
    for (const definition of model[tableDefinitions]()) {
      const table = stateOfDefinition(definition, naming);
      const key = keyOf(tableNameOf(definition.table));
      const known = state.get(key);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(table))
        throw new UsageError(`two models declare the table ${definition.table.name} differently`);
      state.set(key, table);
    }
  }
  return state;
}

function tableNameOf(table: TableDefinition["table"]): TableName {
  return table.schema === null ? table.name : { schema: table.schema, name: table.name };
}

export function stateOfDefinition(definition: TableDefinition, naming: Naming): TableState {
  const names = namesOf(definition, everywhere, naming, checkedTypes);
  const name = (ref: ColumnRef): string => columnName(ref, naming);
  const all = (refs: readonly ColumnRef[]): string[] => refs.map(name);
  return {
    name: definition.table.name,
    schema: definition.table.schema,
    columns: definition.columns.map((column) => columnState(column, naming)),
    primaryKey: all(definition.primaryKey),
    uniques: definition.uniques.map(({ columns, among = null }, i) => ({
      name: names.uniques[i] as string,
      columns: all(columns),
      ...(among === null ? {} : { among: conditionData(among, naming) }),
    })),
    checks: definition.checks.map(({ condition }, i) => ({ name: names.checks[i] as string, condition: conditionData(condition, naming) })),
    foreignKeys: definition.foreignKeys.map((key, i) => ({
      name: names.foreignKeys[i] as string,
      columns: all(key.columns),
      target: tableNameOf(key.target),
      targetColumns: all(key.targetColumns),
      ...(key.onDelete === "no action" ? {} : { onDelete: key.onDelete }),
      ...(key.onUpdate === "no action" ? {} : { onUpdate: key.onUpdate }),
    })),
    indexes: definition.indexes.map((index, i) => ({
      name: names.indexes[i] as string,
      columns: index.columns.map(({ column, direction }) => (direction === "asc" ? name(column) : { column: name(column), direction })),
      ...(index.unique ? { unique: true } : {}),
      ...(index.where === null ? {} : { where: conditionData(index.where, naming) }),
    })),
    comment: definition.comment,
  };
}

function columnState({ column, codec, nullable, identity, default: byDatabase, comment }: ColumnDefinition, naming: Naming): ColumnState {
  return {
    name: columnName(column, naming),
    ...typeOf(codec as Codec),
    ...(nullable ? { nullable } : {}),
    ...(identity ? { identity } : {}),
    ...(byDatabase === null ? {} : { default: defaultData(byDatabase, naming) }),
    ...(comment === null ? {} : { comment }),
  };
}

/** SQL without any hole is the same as text; everything else stays a tree. */
function rawText(node: ExprNode): string | null {
  return node.kind === "raw" && node.items.length === 0 ? node.texts.join("") : null;
}

function defaultData(node: ExprNode, naming: Naming): DefaultData {
  if (node.kind === "value") return plainOf(node.value, node.codec as Codec);
  const sql = rawText(node);
  return sql === null ? { expression: expressionData(node, naming) } : { sql };
}

function conditionData(node: ExprNode, naming: Naming): ConditionData {
  const sql = rawText(node);
  return sql === null ? expressionData(node, naming) : { sql };
}
