/** One migrator at a time: a lock of the server that ends with its session, so that no crash leaves it behind. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../src/engine/engine.ts";
import { MigrationError } from "../src/errors.ts";
import type { DataHandle } from "./operations.ts";

export interface LockOptions {
  /** How long to wait for another migrator, in milliseconds. */
  readonly waitMs: number;
  /** Told while somebody else holds the lock: who it is. */
  readonly waiting: (holder: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How one kind of server locks. */
interface Locking {
  /** What the session needs so that it ends soon after its process. */
  prepare(db: Engine): Promise<void>;
  take(db: Engine): Promise<boolean>;
  /** True while this session has it: not behind a pooler that changes sessions between statements. */
  held(db: Engine): Promise<boolean>;
  release(db: Engine): Promise<void>;
  /** Null: nobody, as far as the server tells. */
  holder(db: DataHandle): Promise<string | null>;
}

/** Any two numbers that nobody else is likely to lock. */
const [high, low] = [0x6b616b61, 0x6d696772];

const postgres: Locking = {
  // A statement of a process that is gone would run on with the lock held. Servers before 14, and on some systems, cannot look.
  prepare: async (db) => {
    await db.scalar`select set_config('client_connection_check_interval', '1s', false)`.catch(() => {});
  },
  take: async (db) => (await db.scalar<boolean>`select pg_try_advisory_lock(${high}::int, ${low}::int)`) === true,
  held: async (db) =>
    (await db.scalar<boolean>`
      select exists (select 1 from pg_catalog.pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()
        and classid = ${high}::int::oid and objid = ${low}::int::oid)`) === true,
  release: async (db) => {
    await db.scalar`select pg_advisory_unlock(${high}::int, ${low}::int)`;
  },
  async holder(db) {
    const [row] = await db.sql<{ pid: number; application: string | null; address: string | null; since: string | null }>`
      select l.pid, a.application_name as application, host(a.client_addr) as address, a.backend_start::text as since
      from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.classid = ${high}::int::oid and l.objid = ${low}::int::oid
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`;
    if (row === undefined) return null;
    return `session ${row.pid} (${row.application ?? "unknown"}${row.address === null ? "" : ` from ${row.address}`}, since ${row.since})`;
  },
};

async function mysqlName(db: DataHandle): Promise<string> {
  const database = (await db.scalar<string>`select database()`) ?? "";
  return `kakaorm_${createHash("sha256").update(database).digest("hex").slice(0, 40)}`;
}

const mysql: Locking = {
  prepare: async () => {},
  take: async (db) => Number(await db.scalar`select get_lock(${await mysqlName(db)}, 0)`) === 1,
  held: async (db) => Number(await db.scalar`select is_used_lock(${await mysqlName(db)}) = connection_id()`) === 1,
  release: async (db) => {
    await db.scalar`select release_lock(${await mysqlName(db)})`;
  },
  async holder(db) {
    const id = await db.scalar<number>`select is_used_lock(${await mysqlName(db)})`;
    if (id === null) return null;
    // Who it is, is only told: the list of sessions cannot be read while one runs a statement of another character set (error 3854).
    const [row] = await db.sql<{ host: string; user: string }>`
      select host as host, user as user from information_schema.processlist where id = ${id}`.catch(() => []);
    return row === undefined ? `session ${id}` : `session ${id} (${row.user} from ${row.host})`;
  },
};

/** Every migration of SQLite is one transaction that has the file for itself, and looks at the history from within. */
const sqlite: Locking = {
  prepare: async () => {},
  take: async () => true,
  held: async () => true,
  release: async () => {},
  holder: async () => null,
};

const lockings = { postgres, mysql, sqlite } as const;

const firstPause = 50;
const longestPause = 1000;

export interface MigrationLock {
  /** @throws MigrationError when the session has lost it */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Who migrates this database now, as far as the server tells. */
export function lockHolder(db: DataHandle): Promise<string | null> {
  return lockings[db.dialect.name].holder(db);
}

/** @throws MigrationError when it stays taken, or when this session cannot keep it */
export async function takeLock(db: Engine, o: LockOptions): Promise<MigrationLock> {
  const locking = lockings[db.dialect.name];
  await locking.prepare(db);
  const deadline = performance.now() + o.waitMs;
  let told = "";
  for (let pause = firstPause; !(await locking.take(db)); pause = Math.min(pause * 2, longestPause)) {
    o.signal?.throwIfAborted();
    const holder = (await locking.holder(db)) ?? "another session";
    if (performance.now() > deadline) {
      throw new MigrationError(`the migrations of this database are locked by ${holder}`, {
        hint: "wait until it has ended, or end that session",
        outcome: "not_applied",
      });
    }
    if (holder !== told) o.waiting(holder);
    told = holder;
    await sleep(pause * (0.5 + Math.random()));
  }
  const check = async (): Promise<void> => {
    if (await locking.held(db)) return;
    throw new MigrationError("the session has lost the lock of the migrations", {
      hint: "a connection pooler that changes sessions between statements stands before the database: connect to the database itself",
    });
  };
  await check();
  return {
    check,
    async release() {
      await locking.release(db).catch(() => {}); // it ends with the session in any case
    },
  };
}
