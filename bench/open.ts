/** A database made ready: tables, seeded rows, and the adapters that compete on it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Engine } from "kakaorm";
import type { Adapter, DatabaseName, OpenAdapter, Place } from "./adapter.ts";
import { Customer, Item, Line, MODELS, Order, openEngine } from "./adapters/kaka.ts";
import { customerOf, ITEMS, itemOf, lineOf, orderOf, type Sizes } from "./data.ts";
import type { Bench } from "./workloads.ts";

interface Candidate {
  readonly name: string;
  readonly only?: DatabaseName;
  readonly load: () => Promise<OpenAdapter>;
}

/** Loaded when asked for: what a peer does on import is not felt by the others unless it takes part. */
export const CANDIDATES: readonly Candidate[] = [
  { name: "better-sqlite3", only: "sqlite", load: async () => (await import("./adapters/sqlite.ts")).openBetterSqlite3 },
  { name: "node:sqlite", only: "sqlite", load: async () => (await import("./adapters/sqlite.ts")).openNodeSqlite },
  { name: "pg", only: "postgres", load: async () => (await import("./adapters/pg.ts")).openPg },
  { name: "mysql2", only: "mysql", load: async () => (await import("./adapters/mysql2.ts")).openMysql2 },
  { name: "kaka", load: async () => (await import("./adapters/kaka.ts")).openKaka },
  { name: "drizzle.prepare", load: async () => (await import("./adapters/drizzle.ts")).openDrizzlePrepared },
  { name: "drizzle", load: async () => (await import("./adapters/drizzle.ts")).openDrizzle },
  { name: "kysely", load: async () => (await import("./adapters/kysely.ts")).openKysely },
  { name: "knex", load: async () => (await import("./adapters/knex.ts")).openKnex },
  { name: "prisma", load: async () => (await import("./adapters/prisma.ts")).openPrisma },
  { name: "typeorm", load: async () => (await import("./adapters/typeorm.ts")).openTypeorm },
  { name: "objection", load: async () => (await import("./adapters/objection.ts")).openObjection },
  { name: "mikro-orm", load: async () => (await import("./adapters/mikro-orm.ts")).openMikroOrm },
  { name: "sequelize", load: async () => (await import("./adapters/sequelize.ts")).openSequelize },
];

export interface Opened {
  readonly bench: Bench;
  readonly server: string;
  readonly adapters: readonly Adapter[];
  readonly leftOut: readonly { readonly adapter: string; readonly reason: string }[];
  close(): Promise<void>;
}

const URLS = {
  postgres: "postgresql://postgres@127.0.0.1:5432/test",
  mysql: "mysql://root@127.0.0.1:3306/test",
} as const;

async function seed({ customers, orders, lines }: Sizes): Promise<void> {
  const lots = async <T>(total: number, make: (n: number) => T, create: (rows: T[]) => Promise<unknown>) => {
    for (let from = 1; from <= total; from += 5000)
      await create(Array.from({ length: Math.min(5000, total - from + 1) }, (_, i) => make(from + i)));
  };
  const sizes = { customers, orders, lines };
  await lots(customers, customerOf, (rows) => Customer.bulkCreate(rows));
  await lots(
    orders,
    (n) => orderOf(n, sizes),
    (rows) => Order.bulkCreate(rows),
  );
  await lots(
    lines,
    (n) => lineOf(n, sizes),
    (rows) => Line.bulkCreate(rows),
  );
}

/** The table begins anew, and its keys at 1, so that every batch finds the same ones. */
async function resetItems(keeper: Engine, extra: number): Promise<void> {
  const items = Item.using(keeper);
  await items.truncate();
  await items.bulkCreate(Array.from({ length: ITEMS + extra }, (_, i) => itemOf(i + 1)));
}

export async function openBench(
  database: DatabaseName,
  given: string | undefined,
  only: readonly string[] | null,
  sizes: Sizes,
): Promise<Opened> {
  const folder = database === "sqlite" ? mkdtempSync(join(tmpdir(), "kaka_bench_")) : null;
  const path = folder === null ? "" : join(folder, "bench.db");
  const url = database === "sqlite" ? `sqlite:///${path}` : (given ?? URLS[database]);
  const engine = await openEngine(url);
  // Resets run over a connection that no adapter uses: a server's process that has just been busy is one that the scheduler has moved
  // away from the client's core, and its next thousand answers take a half longer.
  const keeper = await connect(url, { name: "keeper", default: false, pool: { max: 1 } });
  const adapters: Adapter[] = [];
  const leftOut: { adapter: string; reason: string }[] = [];
  const close = async () => {
    for (const adapter of adapters) await adapter.close();
    await engine.dropTableIfExists(...MODELS);
    await keeper.disconnect();
    await engine.disconnect();
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await engine.dropTableIfExists(...MODELS);
    await engine.createTable(...MODELS);
    await seed(sizes);
    await resetItems(keeper, 0);
    if (database === "postgres") await engine.execute`analyze`;
    const place: Place = { database, url, path, flavour: engine.server.flavour };
    for (const candidate of CANDIDATES) {
      if ((candidate.only ?? database) !== database) continue;
      if (only !== null && !only.includes(candidate.name) && !(only.includes("raw") && candidate.only !== undefined)) continue;
      try {
        adapters.push(await (await candidate.load())(place));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        leftOut.push({ adapter: candidate.name, reason: reason.trim().split("\n")[0] ?? "" });
      }
    }
    const bench: Bench = {
      sizes,
      reset: (extra = 0) => resetItems(keeper, extra),
      items: () => Item.all().orderBy((i) => i.id) as unknown as Promise<object[]>,
    };
    return { bench, adapters, leftOut, server: engine.traits.label, close };
  } catch (error) {
    await close();
    throw error;
  }
}
