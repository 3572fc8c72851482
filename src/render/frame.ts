/** What a renderer sees around it: the sources of the queries it is inside of. Layer 3. */
import type { ScopeToken } from "../ast/expr.ts";
import type { SourceNode } from "../ast/select.ts";

/** One FROM: its sources with their aliases, inside the query that encloses it. */
export interface Frame {
  readonly sources: readonly { readonly source: SourceNode; readonly alias: string }[];
  /** Columns are written with their source's alias: needed as soon as two sources are in sight. */
  readonly qualify: boolean;
  readonly parent: Frame | null;
  /** The tokens of the clause being rendered, by position of source. */
  tokens: readonly ScopeToken[];
}
