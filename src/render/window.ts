/** What stands in the parentheses of OVER and WINDOW. Layer 3. */
import type { ExprNode, FrameBound, FrameNode, OrderNode, WindowNode } from "../ast/expr.ts";
import { UnsupportedError } from "../errors.ts";
import type { Traits } from "./traits.ts";

function boundText({ kind, offset }: FrameBound, side: "preceding" | "following"): string {
  if (kind === "current") return "current row";
  return kind === "unbounded" ? `unbounded ${side}` : `${offset} ${kind}`;
}

/** Offsets are checked whole numbers: servers take no parameters there. */
function frameText({ unit, start, end, exclude }: FrameNode, traits: Traits): string {
  if ((unit === "groups" || exclude !== null) && !traits.fullFrames) {
    throw new UnsupportedError(`${traits.label} has no GROUPS frames and no EXCLUDE (trait fullFrames)`, {
      hint: "say the frame in rows or range",
    });
  }
  return `${unit} between ${boundText(start, "preceding")} and ${boundText(end, "following")}${exclude === null ? "" : ` exclude ${exclude}`}`;
}

interface Writer {
  readonly traits: Traits;
  write(text: string): void;
  expr(node: ExprNode): void;
  order(node: OrderNode): void;
}

export function writeWindow(to: Writer, node: WindowNode): void {
  to.write("(");
  node.partitionBy.forEach((key, i) => {
    to.write(i === 0 ? "partition by " : ", ");
    to.expr(key);
  });
  node.orderBy.forEach((term, i) => {
    to.write(i === 0 ? `${node.partitionBy.length > 0 ? " " : ""}order by ` : ", ");
    to.order(term);
  });
  if (node.frame !== null) to.write(`${node.partitionBy.length + node.orderBy.length > 0 ? " " : ""}${frameText(node.frame, to.traits)}`);
  to.write(")");
}
