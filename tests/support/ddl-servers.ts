/** Real servers behind their raw client libraries: run a text, read rows, ask the catalogue. Each works in a place of its own. */
import { createRequire } from "node:module";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { type Writer, writerFor } from "./tables.ts";

export type Kind = "primary key" | "unique" | "check" | "foreign key";

export interface Server {
  readonly name: string;
  readonly family: "postgres" | "sqlite" | "mysql";
  readonly writer: Writer;
  run(statements: readonly string[]): Promise<void>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** Column name, type, whether it is NOT NULL, comment. */
  columns(table: string): Promise<readonly (readonly [name: string, type: string, required: boolean, comment: string])[]>;
  /** Sorted `kind name`; SQLite keeps names only in the text of the table. */
  constraints(table: string): Promise<readonly string[]>;
  /** Names of indexes that no constraint made, sorted. */
  indexes(table: string): Promise<readonly string[]>;
  tableComment(table: string): Promise<string>;
  /** The tables that are there. */
  tables(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The library comes without types. */
interface SqliteLibrary {
  pragma(text: string): unknown;
  defaultSafeIntegers(on: boolean): void;
  exec(sql: string): void;
  prepare(sql: string): { raw(): { all(): unknown[][] } };
  close(): void;
}
const Database: new (path: string) => SqliteLibrary = createRequire(import.meta.url)("better-sqlite3");

const place = `kaka_ddl_${process.pid}_${Date.now().toString(36)}`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => row.map(String).join(" ")).sort();

async function postgres(name: string, url: string): Promise<Server> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  await client.query(`create schema ${place}; set search_path to ${place}; set time zone 'UTC'`);
  const rows = async (sql: string): Promise<unknown[][]> => (await client.query({ text: sql, rowMode: "array" })).rows;
  const version = String((await rows("show server_version"))[0]?.[0]);
  const id = (table: string): string =>
    `(select oid from pg_class where relnamespace = '${place}'::regnamespace and relname = ${text(table)})`;
  return {
    name,
    family: "postgres",
    writer: writerFor("postgres", version),
    rows,
    async run(statements) {
      for (const statement of statements) await client.query(statement);
    },
    columns: async (table) =>
      (
        await rows(
          `select attname, format_type(atttypid, atttypmod), attnotnull, coalesce(col_description(attrelid, attnum), '')
           from pg_attribute where attrelid = ${id(table)} and attnum > 0 order by attnum`,
        )
      ).map(([column, type, required, comment]) => [String(column), String(type), required === true, String(comment)]),
    constraints: async (table) =>
      sorted(
        await rows(
          `select case contype when 'p' then 'primary key' when 'u' then 'unique' when 'c' then 'check' else 'foreign key' end, conname
           from pg_constraint where conrelid = ${id(table)} and contype in ('p', 'u', 'c', 'f') and convalidated`,
        ),
      ),
    indexes: async (table) =>
      sorted(
        await rows(
          `select relname from pg_index join pg_class on oid = indexrelid
           where indrelid = ${id(table)} and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))`,
        ),
      ),
    tableComment: async (table) => String((await rows(`select coalesce(obj_description(${id(table)}, 'pg_class'), '')`))[0]?.[0]),
    tables: async () => sorted(await rows(`select relname from pg_class where relnamespace = '${place}'::regnamespace and relkind = 'r'`)),
    async close() {
      await client.query(`drop schema ${place} cascade`);
      await client.end();
    },
  };
}

