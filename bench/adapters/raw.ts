/** A client library by itself, and what the bench asks it beside the workloads. */
import type { Adapter } from "../adapter.ts";
import type { PlainRow } from "../data.ts";

export interface Raw {
  readonly adapter: Adapter;
  /** Empties the table that is written to. */
  clear(): Promise<void>;
  /** Every row of a table in the order of its keys. */
  all(table: string): Promise<PlainRow[]>;
}

/** `rows` groups of placeholders, `width` in each: `($1, $2), ($3, $4)`. */
export function tuples(rows: number, width: number, placeholder: (n: number) => string): string {
  let n = 0;
  const groups: string[] = [];
  for (let r = 0; r < rows; r++) {
    const marks: string[] = [];
    for (let c = 0; c < width; c++) marks.push(placeholder(++n));
    groups.push(`(${marks.join(", ")})`);
  }
  return groups.join(", ");
}
