/** What the rows of a query become, and the to-one relations that are read with them in one statement. Layer 6. */
import type { ScopeToken } from "../ast/expr.ts";
import type { PathToken } from "../ast/path.ts";
import type { Clause } from "../ast/select.ts";
import type { Session } from "../engine/session.ts";
import type { RowReader, RowShape } from "../hydrate/row-plan.ts";
import { type RelationDefinition, relationOf } from "../relations/definition.ts";
import { linkOf } from "../relations/link.ts";
import { keepLoaded } from "../relations/loaded.ts";
import type { ModelBase } from "./base.ts";
import type { ColumnMeta, ModelClassLike } from "./meta.ts";
import { instanceColumns, type JoinedTree, modelOf, type QueryState, selectionOf } from "./query-state.ts";
import { readerFor } from "./reading.ts";
import type { Selection } from "./selection.ts";
import { besideShape, bindFields, instanceShape, wholeReader } from "./whole-row.ts";

/** A related row in the same statement. */
interface JoinedRow {
  readonly relation: RelationDefinition;
  /** The row that it belongs to: its place in the list, or null for the query's own. */
  readonly owner: number | null;
  readonly firstSlot: number;
  /** The slot that is NULL where there is no such row. */
  readonly missing: number;
}
interface JoinedPlan {
  readonly columns: readonly Clause[];
  readonly rows: readonly JoinedRow[];
}

/** What is joined is what paths lead to: a relation that a condition names as well is joined once. */
function joinedPlan(state: QueryState): JoinedPlan {
  const first = selectionOf(state).columns.length;
  const tokens = state.sources.map(({ meta }): ScopeToken => ({ kind: "scope", label: meta.name }));
  const columns: Clause[] = [];
  const rows: JoinedRow[] = [];
  const add = (tree: JoinedTree, model: ModelClassLike, owner: number | null, from: PathToken["from"]): void => {
    for (const [name, below] of tree) {
      const relation = relationOf(model, name) as RelationDefinition;
      const { meta, foreign } = relation;
      const path: PathToken = { kind: "path", from, link: linkOf(relation, name) };
      const read = (column: ColumnMeta): number => first + columns.push({ tokens, node: meta.node(column, path) }) - 1;
      const slots = new Map(meta.visible.map((column) => [column, read(column)]));
      const key = foreign[0] as ColumnMeta;
      const row = { relation, owner, firstSlot: first + columns.length - slots.size, missing: slots.get(key) ?? read(key) };
      add(below, relation.model, rows.push(row) - 1, path);
    }
  };
  add(state.joined, modelOf(state, "joined").model, null, tokens[0] as ScopeToken);
  return { columns, rows };
}

/** The columns that are read: those of the rows, then those of what is joined. The fields are the rows' own. */
export function rowSelection(state: QueryState): Selection {
  const own = selectionOf(state);
  return state.joined.size === 0 ? own : { columns: [...own.columns, ...joinedPlan(state).columns], fields: own.fields };
}

/** What a row becomes: it is read in this shape, then finished. */
export interface RowForm {
  readonly shape: RowShape;
  readonly finish: (read: unknown) => unknown;
}

export function rowForm(state: QueryState, selection: Selection, session: Session): RowForm {
  if (state.selection !== null)
    return { shape: { kind: "object", fields: bindFields(state.selection.fields, session) }, finish: (row) => row };
  const { model, meta } = modelOf(state, "reading");
  const columns = instanceColumns(state) as ColumnMeta[];
  const shape = instanceShape(model, meta, columns, selection, session, state.sources[0]?.outer);
  if (state.joined.size === 0) return { shape, finish: (row) => row };
  const { rows } = joinedPlan(state);
  const beside = rows.map(({ relation, firstSlot, missing }, i) => {
    return [String(i), besideShape(relation.model, relation.meta, firstSlot, missing, session)] as const;
  });
  return {
    shape: {
      kind: "object",
      fields: [
        ["row", shape],
        ["joined", { kind: "object", fields: beside }],
      ],
    },
    finish: (read) => finished(read as ReadRow, rows),
  };
}

interface ReadRow {
  readonly row: ModelBase | null;
  readonly joined: Readonly<Record<string, ModelBase | null>>;
}

function finished({ row, joined }: ReadRow, rows: readonly JoinedRow[]): ModelBase | null {
  rows.forEach(({ relation, owner }, i) => {
    const to = owner === null ? row : (joined[owner] ?? null);
    if (to !== null) keepLoaded(relation, to, joined[i] ?? null);
  });
  return row;
}

/** The rows are instances of the model with what it shows and nothing else. */
export function isPlain({ selection, also, alsoColumns, joined, sources }: QueryState): boolean {
  return selection === null && also === null && alsoColumns.length === 0 && joined.size === 0 && !sources[0]?.outer;
}

/** Reads the rows of a query whose columns begin with those of `rowSelection`. */
export function rowReader(state: QueryState, selection: Selection, session: Session, rows: number): RowReader {
  if (isPlain(state)) {
    const { model, meta } = modelOf(state, "reading");
    return wholeReader(model, meta, selection, session);
  }
  const { shape, finish } = rowForm(state, selection, session);
  const read = readerFor(session, shape, rows);
  return state.joined.size === 0 ? read : (row) => finish(read(row));
}