async function mysql(name: string, url: string): Promise<Server> {
  const client = await createConnection({
    uri: url,
    connectTimeout: 2000,
    timezone: "Z",
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  await client.query(`create database ${place} character set utf8mb4`);
  await client.query(`use ${place}`);
  const rows = async (sql: string): Promise<unknown[][]> => (await client.query({ sql, rowsAsArray: true }))[0] as unknown[][];
  const version = String((await rows("select version()"))[0]?.[0]);
  const at = (table: string): string => `table_schema = '${place}' and table_name = ${text(table.replaceAll("\\", "\\\\"))}`;
  return {
    name,
    family: "mysql",
    writer: writerFor(/mariadb/i.test(version) ? "mariadb" : "mysql", version),
    rows,
    async run(statements) {
      for (const statement of statements) await client.query(statement);
    },
    columns: async (table) =>
      (
        await rows(
          `select column_name, column_type, is_nullable, column_comment from information_schema.columns where ${at(table)} order by ordinal_position`,
        )
      ).map(([column, type, nullable, comment]) => [String(column), String(type), nullable === "NO", String(comment)]),
    // MariaDB makes checks for JSON columns, named like the column.
    constraints: async (table) =>
      sorted(
        await rows(
          `select lower(constraint_type), constraint_name from information_schema.table_constraints
           where ${at(table)} and constraint_name not in (select column_name from information_schema.columns where ${at(table)})`,
        ),
      ),
    indexes: async (table) =>
      sorted(
        await rows(
          `select distinct index_name from information_schema.statistics where ${at(table)}
           and index_name not in (select constraint_name from information_schema.table_constraints where ${at(table)} and constraint_type <> 'UNIQUE')
           and index_name <> 'PRIMARY'`,
        ),
      ),
    tableComment: async (table) => String((await rows(`select table_comment from information_schema.tables where ${at(table)}`))[0]?.[0]),
    tables: async () => sorted(await rows(`select table_name from information_schema.tables where table_schema = '${place}'`)),
    async close() {
      await client.query(`drop database ${place}`);
      await client.end();
    },
  };
}

async function sqlite(name: string): Promise<Server> {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = on");
  db.defaultSafeIntegers(true);
  const rows = async (sql: string): Promise<unknown[][]> => db.prepare(sql).raw().all();
  const version = String((await rows("select sqlite_version()"))[0]?.[0]);
  const schema = async (kind: string, table: string): Promise<unknown[][]> =>
    rows(`select name, sql from sqlite_schema where type = '${kind}' and tbl_name = ${text(table)} and sql is not null`);
  return {
    name,
    family: "sqlite",
    writer: writerFor("sqlite", version),
    rows,
    async run(statements) {
      for (const statement of statements) db.exec(statement);
    },
    columns: async (table) =>
      (await rows(`select name, type, "notnull" from pragma_table_xinfo(${text(table)}) order by cid`)).map(([column, type, required]) => [
        String(column),
        String(type).toLowerCase(),
        required === 1n,
        "",
      ]),
    constraints: async (table) => {
      const sql = String((await schema("table", table))[0]?.[1]);
      return [...sql.matchAll(/constraint `((?:``|[^`])*)` (primary key|unique|check|foreign key)/g)]
        .map(([, constraint = "", kind]) => `${kind} ${constraint.replaceAll("``", "`")}`)
        .sort();
    },
    indexes: async (table) => (await schema("index", table)).map(([index]) => String(index)).sort(),
    tableComment: async () => "",
    tables: async () => sorted(await rows("select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~'")),
    async close() {
      db.close();
    },
  };
}

const {
  KAKA_POSTGRES_URL = "postgresql://postgres@127.0.0.1:5432/test",
  KAKA_POSTGRES_NEW_URL = "postgresql://postgres@127.0.0.1:5433/test",
  KAKA_MARIADB_URL = "mysql://root@127.0.0.1:3306/test",
  KAKA_MYSQL_NEW_URL = "mysql://root@127.0.0.1:3307/test",
} = process.env;

/** What can be reached; the rest is named on stderr, or fails the run when KAKA_REQUIRE_ALL is set. */
export async function openServers(): Promise<Server[]> {
  const openers: readonly (readonly [string, (name: string) => Promise<Server>])[] = [
    ["sqlite", sqlite],
    ["postgres", (name) => postgres(name, KAKA_POSTGRES_URL)],
    ["postgres-new", (name) => postgres(name, KAKA_POSTGRES_NEW_URL)],
    ["mariadb", (name) => mysql(name, KAKA_MARIADB_URL)],
    ["mysql-new", (name) => mysql(name, KAKA_MYSQL_NEW_URL)],
  ];
  const servers: Server[] = [];
  for (const [name, open] of openers) {
    try {
      servers.push(await open(name));
    } catch (error) {
      if (process.env.KAKA_REQUIRE_ALL === "1") throw error;
      const { code, message } = error as { code?: string; message: string };
      process.stderr.write(`skipped ${name}: ${code ?? message}\n`);
    }
  }
  return servers;
}
