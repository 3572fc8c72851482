/** A row as a plain object: its columns, and what was loaded beside it. Layer 6. */
import { UsageError } from "../errors.ts";
import { getterNames } from "../relations/definition.ts";
import { isRelation, loadedBeside } from "../relations/loaded.ts";
import { columnValue, jsonValue, type ModelBase, metaOfInstance } from "./base.ts";
import type { ColumnMeta, ModelMeta } from "./meta.ts";

export interface DictOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly excludeNull?: boolean;
  /** True: whatever was loaded. Names, or options for each name. */
  readonly relations?: true | readonly string[] | Readonly<Record<string, true | DictOptions>>;
}

/** Hidden columns are none of them. @throws UsageError for other names */
function chosen(meta: ModelMeta, { include, exclude = [] }: DictOptions): readonly ColumnMeta[] {
  for (const name of [...(include ?? []), ...exclude])
    if (meta.column(name).declaration.hidden && include?.includes(name) === true)
      throw new UsageError(`${meta.name}.${name} is hidden: it never leaves with a row`, { hint: "select it by name where it is needed" });
  return meta.visible.filter(({ property }) => include?.includes(property) !== false && !exclude.includes(property));
}

function jsonOf({ codec }: ColumnMeta, value: unknown): unknown {
  return codec.type.word === "array" && Array.isArray(value) ? value.map(jsonValue) : jsonValue(value);
}

function wanted(row: ModelBase, { relations = true, excludeNull = false }: DictOptions): [string, DictOptions][] {
  const model = row.constructor as never;
  if (relations === true)
    return getterNames(model)
      .filter((name) => isRelation(model, name))
      .map((name) => [name, { relations: true, excludeNull }]);
  const given = Array.isArray(relations) ? relations.map((name) => [name, true] as const) : Object.entries(relations);
  return given.map(([name, o]) => {
    if (!isRelation(model, name)) throw new UsageError(`${metaOfInstance(row).name} has no relation ${JSON.stringify(name)}`);
    return [name, o === true ? { excludeNull } : { excludeNull, ...o }];
  });
}

/** @param above the rows that this one is written in: a row is not written inside itself */
export function dictOf(row: ModelBase, o: DictOptions, json: boolean, above: readonly ModelBase[] = []): Record<string, unknown> {
  const meta = metaOfInstance(row);
  const dict: Record<string, unknown> = {};
  for (const column of o.include === undefined && o.exclude === undefined ? meta.visible : chosen(meta, o)) {
    const value = columnValue(row, column);
    if (value === undefined || (value === null && o.excludeNull === true)) continue;
    dict[column.property] = json ? jsonOf(column, value) : value;
  }
  if (o.relations === undefined) return dict;
  const rows = [...above, row];
  const written = (one: unknown, below: DictOptions): unknown => (one === null ? null : dictOf(one as ModelBase, below, json, rows));
  for (const [name, below] of wanted(row, o)) {
    const found = loadedBeside(row, name);
    if (found === null || rows.includes(found.value as ModelBase)) continue;
    if (Array.isArray(found.value)) dict[name] = found.value.filter((one) => !rows.includes(one)).map((one) => written(one, below));
    else if (found.value !== null || o.excludeNull !== true) dict[name] = written(found.value, below);
  }
  return dict;
}
