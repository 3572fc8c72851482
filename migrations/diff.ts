/** The operations that lead from one state to another: deterministic, and each after what it needs. */
import { applyAll } from "./apply.ts";
import { matchParts } from "./match.ts";
import type { Operation } from "./operations.ts";
import { parseDefault } from "./parse-default.ts";
import { detectRenames, type Hints, type Question } from "./renames.ts";
import { changeTo } from "./reverse.ts";
import {
  type ColumnState,
  canonical,
  type DefaultData,
  type ForeignKeyState,
  indexedColumns,
  keyOf,
  nameOf,
  partsOf,
  type SchemaState,
  same,
  shownName,
  type TableState,
} from "./state.ts";
import { tableOrder } from "./table-order.ts";
import { typePart } from "./types.ts";

export interface Difference {
  readonly operations: readonly Operation[];
  /** What the author has to say first: as long as there are any, the operations are a guess. */
  readonly questions: readonly Question[];
}

interface Pair {
  readonly old: TableState;
  readonly wanted: TableState;
}

interface Phases {
  readonly dropKeys: Operation[];
  readonly dropParts: Operation[];
  readonly dropTables: Operation[];
  readonly createTables: Operation[];
  readonly change: Operation[];
  readonly addKeys: Operation[];
}

export function diffStates(from: SchemaState, to: SchemaState, hints: Hints = {}): Difference {
  const renamed = detectRenames(from, to, hints);
  const questions: Question[] = [...renamed.questions];
  const state = renamed.state;
  const phases: Phases = { dropKeys: [], dropParts: [], dropTables: [], createTables: [], change: [], addKeys: [] };
  const pairs = [...to].flatMap(([key, wanted]): Pair[] => {
    const old = state.get(key);
    return old === undefined ? [] : [{ old, wanted }];
  });
  const gone = [...state].filter(([key]) => !to.has(key)).map(([, table]) => table);
  const fresh = [...to].filter(([key]) => !state.has(key)).map(([, table]) => table);
  diffKeys(pairs, gone, phases);
  for (const { old, wanted } of pairs) diffTable(old, wanted, hints, phases, questions);
  dropTables(gone, phases);
  createTables(fresh, phases);
  const operations = [
    ...renamed.operations,
    ...phases.dropKeys,
    ...phases.dropParts,
    ...phases.dropTables,
    ...phases.createTables,
    ...phases.change,
    ...phases.addKeys,
  ];
  if (questions.length === 0) applyAll(from, operations);
  // A column that may be another one under a new name is asked about that first.
  const open = new Set(
    questions.flatMap((question) => (question.kind === "column" ? question.candidates.map((name) => `${question.table}.${name}`) : [])),
  );
  return {
    operations,
    questions: questions.filter((question) => question.kind !== "default" || !open.has(`${question.table}.${question.column}`)),
  };
}

function retyped(old: TableState | undefined, wanted: TableState | undefined, columns: readonly string[]): boolean {
  return columns.some((name) => {
    const [before, after] = [old, wanted].map((table) => table?.columns.find((column) => column.name === name));
    return before !== undefined && after !== undefined && !same(typePart(before), typePart(after));
  });
}

/** The key that a foreign key points at goes or comes: the foreign key cannot stay while that happens. */
function rekeyed(old: TableState | undefined, wanted: TableState | undefined, columns: readonly string[]): boolean {
  const keys = (table: TableState | undefined): string[] => {
    if (table === undefined) return [];
    const unique = table.indexes
      .filter((index) => index.unique === true)
      .map((index) => ({ name: index.name, columns: indexedColumns(index) }));
    const all = [{ name: "primary key", columns: table.primaryKey }, ...table.uniques, ...unique];
    return all.filter((key) => same([...key.columns].sort(), [...columns].sort())).map((key) => `${key.name} ${key.columns.join()}`);
  };
  return canonical(keys(old).sort()) !== canonical(keys(wanted).sort());
}

function diffKeys(pairs: readonly Pair[], gone: readonly TableState[], phases: Phases): void {
  const byKey = new Map(pairs.map((pair) => [keyOf(nameOf(pair.old)), pair]));
  for (const { old, wanted } of pairs) {
    const { added, dropped, kept } = matchParts(old, old.foreignKeys, wanted.foreignKeys, "fkey");
    const inTheWay = kept.filter(([key]) => {
      const target = byKey.get(keyOf(key.target));
      return (
        retyped(old, wanted, key.columns) ||
        retyped(target?.old, target?.wanted, key.targetColumns) ||
        rekeyed(target?.old, target?.wanted, key.targetColumns)
      );
    });
    const table = nameOf(old);
    for (const { name } of [...dropped, ...inTheWay.map(([key]) => key)]) phases.dropKeys.push({ op: "dropForeignKey", table, name });
    const names = new Set(kept.map(([key]) => key.name));
    for (const key of added) phases.addKeys.push({ op: "addForeignKey", table, foreignKey: { ...key, name: freeName(key.name, names) } });
    for (const [key] of inTheWay) phases.addKeys.push({ op: "addForeignKey", table, foreignKey: key });
  }
  // Tables that go together may refer to each other.
  const going = new Set(gone.map((table) => keyOf(nameOf(table))));
  for (const table of gone) {
    for (const { name, target } of table.foreignKeys) {
      if (going.has(keyOf(target)) && keyOf(target) !== keyOf(nameOf(table)))
        phases.dropKeys.push({ op: "dropForeignKey", table: nameOf(table), name });
    }
  }
}

