/** What the engine's options say of relations that are loaded row by row. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AnyModel,
  type ConnectOptions,
  connect,
  type Engine,
  foreignKey,
  Model,
  NotLoadedError,
  str,
  UsageError,
} from "../../../src/index.ts";
import { sentBy } from "../../support/sent.ts";

class Writer extends Model("lazy_writer", { name: str() }) {
  get books() {
    return this.hasMany(Book, (book) => book.writerId);
  }
}
class Book extends Model("lazy_book", { title: str(), writerId: foreignKey(() => Writer).nullable() }) {
  get writer() {
    return this.belongsTo(Writer, (book) => book.writerId);
  }
}

type On = <M extends AnyModel>(model: M) => M;

async function withBooks(options: ConnectOptions, work: (on: On, engine: Engine) => Promise<void>): Promise<void> {
  const engine = await connect("sqlite::memory:", { name: "lazy", default: false, ...options });
  const on: On = (model) => (model as unknown as { using(engine: Engine): typeof model }).using(engine);
  try {
    await engine.createTable(Writer, Book);
    const writers = await on(Writer).bulkCreate(Array.from({ length: 12 }, (_, i) => ({ name: `w${i}` })));
    await on(Book).bulkCreate(writers.map((writer, i) => ({ title: `b${i}`, writerId: writer.id })));
    await work(on, engine);
  } finally {
    await engine.dropTable(Writer, Book);
    await engine.disconnect();
  }
}

describe("relations of rows of one result", () => {
  let warnings: string[] = [];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(process, "emitWarning").mockImplementation(((message: string) => void warnings.push(message)) as typeof process.emitWarning);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are told later or sooner as the limit says, and not at all where that is allowed", async () => {
    await withBooks({ lazyLoading: "warn", lazyLoadingLimit: 1 }, async (on) => {
      const [one, two] = await on(Book).all().limit(2);
      await one?.writer;
      expect(warnings).toEqual([]);
      await two?.writer;
      expect(warnings).toHaveLength(1);
    });
    await withBooks({ lazyLoading: "allow", lazyLoadingLimit: 1 }, async (on) => {
      for (const book of await on(Book).all()) await book.writer;
      expect(warnings).toHaveLength(1);
    });
  });

  it("are refused before anything is sent where the engine says throw", async () => {
    await withBooks({ lazyLoading: "throw" }, async (on, engine) => {
      const [book] = await on(Book).all().limit(1);
      const writer = await on(Writer).find(book?.writerId as number);
      if (book === undefined || writer === null) throw new Error("no rows");
      const sent = await sentBy(engine, async () => {
        await expect((async () => await book.writer)()).rejects.toThrow(NotLoadedError);
        const error: unknown = await writer.books.all().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UsageError);
        expect((error as Error).message).toMatch(/^<Writer id=\d+>: books was not loaded \(add \.prefetch\("books"\) to the query/);
        expect((error as Error).stack).toMatch(/lazy-loading\.test\.ts:\d+/);
      });
      expect(sent).toEqual([]);
      expect(await writer.books.where((b) => b.title.ne("x"))).toHaveLength(1);
      const [loaded] = await on(Book).all().limit(1).prefetch("writer");
      expect((await loaded?.writer)?.id).toBe(writer.id);
      // What a program has just made has come with no result.
      expect(await (await on(Writer).create({ name: "new" })).books).toEqual([]);
      expect(warnings).toEqual([]);
    });
    await withBooks({ lazyLoading: "throw", lazyLoadingLimit: 1 }, async (on) => {
      const [one, two] = (await on(Book).all().limit(2)) as [Book, Book];
      await one.writer;
      await one.writer;
      await expect((async () => await two.writer)()).rejects.toThrow(NotLoadedError);
    });
  });
});
