/** Random schemas, and random changes of them that rows survive in both directions. */
import type { ColumnState, IndexState, TableState, TypeData } from "../../migrations/state.ts";
import type { Family } from "../targets/target.ts";

export interface Random {
  /** A whole number from 0 to before `n`. */
  below(n: number): number;
  chance(part: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, chance: (part) => next() < part, pick: (list) => list[below(list.length)] as never };
}

const tableNames = ["post", "order", "author's", "Großes", "a b", "user_group", "select", "t`x", 'say "hi"', "limit", "Mixed", "log"];
const columnNames = [
  "name",
  "value",
  "from",
  "a b",
  "it's",
  "ünï",
  'q"x',
  "b`t",
  "order",
  "CamelCase",
  "rank",
  "note",
  "flag",
  "key",
  "size",
];
const comments = ["plain", "it's", 'a "quoted" one', "back\\slash", "$" + "{x} `y`", "-- no comment"];

const types: readonly TypeData[] = [
  { type: "smallint" },
  { type: "int" },
  { type: "bigint" },
  { type: "float" },
  { type: "decimal", precision: 12, scale: 2 },
  { type: "bool" },
  { type: "string", length: 40 },
  { type: "string", length: 100 },
  { type: "text" },
  { type: "datetime" },
  { type: "date" },
  { type: "time" },
  { type: "uuid" },
  { type: "json" },
  { type: "bytes" },
  { type: "enum", values: ["a", "it's", "C\\d"] },
];
const keyable = new Set(["smallint", "int", "bigint", "string", "uuid", "date"]);

const defaults: Readonly<Record<string, ColumnState["default"][]>> = {
  smallint: [0, -3],
  int: [7, -7],
  bigint: ["12345678901", "-1"],
  float: [1.5, -0.25],
  decimal: ["1.50", "-2.00"],
  bool: [true, false],
  string: ["", "it's", "back\\slash"],
  text: ["x", 'a "q"'],
  datetime: ["2020-01-02T03:04:05.678Z", { expression: { kind: "call", name: "now", args: [], codec: { type: "datetime" } } }],
  date: ["2020-02-29"],
  time: ["10:11:12"],
  uuid: ["00000000-0000-4000-8000-000000000001"],
  json: ['{"a":[1,"x"]}', "[]"],
  bytes: ["00ff"],
  enum: ["a", "it's"],
};

function randomColumn(r: Random, name: string): ColumnState {
  const type = r.pick(types);
  return {
    name,
    ...type,
    ...(r.chance(0.4) ? { nullable: true } : {}),
    ...(r.chance(0.4) ? { default: r.pick(defaults[type.type] ?? [0]) as never } : {}),
    ...(r.chance(0.15) ? { comment: r.pick(comments) } : {}),
  };
}

const column = (of: ColumnState) => ({
  kind: "column",
  column: of.name,
  codec: { type: of.type, ...(of.length === undefined ? {} : { length: of.length }) },
});

/** A check that every value the rows have meets, the neutral ones too. */
function randomCheck(r: Random, table: string, of: ColumnState) {
  const number = of.type === "int" || of.type === "smallint";
  const value = number ? -1000 : "zz";
  const codec = column(of).codec;
  const compare = { kind: "compare", op: number ? ">" : "<>", left: column(of), right: { kind: "value", value, codec } };
  const condition = r.chance(0.5)
    ? compare
    : { kind: "logic", op: "or", items: [compare, { kind: "isNull", item: column(of), negated: false }] };
  return { name: `${safe(table)}_${safe(of.name)}_check`, condition };
}

const safe = (name: string): string => [...name].map((c) => (/\w/.test(c) ? c : c.codePointAt(0)?.toString(16))).join("");

export function randomTable(r: Random, name: string, others: readonly TableState[], family: Family): TableState {
  const names = [...columnNames].sort(() => r.below(3) - 1).slice(0, 2 + r.below(6));
  const columns: ColumnState[] = [{ name: "id", type: "bigint", identity: true }, ...names.map((one) => randomColumn(r, one))];
  let table: TableState = {
    name,
    schema: null,
    columns,
    primaryKey: ["id"],
    uniques: [],
    checks: [],
    foreignKeys: [],
    indexes: [],
    comment: r.chance(0.3) ? r.pick(comments) : null,
  };
  for (let i = r.below(3); i > 0; i--) table = withKey(r, table, [...others, table]);
  for (let i = r.below(3); i > 0; i--) table = withIndex(r, table, family);
  if (r.chance(0.4)) table = withUnique(r, table, () => true);
  if (r.chance(0.4)) table = withCheck(r, table);
  return table;
}

