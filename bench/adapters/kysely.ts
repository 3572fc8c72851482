/** Kysely: a typed builder over the same client libraries. */
import Database from "better-sqlite3";
import { type Generated, Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import Cursor from "pg-cursor";
import type { OpenAdapter, Place } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { assemble, itemRow, type Loose } from "./shared.ts";

type Flag = boolean | number;
type Instant = Date | string;

interface Tables {
  bench_customer: {
    id: Generated<number>;
    name: string;
    email: string;
    city: string;
    country: string;
    credit: number;
    active: Flag;
    note: string | null;
    created_at: Instant;
  };
  bench_order: { id: Generated<number>; customer_id: number; status: string; total: number; created_at: Instant };
  bench_line: { id: Generated<number>; order_id: number; product: string; quantity: number; price: number };
  bench_item: {
    id: Generated<number>;
    sku: string;
    title: string;
    views: number;
    score: number;
    published: Flag;
    note: string | null;
    created_at: Instant;
  };
}
type NewItem = Omit<Tables["bench_item"], "id">;

function dialectOf({ database, url, path }: Place) {
  if (database === "postgres")
    return new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: POOL }), cursor: Cursor as never });
  if (database === "mysql") return new MysqlDialect({ pool: createPool({ uri: url, timezone: "Z", connectionLimit: POOL }) as never });
  const client = new Database(path);
  client.exec("pragma journal_mode = wal");
  client.exec("pragma synchronous = 1");
  client.exec("pragma busy_timeout = 5000");
  return new SqliteDialect({ database: client as never });
}

export const openKysely: OpenAdapter = async (place) => {
  const db = new Kysely<Tables>({ dialect: dialectOf(place) });
  const sqlite = place.database === "sqlite";
  const mysql = place.database === "mysql";
  const yes: Flag = sqlite ? 1 : true;
  const rowOf = (item: Parameters<typeof itemRow>[0]) => itemRow(item, sqlite) as unknown as NewItem;
  const insertedId = async (on: Kysely<Tables>, values: NewItem): Promise<number> => {
    const insert = on.insertInto("bench_item").values(values);
    if (mysql) return Number((await insert.executeTakeFirstOrThrow()).insertId);
    return (await insert.returning("id").executeTakeFirstOrThrow()).id;
  };
  const customer = (id: number) => db.selectFrom("bench_customer").selectAll().where("id", "=", id).executeTakeFirst();
  return {
    name: "kysely",
    kind: "builder",
    lookup: async (id) => (await customer(id)) ?? null,
    list: (rows) => db.selectFrom("bench_customer").selectAll().orderBy("id").limit(rows).execute(),
    filter: ({ country, credit, prefix }) =>
      db
        .selectFrom("bench_customer")
        .selectAll()
        .where("country", "=", country)
        .where("active", "=", yes)
        .where("credit", ">=", credit)
        .where("name", "like", `${prefix}%`)
        .orderBy("id")
        .limit(50)
        .execute(),
    insert: (item) => insertedId(db, rowOf(item)),
    bulk: (items) => db.insertInto("bench_item").values(items.map(rowOf)).execute(),
    update: (id, views) => db.updateTable("bench_item").set({ views }).where("id", "=", id).execute(),
    bulkUpdate(rows) {
      const cases = sql.join(
        rows.map(({ id, views }) => sql`when ${id} then ${views}`),
        sql.raw(" "),
      );
      const views = place.database === "postgres" ? sql<number>`(case id ${cases} end)::int` : sql<number>`case id ${cases} end`;
      const ids = rows.map(({ id }) => id);
      return db.updateTable("bench_item").set({ views }).where("id", "in", ids).execute();
    },
    remove: (id) => db.deleteFrom("bench_item").where("id", "=", id).execute(),
    async tree(from, size) {
      const customers = await db
        .selectFrom("bench_customer")
        .selectAll()
        .where("id", ">=", from)
        .where("id", "<", from + size)
        .execute();
      const orders = await db
        .selectFrom("bench_order")
        .selectAll()
        .where(
          "customer_id",
          "in",
          customers.map(({ id }) => id),
        )
        .execute();
      const lines = await db
        .selectFrom("bench_line")
        .selectAll()
        .where(
          "order_id",
          "in",
          orders.map(({ id }) => id),
        )
        .execute();
      return assemble(customers, orders as Loose[], lines);
    },
    totals: (country) =>
      db
        .selectFrom("bench_customer as c")
        .innerJoin("bench_order as o", "o.customer_id", "c.id")
        .innerJoin("bench_line as l", "l.order_id", "o.id")
        .where("c.country", "=", country)
        .groupBy("c.city")
        .orderBy("c.city")
        .select((e) => ["c.city as city", e.fn.count("o.id").distinct().as("orders"), sql`sum(l.quantity * l.price)`.as("revenue")])
        .execute(),
    transaction: (item, views) =>
      db.transaction().execute(async (tx) => {
        const id = await insertedId(tx, rowOf(item));
        const read = () => tx.selectFrom("bench_item").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
        await read();
        await tx.updateTable("bench_item").set({ views }).where("id", "=", id).execute();
        const seen = await read();
        await tx.deleteFrom("bench_item").where("id", "=", id).execute();
        return seen.views;
      }),
    upsert(items) {
      const insert = db.insertInto("bench_item").values(items.map(rowOf));
      if (mysql) return insert.onDuplicateKeyUpdate({ views: sql<number>`values(views)` }).execute();
      return insert.onConflict((c) => c.column("sku").doUpdateSet({ views: (e) => e.ref("excluded.views") })).execute();
    },
    async stream(rows) {
      const query = db.selectFrom("bench_line").selectAll().orderBy("id").limit(rows);
      let sum = 0;
      for await (const line of query.stream(1000)) sum += line.quantity;
      return sum;
    },
    compile: (credit) =>
      db
        .selectFrom("bench_customer")
        .selectAll()
        .where("credit", ">=", credit)
        .where("active", "=", yes)
        .where((e) => e.or([e("name", "like", "A%"), e("note", "is", null)]))
        .where("city", "=", "City 1")
        .orderBy("created_at", "desc")
        .orderBy("id")
        .limit(20)
        .offset(40)
        .compile().sql,
    close: () => db.destroy(),
  };
};
