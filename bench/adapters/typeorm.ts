/** TypeORM: entities and repositories. */
import "reflect-metadata";
import { Between, DataSource, EntitySchema, Like, MoreThan, MoreThanOrEqual, type ValueTransformer } from "typeorm";
import type { OpenAdapter, Place } from "../adapter.ts";
import { POOL, streamByKey } from "../adapter.ts";
import { type ItemValues, TABLES } from "../data.ts";

interface Keyed {
  id: number;
}
interface LineRow extends Keyed {
  quantity: number;
}
interface ItemRow extends Keyed, ItemValues {}

function entities({ database }: Place) {
  const sqlite = database === "sqlite";
  const id = { type: "int", primary: true, generated: true } as const;
  const text = { type: "varchar" } as const;
  const whole = { type: "int" } as const;
  const double = { type: database === "postgres" ? "float8" : "double" } as const;
  const flag = { type: "boolean" } as const;
  const note = { type: "varchar", nullable: true } as const;
  const asText: ValueTransformer = {
    from: (value: string) => new Date(value),
    to: (value: unknown) => (value instanceof Date ? value.toISOString() : value),
  };
  const createdAt = sqlite
    ? ({ type: "text", name: "created_at", transformer: asText } as const)
    : ({ type: database === "postgres" ? "timestamptz" : "datetime", name: "created_at", precision: 3 } as const);
  const customer = new EntitySchema<Keyed & { name: string; country: string; active: boolean; credit: number; orders: unknown[] }>({
    name: "customer",
    tableName: TABLES.customer,
    columns: { id, name: text, email: text, city: text, country: text, credit: double, active: flag, note, createdAt } as never,
    relations: { orders: { type: "one-to-many", target: "order", inverseSide: "customer" } },
  });
  const order = new EntitySchema<Keyed>({
    name: "order",
    tableName: TABLES.order,
    columns: { id, customerId: { ...whole, name: "customer_id" }, status: text, total: whole, createdAt } as never,
    relations: {
      customer: { type: "many-to-one", target: "customer", joinColumn: { name: "customer_id" } },
      lines: { type: "one-to-many", target: "line", inverseSide: "order" },
    } as never,
  });
  const line = new EntitySchema<LineRow>({
    name: "line",
    tableName: TABLES.line,
    columns: { id, orderId: { ...whole, name: "order_id" }, product: text, quantity: whole, price: whole } as never,
    relations: { order: { type: "many-to-one", target: "order", joinColumn: { name: "order_id" } } } as never,
  });
  const item = new EntitySchema<ItemRow>({
    name: "item",
    tableName: TABLES.item,
    columns: { id, sku: { ...text, unique: true }, title: text, views: whole, score: double, published: flag, note, createdAt } as never,
  });
  return { customer, order, line, item };
}

function sourceOf(place: Place, all: ReturnType<typeof entities>): DataSource {
  const shared = { entities: Object.values(all), synchronize: false, logging: false };
  if (place.database === "sqlite")
    return new DataSource({ type: "better-sqlite3", database: place.path, enableWAL: true, ...shared } as never);
  if (place.database === "mysql")
    return new DataSource({ type: "mysql", url: place.url, timezone: "Z", poolSize: POOL, ...shared } as never);
  return new DataSource({ type: "postgres", url: place.url, poolSize: POOL, ...shared } as never);
}

export const openTypeorm: OpenAdapter = async (place) => {
  const all = entities(place);
  const source = sourceOf(place, all);
  await source.initialize();
  if (place.database === "sqlite") await source.query("pragma synchronous = 1");
  const customers = source.getRepository(all.customer);
  const lines = source.getRepository(all.line);
  const items = source.getRepository(all.item);
  // It writes the new key into what it is given.
  const copies = (values: readonly ItemValues[]) => values.map((value) => ({ ...value }));
  return {
    name: "typeorm",
    kind: "orm",
    lookup: (id) => customers.findOneBy({ id }),
    list: (rows) => customers.find({ order: { id: "asc" }, take: rows }),
    filter: ({ country, credit, prefix }) =>
      customers.find({
        where: { country, active: true, credit: MoreThanOrEqual(credit), name: Like(`${prefix}%`) },
        order: { id: "asc" },
        take: 50,
      }),
    insert: async (item) => (await items.insert({ ...item })).identifiers[0]?.["id"],
    bulk: (values) => items.insert(copies(values)),
    update: (id, views) => items.update(id, { views }),
    bulkUpdate(rows) {
      const cases = rows.map(({ id, views }) => `when ${id} then ${views}`).join(" ");
      return items
        .createQueryBuilder()
        .update()
        .set({ views: () => `case id ${cases} end` })
        .whereInIds(rows.map(({ id }) => id))
        .execute();
    },
    remove: (id) => items.delete(id),
    tree: (from, size) =>
      customers.find({
        where: { id: Between(from, from + size - 1) },
        relations: { orders: { lines: true } } as never,
        relationLoadStrategy: "query",
      }),
    totals: (country) =>
      customers
        .createQueryBuilder("c")
        .innerJoin("c.orders", "o")
        .innerJoin("o.lines", "l")
        .where("c.country = :country", { country })
        .groupBy("c.city")
        .orderBy("c.city")
        .select("c.city", "city")
        .addSelect("count(distinct o.id)", "orders")
        .addSelect("sum(l.quantity * l.price)", "revenue")
        .getRawMany(),
    transaction: (item, views) =>
      source.transaction(async (manager) => {
        const repository = manager.getRepository(all.item);
        const id = (await repository.insert({ ...item })).identifiers[0]?.["id"] as number;
        await repository.findOneBy({ id });
        await repository.update(id, { views });
        const seen = await repository.findOneBy({ id });
        await repository.delete(id);
        return seen?.views;
      }),
    upsert: (values) =>
      place.database === "mysql"
        ? items.createQueryBuilder().insert().values(copies(values)).orUpdate(["views"]).execute()
        : items.createQueryBuilder().insert().values(copies(values)).orUpdate(["views"], ["sku"]).execute(),
    stream: (rows) => streamByKey(rows, (after, size) => lines.find({ where: { id: MoreThan(after) }, order: { id: "asc" }, take: size })),
    compile: (credit) =>
      customers
        .createQueryBuilder("c")
        .where("c.credit >= :credit", { credit })
        .andWhere("c.active = :active", { active: true })
        .andWhere("(c.name like :name or c.note is null)", { name: "A%" })
        .andWhere("c.city = :city", { city: "City 1" })
        .orderBy("c.createdAt", "DESC")
        .addOrderBy("c.id", "ASC")
        .limit(20)
        .offset(40)
        .getQueryAndParameters()[0],
    close: () => source.destroy(),
  };
};
