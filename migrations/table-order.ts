/** Tables after those that they refer to; in a circle, as they were listed. */
import { keyOf, nameOf, type TableState } from "./state.ts";

export function tableOrder(tables: readonly TableState[]): TableState[] {
  const byKey = new Map(tables.map((table) => [keyOf(nameOf(table)), table]));
  const ordered = new Set<TableState>();
  const open = new Set<TableState>();
  const visit = (table: TableState): void => {
    if (ordered.has(table) || open.has(table)) return;
    open.add(table);
    for (const { target } of table.foreignKeys) {
      const next = byKey.get(keyOf(target));
      if (next !== undefined) visit(next);
    }
    open.delete(table);
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
