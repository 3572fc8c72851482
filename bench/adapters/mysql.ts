/** mysql2 by itself: one connection, prepared statements by `execute`, rows as objects; many rows in one INSERT. */
import { createConnection, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { Adapter } from "../adapter.ts";
import { COLUMNS, plainRow, READ_TABLE, type Values, WRITE_TABLE } from "../data.ts";
import { type Raw, tuples } from "./raw.ts";

const names = COLUMNS.join(", ");
const mark = () => "?";

type Bound = string | number | boolean | Date | null;

function bound(item: Values): Bound[] {
  const { title, body, views, score, published, note, createdAt } = item;
  return [title, body, views, score, published, note, createdAt];
}

export async function openMysql(url: string): Promise<Raw> {
  const connection = await createConnection({ uri: url, timezone: "Z" });
  const byKey = `select id, ${names} from ${READ_TABLE} where id = ?`;
  const firsts = `select id, ${names} from ${READ_TABLE} order by id limit ?`;
  const insertOne = `insert into ${WRITE_TABLE} (${names}) values ${tuples(1, COLUMNS.length, mark)}`;
  const updateOne = `update ${READ_TABLE} set views = ? where id = ?`;
  const rowsOf = async (sql: string, values: Bound[]) => (await connection.execute<RowDataPacket[]>(sql, values))[0];

  const adapter: Adapter = {
    name: "raw",
    async lookup(ids) {
      let sum = 0;
      for (const id of ids) sum += (await connection.execute<RowDataPacket[]>(byKey, [id]))[0][0]?.["views"];
      return sum;
    },
    async list(rows, times) {
      let sum = 0;
      for (let t = 0; t < times; t++)
        for (const item of (await connection.execute<RowDataPacket[]>(firsts, [rows]))[0]) sum += item["views"];
      return sum;
    },
    async insert(items) {
      const keys = new Set<unknown>();
      for (const item of items) keys.add((await connection.execute<ResultSetHeader>(insertOne, bound(item)))[0].insertId);
      return keys.size;
    },
    async update(ids, views) {
      let hit = 0;
      for (let i = 0; i < ids.length; i++) {
        hit += (await connection.execute<ResultSetHeader>(updateOne, [views[i] ?? 0, ids[i] ?? 0]))[0].affectedRows;
      }
      return hit;
    },
    async bulk(items, times) {
      const text = `insert into ${WRITE_TABLE} (${names}) values ${tuples(items.length, COLUMNS.length, mark)}`;
      let rows = 0;
      for (let t = 0; t < times; t++) rows += (await connection.execute<ResultSetHeader>(text, items.flatMap(bound)))[0].affectedRows;
      return rows;
    },
    rows: async (first) => (await rowsOf(firsts, [first])).map(plainRow),
    row: async (id) => (await rowsOf(byKey, [id])).map(plainRow)[0] ?? null,
    close: () => connection.end(),
  };

  return {
    adapter,
    clear: async () => {
      await connection.query(`truncate table ${WRITE_TABLE}`);
    },
    all: async (table) => (await connection.query<RowDataPacket[]>(`select id, ${names} from ${table} order by id`))[0].map(plainRow),
  };
}
