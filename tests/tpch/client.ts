/** The databases as a programmer without this library reaches them: rows of values from a text, by the client alone. */
import { fileURLToPath } from "node:url";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import type { Family } from "../targets/target.ts";

export interface Client {
  rows(sql: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export function clientOf(family: Family, url: string): Promise<Client> {
  return { sqlite: openSqlite, postgres: openPostgres, mysql: openMysql }[family](url);
}

interface SqliteLibrary {
  default: new (
    path: string,
    options: { readonly: boolean },
  ) => {
    prepare(sql: string): { raw(): { safeIntegers(): { all(): unknown[][] } } };
    close(): void;
  };
}

async function openSqlite(url: string): Promise<Client> {
  const name: string = "better-sqlite3";
  const { default: Database }: SqliteLibrary = await import(name);
  const database = new Database(fileURLToPath(url.replace(/^sqlite\+better-sqlite3:\/*/, "file:///")), { readonly: true });
  return {
    rows: async (sql) => database.prepare(sql).raw().safeIntegers().all(),
    close: async () => database.close(),
  };
}

async function openPostgres(url: string): Promise<Client> {
  // Text as the server sends it: no type of the client comes between.
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: unknown) => text } as pg.CustomTypesConfig });
  await client.connect();
  return {
    rows: async (sql) => (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows,
    close: () => client.end(),
  };
}

async function openMysql(url: string): Promise<Client> {
  const connection = await createConnection({ uri: url, dateStrings: true });
  return {
    rows: async (sql) => (await connection.query({ sql, rowsAsArray: true }))[0] as unknown[][],
    close: () => connection.end(),
  };
}
