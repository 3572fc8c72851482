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

/** Beside these, columns that HAVING does not know as keys. */
export function unknownInHaving({ groupBy, rollup }: SelectNode, { sources }: Frame, traits: Traits): readonly Clause[] {
  if (traits.havingKnows === "keys" || rollup === true) return [];
  const nameOf = ({ node }: Clause): string | null => (node.kind === "column" ? node.column.name : null);
  return groupBy.filter((key) => {
    const { tokens, node } = key;
    if (node.kind !== "column") return false;
    if (groupBy.some((other) => other !== key && nameOf(other) === node.column.name)) return true;
    const source = node.token.kind === "scope" ? sources[tokens.indexOf(node.token)]?.source : undefined;
    return traits.havingKnows === "tables" && (source?.kind === "derived" || source?.kind === "cte");
  });
}
