/** INSERT ... SELECT: the rows of a query into another table, without passing through here. Layer 6. */
import type { ExprNode } from "../ast/expr.ts";
import type { Clause } from "../ast/select.ts";
import { UsageError } from "../errors.ts";
import { acceptValue } from "./accept.ts";
import { type ColumnMeta, type ModelMeta, metaOf } from "./meta.ts";
import { insertColumn } from "./persistence.ts";
import { orderOf, type QueryState, selectionOf, selectTree } from "./query-state.ts";
import { runNode, sessionOf } from "./reading.ts";
import { RowsMeta } from "./rowset.ts";
import { type Pins, pinsOf } from "./scope-values.ts";

/** Resolves to the number of rows. @throws UsageError for names that the model does not have, and required columns that are not selected */
export async function insertInto(state: QueryState, model: unknown): Promise<number> {
  const meta = metaOf(model, "insertInto");
  const selected = new RowsMeta(meta.name, state);
  const from = selectionOf(state).columns;
  const now = new Date();
  const pins = pinsOf(meta);
  const columns: ColumnMeta[] = [];
  const values: Clause[] = [];
  for (const { property } of selected.visible) assertFits(meta, selected, property);
  for (const column of meta.list) {
    const given = selected.visible.find(({ property }) => property === column.property);
    const value = given === undefined ? constantOf(meta, column, now, pins) : (from[given.slot] as Clause);
    if (value === null) continue;
    columns.push(column);
    values.push(value);
  }
  if (state.never) return 0;
  const query = selectTree(state, values, orderOf(state, false));
  const node = { kind: "insert", table: meta.table, columns: columns.map(insertColumn), rows: [], query, returning: [] } as const;
  return (await runNode(sessionOf(state.session), node, meta, state.signal)).affected;
}

function assertFits(meta: ModelMeta, selected: RowsMeta, property: string): void {
  const column = meta.column(property);
  const { family } = selected.column(property).codec;
  const fits =
    family === column.codec.family ||
    (isNumber(family) && isNumber(column.codec.family)) ||
    (isText(family) && isText(column.codec.family));
  if (!fits)
    throw new UsageError(`${column.label} is ${column.codec.family}, and the query selects ${family}`, { hint: "select a cast()" });
}

const isNumber = (family: string): boolean => ["int", "bigint", "float", "decimal"].includes(family);
const isText = (family: string): boolean => family === "text" || family === "enum";

/** What a column that is not selected gets in every row; null: the database fills it in. */
function constantOf(meta: ModelMeta, column: ColumnMeta, now: Date, pins: Pins): Clause | null {
  const { declaration, codec, label } = column;
  const constant = (value: unknown): Clause => {
    const node: ExprNode = value === null ? { kind: "null" } : { kind: "value", value: acceptValue(meta, column, value), codec };
    return { tokens: [], node: { kind: "cast", item: node, codec } };
  };
  const pin = pins.get(column);
  if (pin !== undefined) return constant(pin.value);
  if (declaration.autoNow || declaration.autoNowAdd) return constant(now);
  if (declaration.default !== null) {
    if (!declaration.default.perRow) return constant(declaration.default.make());
    throw new UsageError(`${label} has a default that is made for each row here, and the rows do not pass through here`, {
      hint: `select a value for ${column.property}`,
    });
  }
  if (declaration.identity || declaration.dbDefault !== null || declaration.nullable) return null;
  throw new UsageError(`${meta.name} needs ${column.property}`, {
    hint: "select a value for it",
    model: meta.name,
    columns: [column.property],
  });
}
