/** better-sqlite3 by itself: prepared statements, rows as objects, a transaction around many inserts. */
import Database from "better-sqlite3";
import type { Adapter } from "../adapter.ts";
import { COLUMNS, plainRow, READ_TABLE, type Values, WRITE_TABLE } from "../data.ts";
import type { Raw } from "./raw.ts";

interface Item {
  readonly views: number;
}

const names = COLUMNS.join(", ");
const insertText = `insert into ${WRITE_TABLE} (${names}) values (${COLUMNS.map(() => "?").join(", ")})`;

function bound(item: Values): unknown[] {
  const { title, body, views, score, published, note, createdAt } = item;
  return [title, body, views, score, published ? 1 : 0, note, createdAt.toISOString()];
}

export function openSqlite(path: string): Raw {
  const database = new Database(path);
  // The settings that kakaorm gives its own connections, so that both wait for the disk alike.
  database.pragma("journal_mode = wal");
  database.pragma("synchronous = 1");
  const all = (table: string) => database.prepare(`select id, ${names} from ${table} order by id`).all() as object[];
  const prepared = new Map<string, ReturnType<typeof database.prepare>>();
  // Prepared at first use: the tables are made after this connection is.
  const prepare = (text: string) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };

  const adapter: Adapter = {
    name: "raw",
    lookup(ids) {
      const statement = prepare(`select id, ${names} from ${READ_TABLE} where id = ?`);
      let sum = 0;
      for (const id of ids) sum += (statement.get(id) as Item).views;
      return sum;
    },
    list(rows, times) {
      const statement = prepare(`select id, ${names} from ${READ_TABLE} order by id limit ?`);
      let sum = 0;
      for (let t = 0; t < times; t++) for (const item of statement.all(rows) as Item[]) sum += item.views;
      return sum;
    },
    insert(items) {
      const statement = prepare(insertText);
      const keys = new Set<unknown>();
      for (const item of items) keys.add(statement.run(bound(item)).lastInsertRowid);
      return keys.size;
    },
    update(ids, views) {
      const statement = prepare(`update ${READ_TABLE} set views = ? where id = ?`);
      let hit = 0;
      for (let i = 0; i < ids.length; i++) hit += statement.run(views[i], ids[i]).changes;
      return hit;
    },
    bulk(items, times) {
      const statement = prepare(insertText);
      let rows = 0;
      const insertAll = database.transaction(() => {
        for (const item of items) rows += statement.run(bound(item)).changes;
      });
      for (let t = 0; t < times; t++) insertAll();
      return rows;
    },
    rows: async (first) => (prepare(`select id, ${names} from ${READ_TABLE} order by id limit ?`).all(first) as object[]).map(plainRow),
    row: async (id) => {
      const row = prepare(`select id, ${names} from ${READ_TABLE} where id = ?`).get(id) as object | undefined;
      return row === undefined ? null : plainRow(row);
    },
    close: async () => {
      database.close();
    },
  };

  return {
    adapter,
    clear: async () => {
      database.exec(`delete from ${WRITE_TABLE}`);
    },
    all: async (table) => all(table).map(plainRow),
  };
}
