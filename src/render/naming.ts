/** Names in the database from names in the code. Layer 3. */
import type { ColumnRef } from "../ast/expr.ts";

/** Null: the model's own name for the column (snake_case unless it says otherwise). */
export interface Naming {
  /** From a property name; not asked for columns named explicitly. */
  readonly column: ((property: string) => string) | null;
}

export const defaultNaming: Naming = { column: null };

export function columnName(column: ColumnRef, naming: Naming): string {
  return naming.column === null || column.explicit ? column.name : naming.column(column.property);
}
