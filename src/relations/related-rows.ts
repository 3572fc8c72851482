/** The statement that reads one relation of many owners. Layer 6. */
import type { ColumnNode, ExprNode, OrderNode, ScopeToken, ValueNode } from "../ast/expr.ts";
import type { Clause, SelectNode, SourceNode } from "../ast/select.ts";
import { sameExpression } from "../ast/shape.ts";
import { safeIntCodec } from "../codec/number.ts";
import type { Session } from "../engine/session.ts";
import type { ModelBase } from "../model/base.ts";
import { keysNode } from "../model/keys.ts";
import type { ColumnMeta } from "../model/meta.ts";
import { around, orderOf, type QueryState, selectTree, shownAs, wholeQuery } from "../model/query-state.ts";
import { readerFor } from "../model/reading.ts";
import { isPlain, rowForm, rowReader, rowSelection } from "../model/row-form.ts";
import { selectFrom } from "../model/selection.ts";
import type { RelationDefinition, Through } from "./definition.ts";
import { keyOf, ownerKey } from "./loaded.ts";
import { leadsToKey, leadsToOne, tellsApart } from "./unique.ts";

type Keys = readonly (readonly unknown[])[];

/** A related row, and the owners' key that it was found by. */
export interface Found {
  readonly row: ModelBase;
  readonly key: string;
}
export interface RelatedRows {
  tree(keys: Keys): SelectNode;
  reader(session: Session, rows: number): (raw: never) => Found;
}

type Cut = Pick<QueryState, "limit" | "offset">;

/** How many rows of each owner are wanted; null: all there are, and of a to-one relation there is no second one. */
function cutOf(relation: RelationDefinition, query: QueryState): Cut | null {
  const { limit } = query;
  const offset = query.offset === 0 ? null : query.offset;
  if (relation.many) return limit === null && offset === null ? null : { limit, offset };
  const asked = offset !== null || (limit !== null && (typeof limit !== "number" || limit === 0));
  if (!asked && isOne(relation, query)) return null;
  return { limit: typeof limit === "number" ? Math.min(limit, 1) : (limit ?? 1), offset };
}

/** Deleted rows may have the key of a live one, and joins repeat rows. */
function isOne(relation: RelationDefinition, { joins, sources, kept }: QueryState): boolean {
  const plain = joins.length === 0 && sources[0]?.node.kind === "table";
  return plain && leadsToOne(relation) && (kept === "live" || leadsToKey(relation));
}

export function relatedRows(relation: RelationDefinition, given: QueryState): RelatedRows {
  const { meta, foreign, through, many } = relation;
  const cut = cutOf(relation, given);
  const asked: QueryState = {
    ...given,
    orderBy: given.orderBy ?? relation.orderBy,
    where: [...given.where, ...relation.where],
    limit: null,
    offset: null,
  };
  const order = many || cut !== null ? orderOf(asked, false) : [];
  const tokens = tokensOf(asked, order);
  const query = through === null ? asked : withLink(relation, asked, tokens);
  const keyMeta = through?.meta ?? meta;
  const keyToken = through === null ? (tokens[0] as ScopeToken) : linkToken;
  const seen = through === null ? tokens : [...tokens, linkToken];
  const keys = (through?.ours ?? foreign).map((column) => keyMeta.node(column, keyToken));
  const selection = rowSelection(query);
  const columns = [...selection.columns];
  // A key that is selected anyway is read from there.
  const slots = keys.map((node) => {
    const clause: Clause = { tokens: seen, node };
    const there = columns.findIndex((column) => sameExpression(column, clause));
    return there === -1 ? columns.push(clause) - 1 : there;
  });
  // What only a variant has is not in other rows.
  const isShown = (column: ColumnMeta): boolean => meta.variants.length === 0 && meta.visible.includes(column);
  const where = (list: Keys): QueryState["where"] => [...query.where, { tokens: seen, node: keysNode(keys, list) }];
  return {
    tree: (list) => {
      const chosen = { ...query, where: where(list) };
      return cut === null
        ? selectTree(chosen, columns, order)
        : numbered(chosen, { sources: asked.sources, columns, keys, order, tokens: seen }, cut);
    },
    reader(session, rows) {
      if (isPlain(query) && through === null && foreign.every(isShown)) {
        const read = rowReader(query, selection, session, rows);
        return (raw) => {
          const row = read(raw) as ModelBase;
          return { row, key: ownerKey(foreign, row) as string };
        };
      }
      const form = rowForm(query, selection, session);
      const values = keys.map(({ codec }, i) => [String(i), { kind: "value", slot: slots[i] as number, codec }] as const);
      const read = readerFor(
        session,
        {
          kind: "object",
          fields: [
            ["row", form.shape],
            ["key", { kind: "object", fields: values }],
          ],
        },
        rows,
      );
      return (raw) => {
        const { row, key } = read(raw) as { row: unknown; key: object };
        return { row: form.finish(row) as ModelBase, key: keyOf(Object.values(key)) as string };
      };
    },
  };
}

