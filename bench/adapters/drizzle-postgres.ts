/** Drizzle over pg. */
import { relations } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, doublePrecision, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";
import type { Place } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

const id = () => integer("id").primaryKey().generatedByDefaultAsIdentity();
const createdAt = () => timestamp("created_at", { withTimezone: true, mode: "date" }).notNull();

const customer = pgTable(TABLES.customer, {
  id: id(),
  name: text("name").notNull(),
  email: text("email").notNull(),
  city: text("city").notNull(),
  country: text("country").notNull(),
  credit: doublePrecision("credit").notNull(),
  active: boolean("active").notNull(),
  note: text("note"),
  createdAt: createdAt(),
});
const order = pgTable(TABLES.order, {
  id: id(),
  customerId: integer("customer_id").notNull(),
  status: text("status").notNull(),
  total: integer("total").notNull(),
  createdAt: createdAt(),
});
const line = pgTable(TABLES.line, {
  id: id(),
  orderId: integer("order_id").notNull(),
  product: text("product").notNull(),
  quantity: integer("quantity").notNull(),
  price: integer("price").notNull(),
});
const item = pgTable(TABLES.item, {
  id: id(),
  sku: text("sku").notNull(),
  title: text("title").notNull(),
  views: integer("views").notNull(),
  score: doublePrecision("score").notNull(),
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

export async function open({ url }: Place) {
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  const db = drizzle(pool, { schema });
  const insertedId = async (on: typeof db, values: ItemValues): Promise<number> =>
    (await on.insert(item).values(values).returning({ id: item.id }))[0]?.id ?? Number.NaN;
  return { db, tables: { customer, order, line, item }, insertedId, close: () => pool.end() };
}
