/** How a database means to run a statement, in one shape for all of them. Layer 4. */

export interface PlanNode {
  /** In the server's own words. */
  readonly operation: string;
  /** The name under which the statement reads the table. */
  readonly table: string | null;
  readonly index: string | null;
  /** Rows that one run of this step is expected to yield. */
  readonly estimatedRows: number | null;
  /** Rows that it did yield, in all its runs. */
  readonly actualRows: number | null;
  /** How often it was run: once for each row of an outer step, perhaps. */
  readonly loops: number | null;
  /** Time in all its runs, that of the steps inside included. */
  readonly milliseconds: number | null;
  readonly children: readonly PlanNode[];
}

/** How one server explains. */
export interface Explainer {
  /** What stands before the statement. */
  words(analyze: boolean): string;
  /** The plan from the rows that came back. `raw` is the server's own answer. */
  read(rows: readonly (readonly unknown[])[]): { readonly plan: PlanNode; readonly raw: unknown };
}

export function planNode(known: Partial<PlanNode> & Pick<PlanNode, "operation">): PlanNode {
  return { table: null, index: null, estimatedRows: null, actualRows: null, loops: null, milliseconds: null, children: [], ...known };
}

/** One root for plans of several parts. */
export function rootOf(parts: readonly PlanNode[]): PlanNode {
  return parts.length === 1 ? (parts[0] as PlanNode) : planNode({ operation: "statement", children: parts });
}

export function numberOf(value: unknown): number | null {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A mean over all runs as their sum. */
export function inAll(mean: unknown, loops: unknown): number | null {
  const [each, times] = [numberOf(mean), numberOf(loops)];
  return each === null || times === null ? null : each * times;
}

/** Means are told rounded: a number of rows is whole. */
export function rowsInAll(mean: unknown, loops: unknown): number | null {
  const rows = inAll(mean, loops);
  return rows === null ? null : Math.round(rows);
}