/** A name that a kept part has already: the next one. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = name.replace(/_([a-z]+)$/, `_${n}_$1`);
  taken.add(free);
  return free;
}

function diffTable(old: TableState, wanted: TableState, hints: Hints, phases: Phases, questions: Question[]): void {
  const table = nameOf(old);
  const shown = shownName(table);
  const uniques = matchParts(old, old.uniques, wanted.uniques, "key");
  const checks = matchParts(old, old.checks, wanted.checks, "check");
  const indexes = matchParts(old, old.indexes, wanted.indexes, "idx");
  for (const { name } of checks.dropped) phases.dropParts.push({ op: "dropCheck", table, name });
  for (const { name } of indexes.dropped) phases.dropParts.push({ op: "dropIndex", table, name });
  for (const { name } of uniques.dropped) phases.dropParts.push({ op: "dropUnique", table, name });

  const { change } = phases;
  const early: Operation[] = [];
  const late: Operation[] = [];
  for (const column of wanted.columns) {
    const before = old.columns.find(({ name }) => name === column.name);
    const label = `${shown}.${column.name}`;
    const given = hints.defaults !== undefined && Object.hasOwn(hints.defaults, label) ? hints.defaults[label] : undefined;
    const fill = given === undefined ? undefined : parseDefault(given, column, label);
    if (before === undefined) {
      const needed = needsFill(column);
      if (needed && fill === undefined) questions.push({ kind: "default", table: shown, column: column.name, type: column.type });
      change.push({ op: "addColumn", table, column, ...(needed && fill !== undefined ? { fill } : {}) });
    } else if (!same(before, column)) alterColumn(before, column, fill);
  }
  function alterColumn(before: ColumnState, column: ColumnState, fill: DefaultData | undefined): void {
    const all = changeTo(column, before);
    const { nullable, identity, ...rest } = all;
    // A key's columns take no null and lose their number before the key changes, and the other way round after it.
    const opens = { ...(nullable === true ? { nullable } : {}), ...(identity === true ? { identity } : {}) };
    const closes = { ...rest, ...(nullable === false ? { nullable } : {}), ...(identity === false ? { identity } : {}) };
    const add = (list: Operation[], part: typeof all): void => {
      if (Object.keys(part).length === 0) return;
      list.push({ op: "alterColumn", table, column: column.name, change: part, ...(fill === undefined ? {} : { fill }) });
    };
    if (same(old.primaryKey, wanted.primaryKey)) return add(early, all);
    add(early, closes);
    add(late, opens);
  }
  change.push(...early);
  if (!same(old.primaryKey, wanted.primaryKey)) change.push({ op: "setPrimaryKey", table, columns: wanted.primaryKey });
  change.push(...late);
  for (const { name } of old.columns) {
    if (!wanted.columns.some((column) => column.name === name)) change.push({ op: "dropColumn", table, column: name });
  }
  if (old.comment !== wanted.comment) change.push({ op: "comment", table, text: wanted.comment });
  const taken = new Set([...uniques.kept, ...checks.kept, ...indexes.kept].map(([part]) => part.name));
  for (const unique of uniques.added) change.push({ op: "addUnique", table, unique: { ...unique, name: freeName(unique.name, taken) } });
  for (const check of checks.added) change.push({ op: "addCheck", table, check: { ...check, name: freeName(check.name, taken) } });
  for (const index of indexes.added) change.push({ op: "addIndex", table, index: { ...index, name: freeName(index.name, taken) } });
}

function needsFill(column: ColumnState): boolean {
  return column.nullable !== true && column.default === undefined && column.identity !== true;
}

/** What others refer to goes last. */
function dropTables(gone: readonly TableState[], phases: Phases): void {
  for (const table of tableOrder(gone).reverse()) phases.dropTables.push({ op: "dropTable", table: nameOf(table) });
}

/** What is referred to comes first; in a circle the last key is added once all tables are there. */
function createTables(fresh: readonly TableState[], phases: Phases): void {
  const missing = new Set(fresh.map((table) => keyOf(nameOf(table))));
  for (const table of tableOrder(fresh)) {
    missing.delete(keyOf(nameOf(table)));
    const later = (key: ForeignKeyState): boolean => missing.has(keyOf(key.target));
    const parts = partsOf({ ...table, foreignKeys: table.foreignKeys.filter((key) => !later(key)) });
    phases.createTables.push({ op: "createTable", table: nameOf(table), parts });
    for (const foreignKey of table.foreignKeys.filter(later))
      phases.addKeys.push({ op: "addForeignKey", table: nameOf(table), foreignKey });
  }
}
