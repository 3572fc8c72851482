/** PostgreSQL servers, the one that distributions ship and the newest. */
import pg from "pg";
import { capabilities } from "./capabilities.ts";
import { tcpAbsence, withDatabase } from "./server.ts";
import { freshName, type Target } from "./target.ts";

function postgresTarget(name: string, base: string): Target {
  const database = freshName(name);
  let admin: pg.Client | null = null;
  return {
    name,
    family: "postgres",
    capabilities: capabilities.postgres,
    absence: () => tcpAbsence(base, 5432),
    async url() {
      admin = new pg.Client({ connectionString: base });
      await admin.connect();
      await admin.query(`drop database if exists ${database} with (force)`);
      await admin.query(`create database ${database}`);
      return withDatabase(base, database);
    },
    async openTransactions() {
      const found = await admin?.query(
        "select count(*)::int as open from pg_stat_activity where datname = $1 and state like 'idle in transaction%'",
        [database],
      );
      return Number(found?.rows[0]?.open ?? 0);
    },
    async dispose() {
      await admin?.query(`drop database if exists ${database} with (force)`);
      await admin?.end();
      admin = null;
    },
  };
}

export const postgres = postgresTarget("postgres", process.env.KAKA_POSTGRES_URL ?? "postgresql://postgres@127.0.0.1:5432/test");
export const postgresNew = postgresTarget("postgres-new", process.env.KAKA_POSTGRES_NEW_URL ?? "postgresql://postgres@127.0.0.1:5433/test");
