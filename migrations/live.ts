/** A live database as a state: in the models' own words where the server means the same, in the server's words elsewhere. */
import type { TableRef } from "../src/ast/select.ts";
import type { DdlOptions } from "../src/dialects/ddl-options.ts";
import type { Echo, InspectedColumn, InspectedTable, InspectedType, Inspector, Scratch } from "../src/dialects/inspect.ts";
import type { Engine } from "../src/engine/engine.ts";
import { QueryError } from "../src/errors.ts";
import { defaultNaming } from "../src/render/naming.ts";
import { definitionOf } from "./definition.ts";
import { historyTable } from "./history.ts";
import type { DataHandle } from "./operations.ts";
import { plainDefault } from "./plain-default.ts";
import {
  type CheckState,
  type ColumnState,
  type ConditionData,
  canonical,
  type ForeignKeyState,
  type IndexState,
  keyOf,
  nameOf,
  type SchemaState,
  shownName,
  type TableState,
  type TypeData,
  type UniqueState,
} from "./state.ts";
import { typePart } from "./types.ts";

/** Tables that are ours and no model's. */
const own: ReadonlySet<string> = new Set([historyTable]);

/**
 * What the database has in its own place, in the schemas that `expected` names and in those that are asked for. Columns, keys and
 * conditions that mean there what `expected` says are told in its words, so that comparing the two shows real differences only.
 * Tables that nobody expects are told as the server has them.
 */
export async function liveState(engine: Engine, expected: SchemaState, schemas: readonly string[] = []): Promise<SchemaState> {
  const tables = (await liveTables(engine, expected, schemas)).filter(({ table }) => !own.has(table.name));
  // One connection for what is temporary; nothing of it lasts.
  return engine.transaction(async (tx) => {
    const state = new Map<string, TableState>();
    for (const live of tables) {
      const key = keyOf(nameOf(live.table));
      const wanted = expected.get(key);
      state.set(key, wanted === undefined ? rawTable(live) : await alignedTable(tx, live, wanted, engine));
    }
    return state;
  });
}

async function liveTables(engine: Engine, expected: SchemaState, schemas: readonly string[]): Promise<InspectedTable[]> {
  const inspector = await engine.dialect.inspector();
  const here = await inspector.tables(engine);
  const named = new Set([...schemas, ...[...expected.values()].flatMap(({ schema }) => schema ?? [])]);
  if (named.size === 0) return here;
  const place = await inspector.place(engine);
  // Tables of the database's own place are known by their bare names, unless the models name the place.
  const called = (table: TableRef): TableRef => {
    const full = { name: table.name, schema: place };
    return table.schema === null && place !== null && expected.has(keyOf(nameOf(full))) ? full : table;
  };
  const tables = [...here];
  for (const schema of named) if (schema !== place) tables.push(...(await inspector.tables(engine, schema)));
  return tables.map((live) => ({
    ...live,
    table: called(live.table),
    foreignKeys: live.foreignKeys.map((key) => ({ ...key, target: called(key.target) })),
  }));
}

function scratchOf(db: DataHandle): Scratch {
  return {
    sql: (texts, ...values) => db.sql(texts, ...values),
    execute: (text) => runRaw(db, text),
  };
}

/** Temporary tables belong to no transaction and end none. */
async function runRaw(db: DataHandle, sql: string): Promise<void> {
  await db.run({ sql, params: [], operation: "raw", rows: false, writes: true }, { model: null, prepare: false });
}

function typeData(type: InspectedType | null, native: string): TypeData {
  if (type === null) return { type: "native", native };
  const { word, length, precision, scale, element } = type;
  return {
    type: word,
    ...(length === undefined ? {} : { length }),
    ...(precision === undefined ? {} : { precision, scale: scale ?? 0 }),
    ...(element === undefined ? {} : { element: typeData(element, native) }),
  };
}

function rawColumn(live: InspectedColumn, type: TypeData = typeData(live.type, live.native)): ColumnState {
  const byDatabase = plainDefault(live, type);
  return {
    name: live.name,
    ...type,
    ...(live.nullable ? { nullable: true } : {}),
    ...(live.identity ? { identity: true } : {}),
    ...(byDatabase === undefined ? {} : { default: byDatabase }),
    ...(live.comment === null ? {} : { comment: live.comment }),
  };
}

function rawIndex(index: InspectedTable["indexes"][number], where: ConditionData | null): IndexState {
  return {
    name: index.name,
    columns: index.columns.map(({ column, direction }) => (direction === "desc" ? { column, direction } : column)),
    ...(index.unique ? { unique: true } : {}),
    ...(where === null ? {} : { where }),
  };
}

