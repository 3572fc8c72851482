/** Keys of groups that a server does not know again where they are written out a second time. Layer 3. */
import { isOwn } from "../ast/queries.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { isPlain } from "../ast/shape.ts";
import { constantOf } from "./constant.ts";
import type { Frame } from "./frame.ts";
import type { Traits } from "./traits.ts";

export function unknownKeys({ groupBy, rollup }: SelectNode, traits: Traits): readonly Clause[] {
  if (traits.ofGroup === null || rollup === true) return [];
  return groupBy.filter((key) => !isPlain(key.node) && constantOf(key.node) === null && isOwn(key));
}

/** Beside these, those that a query in FROM computes. */
export function unknownInHaving({ groupBy, rollup }: SelectNode, { sources }: Frame, traits: Traits): readonly Clause[] {
  if (traits.havingSeesRows || rollup === true) return [];
  return groupBy.filter(({ tokens, node }) => {
    const source = node.kind === "column" && node.token.kind === "scope" ? sources[tokens.indexOf(node.token)]?.source : undefined;
    return source?.kind === "derived" || source?.kind === "cte";
  });
}
