/** Prisma with its driver adapters: the query compiler runs in this process, no engine is downloaded. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DatabaseName, OpenAdapter, Place } from "../adapter.ts";
import { POOL, streamByKey } from "../adapter.ts";
import type { ItemValues } from "../data.ts";

const PROVIDERS = { sqlite: "sqlite", postgres: "postgresql", mysql: "mysql" } as const;
const require = createRequire(import.meta.url);

function schemaOf(database: DatabaseName): string {
  const created = { sqlite: "", postgres: " @db.Timestamptz(3)", mysql: " @db.DateTime(3)" }[database];
  return `datasource db {
  provider = "${PROVIDERS[database]}"
}
generator client {
  provider = "prisma-client-js"
  output   = "./client"
  engineType = "client"
}
model Customer {
  id        Int      @id @default(autoincrement())
  name      String
  email     String
  city      String
  country   String
  credit    Float
  active    Boolean
  note      String?
  createdAt DateTime @map("created_at")${created}
  orders    Order[]
  @@map("bench_customer")
}
model Order {
  id         Int      @id @default(autoincrement())
  customerId Int      @map("customer_id")
  customer   Customer @relation(fields: [customerId], references: [id])
  status     String
  total      Int
  createdAt  DateTime @map("created_at")${created}
  lines      Line[]
  @@map("bench_order")
}
model Line {
  id       Int    @id @default(autoincrement())
  orderId  Int    @map("order_id")
  order    Order  @relation(fields: [orderId], references: [id])
  product  String
  quantity Int
  price    Int
  @@map("bench_line")
}
model Item {
  id        Int      @id @default(autoincrement())
  sku       String   @unique
  title     String
  views     Int
  score     Float
  published Boolean
  note      String?
  createdAt DateTime @map("created_at")${created}
  @@map("bench_item")
}
`;
}

/** Generates the client once per database. @throws Error with what the command said */
function generate(database: DatabaseName): string {
  const folder = fileURLToPath(new URL(`../.prisma/${database}/`, import.meta.url));
  const client = `${folder}client/index.js`;
  if (existsSync(client)) return client;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}schema.prisma`, schemaOf(database));
  // Generating needs no schema engine; the command would download one unless it is told where one is.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" };
  const cli = require.resolve("prisma/build/index.js");
  const run = spawnSync(process.execPath, [cli, "generate", "--schema", `${folder}schema.prisma`], {
    env,
    encoding: "utf8",
    timeout: 120_000,
  });
  if (run.status !== 0) throw new Error(`prisma generate failed: ${(run.stderr || run.stdout).trim().split("\n").at(-1)}`);
  return client;
}

interface Table {
  findUnique(o: object): Promise<unknown>;
  findMany(o: object): Promise<object[]>;
  create(o: object): Promise<{ id: number }>;
  createMany(o: object): Promise<unknown>;
  update(o: object): Promise<unknown>;
  delete(o: object): Promise<unknown>;
}
interface Client {
  customer: Table;
  line: Table;
  item: Table;
  $transaction<T>(work: (tx: Client) => Promise<T>): Promise<T>;
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>;
  $disconnect(): Promise<void>;
}

async function driverOf({ database, url, path }: Place): Promise<unknown> {
  if (database === "sqlite") {
    const { PrismaBetterSqlite3 } = await import("@prisma/adapter-better-sqlite3");
    return new PrismaBetterSqlite3({ url: `file:${path}` });
  }
  if (database === "postgres") {
    const { PrismaPg } = await import("@prisma/adapter-pg");
    return new PrismaPg({ connectionString: url, max: POOL });
  }
  const { PrismaMariaDb } = await import("@prisma/adapter-mariadb");
  const { hostname, port, username, password, pathname } = new URL(url);
  return new PrismaMariaDb({
    host: hostname,
    port: Number(port || 3306),
    user: username,
    password,
    database: pathname.slice(1),
    connectionLimit: POOL,
  });
}

export const openPrisma: OpenAdapter = async (place) => {
  const module = (await import(pathToFileURL(generate(place.database)).href)) as {
    PrismaClient: new (o: object) => Client;
  };
  const db = new module.PrismaClient({ adapter: await driverOf(place) });
  if (place.database === "sqlite") {
    await db.$queryRawUnsafe("pragma journal_mode = wal");
    await db.$queryRawUnsafe("pragma synchronous = 1");
  }
  const mark = place.database === "postgres" ? "$1" : "?";
  const totals = `select c.city as city, count(distinct o.id) as orders, sum(l.quantity * l.price) as revenue from bench_customer c join bench_order o on o.customer_id = c.id join bench_line l on l.order_id = o.id where c.country = ${mark} group by c.city order by c.city`;
  return {
    name: "prisma",
    kind: "orm",
    lookup: (id) => db.customer.findUnique({ where: { id } }),
    list: (rows) => db.customer.findMany({ orderBy: { id: "asc" }, take: rows }),
    filter: ({ country, credit, prefix }) =>
      db.customer.findMany({
        where: { country, active: true, credit: { gte: credit }, name: { startsWith: prefix } },
        orderBy: { id: "asc" },
        take: 50,
      }),
    insert: async (data) => (await db.item.create({ data })).id,
    bulk: (data) => db.item.createMany({ data: [...data] }),
    update: (id, views) => db.item.update({ where: { id }, data: { views } }),
    bulkUpdate(rows) {
      const cases = rows.map(({ id, views }) => `when ${id} then ${views}`).join(" ");
      return db.$executeRawUnsafe(
        `update bench_item set views = case id ${cases} end where id in (${rows.map(({ id }) => id).join(", ")})`,
      );
    },
    remove: (id) => db.item.delete({ where: { id } }),
    tree: (from, size) =>
      db.customer.findMany({ where: { id: { gte: from, lt: from + size } }, include: { orders: { include: { lines: true } } } }),
    totals: (country) => db.$queryRawUnsafe(totals, country),
    transaction: (data, views) =>
      db.$transaction(async (tx) => {
        const { id } = await tx.item.create({ data });
        await tx.item.findUnique({ where: { id } });
        await tx.item.update({ where: { id }, data: { views } });
        const seen = (await tx.item.findUnique({ where: { id } })) as ItemValues;
        await tx.item.delete({ where: { id } });
        return seen.views;
      }),
    upsert(items) {
      // It has no upsert of many rows; one statement by hand is what its users write.
      const values = items.flatMap(({ sku, title, views, score, published, note, createdAt }) => [
        sku,
        title,
        views,
        score,
        published,
        note,
        createdAt,
      ]);
      const numbered = place.database === "postgres";
      const rows = items.map(
        (_, i) =>
          `(${Array.from({ length: 7 }, (_v, c) => (numbered ? `$${i * 7 + c + 1}${c === 6 ? "::timestamptz" : ""}` : "?")).join(", ")})`,
      );
      const head = `insert into bench_item (sku, title, views, score, published, note, created_at) values ${rows.join(", ")}`;
      const tail =
        place.database === "mysql"
          ? "on duplicate key update views = values(views)"
          : "on conflict (sku) do update set views = excluded.views";
      return db.$executeRawUnsafe(`${head} ${tail}`, ...values);
    },
    stream: (rows) =>
      streamByKey(rows, (after, size) => db.line.findMany({ where: { id: { gt: after } }, orderBy: { id: "asc" }, take: size })),
    close: () => db.$disconnect(),
  };
};