function rawKey(key: InspectedTable["foreignKeys"][number]): ForeignKeyState {
  return {
    name: key.name,
    columns: key.columns,
    target: nameOf(key.target),
    targetColumns: key.targetColumns,
    ...(key.onDelete === "no action" ? {} : { onDelete: key.onDelete }),
    ...(key.onUpdate === "no action" ? {} : { onUpdate: key.onUpdate }),
  };
}

function rawTable(live: InspectedTable): TableState {
  return {
    name: live.table.name,
    schema: live.table.schema,
    columns: live.columns.filter(({ generated }) => !generated).map((column) => rawColumn(column)),
    primaryKey: live.primaryKey,
    uniques: live.uniques,
    checks: live.checks.map(({ name, condition }) => ({ name, condition: { sql: condition } })),
    foreignKeys: live.foreignKeys.map(rawKey),
    indexes: live.indexes
      .filter(({ special }) => !special)
      .map((index) => rawIndex(index, index.where === null ? null : { sql: index.where })),
    comment: live.comment,
  };
}

/** The conditions of a table in the order that they are echoed in. */
function conditionsOf(wanted: TableState): { data: ConditionData; of: CheckState | UniqueState | IndexState }[] {
  return [
    ...wanted.checks.map((check) => ({ data: check.condition, of: check })),
    ...wanted.uniques.flatMap((unique) => (unique.among === undefined ? [] : [{ data: unique.among, of: unique }])),
    ...wanted.indexes.flatMap((index) => (index.where === undefined ? [] : [{ data: index.where, of: index }])),
  ];
}

async function alignedTable(db: DataHandle, live: InspectedTable, wanted: TableState, engine: Engine): Promise<TableState> {
  const { dialect, traits } = engine;
  const inspector = await dialect.inspector();
  const conditions = conditionsOf(wanted);
  const bare: TableState = {
    ...wanted,
    uniques: [],
    foreignKeys: [],
    indexes: [],
    checks: conditions.map(({ data }, i) => ({ name: `kaka_condition_${i}`, condition: data })),
  };
  const o: DdlOptions = { traits, naming: defaultNaming };
  const echo = await inspector.echo(scratchOf(db), definitionOf(bare, dialect.name), o).catch((error: unknown) => {
    if (!(error instanceof QueryError) || error.retryable) throw error;
    throw new QueryError(`how the server spells ${wanted.name} cannot be tried out in a temporary table: ${error.message}`, {
      cause: error,
      hint: "compare as a user who may make temporary tables",
      outcome: "not_applied",
    });
  });
  const textOf = (item: CheckState | UniqueState | IndexState): string | null =>
    echo.checks[wanted.columns.length + conditions.findIndex(({ of }) => of === item)] ?? null;
  const checks = [...live.checks];
  const columns = live.columns
    .filter(({ generated }) => !generated)
    .map((column) => alignedColumn(column, wanted, echo, checks, inspector.fits, dialect.name === "sqlite"));
  const { uniques, indexes } = alignedIndexes(live, wanted, textOf, traits.partialIndexes, inspector.uniqueIndexes);
  return {
    name: wanted.name,
    schema: wanted.schema,
    columns,
    primaryKey: live.primaryKey,
    checks: alignedChecks(checks, wanted, textOf),
    uniques,
    indexes,
    foreignKeys: alignedKeys(live, wanted, inspector.action),
    comment: dialect.name === "sqlite" ? wanted.comment : live.comment,
  };
}

type Fits = (live: InspectedColumn, expected: InspectedColumn) => boolean;

function alignedColumn(
  live: InspectedColumn,
  wanted: TableState,
  echo: Echo,
  checks: InspectedTable["checks"][number][],
  fits: Fits,
  uncommented: boolean,
): ColumnState {
  const at = wanted.columns.findIndex(({ name }) => name === live.name);
  const expected = wanted.columns[at];
  const echoed = echo.columns.find(({ name }) => name === live.name);
  if (expected === undefined || echoed === undefined) return rawColumn(live);
  // The check of a column's type is a part of the type.
  const rule = echo.checks[at] ?? null;
  const ruled = rule === null ? -1 : checks.findIndex(({ condition }) => condition === rule);
  if (ruled >= 0) checks.splice(ruled, 1);
  const same = fits(live, echoed) && (rule === null || ruled >= 0);
  const raw = rawColumn(live, same ? typePart(expected) : typeData(live.type, live.native));
  const { default: _, comment, ...rest } = raw;
  const byDatabase = live.default === echoed.default ? expected.default : raw.default;
  const told = uncommented ? expected.comment : comment;
  return { ...rest, ...(byDatabase === undefined ? {} : { default: byDatabase }), ...(told === undefined ? {} : { comment: told }) };
}

