/** Creates the tables on one database and fills them. */
import { type Engine, sql } from "kakaorm";
import type { Data } from "./data.ts";
import { Customer, Lineitem, Nation, Order, Part, PartSupp, Region, Supplier, tables } from "./models.ts";

export async function load(db: Engine, data: Data): Promise<void> {
  await db.createTable(...tables);
  await Region.using(db).bulkCreate(data.regions);
  await Nation.using(db).bulkCreate(data.nations);
  await Supplier.using(db).bulkCreate(data.suppliers);
  await Part.using(db).bulkCreate(data.parts);
  await PartSupp.using(db).bulkCreate(data.partSupps);
  await Customer.using(db).bulkCreate(data.customers);
  await Order.using(db).bulkCreate(data.orders);
  await Lineitem.using(db).bulkCreate(data.lineitems);
  await analyze(db);
}

/** A database that does not know how much is where takes the longest way to some of the answers. */
async function analyze(db: Engine): Promise<void> {
  for (const name of ["region", "nation", "supplier", "part", "partsupp", "customer", "orders", "lineitem"]) {
    if (db.server.family === "mysql") await db.sql`analyze table ${sql.id(name)}`;
    else await db.execute`analyze ${sql.id(name)}`;
  }
}
