/** Knex: an untyped builder over the same client libraries. */
import knexModule, { type Knex } from "knex";
import type { OpenAdapter, Place } from "../adapter.ts";
import { POOL } from "../adapter.ts";
import { TABLES } from "../data.ts";
import { assemble, itemRow, type Loose } from "./shared.ts";

export function openConnection({ database, url, path }: Place): Knex {
  if (database === "postgres") return knexModule({ client: "pg", connection: url, pool: { min: 1, max: POOL } });
  if (database === "mysql") {
    const { hostname, port, username, password, pathname } = new URL(url);
    const connection = { host: hostname, port: Number(port || 3306), user: username, password, database: pathname.slice(1), timezone: "Z" };
    return knexModule({ client: "mysql2", connection, pool: { min: 1, max: POOL } });
  }
  return knexModule({
    client: "better-sqlite3",
    connection: { filename: path },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: { exec(text: string): void }, done: (error: Error | null, connection: unknown) => void) {
        connection.exec("pragma journal_mode = wal");
        connection.exec("pragma synchronous = 1");
        connection.exec("pragma busy_timeout = 5000");
        done(null, connection);
      },
    },
  });
}

export const openKnex: OpenAdapter = async (place) => {
  const db = openConnection(place);
  const sqlite = place.database === "sqlite";
  const mysql = place.database === "mysql";
  const yes = sqlite ? 1 : true;
  const insertedId = async (on: Knex, row: Loose): Promise<number> => {
    if (mysql) return (await on(TABLES.item).insert(row))[0] as number;
    return (await on(TABLES.item).insert(row, ["id"]))[0].id;
  };
  return {
    name: "knex",
    kind: "builder",
    lookup: async (id) => (await db(TABLES.customer).where("id", id).first()) ?? null,
    list: async (rows) => db(TABLES.customer).orderBy("id").limit(rows),
    filter: async ({ country, credit, prefix }) =>
      db(TABLES.customer)
        .where("country", country)
        .where("active", yes)
        .where("credit", ">=", credit)
        .where("name", "like", `${prefix}%`)
        .orderBy("id")
        .limit(50),
    insert: (item) => insertedId(db, itemRow(item, sqlite)),
    bulk: async (items) =>
      sqlite
        ? db.batchInsert(
            TABLES.item,
            items.map((item) => itemRow(item, true)),
            100,
          )
        : db(TABLES.item).insert(items.map((item) => itemRow(item, sqlite))),
    update: async (id, views) => db(TABLES.item).where("id", id).update({ views }),
    async bulkUpdate(rows) {
      const cases = rows.map(() => "when ? then ?").join(" ");
      const type = place.database === "postgres" ? "::int" : "";
      const bound = rows.flatMap(({ id, views }) => [id, views]);
      const ids = rows.map(({ id }) => id);
      return db(TABLES.item)
        .whereIn("id", ids)
        .update({ views: db.raw(`(case id ${cases} end)${type}`, bound) });
    },
    remove: async (id) => db(TABLES.item).where("id", id).delete(),
    async tree(from, size) {
      const customers = await db(TABLES.customer).whereBetween("id", [from, from + size - 1]);
      const orders: Loose[] = await db(TABLES.order).whereIn(
        "customer_id",
        customers.map(({ id }) => id),
      );
      const lines: Loose[] = await db(TABLES.line).whereIn("order_id", orders.map(({ id }) => id) as number[]);
      return assemble(customers, orders, lines);
    },
    totals: async (country) =>
      db({ c: TABLES.customer })
        .join({ o: TABLES.order }, "o.customer_id", "c.id")
        .join({ l: TABLES.line }, "l.order_id", "o.id")
        .where("c.country", country)
        .groupBy("c.city")
        .orderBy("c.city")
        .select({ city: "c.city" })
        .countDistinct({ orders: "o.id" })
        .select({ revenue: db.raw("sum(l.quantity * l.price)") }),
    transaction: (item, views) =>
      db.transaction(async (tx) => {
        const id = await insertedId(tx, itemRow(item, sqlite));
        await tx(TABLES.item).where("id", id).first();
        await tx(TABLES.item).where("id", id).update({ views });
        const seen = await tx(TABLES.item).where("id", id).first();
        await tx(TABLES.item).where("id", id).delete();
        return seen.views;
      }),
    async upsert(items) {
      const rows = items.map((item) => itemRow(item, sqlite));
      // Knex writes a long VALUES for SQLite as a chain of SELECTs, which it takes 500 of.
      for (let at = 0; at < rows.length; at += 500) {
        await db(TABLES.item)
          .insert(rows.slice(at, at + 500))
          .onConflict("sku")
          .merge(["views"]);
      }
    },
    async stream(rows) {
      let sum = 0;
      const query = db(TABLES.line).orderBy("id").limit(rows);
      for await (const line of query.stream()) sum += (line as { quantity: number }).quantity;
      return sum;
    },
    compile: (credit) =>
      db(TABLES.customer)
        .where("credit", ">=", credit)
        .where("active", yes)
        .where((either) => either.where("name", "like", "A%").orWhereNull("note"))
        .where("city", "City 1")
        .orderBy([{ column: "created_at", order: "desc" }, { column: "id" }])
        .limit(20)
        .offset(40)
        .toSQL().sql,
    close: () => db.destroy(),
  };
};
