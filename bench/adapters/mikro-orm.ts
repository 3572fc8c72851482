/** MikroORM: entities with a unit of work; each unit of a workload is a request with an entity manager of its own. */
import { EntitySchema, type MikroORM, raw } from "@mikro-orm/core";
import type { OpenAdapter, Place } from "../adapter.ts";
import { POOL, streamByKey } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

interface Item extends ItemValues {
  id: number;
}
interface Line {
  id: number;
  quantity: number;
}

function entities(sqlite: boolean) {
  const id = { type: "number", primary: true } as const;
  const text = { type: "string" } as const;
  const whole = { type: "number" } as const;
  const double = { type: "double" } as const;
  const flag = { type: "boolean" } as const;
  const note = { type: "string", nullable: true } as const;
  // Its instants are numbers in SQLite; this table has text.
  const createdAt = (
    sqlite ? { type: "string", fieldName: "created_at" } : { type: "datetime", fieldName: "created_at", length: 3 }
  ) as never;
  const customer: EntitySchema<object> = new EntitySchema<object>({
    name: "Customer",
    tableName: TABLES.customer,
    properties: {
      id,
      name: text,
      email: text,
      city: text,
      country: text,
      credit: double,
      active: flag,
      note,
      createdAt,
      orders: { kind: "1:m", entity: () => order, mappedBy: "customer" },
    } as never,
  });
  const order: EntitySchema<object> = new EntitySchema<object>({
    name: "Order",
    tableName: TABLES.order,
    properties: {
      id,
      status: text,
      total: whole,
      createdAt,
      customer: { kind: "m:1", entity: () => customer, fieldName: "customer_id" },
      lines: { kind: "1:m", entity: () => line, mappedBy: "order" },
    } as never,
  });
  const line: EntitySchema<object> = new EntitySchema<object>({
    name: "Line",
    tableName: TABLES.line,
    properties: {
      id,
      product: text,
      quantity: whole,
      price: whole,
      order: { kind: "m:1", entity: () => order, fieldName: "order_id" },
    } as never,
  });
  const item = new EntitySchema<object>({
    name: "Item",
    tableName: TABLES.item,
    properties: { id, sku: { ...text, unique: true }, title: text, views: whole, score: double, published: flag, note, createdAt } as never,
  });
  return { customer, order, line, item };
}

async function openOrm(place: Place, all: ReturnType<typeof entities>): Promise<MikroORM> {
  const shared = { entities: Object.values(all), allowGlobalContext: true, debug: false, pool: { min: 1, max: POOL } };
  if (place.database === "sqlite") {
    const { MikroORM } = await import("@mikro-orm/sqlite");
    const orm = (await MikroORM.init({ ...shared, dbName: place.path } as never)) as unknown as MikroORM;
    const connection = orm.em.getConnection() as unknown as { execute(text: string): Promise<unknown> };
    await connection.execute("pragma journal_mode = wal");
    await connection.execute("pragma synchronous = 1");
    return orm;
  }
  const { pathname } = new URL(place.url);
  const at = { clientUrl: place.url, dbName: pathname.slice(1) };
  if (place.database === "mysql") {
    const { MikroORM } = await import("@mikro-orm/mysql");
    return (await MikroORM.init({ ...shared, ...at, timezone: "Z" } as never)) as unknown as MikroORM;
  }
  const { MikroORM } = await import("@mikro-orm/postgresql");
  return (await MikroORM.init({ ...shared, ...at } as never)) as unknown as MikroORM;
}

/** Entity managers of the SQL drivers have a query builder. */
interface SqlManager {
  createQueryBuilder(entity: unknown, alias: string): Builder;
}
interface Builder {
  select(fields: unknown): Builder;
  join(field: string, alias: string): Builder;
  where(condition: unknown): Builder;
  groupBy(fields: unknown): Builder;
  orderBy(order: unknown): Builder;
  limit(rows: number, offset: number): Builder;
  execute(): Promise<unknown>;
  getQuery(): string;
}

export const openMikroOrm: OpenAdapter = async (place) => {
  const sqlite = place.database === "sqlite";
  const all = entities(sqlite);
  const { customer, line, item } = all;
  const orm = await openOrm(place, all);
  const fork = () => orm.em.fork();
  const builder = () => fork() as unknown as SqlManager;
  const rowOf = (values: ItemValues): never => (sqlite ? { ...values, createdAt: values.createdAt.toISOString() } : { ...values }) as never;
  const byKey = (id: number): never => ({ id }) as never;
  return {
    name: "mikro-orm",
    kind: "orm",
    lookup: (id) => fork().findOne(customer, byKey(id)),
    list: (rows) => fork().find(customer, {}, { orderBy: { id: "asc" } as never, limit: rows }),
    filter: ({ country, credit, prefix }) =>
      fork().find(customer, { country, active: true, credit: { $gte: credit }, name: { $like: `${prefix}%` } } as never, {
        orderBy: { id: "asc" } as never,
        limit: 50,
      }),
    insert: (values) => fork().insert(item, rowOf(values)),
    bulk: (values) => fork().insertMany(item, values.map(rowOf)),
    update: (id, views) => fork().nativeUpdate(item, byKey(id), { views } as never),
    async bulkUpdate(rows) {
      const cases = rows.map(({ id, views }) => `when ${id} then ${views}`).join(" ");
      const ids = rows.map(({ id }) => id);
      return fork().nativeUpdate(item, { id: { $in: ids } } as never, { views: raw(`case id ${cases} end`) } as never);
    },
    remove: (id) => fork().nativeDelete(item, byKey(id)),
    tree: (from, size) =>
      fork().find(customer, { id: { $gte: from, $lt: from + size } } as never, {
        populate: ["orders.lines"] as never,
        strategy: "select-in",
      }),
    totals: (country) =>
      builder()
        .createQueryBuilder(customer, "c")
        .select(["c.city as city", raw("count(distinct o.id) as orders"), raw("sum(l.quantity * l.price) as revenue")])
        .join("c.orders", "o")
        .join("o.lines", "l")
        .where({ country })
        .groupBy("c.city")
        .orderBy({ city: "asc" })
        .execute(),
    transaction: (values, views) =>
      fork().transactional(async (em) => {
        const id = Number(await em.insert(item, rowOf(values)));
        const read = (await em.findOne(item, byKey(id))) as unknown as Item;
        read.views = views;
        await em.flush();
        em.clear();
        const seen = (await em.findOne(item, byKey(id))) as unknown as Item;
        em.remove(seen);
        return seen.views;
      }),
    upsert: (values) =>
      fork().upsertMany(item, values.map(rowOf), { onConflictFields: ["sku"] as never, onConflictMergeFields: ["views"] as never }),
    stream: (rows) =>
      streamByKey(
        rows,
        async (after, size) =>
          (await fork().find(line, { id: { $gt: after } } as never, { orderBy: { id: "asc" } as never, limit: size })) as Line[],
      ),
    compile: (credit) =>
      builder()
        .createQueryBuilder(customer, "c")
        .select("*")
        .where({ credit: { $gte: credit }, active: true, $or: [{ name: { $like: "A%" } }, { note: null }], city: "City 1" })
        .orderBy({ createdAt: "desc", id: "asc" })
        .limit(20, 40)
        .getQuery(),
    close: () => orm.close(),
  };
};
