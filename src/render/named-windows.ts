/** Windows with a name: written once, in the WINDOW clause. Layer 3. */
import type { CallNode, ExprNode, WindowNode } from "../ast/expr.ts";
import type { Clause, SelectNode } from "../ast/select.ts";
import { childrenOf, sameExpression } from "../ast/shape.ts";
import { safeIntCodec } from "../codec/number.ts";
import { UsageError } from "../errors.ts";

type NamedWindow = WindowNode & { readonly name: string };

function* windowsOf(node: ExprNode): Generator<NamedWindow> {
  if (node.kind === "window" && node.name !== undefined) yield node as NamedWindow;
  for (const child of childrenOf(node)) yield* windowsOf(child);
}

/** Any function: what is compared is what it looks at. */
const nothing: CallNode = { kind: "call", name: "row_number", args: [], codec: safeIntCodec };

function sameWindow(a: Clause<NamedWindow>, b: Clause<NamedWindow>): boolean {
  const bare = ({ tokens, node }: Clause<NamedWindow>): Clause => ({ tokens, node: { ...node, call: nothing, name: "" } });
  return sameExpression(bare(a), bare(b));
}

const none: readonly Clause<NamedWindow>[] = [];
const isColumn = ({ node }: Clause): boolean => node.kind === "column";

/**
 * One window for each name that a select uses, in the order of their first use. Servers do not agree on the case of such names.
 * @throws UsageError for two different windows of one name
 */
export function namedWindows({ columns, orderBy }: SelectNode): readonly Clause<NamedWindow>[] {
  // Most queries name columns and nothing else.
  if (columns.every(isColumn) && orderBy.every(({ node }) => node.item.kind === "column")) return none;
  const found = new Map<string, Clause<NamedWindow>>();
  for (const { tokens, node } of [...columns, ...orderBy.map((term) => ({ tokens: term.tokens, node: term.node.item }))]) {
    if (node.kind === "column") continue;
    for (const window of windowsOf(node)) {
      const clause = { tokens, node: window };
      const key = window.name.toLowerCase();
      const known = found.get(key);
      if (known === undefined) found.set(key, clause);
      else if (known.node.name !== window.name || !sameWindow(known, clause))
        throw new UsageError(`two different windows are called ${JSON.stringify(window.name)}`, { hint: "give each a name of its own" });
    }
  }
  return [...found.values()];
}
