/** A database made ready: tables, seeded rows, and the adapters that compete on it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "./adapter.ts";
import { openKaka } from "./adapters/kaka.ts";
import { openMysql } from "./adapters/mysql.ts";
import { openPostgres } from "./adapters/postgres.ts";
import type { Raw } from "./adapters/raw.ts";
import { openSqlite } from "./adapters/sqlite.ts";
import { READ_TABLE, SEEDED, valuesOf, WRITE_TABLE } from "./data.ts";

export const DATABASES = ["sqlite", "postgres", "mysql"] as const;
export type DatabaseName = (typeof DATABASES)[number];

const URLS = {
  postgres: "postgresql://postgres@127.0.0.1:5432/test",
  mysql: "mysql://root@127.0.0.1:3306/test",
} as const;

export async function openBench(name: DatabaseName, given: string | undefined): Promise<Bench> {
  const folder = name === "sqlite" ? mkdtempSync(join(tmpdir(), "kaka_bench_")) : null;
  const url = folder === null ? (given ?? URLS[name as keyof typeof URLS]) : `sqlite:///${join(folder, "bench.db")}`;
  const kaka = await openKaka(url);
  let raw: Raw | null = null;
  const close = async () => {
    await raw?.adapter.close();
    await kaka.dropTables();
    await kaka.adapter.close();
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await kaka.createTables();
    raw = await openRaw(name, url, folder);
    await kaka.seed(Array.from({ length: SEEDED }, (_, i) => valuesOf(i + 1)));
    const { adapter, clear, all } = raw;
    return { adapters: [adapter, kaka.adapter], clear, written: () => all(WRITE_TABLE), seeded: () => all(READ_TABLE), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openRaw(name: DatabaseName, url: string, folder: string | null): Promise<Raw> {
  if (folder !== null) return openSqlite(join(folder, "bench.db"));
  return name === "postgres" ? openPostgres(url) : openMysql(url);
}
