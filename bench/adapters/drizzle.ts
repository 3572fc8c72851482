/** Drizzle twice: built anew for each call, and with `.prepare()` where it has that. */
import { and, asc, desc, eq, gt, gte, inArray, isNull, like, or, sql } from "drizzle-orm";
import type { Adapter, OpenAdapter, Place } from "../adapter.ts";
import { streamByKey } from "../adapter.ts";
import type { ItemValues } from "../data.ts";
import * as mysql from "./drizzle-mysql.ts";
import * as postgres from "./drizzle-postgres.ts";
import * as sqlite from "./drizzle-sqlite.ts";

/** The three dialects have the same builder under three types; it is written down for one of them. */
type Opened = Awaited<ReturnType<typeof postgres.open>>;

async function openDatabase(place: Place): Promise<Opened> {
  if (place.database === "sqlite") return (await sqlite.open(place)) as unknown as Opened;
  return place.database === "mysql" ? ((await mysql.open(place)) as unknown as Opened) : postgres.open(place);
}

interface Prepared {
  execute(values: object): PromiseLike<unknown[]>;
}

async function open(place: Place, prepared: boolean): Promise<Adapter> {
  const { db, tables, insertedId, close } = await openDatabase(place);
  const { customer, order, line, item } = tables;
  const sync = place.database === "sqlite";
  const hole = sql.placeholder;
  const base = { name: prepared ? "drizzle.prepare" : "drizzle", kind: "builder" as const };
  const plain: Omit<Adapter, "name" | "kind"> = {
    lookup: async (id) => (await db.select().from(customer).where(eq(customer.id, id)))[0] ?? null,
    list: async (rows) => db.select().from(customer).orderBy(asc(customer.id)).limit(rows),
    filter: async ({ country, credit, prefix }) =>
      db
        .select()
        .from(customer)
        .where(
          and(eq(customer.country, country), eq(customer.active, true), gte(customer.credit, credit), like(customer.name, `${prefix}%`)),
        )
        .orderBy(asc(customer.id))
        .limit(50),
    insert: async (values) => insertedId(db, values),
    bulk: async (values) => db.insert(item).values([...values]),
    update: async (id, views) => db.update(item).set({ views }).where(eq(item.id, id)),
    async bulkUpdate(rows) {
      const cases = sql.join(
        rows.map(({ id, views }) => sql`when ${id} then ${views}`),
        sql.raw(" "),
      );
      const views = place.database === "postgres" ? sql`(case ${item.id} ${cases} end)::int` : sql`case ${item.id} ${cases} end`;
      const ids = rows.map(({ id }) => id);
      return db.update(item).set({ views }).where(inArray(item.id, ids));
    },
    remove: async (id) => db.delete(item).where(eq(item.id, id)),
    tree: async (from, size) =>
      db.query.customer.findMany({
        where: (c, { between }) => between(c.id, from, from + size - 1),
        with: { orders: { with: { lines: true } } },
      }),
    totals: async (country) =>
      db
        .select({
          city: customer.city,
          orders: sql<number>`count(distinct ${order.id})`,
          revenue: sql<number>`sum(${line.quantity} * ${line.price})`,
        })
        .from(customer)
        .innerJoin(order, eq(order.customerId, customer.id))
        .innerJoin(line, eq(line.orderId, order.id))
        .where(eq(customer.country, country))
        .groupBy(customer.city)
        .orderBy(asc(customer.city)),
    transaction(values, views) {
      if (sync) return sqlite.transaction(db, values, views);
      return db.transaction(async (tx) => {
        const id = await insertedId(tx as unknown as typeof db, values);
        await tx.select().from(item).where(eq(item.id, id));
        await tx.update(item).set({ views }).where(eq(item.id, id));
        const [seen] = await tx.select().from(item).where(eq(item.id, id));
        await tx.delete(item).where(eq(item.id, id));
        return seen?.views;
      });
    },
    async upsert(values) {
      const insert = db.insert(item).values([...values]);
      if (place.database === "mysql")
        return (insert as unknown as mysql.Upsert).onDuplicateKeyUpdate({
          set: { views: sql`values(${sql.identifier("views")})` },
        });
      return insert.onConflictDoUpdate({ target: item.sku, set: { views: sql`excluded.views` } });
    },
    stream: (rows) =>
      streamByKey(rows, (after, size) => db.select().from(line).where(gt(line.id, after)).orderBy(asc(line.id)).limit(size)),
    compile: (credit) =>
      db
        .select()
        .from(customer)
        .where(
          and(
            gte(customer.credit, credit),
            eq(customer.active, true),
            or(like(customer.name, "A%"), isNull(customer.note)),
            eq(customer.city, "City 1"),
          ),
        )
        .orderBy(desc(customer.createdAt), asc(customer.id))
        .limit(20)
        .offset(40)
        .toSQL().sql,
    close,
  };
  if (!prepared) return { ...base, ...plain };

  const preparing = (query: { prepare(name: string): unknown }, name: string) => query.prepare(`bench_drizzle_${name}`) as Prepared;
  const lookup = preparing(
    db
      .select()
      .from(customer)
      .where(eq(customer.id, hole("id"))),
    "lookup",
  );
  const list = preparing(db.select().from(customer).orderBy(asc(customer.id)).limit(hole("rows")), "list");
  const filter = preparing(
    db
      .select()
      .from(customer)
      .where(
        and(
          eq(customer.country, hole("country")),
          eq(customer.active, true),
          gte(customer.credit, hole("credit")),
          like(customer.name, hole("pattern")),
        ),
      )
      .orderBy(asc(customer.id))
      .limit(50),
    "filter",
  );
  const names = ["sku", "title", "views", "score", "published", "note", "createdAt"] as const;
  const row = Object.fromEntries(names.map((name) => [name, hole(name)])) as unknown as ItemValues;
  const insert = preparing(db.insert(item).values(row), "insert");
  // The type asks for values; a placeholder stands for one.
  const update = preparing(
    db
      .update(item)
      .set({ views: sql`${hole("views")}` })
      .where(eq(item.id, hole("id"))),
    "update",
  );
  const remove = preparing(db.delete(item).where(eq(item.id, hole("id"))), "remove");
  const tree = preparing(
    db.query.customer.findMany({
      where: (c, { between }) => between(c.id, hole("low"), hole("high")),
      with: { orders: { with: { lines: true } } },
    }),
    "tree",
  );
  const totals = preparing(
    db
      .select({
        city: customer.city,
        orders: sql<number>`count(distinct ${order.id})`,
        revenue: sql<number>`sum(${line.quantity} * ${line.price})`,
      })
      .from(customer)
      .innerJoin(order, eq(order.customerId, customer.id))
      .innerJoin(line, eq(line.orderId, order.id))
      .where(eq(customer.country, hole("country")))
      .groupBy(customer.city)
      .orderBy(asc(customer.city)),
    "totals",
  );
  const { compile: _built, ...rest } = plain;
  return {
    ...base,
    ...rest,
    lookup: async (id) => (await lookup.execute({ id }))[0] ?? null,
    list: async (rows) => list.execute({ rows }),
    filter: async ({ country, credit, prefix }) => filter.execute({ country, credit, pattern: `${prefix}%` }),
    insert: async (values) => insert.execute(values),
    update: async (id, views) => update.execute({ id, views }),
    remove: async (id) => remove.execute({ id }),
    tree: async (from, size) => tree.execute({ low: from, high: from + size - 1 }),
    totals: async (country) => totals.execute({ country }),
  };
}

export const openDrizzle: OpenAdapter = (place) => open(place, false);
export const openDrizzlePrepared: OpenAdapter = (place) => open(place, true);
