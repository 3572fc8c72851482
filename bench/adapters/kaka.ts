/** kakaorm as an application uses it: models, tracked instances, one awaited call per row. */
import { bool, connect, datetime, float, int, Model, str, text } from "kakaorm";
import type { Adapter } from "../adapter.ts";
import { plainRow, READ_TABLE, type Values, WRITE_TABLE } from "../data.ts";

const columns = {
  title: str({ length: 200 }),
  body: text(),
  views: int(),
  score: float(),
  published: bool(),
  note: str().nullable(),
  createdAt: datetime(),
};

class ReadItem extends Model(READ_TABLE, columns) {}
class WriteItem extends Model(WRITE_TABLE, columns) {}

export interface Kaka {
  readonly adapter: Adapter;
  createTables(): Promise<void>;
  seed(items: readonly Values[]): Promise<void>;
  dropTables(): Promise<void>;
}

export async function openKaka(url: string): Promise<Kaka> {
  const engine = await connect(url);
  const tracked = new Map<number, ReadItem>();

  const adapter: Adapter = {
    name: "kaka",
    async lookup(ids) {
      let sum = 0;
      for (const id of ids) sum += (await ReadItem.find(id))?.views ?? Number.NaN;
      return sum;
    },
    async list(rows, times) {
      let sum = 0;
      for (let t = 0; t < times; t++)
        for (const item of await ReadItem.all()
          .orderBy((i) => i.id)
          .limit(rows))
          sum += item.views;
      return sum;
    },
    async insert(items) {
      const keys = new Set<number>();
      for (const item of items) keys.add((await WriteItem.create(item)).id);
      return keys.size;
    },
    async update(ids, views) {
      let hit = 0;
      for (let i = 0; i < ids.length; i++) {
        const item = tracked.get(ids[i] ?? 0);
        if (item === undefined) continue;
        item.views = views[i] ?? 0;
        await item.save();
        hit += 1;
      }
      return hit;
    },
    async bulk(items, times) {
      let rows = 0;
      for (let t = 0; t < times; t++) rows += (await WriteItem.bulkCreate(items)).length;
      return rows;
    },
    async rows(first) {
      return (
        await ReadItem.all()
          .orderBy((i) => i.id)
          .limit(first)
      ).map(plainRow);
    },
    async row(id) {
      const item = await ReadItem.find(id);
      return item === null ? null : plainRow(item);
    },
    compile(times) {
      let size = 0;
      for (let t = 0; t < times; t++) {
        const query = ReadItem.where((i) => i.views.gte(t).and(i.published).and(i.title.startsWith("A").or(i.note.isNull())))
          .where({ score: 1.5 })
          .orderBy((i) => [i.createdAt.desc(), i.id.asc()])
          .limit(20)
          .offset(40);
        size += query.toSQL().sql.length;
      }
      return size;
    },
    close: () => engine.disconnect(),
  };

  return {
    adapter,
    async createTables() {
      await engine.dropTableIfExists(ReadItem, WriteItem);
      await engine.createTable(ReadItem, WriteItem);
    },
    async seed(items) {
      await ReadItem.bulkCreate(items);
      for (const item of await ReadItem.all()) tracked.set(item.id, item);
    },
    dropTables: () => engine.dropTableIfExists(ReadItem, WriteItem),
  };
}
