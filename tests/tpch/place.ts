/** A database of the benchmark: fresh, filled, reachable by the builder and by the client library alone. */
import { connect, type Engine } from "kakaorm";
import { mariadb, mysqlNew } from "../targets/mysql.ts";
import { postgres, postgresNew } from "../targets/postgres.ts";
import { sqliteFile } from "../targets/sqlite.ts";
import type { Target } from "../targets/target.ts";
import { type Client, clientOf } from "./client.ts";
import type { Data } from "./data.ts";
import { load } from "./load.ts";

/** SQLite in a file, so that two libraries can read it. */
export const places: readonly Target[] = [sqliteFile, postgres, postgresNew, mariadb, mysqlNew];

export interface Place {
  readonly db: Engine;
  readonly client: Client;
  readonly loadMs: number;
  /** Disconnects and drops the database. */
  leave(): Promise<void>;
}

/** Where the benchmark can run, and why it cannot elsewhere. */
export async function reachablePlaces(): Promise<{ running: Target[]; skipped: { name: string; reason: string }[] }> {
  const probed = await Promise.all(places.map(async (target) => ({ target, reason: await target.absence() })));
  return {
    running: probed.flatMap(({ target, reason }) => (reason === null ? [target] : [])),
    skipped: probed.flatMap(({ target: { name }, reason }) => (reason === null ? [] : [{ name, reason }])),
  };
}

export async function openPlace(target: Target, data: Data): Promise<Place> {
  const url = await target.url();
  let db: Engine | null = null;
  let client: Client | null = null;
  const leave = async (): Promise<void> => {
    await client?.close();
    await db?.disconnect();
    await target.dispose();
  };
  try {
    db = await connect(url, { name: `tpch ${target.name}`, default: false });
    const start = performance.now();
    await load(db, data);
    const loadMs = performance.now() - start;
    client = await clientOf(target.family, url);
    return { db, client, loadMs, leave };
  } catch (error) {
    await leave();
    throw error;
  }
}