function withKey(r: Random, table: TableState, targets: readonly TableState[]): TableState {
  const target = r.pick(targets);
  const name = `ref_${table.foreignKeys.length}_${r.below(100)}`;
  if (table.columns.some((one) => one.name === name)) return table;
  const own: ColumnState = { name, type: "bigint", nullable: true };
  const onDelete = r.pick(["cascade", "set null", "restrict", undefined] as const);
  const key = { name: `${safe(table.name)}_${name}_fkey`, columns: [name], target: target.name, targetColumns: ["id"] };
  return {
    ...table,
    columns: [...table.columns, own],
    foreignKeys: [...table.foreignKeys, onDelete === undefined ? key : { ...key, onDelete }],
  };
}

function withIndex(r: Random, table: TableState, family: Family): TableState {
  const able = table.columns.filter(({ type, length }) => keyable.has(type) && (length ?? 0) <= 100);
  if (able.length === 0) return table;
  const chosen = [...new Set([r.pick(able), r.pick(able)])];
  const name = `${safe(table.name)}_${chosen.map((one) => safe(one.name)).join("_")}_idx`;
  if (table.indexes.some((index) => index.name === name)) return table;
  const nullable = table.columns.find((one) => one.nullable === true);
  const where =
    family !== "mysql" && nullable !== undefined && r.chance(0.4)
      ? { kind: "isNull", item: column(nullable), negated: r.chance(0.5) }
      : null;
  const columns = chosen.map((one) => (r.chance(0.3) ? { column: one.name, direction: "desc" as const } : one.name));
  const index: IndexState = { name, columns, ...(where === null ? {} : { where }) };
  return { ...table, indexes: [...table.indexes, index] };
}

function withUnique(r: Random, table: TableState, fits: (column: ColumnState) => boolean): TableState {
  const able = table.columns.filter((one) => keyable.has(one.type) && one.identity !== true && fits(one) && !/^ref_/.test(one.name));
  if (able.length === 0) return table;
  const chosen = r.pick(able);
  const name = `${safe(table.name)}_${safe(chosen.name)}_key`;
  if (table.uniques.some((unique) => unique.name === name)) return table;
  return { ...table, uniques: [...table.uniques, { name, columns: [chosen.name] }] };
}

function withCheck(r: Random, table: TableState): TableState {
  const able = table.columns.filter(({ type }) => ["int", "smallint", "string"].includes(type));
  if (able.length === 0) return table;
  const check = randomCheck(r, table.name, r.pick(able));
  return table.checks.some(({ name }) => name === check.name) ? table : { ...table, checks: [...table.checks, check] };
}

export function randomSchema(r: Random, family: Family): TableState[] {
  const names = [...tableNames].sort(() => r.below(3) - 1).slice(0, 1 + r.below(4));
  const tables: TableState[] = [];
  for (const name of names) tables.push(randomTable(r, name, tables, family));
  return tables;
}

/** Types that hold all values of another one. */
function wider(type: TypeData, keyed: boolean): TypeData | null {
  switch (type.type) {
    case "smallint":
      return { type: "int" };
    case "int":
      return { type: "bigint" };
    case "string":
      return keyed ? { type: "string", length: (type.length ?? 40) + 20 } : { type: "text" };
    case "decimal":
      return { type: "decimal", precision: 14, scale: 2 };
    case "enum":
      return { type: "enum", values: [...(type.values ?? []), "more"] };
    default:
      return null;
  }
}

function usedBy(table: TableState, name: string): boolean {
  const indexed = table.indexes.some(
    (index) =>
      index.columns.some((part) => (typeof part === "string" ? part : part.column) === name) ||
      JSON.stringify(index.where ?? null).includes(JSON.stringify(name)),
  );
  const ruled = JSON.stringify(table.checks).includes(JSON.stringify(name));
  return indexed || ruled || [...table.uniques, ...table.foreignKeys].some(({ columns }) => columns.includes(name));
}

