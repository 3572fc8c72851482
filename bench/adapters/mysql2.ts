/** mysql2 by itself: one connection, prepared statements by `execute`, rows as objects; many rows in one INSERT. */
import { createConnection, createPool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { OpenAdapter } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { TABLES } from "../data.ts";
import { assemble, itemParameters, type Loose, question, statements } from "./shared.ts";

const texts = statements(question, "true");

/** The callback connection under the one with promises: only it streams. */
interface Streaming {
  readonly connection: { execute(text: string, values: Bound[]): { stream(o: object): AsyncIterable<unknown> } };
}

type Bound = string | number | boolean | Date | null;

export const openMysql2: OpenAdapter = async ({ url }) => {
  const connection = await createConnection({ uri: url, timezone: "Z" });
  const pool = createPool({ uri: url, timezone: "Z", connectionLimit: POOL });
  const rowsOf = async (sql: string, values: Bound[]) => (await connection.execute<RowDataPacket[]>(sql, values))[0];
  const run = async (sql: string, values: Bound[]) => (await connection.execute<ResultSetHeader>(sql, values))[0];
  return {
    name: "mysql2",
    kind: "raw",
    lookup: async (id) => (await rowsOf(texts.lookup, [id]))[0] ?? null,
    list: (rows) => rowsOf(texts.list, [rows]),
    filter: (input) => rowsOf(texts.filter, [input.country, input.credit, `${input.prefix}%`]),
    insert: async (item) => (await run(texts.insert, itemParameters(item))).insertId,
    bulk: (items) => run(texts.bulk(items.length), items.flatMap(itemParameters)),
    update: (id, views) => run(texts.update, [views, id]),
    bulkUpdate(rows) {
      const cases = rows.map(() => "when ? then ?").join(" ");
      const marks = rows.map(() => "?").join(", ");
      const values = [...rows.flatMap(({ id, views }) => [id, views]), ...rows.map(({ id }) => id)];
      return run(`update ${TABLES.item} set views = case id ${cases} end where id in (${marks})`, values);
    },
    remove: (id) => run(texts.remove, [id]),
    async tree(from, count) {
      const found = (await rowsOf(texts.customers, [from, from + count - 1])) as unknown as { id: number }[];
      const orders = (await rowsOf(
        texts.orders(found.length),
        found.map(({ id }) => id),
      )) as Loose[];
      const lines = (await rowsOf(
        texts.lines(orders.length),
        orders.map(({ id }) => Number(id)),
      )) as Loose[];
      return assemble(found, orders, lines);
    },
    totals: (country) => rowsOf(texts.totals, [country]),
    async transaction(item, views) {
      await connection.query("start transaction");
      const { insertId } = await run(texts.insert, itemParameters(item));
      await rowsOf(texts.item, [insertId]);
      await run(texts.update, [views, insertId]);
      const seen = (await rowsOf(texts.item, [insertId]))[0];
      await run(texts.remove, [insertId]);
      await connection.query("commit");
      return seen?.["views"];
    },
    upsert: (items) => run(`${texts.bulk(items.length)} on duplicate key update views = values(views)`, items.flatMap(itemParameters)),
    async stream(rows) {
      let sum = 0;
      const source = (connection as unknown as Streaming).connection.execute(texts.stream, [rows]).stream({ highWaterMark: 1000 });
      for await (const line of source) sum += (line as { quantity: number }).quantity;
      return sum;
    },
    concurrent: async (id) => (await pool.execute<RowDataPacket[]>(texts.lookup, [id]))[0][0],
    async close() {
      await connection.end();
      await pool.end();
    },
  };
};
