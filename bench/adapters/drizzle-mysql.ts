/** Drizzle over mysql2. */
import { relations } from "drizzle-orm";
import { boolean, double, int, mysqlTable, text, timestamp, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/mysql2";
import { createPool } from "mysql2/promise";
import type { Place } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

const id = () => int("id").primaryKey().autoincrement();
const createdAt = () => timestamp("created_at", { mode: "date", fsp: 3 }).notNull();

const customer = mysqlTable(TABLES.customer, {
  id: id(),
  name: text("name").notNull(),
  email: text("email").notNull(),
  city: varchar("city", { length: 50 }).notNull(),
  country: varchar("country", { length: 50 }).notNull(),
  credit: double("credit").notNull(),
  active: boolean("active").notNull(),
  note: text("note"),
  createdAt: createdAt(),
});
const order = mysqlTable(TABLES.order, {
  id: id(),
  customerId: int("customer_id").notNull(),
  status: text("status").notNull(),
  total: int("total").notNull(),
  createdAt: createdAt(),
});
const line = mysqlTable(TABLES.line, {
  id: id(),
  orderId: int("order_id").notNull(),
  product: text("product").notNull(),
  quantity: int("quantity").notNull(),
  price: int("price").notNull(),
});
const item = mysqlTable(TABLES.item, {
  id: id(),
  sku: varchar("sku", { length: 50 }).notNull(),
  title: text("title").notNull(),
  views: int("views").notNull(),
  score: double("score").notNull(),
  published: boolean("published").notNull(),
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

export async function open({ url, flavour }: Place) {
  const pool = createPool({ uri: url, timezone: "Z", connectionLimit: POOL });
  // MariaDB has no lateral joins: Drizzle calls the way around them planetscale.
  const db = drizzle(pool, { schema, mode: flavour === "mariadb" ? "planetscale" : "default" });
  const insertedId = async (on: typeof db, values: ItemValues): Promise<number> => (await on.insert(item).values(values))[0].insertId;
  return { db, tables: { customer, order, line, item }, insertedId, close: () => pool.end() };
}

export interface Upsert {
  onDuplicateKeyUpdate(o: { set: object }): PromiseLike<unknown>;
}
