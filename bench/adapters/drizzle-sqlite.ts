/** Drizzle over better-sqlite3. */
import Database from "better-sqlite3";
import { eq, relations } from "drizzle-orm";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { customType, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Place } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "text",
  fromDriver: (value) => new Date(value),
  toDriver: (value) => value.toISOString(),
});
const id = () => integer("id").primaryKey();
const createdAt = () => instant("created_at").notNull();
const flag = (name: string) => integer(name, { mode: "boolean" }).notNull();

const customer = sqliteTable(TABLES.customer, {
  id: id(),
  name: text("name").notNull(),
  email: text("email").notNull(),
  city: text("city").notNull(),
  country: text("country").notNull(),
  credit: real("credit").notNull(),
  active: flag("active"),
  note: text("note"),
  createdAt: createdAt(),
});
const order = sqliteTable(TABLES.order, {
  id: id(),
  customerId: integer("customer_id").notNull(),
  status: text("status").notNull(),
  total: integer("total").notNull(),
  createdAt: createdAt(),
});
const line = sqliteTable(TABLES.line, {
  id: id(),
  orderId: integer("order_id").notNull(),
  product: text("product").notNull(),
  quantity: integer("quantity").notNull(),
  price: integer("price").notNull(),
});
const item = sqliteTable(TABLES.item, {
  id: id(),
  sku: text("sku").notNull(),
  title: text("title").notNull(),
  views: integer("views").notNull(),
  score: real("score").notNull(),
  published: flag("published"),
  note: text("note"),
  createdAt: createdAt(),
});
const schema = {
  customer,
  order,
  line,
  item,
  customers: relations(customer, ({ many }) => ({ orders: many(order) })),
  orders: relations(order, ({ one, many }) => ({
    customer: one(customer, { fields: [order.customerId], references: [customer.id] }),
    lines: many(line),
  })),
  lines: relations(line, ({ one }) => ({ order: one(order, { fields: [line.orderId], references: [order.id] }) })),
};

export async function open({ path }: Place) {
  const client = new Database(path);
  client.exec("pragma journal_mode = wal");
  client.exec("pragma synchronous = 1");
  client.exec("pragma busy_timeout = 5000");
  const db = drizzle(client as never, { schema });
  const insertedId = async (on: typeof db, values: ItemValues): Promise<number> =>
    Number(on.insert(item).values(values).run().lastInsertRowid);
  return { db, tables: { customer, order, line, item }, insertedId, close: async () => client.close() };
}

/** Transactions of better-sqlite3 take no promise. */
export function transaction(given: unknown, values: ItemValues, views: number): unknown {
  const db = given as BetterSQLite3Database<typeof schema>;
  return db.transaction((tx) => {
    const inserted = Number(tx.insert(item).values(values).run().lastInsertRowid);
    tx.select().from(item).where(eq(item.id, inserted)).all();
    tx.update(item).set({ views }).where(eq(item.id, inserted)).run();
    const seen = tx.select().from(item).where(eq(item.id, inserted)).get();
    tx.delete(item).where(eq(item.id, inserted)).run();
    return seen?.views;
  });
}
