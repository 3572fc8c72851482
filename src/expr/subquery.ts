/** How a query enters an expression without this layer knowing what a query is. Layer 2. */
import type { SelectNode } from "../ast/select.ts";

/** The method under which a query hands over its tree. A module's own symbol: JSON cannot carry it. */
export const selectNode: unique symbol = Symbol("selectNode");

export interface SelectSource {
  [selectNode](): SelectNode;
}

export function isSelectSource(value: unknown): value is SelectSource {
  return typeof value === "object" && value !== null && selectNode in value && typeof value[selectNode] === "function";
}
