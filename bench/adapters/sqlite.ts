/** better-sqlite3 and node:sqlite by themselves: prepared statements, rows as objects, a transaction around many writes. */
import Database from "better-sqlite3";
import type { Adapter, OpenAdapter } from "../adapter.ts";
import type { ItemValues } from "../data.ts";
import { assemble, type Loose, question, sqliteItem, statements } from "./shared.ts";

interface Statement {
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  iterate(...values: unknown[]): Iterable<unknown>;
}

interface Connection {
  prepare(text: string): Statement;
  exec(text: string): void;
  close(): void;
}

const texts = statements(question, "1");
const upsertText = `${texts.insert} on conflict (sku) do update set views = excluded.views`;

function adapterOf(name: string, database: Connection): Adapter {
  // The settings that kakaorm gives its own connections, so that both wait for the disk alike.
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = 1");
  database.exec("pragma foreign_keys = 1");
  database.exec("pragma busy_timeout = 5000");
  const prepared = new Map<string, Statement>();
  const prepare = (text: string) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
  const begin = prepare("begin");
  const commit = prepare("commit");
  const lookup = prepare(texts.lookup);
  const insert = prepare(texts.insert);
  const update = prepare(texts.update);
  const remove = prepare(texts.remove);
  const upsert = prepare(upsertText);
  const item = prepare(texts.item);
  const list = prepare(texts.list);
  const filter = prepare(texts.filter);
  const customers = prepare(texts.customers);
  const totals = prepare(texts.totals);
  const together = (work: () => void) => {
    begin.run();
    work();
    commit.run();
  };
  const each = (statement: Statement) => (items: readonly ItemValues[]) =>
    together(() => {
      for (const one of items) statement.run(...sqliteItem(one));
    });
  return {
    name,
    kind: "raw",
    lookup: (id) => lookup.get(id) ?? null,
    list: (rows) => list.all(rows),
    filter: (input) => filter.all(input.country, input.credit, `${input.prefix}%`),
    insert: (one) => insert.run(...sqliteItem(one)).lastInsertRowid,
    bulk: each(insert),
    update: (id, views) => update.run(views, id),
    bulkUpdate: (rows) =>
      together(() => {
        for (const { id, views } of rows) update.run(views, id);
      }),
    remove: (id) => remove.run(id),
    tree(from, count) {
      const found = customers.all(from, from + count - 1) as { id: number }[];
      const orders = prepare(texts.orders(found.length)).all(...found.map(({ id }) => id)) as Loose[];
      const lines = prepare(texts.lines(orders.length)).all(...orders.map(({ id }) => id)) as Loose[];
      return assemble(found, orders, lines);
    },
    totals: (country) => totals.all(country),
    transaction(one, views) {
      begin.run();
      const id = insert.run(...sqliteItem(one)).lastInsertRowid;
      item.get(id);
      update.run(views, id);
      const seen = item.get(id) as { views: number };
      remove.run(id);
      commit.run();
      return seen.views;
    },
    upsert: each(upsert),
    async stream(rows) {
      let sum = 0;
      for (const line of prepare(texts.stream).iterate(rows)) sum += (line as { quantity: number }).quantity;
      return sum;
    },
    close: async () => database.close(),
  };
}

export const openBetterSqlite3: OpenAdapter = async ({ path }) => adapterOf("better-sqlite3", new Database(path) as unknown as Connection);

/** Not a literal at the import: the oldest Node we support has no such module. */
const NODE_SQLITE: string = "node:sqlite";

export const openNodeSqlite: OpenAdapter = async ({ path }) => {
  const { DatabaseSync } = (await import(NODE_SQLITE)) as { DatabaseSync: new (path: string) => Connection };
  return adapterOf("node:sqlite", new DatabaseSync(path));
};
