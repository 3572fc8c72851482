/** A server with two models, for tests of the plugin. */
import Fastify, { type FastifyInstance } from "fastify";
import { bigint, bytes, custom, datetime, foreignKey, json, Model, str } from "kakaorm";
import { type KakaOptions, kaka } from "kakaorm/fastify";
import { afterEach } from "vitest";

export class Author extends Model("plugin_author", { name: str().unique(), secret: str().hidden().nullable() }) {
  get books() {
    return this.hasMany(Book, (book) => book.authorId);
  }
}
export class Celsius {
  readonly degrees: number;
  constructor(degrees: number) {
    this.degrees = degrees;
  }
}
export class Book extends Model("plugin_book", {
  title: str({ length: 40 }),
  big: bigint().nullable(),
  at: datetime().nullable(),
  data: bytes().nullable(),
  meta: json<{ pages: number }>().nullable(),
  heat: custom(str(), {
    encode: (c: Celsius) => `${c.degrees} C`,
    decode: (text: string) => new Celsius(Number(text.split(" ")[0])),
  }).nullable(),
  authorId: foreignKey(() => Author, { onDelete: "cascade" }),
}) {
  get author() {
    return this.belongsTo(Author, (book) => book.authorId);
  }
}

export const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

export async function start(build: (app: FastifyInstance) => void | Promise<void>, options: KakaOptions = {}): Promise<FastifyInstance> {
  const app = Fastify();
  open.push(app as never);
  const { url = "sqlite::memory:", ...rest } = options;
  await app.register(kaka, options.engine === undefined ? { url, default: true, ...rest } : options);
  await build(app as never);
  await app.ready();
  return app as never;
}

export async function library(build: (app: FastifyInstance) => void | Promise<void>, options?: KakaOptions): Promise<FastifyInstance> {
  const app = await start(build, options);
  await app.db.createTable(Author, Book);
  const ada = await Author.create({ name: "Ada", secret: "hush" });
  await Book.create({
    title: "Notes",
    big: 9_007_199_254_740_993n,
    at: new Date("2024-02-29T12:00:00.5Z"),
    data: new Uint8Array([104, 105]),
    meta: { pages: 7 },
    heat: new Celsius(20),
    authorId: ada.id,
  });
  return app;
}
