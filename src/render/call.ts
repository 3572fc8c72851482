/** Functions by their template: `$1` is the first argument, `$*` are all of them, `$|` all of them with `||`. Layer 3. */
import type { CallNode, ExprNode } from "../ast/expr.ts";

interface Writer {
  write(text: string): void;
  expr(node: ExprNode, outer?: number): void;
}

/** `operand` is how tightly operators around an argument bind. */
export function writeCall(to: Writer, { args }: CallNode, template: string, operand: number): void {
  const all = (separator: string, outer: number): void =>
    args.forEach((item, i) => {
      if (i > 0) to.write(separator);
      to.expr(item, outer);
    });
  for (const piece of template.split(/(\$\d|\$\*|\$\|)/)) {
    if (piece === "$*") all(", ", 0);
    else if (piece === "$|") all(" || ", operand);
    else if (/^\$\d$/.test(piece)) to.expr(args[Number(piece.slice(1)) - 1] as ExprNode, template === piece ? 0 : operand);
    else to.write(piece);
  }
}
