/** Long lists: of conditions, which SQLite takes as so many levels and refuses by the thousand, and of values. Layer 3. */
import type { ExprNode, LogicNode } from "../ast/expr.ts";
import { LiteralSink } from "./literal.ts";
import type { Sink } from "./sink.ts";

/** Conditions in one list, at most. */
const longest = 200;

/** What stands between the operators: groups of them where there are many, which may hold groups again. */
export function inGroups({ items, op }: LogicNode): readonly ExprNode[] {
  if (items.length <= longest) return items;
  const size = Math.max(longest, Math.ceil(items.length / longest));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => ({
    kind: "logic",
    op,
    items: items.slice(i * size, (i + 1) * size),
  }));
}

/** Lists of few values have the lengths that programs write; longer ones come from rows, and are of any length. */
const written = 8;
/** Longer lists are rare, and a statement takes only so many parameters. */
const most = 1000;

/**
 * How many values are sent for so many: the last one is said again, which changes nothing. A server prepares a statement for each
 * text, so lists of all lengths share a few. From `written` on each length is a quarter more than the one before, or less.
 */
export function listLength(values: number, sink: Sink): number {
  if (values <= written || values > most || sink instanceof LiteralSink) return values;
  const step = 2 ** (Math.floor(Math.log2(values - 1)) - 2);
  return Math.ceil(values / step) * step;
}