const linkToken: ScopeToken = { kind: "scope", label: "the link" };

/** What the sources are called in the order, so that further clauses can speak of the same ones. */
function tokensOf({ sources }: QueryState, order: readonly Clause<OrderNode>[]): ScopeToken[] {
  const given = order.find(({ tokens }) => tokens.length > 0)?.tokens ?? [];
  return sources.map(({ meta }, i) => given[i] ?? { kind: "scope", label: meta.name });
}

/** The link table, joined behind everything else: it knows the owners. */
function withLink({ meta, foreign, through }: RelationDefinition, query: QueryState, tokens: readonly ScopeToken[]): QueryState {
  const link = through as Through;
  const equal = link.theirs.map(
    (column, i): ExprNode => ({
      kind: "compare",
      op: "=",
      left: link.meta.node(column, linkToken),
      right: meta.node(foreign[i] as ColumnMeta, tokens[0] as ScopeToken),
    }),
  );
  const on: Clause = {
    tokens: [...tokens, linkToken],
    node: equal.length === 1 ? (equal[0] as ExprNode) : { kind: "logic", op: "and", items: equal },
  };
  const node = pairs(link);
  return {
    ...query,
    sources: [...query.sources, { meta: link.meta, model: null, node, outer: false }],
    joins: [...query.joins, { kind: "inner", source: node, on }],
  };
}

/** The links, each pair once: rows are related or not, however many links say so. */
function pairs({ meta, ours, theirs }: Through): SourceNode {
  const columns = [...ours, ...theirs];
  if (tellsApart(meta, columns)) return meta.source;
  const selected = columns.map((column): Clause => ({ tokens: [meta.token], node: meta.node(column, meta.token) }));
  return {
    kind: "derived",
    name: meta.table.name,
    query: { ...selectFrom(meta, selected, []), distinct: true },
    columns: columns.map(({ ref }) => ref),
    table: meta.table,
    lateral: null,
  };
}

interface Numbered {
  /** Those of the caller's query. */
  readonly sources: QueryState["sources"];
  readonly columns: readonly Clause[];
  readonly keys: readonly ColumnNode[];
  readonly order: readonly Clause<OrderNode>[];
  readonly tokens: readonly ScopeToken[];
}

/** The rows of each owner, numbered from 1 in their order, and of those the wanted ones. */
function numbered(query: QueryState, { sources, columns, keys, order, tokens }: Numbered, { limit, offset }: Cut): SelectNode {
  const window: ExprNode = {
    kind: "window",
    call: { kind: "call", name: "row_number", args: [], codec: safeIntCodec },
    partitionBy: keys,
    orderBy: decided(sources, order, tokens),
    frame: null,
    codec: safeIntCodec,
  };
  const inner = selectTree(query, [...columns, { tokens, node: window }]);
  const place = shownAs(columns.length, window);
  const conditions: ExprNode[] = [];
  if (offset !== null) conditions.push({ kind: "compare", op: ">", left: place, right: countNode(offset) });
  if (limit !== null) conditions.push(upTo(place, offset ?? 0, limit));
  return {
    ...around(
      inner,
      columns.map(({ node }, slot) => shownAs(slot, node)),
    ),
    where: conditions.map((node) => ({ tokens: [wholeQuery], node })),
    orderBy: [{ tokens: [wholeQuery], node: { item: place, direction: "asc", nulls: null } }],
  };
}

/** `place <= offset + limit`; numbers that come later are not added here: nothing tells their type. */
function upTo(place: ExprNode, offset: number | ValueNode, limit: number | ValueNode): ExprNode {
  if (typeof offset === "number" && typeof limit === "number")
    return { kind: "compare", op: "<=", left: place, right: countNode(offset + limit) };
  const left: ExprNode = offset === 0 ? place : { kind: "arithmetic", op: "-", left: place, right: countNode(offset), codec: safeIntCodec };
  return { kind: "compare", op: "<=", left, right: countNode(limit) };
}

function countNode(n: number | ValueNode): ValueNode {
  return typeof n === "number" ? { kind: "value", value: n, codec: safeIntCodec } : n;
}

/** The order, completed by the keys (of one owner, a link says no more): the same rows are the first ones each time. */
function decided(sources: QueryState["sources"], order: readonly Clause<OrderNode>[], tokens: readonly ScopeToken[]): OrderNode[] {
  const keys = sources.flatMap(({ meta }, i) => meta.primaryKey.map((column) => meta.node(column, tokens[i] as ScopeToken)));
  const missing = keys.filter(
    (node) => !order.some((term) => sameExpression({ tokens: term.tokens, node: term.node.item }, { tokens, node })),
  );
  return [...order.map(({ node }) => node), ...missing.map((item): OrderNode => ({ item, direction: "asc", nulls: null }))];
}
