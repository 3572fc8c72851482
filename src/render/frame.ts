/** What a renderer sees around it: the sources of the queries it is inside of. Layer 3. */
import type { ScopeToken } from "../ast/expr.ts";
import type { OneLink } from "../ast/path.ts";
import type { SourceNode, TableRef } from "../ast/select.ts";

export interface NamedSource {
  readonly source: SourceNode;
  readonly alias: string;
}

/** The row that a path leads to, as one more source: joined to the one at position `from`. */
export interface PathSource extends NamedSource {
  readonly from: number;
  readonly link: OneLink;
}

/** One FROM: its sources with their aliases, inside the query that encloses it. */
export interface Frame {
  readonly sources: readonly NamedSource[];
  /** What paths lead to: their positions come after those of the sources. Null where nothing can be joined. */
  readonly paths: PathSource[] | null;
  /** While the FROM is written: the position that it has come to, behind which no path is in sight yet. */
  reach: number | null;
  /** Columns are written with their source's alias: needed as soon as two sources are in sight. */
  qualify: boolean;
  readonly parent: Frame | null;
  /** The tokens of the clause being rendered, by position of source. */
  tokens: readonly ScopeToken[];
}

/** What a source is called when nothing else is. */
export function sourceName(source: SourceNode): string {
  if (source.kind === "table") return source.table.name;
  return source.kind === "cte" ? source.cte.name : source.name;
}

/** The table that a source is, or whose rows it holds. */
export function tableOf(source: SourceNode): TableRef | null {
  return source.kind === "table" || source.kind === "derived" ? source.table : null;
}

export function frameOf(sources: readonly NamedSource[], qualify: boolean, parent: Frame | null, paths: Frame["paths"] = null): Frame {
  return { sources, paths, reach: null, qualify, parent, tokens: [] };
}

/** A name that no source in sight has. */
export function freeAlias(name: string, frame: Frame | null, own: readonly NamedSource[] = []): string {
  const taken = new Set(own.map(({ alias }) => alias));
  for (let each = frame; each !== null; each = each.parent) {
    for (const { alias } of each.sources) taken.add(alias);
    for (const { alias } of each.paths ?? []) taken.add(alias);
  }
  let alias = name;
  for (let n = 2; taken.has(alias); n++) alias = `${name}_${n}`;
  return alias;
}

/** A source of a FROM, and where it stands in it. */
export interface Place extends NamedSource {
  readonly frame: Frame;
  readonly position: number;
}

export function placeAt(frame: Frame, position: number): Place | null {
  const { sources, paths } = frame;
  const found = position < sources.length ? sources[position] : paths?.[position - sources.length];
  return found === undefined ? null : { frame, position, source: found.source, alias: found.alias };
}

/** The row that a link leads to from there; null where it cannot be joined, or stands behind what is written now. */
export function placeBehind(from: Place, link: OneLink): Place | null {
  const { frame, position } = from;
  const { sources, paths, reach } = frame;
  if (paths === null || link.first !== null) return null;
  let at = paths.findIndex((path) => path.from === position && path.link === link);
  if (at === -1) {
    if (reach !== null) return null;
    at = paths.push({ from: position, link, source: link.source, alias: freeAlias(link.source.table.name, frame) }) - 1;
  }
  return reach !== null && sources.length + at >= reach ? null : placeAt(frame, sources.length + at);
}

/** The row that an upsert would have inserted. */
export const incoming: SourceNode = { kind: "table", table: { name: "excluded", schema: null } };
