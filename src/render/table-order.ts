/** In which order tables can be created: whatever a foreign key points at comes first. Layer 3. */
import type { TableDefinition } from "../ast/ddl.ts";
import type { TableRef } from "../ast/select.ts";
import { UsageError } from "../errors.ts";

/** Two references are the same table when they are written alike. */
export function tableKey(table: TableRef): string {
  return JSON.stringify([table.schema, table.name]);
}

interface Visit {
  readonly index: number;
  low: number;
  open: boolean;
}

/**
 * Groups of tables, each after the groups that its foreign keys point at. A group of several tables is a cycle.
 * Tables that are not in the list count as existing. Otherwise the order of the list is kept, so that it is stable.
 * @throws UsageError for a table that is listed twice
 */
export function orderTables(tables: readonly TableDefinition[]): TableDefinition[][] {
  const byKey = new Map<string, TableDefinition>();
  for (const definition of tables) {
    const key = tableKey(definition.table);
    if (byKey.has(key)) throw new UsageError(`the table ${definition.table.name} is listed twice`);
    byKey.set(key, definition);
  }
  // Tarjan's components come out with what they depend on first: the order that is wanted.
  const visits = new Map<TableDefinition, Visit>();
  const stack: TableDefinition[] = [];
  const groups: TableDefinition[][] = [];
  const visit = (definition: TableDefinition): Visit => {
    const own: Visit = { index: visits.size, low: visits.size, open: true };
    visits.set(definition, own);
    stack.push(definition);
    for (const { target } of definition.foreignKeys) {
      const next = byKey.get(tableKey(target));
      if (next === undefined) continue;
      const seen = visits.get(next);
      if (seen === undefined) own.low = Math.min(own.low, visit(next).low);
      else if (seen.open) own.low = Math.min(own.low, seen.index);
    }
    if (own.low === own.index) {
      const group = new Set(stack.splice(stack.indexOf(definition)));
      for (const member of group) (visits.get(member) as Visit).open = false;
      groups.push(tables.filter((table) => group.has(table)));
    }
    return own;
  };
  for (const definition of tables) if (!visits.has(definition)) visit(definition);
  return groups;
}
