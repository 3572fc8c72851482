/** What a dialect's file on JSON documents offers its renderer. Layer 3. */
import type { ExprNode, JsonChangeNode, JsonContainsNode, JsonLengthNode, JsonPathNode } from "../ast/expr.ts";
import { Parameter } from "../codec/parameter.ts";

export interface DocumentWriter {
  /** `outer`: how tightly what stands around it binds. */
  path(node: JsonPathNode, outer: number): void;
  contains(node: JsonContainsNode): void;
  length(node: JsonLengthNode): void;
  change(node: JsonChangeNode): void;
}

/** True for a value that is known now, and so is not NULL: one given later may be. */
export function isConstant(node: ExprNode): boolean {
  return node.kind === "value" && !(node.value instanceof Parameter);
}
