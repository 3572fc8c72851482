/** Objection: models over Knex. */
import { Model, raw } from "objection";
import type { OpenAdapter } from "../adapter.ts";
import { TABLES } from "../data.ts";
import { openConnection } from "./knex.ts";
import { itemRow, type Loose } from "./shared.ts";

class Line extends Model {
  static override tableName = TABLES.line;
  id!: number;
  quantity!: number;
}

class Order extends Model {
  static override tableName = TABLES.order;
  static override relationMappings = () => ({
    lines: {
      relation: Model.HasManyRelation,
      modelClass: Line,
      join: { from: `${TABLES.order}.id`, to: `${TABLES.line}.order_id` },
    },
  });
}

class Customer extends Model {
  static override tableName = TABLES.customer;
  static override relationMappings = () => ({
    orders: {
      relation: Model.HasManyRelation,
      modelClass: Order,
      join: { from: `${TABLES.customer}.id`, to: `${TABLES.order}.customer_id` },
    },
  });
}

class Item extends Model {
  static override tableName = TABLES.item;
  id!: number;
  views!: number;
}

export const openObjection: OpenAdapter = async (place) => {
  const db = openConnection(place);
  const sqlite = place.database === "sqlite";
  const yes = sqlite ? 1 : true;
  const rowOf = (item: Parameters<typeof itemRow>[0]) => itemRow(item, sqlite) as Loose;
  const chunks = sqlite ? 500 : Number.POSITIVE_INFINITY;
  // Several rows in one INSERT are for PostgreSQL alone: insertGraph and insert of arrays send one statement each elsewhere.
  const insertAll = async (items: readonly Parameters<typeof itemRow>[0][]) => {
    if (place.database === "postgres") return Item.query(db).insert(items.map(rowOf));
    return sqlite ? db.batchInsert(TABLES.item, items.map(rowOf), 100) : db(TABLES.item).insert(items.map(rowOf));
  };
  return {
    name: "objection",
    kind: "orm",
    lookup: async (id) => (await Customer.query(db).findById(id)) ?? null,
    list: async (rows) => Customer.query(db).orderBy("id").limit(rows),
    filter: async ({ country, credit, prefix }) =>
      Customer.query(db)
        .where("country", country)
        .where("active", yes)
        .where("credit", ">=", credit)
        .where("name", "like", `${prefix}%`)
        .orderBy("id")
        .limit(50),
    insert: async (item) => (await Item.query(db).insert(rowOf(item))).id,
    bulk: insertAll,
    update: async (id, views) => Item.query(db).findById(id).patch({ views }),
    async bulkUpdate(rows) {
      const cases = rows.map(() => "when ? then ?").join(" ");
      const type = place.database === "postgres" ? "::int" : "";
      const bound = rows.flatMap(({ id, views }) => [id, views]);
      return Item.query(db)
        .whereIn(
          "id",
          rows.map(({ id }) => id),
        )
        .patch({ views: raw(`(case id ${cases} end)${type}`, ...bound) } as never);
    },
    remove: async (id) => Item.query(db).deleteById(id),
    tree: async (from, size) =>
      Customer.query(db)
        .whereBetween("id", [from, from + size - 1])
        .withGraphFetched("orders.lines"),
    totals: async (country) =>
      Customer.query(db)
        .alias("c")
        .join(`${TABLES.order} as o`, "o.customer_id", "c.id")
        .join(`${TABLES.line} as l`, "l.order_id", "o.id")
        .where("c.country", country)
        .groupBy("c.city")
        .orderBy("c.city")
        .select("c.city")
        .countDistinct("o.id as orders")
        .select(raw("sum(l.quantity * l.price) as revenue")),
    transaction: (item, views) =>
      Item.transaction(db, async (tx) => {
        const { id } = await Item.query(tx).insert(rowOf(item));
        await Item.query(tx).findById(id);
        await Item.query(tx).findById(id).patch({ views });
        const seen = await Item.query(tx).findById(id);
        await Item.query(tx).deleteById(id);
        return seen?.views;
      }),
    async upsert(items) {
      for (let at = 0; at < items.length; at += chunks) {
        const rows = items.slice(at, at + chunks).map(rowOf);
        await (sqlite || place.database === "mysql" ? db(TABLES.item).insert(rows).onConflict("sku").merge(["views"]) : upsertModels(rows));
      }
      async function upsertModels(rows: Loose[]) {
        await Item.query(db).insert(rows).onConflict("sku").merge(["views"]);
      }
    },
    async stream(rows) {
      let sum = 0;
      const query = Line.query(db).orderBy("id").limit(rows).toKnexQuery();
      for await (const line of query.stream()) sum += (line as Line).quantity;
      return sum;
    },
    compile: (credit) =>
      Customer.query(db)
        .where("credit", ">=", credit)
        .where("active", yes)
        .where((either) => {
          either.where("name", "like", "A%").orWhereNull("note");
        })
        .where("city", "City 1")
        .orderBy("created_at", "desc")
        .orderBy("id")
        .limit(20)
        .offset(40)
        .toKnexQuery()
        .toSQL().sql,
    close: () => db.destroy(),
  };
};