function changedTable(r: Random, table: TableState, all: readonly TableState[], family: Family): TableState {
  let next = table;
  const old = new Set(table.columns.map(({ name }) => name));
  for (let i = 1 + r.below(4); i > 0; i--) {
    switch (r.below(10)) {
      case 0: {
        const free = columnNames.filter((name) => !old.has(name) && !next.columns.some((one) => one.name === name));
        if (free.length > 0) next = { ...next, columns: [...next.columns, randomColumn(r, r.pick(free))] };
        break;
      }
      case 1: {
        const able = next.columns.filter(({ name }) => old.has(name) && name !== "id" && !usedBy(next, name) && !usedBy(table, name));
        const gone = able.length > 0 ? r.pick(able) : null;
        if (gone !== null) next = { ...next, columns: next.columns.filter((one) => one !== gone) };
        break;
      }
      case 2:
      case 3: {
        const able = next.columns.filter(({ name, identity }) => identity !== true && !/^ref_/.test(name));
        const from = able.length > 0 ? r.pick(able) : null;
        const type = from === null ? null : wider(from, usedBy(next, from.name));
        if (from === null || type === null || JSON.stringify(next.checks).includes(JSON.stringify(from.name))) break;
        const { name, nullable, comment } = from;
        const retyped = { name, ...type, ...(nullable === true ? { nullable } : {}), ...(comment === undefined ? {} : { comment }) };
        next = { ...next, columns: next.columns.map((one) => (one === from ? retyped : one)) };
        break;
      }
      case 4: {
        const able = next.columns.filter(({ name }) => name !== "id" && !/^ref_/.test(name));
        const from = able.length > 0 ? r.pick(able) : null;
        if (from === null) break;
        const { default: _, ...rest } = from;
        const alike = !old.has(from.name) && next.uniques.some(({ columns }) => columns.includes(from.name));
        const given = alike || r.chance(0.5) ? rest : { ...rest, default: r.pick(defaults[from.type] ?? [0]) as never };
        next = { ...next, columns: next.columns.map((one) => (one === from ? given : one)) };
        break;
      }
      case 5: {
        const able = next.columns.filter(({ name, nullable }) => name !== "id" && nullable !== true);
        const from = able.length > 0 ? r.pick(able) : null;
        if (from !== null) next = { ...next, columns: next.columns.map((one) => (one === from ? { ...from, nullable: true } : one)) };
        break;
      }
      case 6:
        next = r.chance(0.5) && next.indexes.length > 0 ? { ...next, indexes: next.indexes.slice(1) } : withIndex(r, next, family);
        break;
      case 7:
        next = r.chance(0.5)
          ? { ...next, uniques: next.uniques.slice(1) }
          : // The rows that are there would all get a new column's default, or its neutral value.
            withUnique(r, next, ({ name, nullable, default: given }) => old.has(name) || (nullable === true && given === undefined));
        break;
      case 8:
        next = r.chance(0.5) ? { ...next, checks: next.checks.slice(1) } : withCheck(r, next);
        break;
      default:
        if (r.chance(0.4)) next = withKey(r, next, all);
        else if (r.below(2) === 0) next = { ...next, foreignKeys: next.foreignKeys.slice(1) };
        else next = { ...next, comment: r.chance(0.3) ? null : r.pick(comments) };
    }
  }
  return next;
}

export function changedSchema(r: Random, tables: readonly TableState[], family: Family): TableState[] {
  const referred = new Set(tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ target }) => String(target))));
  const kept = tables.filter(({ name }) => referred.has(name) || !r.chance(0.15));
  const names = new Set(kept.map(({ name }) => name));
  const changed = kept.map((table) => (r.chance(0.8) ? changedTable(r, table, kept, family) : table));
  const free = tableNames.filter((name) => !names.has(name) && !tables.some((table) => table.name === name));
  if (free.length > 0 && r.chance(0.4)) changed.push(randomTable(r, r.pick(free), changed, family));
  return changed;
}
