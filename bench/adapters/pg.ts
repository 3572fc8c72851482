/** pg by itself: one client, named statements, rows as objects; many rows in one statement. */
import pg from "pg";
import Cursor from "pg-cursor";
import type { OpenAdapter } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { ITEM_COLUMNS, type ItemValues, TABLES } from "../data.ts";
import { assemble, dollar, ITEM, itemParameters, type Loose, statements } from "./shared.ts";

const texts = statements(dollar, "true");
const TYPES = ["text", "text", "int", "float8", "bool", "text", "timestamptz"];
const unnest = `select * from unnest(${TYPES.map((type, i) => `$${i + 1}::${type}[]`).join(", ")})`;

const columnsOf = (items: readonly ItemValues[]) => {
  const rows = items.map(itemParameters);
  return ITEM_COLUMNS.map((_, i) => rows.map((row) => row[i]));
};

export const openPg: OpenAdapter = async ({ url }) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const pool = new pg.Pool({ connectionString: url, max: POOL });
  const names = new Map<string, string>();
  const named = (text: string) => {
    let name = names.get(text);
    if (name === undefined) {
      name = `bench_${names.size}`;
      names.set(text, name);
    }
    return name;
  };
  const query = (text: string, values: unknown[]) => client.query({ name: named(text), text, values });
  const rowsOf = async (text: string, values: unknown[]) => (await query(text, values)).rows;
  const insert = `${texts.insert} returning id`;
  const bulk = `insert into ${TABLES.item} (${ITEM}) ${unnest} returning id`;
  const upsert = `insert into ${TABLES.item} (${ITEM}) ${unnest} on conflict (sku) do update set views = excluded.views`;
  const bulkUpdate = `update ${TABLES.item} set views = n.views from unnest($1::int[], $2::int[]) as n (id, views) where ${TABLES.item}.id = n.id`;
  const orders = `select id, customer_id, status, total, created_at from ${TABLES.order} where customer_id = any($1)`;
  const lines = `select id, order_id, product, quantity, price from ${TABLES.line} where order_id = any($1)`;
  return {
    name: "pg",
    kind: "raw",
    lookup: async (id) => (await query(texts.lookup, [id])).rows[0] ?? null,
    list: (rows) => rowsOf(texts.list, [rows]),
    filter: (input) => rowsOf(texts.filter, [input.country, input.credit, `${input.prefix}%`]),
    insert: async (item) => (await query(insert, itemParameters(item))).rows[0].id,
    bulk: (items) => rowsOf(bulk, columnsOf(items)),
    update: (id, views) => query(texts.update, [views, id]),
    bulkUpdate: (rows) => query(bulkUpdate, [rows.map(({ id }) => id), rows.map(({ views }) => views)]),
    remove: (id) => query(texts.remove, [id]),
    async tree(from, count) {
      const found = (await rowsOf(texts.customers, [from, from + count - 1])) as { id: number }[];
      const second = (await rowsOf(orders, [found.map(({ id }) => id)])) as Loose[];
      const third = (await rowsOf(lines, [second.map(({ id }) => id)])) as Loose[];
      return assemble(found, second, third);
    },
    totals: (country) => rowsOf(texts.totals, [country]),
    async transaction(item, views) {
      await client.query("begin");
      const { id } = (await query(insert, itemParameters(item))).rows[0];
      await query(texts.item, [id]);
      await query(texts.update, [views, id]);
      const seen = (await query(texts.item, [id])).rows[0];
      await query(texts.remove, [id]);
      await client.query("commit");
      return seen.views;
    },
    upsert: (items) => query(upsert, columnsOf(items)),
    async stream(rows) {
      const cursor = client.query(new Cursor(texts.stream, [rows]));
      let sum = 0;
      for (;;) {
        const found = await cursor.read(1000);
        if (found.length === 0) break;
        for (const line of found) sum += line.quantity;
      }
      await cursor.close();
      return sum;
    },
    concurrent: async (id) => (await pool.query({ name: named(texts.lookup), text: texts.lookup, values: [id] })).rows[0],
    async close() {
      await client.end();
      await pool.end();
    },
  };
};
