/** kakaorm as an application uses it: models, tracked instances, relations, one awaited call per unit. */
import { bool, connect, count, datetime, defaultEngine, type Engine, float, foreignKey, int, Model, str, sum } from "kakaorm";
import { type Adapter, type OpenAdapter, POOL } from "../adapter.ts";
import { ITEMS, TABLES } from "../data.ts";

export class Customer extends Model(
  TABLES.customer,
  {
    name: str({ length: 100 }),
    email: str({ length: 100 }),
    city: str({ length: 50 }),
    country: str({ length: 50 }),
    credit: float(),
    active: bool(),
    note: str().nullable(),
    createdAt: datetime(),
  },
  { indexes: (c) => [[c.country, c.city]] },
) {
  get orders() {
    return this.hasMany(Order, (order) => order.customerId);
  }
}

export class Order extends Model(
  TABLES.order,
  { customerId: foreignKey(() => Customer), status: str({ length: 20 }), total: int(), createdAt: datetime() },
  { indexes: (o) => [[o.customerId]] },
) {
  get lines() {
    return this.hasMany(Line, (line) => line.orderId);
  }
}

export class Line extends Model(
  TABLES.line,
  { orderId: foreignKey(() => Order), product: str({ length: 50 }), quantity: int(), price: int() },
  { indexes: (l) => [[l.orderId]] },
) {}

export class Item extends Model(TABLES.item, {
  sku: str({ length: 50 }).unique(),
  title: str({ length: 200 }),
  views: int(),
  score: float(),
  published: bool(),
  note: str().nullable(),
  createdAt: datetime(),
}) {}

export const MODELS = [Customer, Order, Line, Item] as const;

/** The engine that the models use, and with which the bench makes its tables. */
export const openEngine = (url: string): Promise<Engine> => connect(url, { pool: { max: POOL } });

export const openKaka: OpenAdapter = async () => {
  const engine = defaultEngine();
  let tracked = new Map<number, Item>();

  const adapter: Adapter = {
    name: "kaka",
    kind: "orm",
    lookup: (id) => Customer.find(id),
    list: (rows) =>
      Customer.all()
        .orderBy((c) => c.id)
        .limit(rows)
        .all(),
    filter: ({ country, credit, prefix }) =>
      Customer.where((c) => c.country.eq(country).and(c.active).and(c.credit.gte(credit)).and(c.name.startsWith(prefix)))
        .orderBy((c) => c.id)
        .limit(50)
        .all(),
    insert: async (item) => (await Item.create(item)).id,
    bulk: (items) => Item.bulkCreate(items),
    update(id, views) {
      const item = tracked.get(id) as Item;
      item.views = views;
      return item.save();
    },
    bulkUpdate(rows) {
      const items = rows.map(({ id, views }) => {
        const item = tracked.get(id) as Item;
        item.views = views;
        return item;
      });
      return Item.bulkUpdate(items);
    },
    remove: (id) => Item.where({ id }).delete(),
    tree: async (from, size) => {
      const customers = await Customer.where((c) => c.id.between(from, from + size - 1)).prefetch("orders.lines");
      return customers;
    },
    totals: (country) =>
      Customer.where({ country })
        .join(Order, (c, o) => o.customerId.eq(c.id))
        .join(Line, (_c, o, l) => l.orderId.eq(o.id))
        .groupBy((c) => c.city)
        .orderBy((c) => c.city)
        .select((c, o, l) => ({ city: c.city, orders: count(o.id).distinct(), revenue: sum(l.quantity.mul(l.price)) }))
        .all(),
    transaction: (values, views) =>
      engine.transaction(async () => {
        const { id } = await Item.create(values);
        const item = (await Item.find(id)) as Item;
        item.views = views;
        await item.save();
        const seen = (await Item.find(id)) as Item;
        await seen.delete();
        return seen.views;
      }),
    upsert: (items) => Item.upsert(items, { on: ["sku"], update: ["views"] }),
    async stream(rows) {
      let total = 0;
      for await (const line of Line.all()
        .orderBy((l) => l.id)
        .limit(rows))
        total += line.quantity;
      return total;
    },
    compile: (credit) =>
      Customer.where((c) => c.credit.gte(credit).and(c.active).and(c.name.startsWith("A").or(c.note.isNull())))
        .where({ city: "City 1" })
        .orderBy((c) => [c.createdAt.desc(), c.id])
        .limit(20)
        .offset(40)
        .toSQL().sql,
    async prepare() {
      const items = await Item.where((i) => i.id.lte(ITEMS));
      tracked = new Map(items.map((item) => [item.id, item]));
    },
    close: async () => {},
  };
  return adapter;
};
