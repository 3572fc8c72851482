/** What several adapters need. */
import { CUSTOMER_COLUMNS, type CustomerValues, ITEM_COLUMNS, type ItemValues, TABLES } from "../data.ts";

export const CUSTOMER = `id, ${CUSTOMER_COLUMNS.join(", ")}`;
export const ITEM = ITEM_COLUMNS.join(", ");

export type Mark = (n: number) => string;
export const question: Mark = () => "?";
export const dollar: Mark = (n) => `$${n}`;

/** `rows` groups of placeholders, `width` in each: `($1, $2), ($3, $4)`. */
export function tuples(rows: number, width: number, mark: Mark): string {
  let n = 0;
  const groups: string[] = [];
  for (let r = 0; r < rows; r++) {
    const marks: string[] = [];
    for (let c = 0; c < width; c++) marks.push(mark(++n));
    groups.push(`(${marks.join(", ")})`);
  }
  return groups.join(", ");
}

const inList = (count: number, mark: Mark) => Array.from({ length: count }, (_, i) => mark(i + 1)).join(", ");

/** The texts of the raw drivers. */
export const statements = (mark: Mark, yes: string) => ({
  lookup: `select ${CUSTOMER} from ${TABLES.customer} where id = ${mark(1)}`,
  list: `select ${CUSTOMER} from ${TABLES.customer} order by id limit ${mark(1)}`,
  filter: `select ${CUSTOMER} from ${TABLES.customer} where country = ${mark(1)} and active = ${yes} and credit >= ${mark(2)} and name like ${mark(3)} order by id limit 50`,
  insert: `insert into ${TABLES.item} (${ITEM}) values ${tuples(1, ITEM_COLUMNS.length, mark)}`,
  item: `select id, ${ITEM} from ${TABLES.item} where id = ${mark(1)}`,
  update: `update ${TABLES.item} set views = ${mark(1)} where id = ${mark(2)}`,
  remove: `delete from ${TABLES.item} where id = ${mark(1)}`,
  customers: `select ${CUSTOMER} from ${TABLES.customer} where id between ${mark(1)} and ${mark(2)}`,
  orders: (count: number) =>
    `select id, customer_id, status, total, created_at from ${TABLES.order} where customer_id in (${inList(count, mark)})`,
  lines: (count: number) => `select id, order_id, product, quantity, price from ${TABLES.line} where order_id in (${inList(count, mark)})`,
  totals: `select c.city as city, count(distinct o.id) as orders, sum(l.quantity * l.price) as revenue from ${TABLES.customer} c join ${TABLES.order} o on o.customer_id = c.id join ${TABLES.line} l on l.order_id = o.id where c.country = ${mark(1)} group by c.city order by c.city`,
  bulk: (rows: number) => `insert into ${TABLES.item} (${ITEM}) values ${tuples(rows, ITEM_COLUMNS.length, mark)}`,
  stream: `select id, order_id, product, quantity, price from ${TABLES.line} order by id limit ${mark(1)}`,
});

/** An item as SQLite takes it. */
export function sqliteItem(item: ItemValues): (string | number | null)[] {
  const { sku, title, views, score, published, note, createdAt } = item;
  return [sku, title, views, score, published ? 1 : 0, note, createdAt.toISOString()];
}

export function itemParameters(item: ItemValues): (string | number | boolean | Date | null)[] {
  const { sku, title, views, score, published, note, createdAt } = item;
  return [sku, title, views, score, published, note, createdAt];
}

/** The item under column names, for builders that know nothing of ours. */
export function itemRow(item: ItemValues, sqlite: boolean): Record<string, string | number | boolean | Date | null> {
  const { sku, title, views, score, published, note, createdAt } = item;
  return sqlite
    ? { sku, title, views, score, published: published ? 1 : 0, note, created_at: createdAt.toISOString() }
    : { sku, title, views, score, published, note, created_at: createdAt };
}

export type Loose = Record<string, unknown>;
export type Values = CustomerValues | ItemValues;

interface Keyed {
  readonly id: number;
}

/** Puts orders and lines under their customers, as a user of a raw driver writes it. */
export function assemble<C extends Keyed>(
  customers: readonly C[],
  orders: readonly Loose[],
  lines: readonly Loose[],
): (C & { orders: Loose[] })[] {
  const byOrder = new Map<unknown, Loose[]>();
  for (const line of lines) {
    const list = byOrder.get(line["order_id"]);
    if (list === undefined) byOrder.set(line["order_id"], [line]);
    else list.push(line);
  }
  const byCustomer = new Map<unknown, Loose[]>();
  for (const order of orders) {
    order["lines"] = byOrder.get(order["id"]) ?? [];
    const list = byCustomer.get(order["customer_id"]);
    if (list === undefined) byCustomer.set(order["customer_id"], [order]);
    else list.push(order);
  }
  return customers.map((customer) => Object.assign(customer, { orders: byCustomer.get(customer.id) ?? [] }));
}
