/** Rows that to-one relations lead to. Layer 0. */
import type { ColumnNode, OrderNode, ScopeToken, TableToken } from "./expr.ts";
import type { Clause, TableSource } from "./select.ts";

type LinkColumn = Pick<ColumnNode, "column" | "codec">;

/** A to-one relation. One object per relation: paths are told apart by its identity. */
export interface OneLink {
  /** For messages. */
  readonly name: string;
  /** The table that it leads to, with what every row of it meets. */
  readonly source: TableSource;
  /** Pairs of columns that are equal. */
  readonly keys: readonly { readonly own: LinkColumn; readonly theirs: LinkColumn }[];
  /** What the relation demands beside that; the token stands for the table that it leads to. */
  readonly where: readonly Clause[];
  /** Null: a key says that there is one row at most. Else the first one by this order is meant. */
  readonly first: readonly Clause<OrderNode>[] | null;
}

/**
 * Stands for the row that a relation leads to, from the row of another token. Paths that begin at the same source and go
 * over the same links are the same row, whichever lambda calls they come from.
 */
export interface PathToken {
  readonly kind: "path";
  readonly from: ScopeToken | TableToken | PathToken;
  readonly link: OneLink;
}

/** The source that a token's paths begin at. */
export function rootOf(token: ScopeToken | TableToken | PathToken): ScopeToken | TableToken {
  return token.kind === "path" ? rootOf(token.from) : token;
}

/** The paths that a token is made of, the longest first; none for a source of the query. */
export function pathsOf(token: ScopeToken | TableToken | PathToken): readonly PathToken[] {
  return token.kind === "path" ? [token, ...pathsOf(token.from)] : [];
}
