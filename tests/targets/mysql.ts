/** MariaDB as distributions ship it, and the newest MySQL. */
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { type Capabilities, capabilities } from "./capabilities.ts";
import { tcpAbsence, withDatabase } from "./server.ts";
import { freshName, type Target } from "./target.ts";

const cannotConvert = 3854;

function mysqlTarget(name: string, base: string, can: Capabilities): Target {
  const database = freshName(name);
  let admin: Connection | null = null;
  return {
    name,
    family: "mysql",
    capabilities: can,
    absence: () => tcpAbsence(base, 3306),
    async url() {
      admin = await createConnection(base);
      await admin.query(`drop database if exists ${database}`);
      await admin.query(`create database ${database} character set utf8mb4`);
      return withDatabase(base, database);
    },
    async openTransactions() {
      try {
        const [rows] = (await admin?.query<RowDataPacket[]>(
          "select count(*) as open from information_schema.innodb_trx t " +
            "join information_schema.processlist p on p.id = t.trx_mysql_thread_id where p.db = ?",
          [database],
        )) ?? [[]];
        return Number(rows[0]?.["open"] ?? 0);
      } catch (error) {
        // Somebody else's statement holds bytes that this list cannot show: unknown, so that the matrix looks again.
        if ((error as { errno?: unknown }).errno === cannotConvert) return 1;
        throw error;
      }
    },
    async dispose() {
      await admin?.query(`drop database if exists ${database}`);
      await admin?.end();
      admin = null;
    },
  };
}

export const mariadb = mysqlTarget("mariadb", process.env.KAKA_MARIADB_URL ?? "mysql://root@127.0.0.1:3306/test", capabilities.mariadb);
export const mysqlNew = mysqlTarget("mysql-new", process.env.KAKA_MYSQL_NEW_URL ?? "mysql://root@127.0.0.1:3307/test", capabilities.mysql);
