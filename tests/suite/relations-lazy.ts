/** Relations loaded row by row: what the engine says of them, and what it does not mind. */
import { readFileSync } from "node:fs";
import { type AnyModel, type Engine, foreignKey, Model, prepare, str } from "kakaorm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { TargetContext } from "../targets/target.ts";

/** `file:line` of the one line of this file that holds the text. */
function placeOf(text: string): string {
  const lines = readFileSync(new URL(import.meta.url), "utf8").split("\n");
  return `tests/suite/relations-lazy.ts:${lines.findIndex((line) => line.includes(text) && !line.includes("placeOf")) + 1} `;
}

class Writer extends Model("lazy_writer", { name: str() }) {
  get books() {
    return this.hasMany(Book, (book) => book.writerId);
  }
  get longBooks() {
    return this.hasMany(Book, (book) => book.writerId, { where: (book) => book.title.ne("short") });
  }
}
class Book extends Model("lazy_book", { title: str(), writerId: foreignKey(() => Writer).nullable() }) {
  get writer() {
    return this.belongsTo(Writer, (book) => book.writerId);
  }
}

export function suite(t: TargetContext): void {
  let warnings: string[] = [];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(process, "emitWarning").mockImplementation(((message: string) => void warnings.push(message)) as typeof process.emitWarning);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const on = <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
  beforeAll(() => t.engine().createTable(Writer, Book));
  afterAll(() => t.engine().dropTable(Writer, Book));
  beforeEach(async () => {
    for (const model of [Book, Writer]) await model.using(t.engine()).all().allRows().delete();
    const writers = await on(Writer).bulkCreate(Array.from({ length: 12 }, (_, i) => ({ name: `w${i}` })));
    await on(Book).bulkCreate(writers.map((writer, i) => ({ title: `b${i}`, writerId: writer.id })));
  });

  it("are told once, with the line and the prefetch to add", async () => {
    for (let turn = 0; turn < 2; turn++) for (const book of await on(Book).all()) await book.writer;
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`Book.writer at ${placeOf("turn < 2")}was loaded row by row for more than 10 rows`);
    expect(warnings[0]).toContain('add .prefetch("writer") to the query of Book');
    const writers = await on(Writer).all();
    await Promise.all(writers.map((writer) => writer.longBooks));
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain(`Writer.longBooks at ${placeOf("writer.longBooks)")}`);
    for await (const book of on(Book).all()) await book.writer;
    const all = prepare({}, () => on(Book).all());
    for (const book of await all.all({})) await book.writer;
    expect(warnings).toHaveLength(4);
  });

  it("pass unnoticed where no prefetch would help", async () => {
    // The same line for rows of as many results: a program that serves requests.
    for (let request = 0; request < 12; request++) {
      const [book] = await on(Book).all().limit(1);
      await book?.writer;
    }
    // Ten rows of one result, each as often as it likes.
    for (const book of await on(Book).all().limit(10)) for (let i = 0; i < 3; i++) await book.writer;
    const books = await on(Book).all();
    for (const book of books.slice(0, 10)) await book.writer;
    for (const book of await on(Book).all().prefetch("writer.books"))
      for (const each of (await book.writer)?.books.loaded ?? []) each.title;
    // A query of its own, and a key that leads nowhere.
    for (const writer of await on(Writer).all()) await writer.books.where((book) => book.title.ne("x"));
    for (const writer of await on(Writer).all()) await writer.books.count();
    await on(Book).all().allRows().update({ writerId: null });
    for (const book of await on(Book).all()) await book.writer;
    expect(warnings).toEqual([]);
  });
}