type TextOf = (item: CheckState | UniqueState | IndexState) => string | null;

/** Takes the item that fits best out of the list: one of the same name, else any. */
function take<T extends { readonly name: string }>(list: T[], name: string, fits: (item: T) => boolean): T | null {
  const named = list.findIndex((item) => item.name === name && fits(item));
  const at = named >= 0 ? named : list.findIndex(fits);
  return at < 0 ? null : (list.splice(at, 1)[0] as T);
}

function alignedChecks(live: readonly InspectedTable["checks"][number][], wanted: TableState, textOf: TextOf): CheckState[] {
  const left = [...live];
  const found = wanted.checks.flatMap((check): CheckState[] => {
    const text = textOf(check);
    const own = take(left, check.name, ({ condition }) => condition === text);
    return own === null ? [] : [{ name: own.name, condition: check.condition }];
  });
  return [...found, ...left.map(({ name, condition }) => ({ name, condition: { sql: condition } }))];
}

function alignedIndexes(
  live: InspectedTable,
  wanted: TableState,
  textOf: TextOf,
  partial: boolean,
  uniqueIndexes: boolean,
): { uniques: UniqueState[]; indexes: IndexState[] } {
  const keys = [...live.uniques];
  const rest = live.indexes.filter(({ special }) => !special);
  const uniques: UniqueState[] = [];
  const indexes: IndexState[] = [];
  const listed = (index: InspectedTable["indexes"][number]): string =>
    index.columns.map(({ column, direction }) => `${column} ${direction}`).join();
  for (const unique of wanted.uniques) {
    if (unique.among !== undefined && partial) {
      const text = textOf(unique);
      const columns = unique.columns.map((column) => `${column} asc`).join();
      const own = take(rest, unique.name, (index) => index.unique && listed(index) === columns && index.where === text);
      if (own !== null) uniques.push({ ...unique, name: own.name });
      continue;
    }
    const own = take(keys, unique.name, (key) => key.columns.join() === unique.columns.join());
    if (own !== null) uniques.push({ ...unique, name: own.name });
  }
  for (const index of wanted.indexes) {
    const text = index.where === undefined ? null : textOf(index);
    const columns = index.columns.map((part) => (typeof part === "string" ? `${part} asc` : `${part.column} ${part.direction}`)).join();
    const own = take(rest, index.name, (one) => one.unique === (index.unique === true) && listed(one) === columns && one.where === text);
    if (own !== null) {
      indexes.push({ ...index, name: own.name });
      continue;
    }
    const key =
      uniqueIndexes && index.unique === true
        ? take(keys, index.name, (one) => one.columns.map((column) => `${column} asc`).join() === columns)
        : null;
    if (key !== null) indexes.push({ ...index, name: key.name });
  }
  return {
    uniques: [...uniques, ...keys],
    indexes: [...indexes, ...rest.map((index) => rawIndex(index, index.where === null ? null : { sql: index.where }))],
  };
}

function alignedKeys(live: InspectedTable, wanted: TableState, action: Inspector["action"]): ForeignKeyState[] {
  const plain = (key: ForeignKeyState): string => {
    const [onDelete, onUpdate] = [action(key.onDelete ?? "no action"), action(key.onUpdate ?? "no action")];
    return canonical({ columns: key.columns, target: key.target, targetColumns: key.targetColumns, onDelete, onUpdate });
  };
  const left = live.foreignKeys.map(rawKey);
  const found = wanted.foreignKeys.flatMap((key): ForeignKeyState[] => {
    const own = take(left, key.name, (one) => plain(one) === plain(key));
    return own === null ? [] : [{ ...key, name: own.name }];
  });
  return [...found, ...left];
}

/** The tables of a live database that a state knows. */
export function onlyTables(live: SchemaState, known: SchemaState): SchemaState {
  return new Map([...live].filter(([key]) => known.has(key)));
}

/** Names of tables that nobody declares. */
export function undeclared(live: SchemaState, known: SchemaState): string[] {
  return [...live].filter(([key]) => !known.has(key)).map(([, table]) => shownName(nameOf(table)));
}
