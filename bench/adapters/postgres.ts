/** pg by itself: one client, named statements, rows as objects; many rows in one INSERT. */
import pg from "pg";
import type { Adapter } from "../adapter.ts";
import { COLUMNS, plainRow, READ_TABLE, type Values, WRITE_TABLE } from "../data.ts";
import { type Raw, tuples } from "./raw.ts";

const names = COLUMNS.join(", ");
const dollar = (n: number) => `$${n}`;

function bound(item: Values): unknown[] {
  const { title, body, views, score, published, note, createdAt } = item;
  return [title, body, views, score, published, note, createdAt];
}

export async function openPostgres(url: string): Promise<Raw> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const byKey = { name: "bench_key", text: `select id, ${names} from ${READ_TABLE} where id = $1` };
  const firsts = { name: "bench_list", text: `select id, ${names} from ${READ_TABLE} order by id limit $1` };
  const insertOne = {
    name: "bench_insert",
    text: `insert into ${WRITE_TABLE} (${names}) values ${tuples(1, COLUMNS.length, dollar)} returning id`,
  };
  const updateOne = { name: "bench_update", text: `update ${READ_TABLE} set views = $1 where id = $2` };

  const adapter: Adapter = {
    name: "raw",
    async lookup(ids) {
      let sum = 0;
      for (const id of ids) sum += (await client.query({ ...byKey, values: [id] })).rows[0].views;
      return sum;
    },
    async list(rows, times) {
      let sum = 0;
      for (let t = 0; t < times; t++) for (const item of (await client.query({ ...firsts, values: [rows] })).rows) sum += item.views;
      return sum;
    },
    async insert(items) {
      const keys = new Set<unknown>();
      for (const item of items) keys.add((await client.query({ ...insertOne, values: bound(item) })).rows[0].id);
      return keys.size;
    },
    async update(ids, views) {
      let hit = 0;
      for (let i = 0; i < ids.length; i++) hit += (await client.query({ ...updateOne, values: [views[i], ids[i]] })).rowCount ?? 0;
      return hit;
    },
    async bulk(items, times) {
      const name = `bench_bulk_${items.length}`;
      const text = `insert into ${WRITE_TABLE} (${names}) values ${tuples(items.length, COLUMNS.length, dollar)} returning id`;
      let rows = 0;
      for (let t = 0; t < times; t++) rows += (await client.query({ name, text, values: items.flatMap(bound) })).rows.length;
      return rows;
    },
    rows: async (first) => (await client.query({ ...firsts, values: [first] })).rows.map(plainRow),
    row: async (id) => (await client.query({ ...byKey, values: [id] })).rows.map(plainRow)[0] ?? null,
    close: () => client.end(),
  };

  return {
    adapter,
    clear: async () => {
      await client.query(`truncate ${WRITE_TABLE}`);
    },
    all: async (table) => (await client.query(`select id, ${names} from ${table} order by id`)).rows.map(plainRow),
  };
}
