/** What might have been renamed. Nobody but the author knows: candidates are found here, and decided elsewhere. */
import { applyOperation } from "./apply.ts";
import type { Operation } from "./operations.ts";
import { canonical, keyOf, nameOf, type SchemaState, shownName, type TableState } from "./state.ts";
import { typePart } from "./types.ts";

/** What the author has said. */
export interface Hints {
  /** New names by old ones: `{ "post": "article" }`. Null: it was not renamed. */
  readonly tables?: Readonly<Record<string, string | null>>;
  /** New names by table and old name: `{ "post.title": "headline" }`. Null: it was not renamed. */
  readonly columns?: Readonly<Record<string, string | null>>;
  /** What rows get in a new column that takes no null, by table and column, as text: `{ "post.rank": "0" }`. */
  readonly defaults?: Readonly<Record<string, string>>;
}

/** What has to be known before operations can be written down. */
export type Question =
  | { readonly kind: "table"; readonly from: string; readonly candidates: readonly string[] }
  | { readonly kind: "column"; readonly table: string; readonly from: string; readonly candidates: readonly string[] }
  | { readonly kind: "default"; readonly table: string; readonly column: string; readonly type: string };

export interface Renamed {
  readonly operations: readonly Operation[];
  /** The old state after the renames. */
  readonly state: SchemaState;
  readonly questions: readonly Question[];
}

function shape(table: TableState): string {
  return canonical(table.columns.map((column) => [column.name, typePart(column)]).sort());
}

function has<T>(record: Readonly<Record<string, T>> | undefined, key: string): record is Readonly<Record<string, T>> {
  return record !== undefined && Object.hasOwn(record, key);
}

export function detectRenames(from: SchemaState, to: SchemaState, hints: Hints): Renamed {
  const tables = renamedTables(from, to, hints);
  const columns = renamedColumns(tables.state, to, hints);
  return {
    operations: [...tables.operations, ...columns.operations],
    state: columns.state,
    questions: [...tables.questions, ...columns.questions],
  };
}

function renamedTables(from: SchemaState, to: SchemaState, hints: Hints): Renamed {
  const operations: Operation[] = [];
  const questions: Question[] = [];
  let state = from;
  const gone = [...from].filter(([key]) => !to.has(key)).map(([, table]) => table);
  const isNew = (key: string): boolean => !state.has(key);
  for (const table of gone) {
    const name = shownName(nameOf(table));
    if (has(hints.tables, name)) {
      const target = hints.tables[name] ?? null;
      if (target === null) continue;
      const operation: Operation = { op: "renameTable", table: nameOf(table), to: target };
      operations.push(operation);
      state = applyOperation(state, operation);
      continue;
    }
    const candidates = [...to].filter(([key, other]) => isNew(key) && other.schema === table.schema && shape(other) === shape(table));
    if (candidates.length > 0) {
      questions.push({ kind: "table", from: name, candidates: candidates.map(([, other]) => shownName(nameOf(other))) });
    }
  }
  return { operations, state, questions };
}

function renamedColumns(from: SchemaState, to: SchemaState, hints: Hints): Renamed {
  const operations: Operation[] = [];
  const questions: Question[] = [];
  let state = from;
  for (const [key, wanted] of to) {
    const table = from.get(key);
    if (table === undefined) continue;
    const name = shownName(nameOf(table));
    const gone = table.columns.filter((column) => !wanted.columns.some((other) => other.name === column.name));
    const fresh = wanted.columns.filter((column) => !table.columns.some((other) => other.name === column.name));
    const taken = new Set<string>();
    for (const column of gone) {
      const label = `${name}.${column.name}`;
      if (has(hints.columns, label)) {
        const target = hints.columns[label] ?? null;
        if (target === null) continue;
        taken.add(target);
        const operation: Operation = { op: "renameColumn", table: nameOf(table), column: column.name, to: target };
        operations.push(operation);
        state = applyOperation(state, operation);
        continue;
      }
      const free = fresh.filter((other) => !taken.has(other.name));
      const same = free.filter((other) => canonical(typePart(other)) === canonical(typePart(column)));
      // Without an equal one, those of its kind: a column may be renamed and made longer at once.
      const candidates = same.length > 0 ? same : free.filter(({ type }) => type === column.type && type !== "native");
      if (candidates.length > 0) {
        questions.push({ kind: "column", table: name, from: column.name, candidates: candidates.map((other) => other.name) });
      }
    }
  }
  return { operations, state, questions };
}

/** The table that a hint names. */
export function hintedTable(state: SchemaState, shown: string): TableState | undefined {
  return [...state.values()].find((table) => shownName(nameOf(table)) === shown) ?? state.get(keyOf(shown));
}

/** The hints of somebody who renames nothing: what is gone is gone, what is there is new. */
export function answerNothing(from: SchemaState, to: SchemaState): Hints {
  const tables: Record<string, null> = {};
  const columns: Record<string, null> = {};
  for (const [key, table] of from) {
    const name = shownName(nameOf(table));
    const wanted = to.get(key);
    if (wanted === undefined) tables[name] = null;
    for (const column of table.columns) {
      if (wanted !== undefined && !wanted.columns.some((other) => other.name === column.name)) columns[`${name}.${column.name}`] = null;
    }
  }
  return { tables, columns };
}
