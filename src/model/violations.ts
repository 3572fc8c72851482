/** A broken constraint, in the model's own words: the properties it is about. Layer 6. */
import type { CheckDefinition } from "../ast/ddl.ts";
import type { ColumnRef } from "../ast/expr.ts";
import { columnsOf } from "../ast/shape.ts";
import type { StatementMeta } from "../engine/core.ts";
import { type ConstraintError, markReferred } from "../errors.ts";
import { generatedName } from "../render/ddl-names.ts";
import { columnName, type Naming } from "../render/naming.ts";
import type { Traits } from "../render/traits.ts";
import { ModelMeta } from "./meta.ts";
import { tableDefinitionOf } from "./schema.ts";
import type { SourceMeta } from "./source.ts";

interface Names {
  readonly traits: Pick<Traits, "maxNameLength" | "nameLengthUnit">;
  readonly naming: Naming;
}

/** A rule of the table is about the columns that it names. */
function columnsOfCheck({ name, columns, condition }: CheckDefinition): readonly ColumnRef[] {
  // Without a name of its own it is called after its columns, which such a rule has none of.
  return columns.length > 0 || name === null ? columns : [...new Set(columnsOf(condition).map(({ column }) => column))];
}

/** The columns of the constraint that has this name, as it was declared or generated. */
function constraintColumns(meta: ModelMeta, constraint: string, { traits, naming }: Names): readonly ColumnRef[] | null {
  const { primaryKey, uniques, checks, foreignKeys, indexes } = tableDefinitionOf(meta);
  const all: { readonly name: string | null; readonly columns: readonly ColumnRef[]; readonly suffix: string }[] = [
    { name: null, columns: primaryKey, suffix: "pk" },
    ...uniques.map((unique) => ({ ...unique, suffix: "key" })),
    ...checks.map((check) => ({ name: check.name, columns: columnsOfCheck(check), suffix: "check" })),
    ...foreignKeys.map((key) => ({ ...key, suffix: "fkey" })),
    ...indexes
      .filter(({ unique }) => unique)
      .map((index) => ({ name: index.name, columns: index.columns.map(({ column }) => column), suffix: "idx" })),
  ];
  if (constraint === "PRIMARY") return primaryKey;
  const table = meta.table.name;
  const found = all.find(({ name, columns, suffix }) => {
    return constraint === (name ?? generatedName([table, ...columns.map((column) => columnName(column, naming))], suffix, traits));
  });
  return found === undefined || found.columns.length === 0 ? null : found.columns;
}

function explain(meta: ModelMeta, error: ConstraintError, names: Names): void {
  // The other side of a foreign key may have spoken: its columns are not this model's.
  if (error.table !== undefined && error.table !== meta.table.name) return markReferred(error);
  const { columns, constraint } = error;
  const all = [...meta.columns.values()];
  const declared = columns === undefined ? constraintColumns(meta, constraint ?? "", names) : null;
  const properties =
    columns !== undefined
      ? columns.map((name) => all.find(({ ref }) => columnName(ref, names.naming) === name)?.property ?? name)
      : (declared?.map(({ property }) => property) ?? null);
  const state = (key: "columns" | "table", value: unknown): unknown =>
    Object.defineProperty(error, key, { value, enumerable: true, writable: true, configurable: true });
  if (properties !== null) state("columns", properties);
  // A message that names nothing but the constraint has told which table it is by that.
  if (declared !== null && error.table === undefined) state("table", meta.table.name);
}

const metas = new WeakMap<SourceMeta, StatementMeta>();

/** What travels beside the statements of a model, or of another query's rows. */
export function statementMeta(meta: SourceMeta): StatementMeta {
  let found = metas.get(meta);
  if (found === undefined) {
    found = meta instanceof ModelMeta ? { model: meta.name, explain: (error, names) => explain(meta, error, names) } : { model: meta.name };
    metas.set(meta, found);
  }
  return found;
}
